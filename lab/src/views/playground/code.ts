/** A setting as code, and the button that copies it. */
import type { SettingValues } from "../../../../src/view/states/playground.ts";
import type { ViewHost } from "../../registry.ts";

/** How long the button says that it has copied. Milliseconds. */
const SAID_FOR = 1600;

/** Fills values into code: `{{name}}` becomes the value as JSON, `{{!name}}` the value as it is. */
export function filledIn(code: string, values: SettingValues): string {
  return code.replace(/\{\{(!?)([\p{L}\p{N}_$]+)\}\}/gu, (whole, bare: string, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return bare === "!" ? String(value) : JSON.stringify(value);
  });
}

/** A button that copies what `code` gives at that moment. It needs no kernel. */
export function copyButton(host: ViewHost<unknown>, code: () => string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "nabla-copy";
  button.textContent = host.text("playground.copy");
  let timer: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener("click", () => {
    void copy(code()).then((isCopied) => {
      const said = host.text(isCopied ? "playground.copied" : "playground.notCopied");
      button.textContent = said;
      host.announce(said);
      clearTimeout(timer);
      timer = setTimeout(() => (button.textContent = host.text("playground.copy")), SAID_FOR);
    });
  });
  host.onDispose(() => clearTimeout(timer));
  return button;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
}

/** The old way, for pages that are not served securely, where there is no clipboard. */
function copyByCommand(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "nabla-announcer";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}
