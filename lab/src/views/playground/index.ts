/** A playground of settings: its controls, the code that they stand for, and a way back to the start. */
import type { PlaygroundMessage, PlaygroundState } from "../../../../src/view/states/playground.ts";
import type { ViewHost, ViewRenderer } from "../../registry.ts";
import { copyButton, filledIn } from "./code.ts";
import { drawControls } from "./controls.ts";

export const playgroundRenderer: ViewRenderer<PlaygroundState> = {
  kind: "playground",
  render(host) {
    let { state } = host;
    const { element } = host;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", state.title ?? host.text("playground.name"));
    if (state.title !== undefined) element.append(heading(state.title));
    const settings = document.createElement("div");
    settings.className = "nabla-settings";
    const code = document.createElement("code");
    code.className = "nabla-setting-code";
    const showCode = (): void => {
      code.textContent = filledIn(state.code, controls.values);
    };
    const controls = drawControls(host, settings, state.controls, (name, value) => {
      host.channel.event("set", { name, value });
      showCode();
    });
    const footer = document.createElement("div");
    footer.className = "nabla-playground-footer";
    const reset = resetButton(host);
    footer.append(code, copyButton(host, () => filledIn(state.code, controls.values)), reset);
    element.append(settings, footer);

    const show = (values: PlaygroundState["values"], isEcho = false): void => {
      controls.show(values, isEcho);
      showCode();
    };
    show(state.values);
    host.channel.onMessage((message) => {
      const { values, isEcho } = message as unknown as PlaygroundMessage;
      show(values, isEcho);
    });
    return {
      update(next) {
        state = next;
        show(next.values);
      },
    };
  },
};

/** A view's title. */
export function heading(title: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "nabla-title";
  element.textContent = title;
  return element;
}

/** A button that asks the library for the values of the start. */
export function resetButton(host: ViewHost<unknown>): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = host.text("playground.reset");
  button.addEventListener("click", () => host.channel.event("reset"));
  host.needsKernel(button);
  return button;
}
