/** The drawing pad: paper to draw on, the picture that comes of it, and what a model takes it for. */
import type { PadState } from "../../../../src/view/states/pad.ts";
import type { ViewHost, ViewRenderer } from "../../registry.ts";
import { heading } from "../playground/index.ts";
import { readPhoto } from "./photo.ts";
import { paintInk, Surface } from "./surface.ts";

/** How often a line that grows is told. Milliseconds. */
const TELL_INTERVAL = 60;

export const padRenderer: ViewRenderer<PadState> = {
  kind: "pad",
  render(host) {
    const drawing = new PadDrawing(host);
    host.channel.onMessage((message) => drawing.show(message as unknown as PadState));
    return { update: (state) => drawing.show(state) };
  },
};

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

class PadDrawing {
  readonly #host: ViewHost<PadState>;
  readonly #surface: Surface;
  readonly #picture = element("canvas", "nabla-pad-picture");
  readonly #bars = element("div", "nabla-pad-bars");
  readonly #reading = element("div", "nabla-pad-reading");
  readonly #problem = element("p", "nabla-problem");
  readonly #centre = element("input", "");
  readonly #undo: HTMLButtonElement;
  readonly #clear: HTMLButtonElement;
  #isBlank = true;
  #told = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ViewHost<PadState>) {
    this.#host = host;
    const { text, channel } = { text: host.text.bind(host), channel: host.channel };
    this.#surface = new Surface({
      stroke: (id, points, isComplete) => this.#tellStroke(id, points, isComplete),
      undo: () => channel.event("undo"),
      clear: () => channel.event("clear"),
      pen: (isDown) => host.announce(text(isDown ? "pad.down" : "pad.up")),
    });
    host.element.setAttribute("role", "group");
    host.element.setAttribute("aria-label", host.state.title ?? text("pad.name"));
    if (host.state.title !== undefined) host.element.append(heading(host.state.title));
    this.#undo = this.#button(text("pad.undo"), () => channel.event("undo"));
    this.#clear = this.#button(text("pad.clear"), () => channel.event("clear"));

    const keys = element("p", "nabla-pad-keys", text("pad.keys"));
    keys.id = `nabla-${crypto.randomUUID()}`;
    const surface = this.#surface.element;
    surface.className = "nabla-pad-surface";
    surface.setAttribute("role", "application");
    surface.setAttribute("aria-label", text("pad.canvas"));
    surface.setAttribute("aria-describedby", keys.id);
    const left = element("div", "nabla-pad-left", surface, this.#tools());

    this.#picture.setAttribute("role", "img");
    const sees = element("div", "nabla-pad-sees", element("div", "nabla-pad-caption", text("pad.sees")), this.#picture, this.#centreSwitch());
    const right = element("div", "nabla-pad-right", sees, element("div", "nabla-pad-answer", this.#reading, this.#bars, this.#problem));
    host.element.append(element("div", "nabla-pad-sides", left, right), keys);

    const follow = (): void => {
      this.#surface.isOpen = channel.isOpen;
      surface.classList.toggle("nabla-pad-closed", !channel.isOpen);
      surface.title = channel.isOpen ? "" : host.text("channel.saved");
      surface.setAttribute("aria-disabled", String(!channel.isOpen));
    };
    follow();
    host.onDispose(channel.onChange(follow));
    host.onDispose(() => clearTimeout(this.#timer));
    this.show(host.state);
  }

  show(state: PadState): void {
    const { marks, penWidth, canUndo, centred, side, value, probabilities, problem } = state;
    this.#surface.show(marks, penWidth);
    this.#isBlank = marks.length === 0;
    paintInk(this.#picture, value, side);
    this.#picture.setAttribute("aria-label", this.#host.text("pad.value", { side }));
    this.#host.element.dataset["marks"] = String(marks.length);
    this.#centre.checked = centred;
    if (this.#host.channel.isOpen) {
      this.#undo.disabled = !canUndo;
      this.#clear.disabled = this.#isBlank;
    }
    this.#showReading(probabilities);
    this.#problem.textContent = problem ?? "";
    this.#problem.hidden = problem === undefined;
  }

  #showReading(probabilities: PadState["probabilities"]): void {
    const { text } = { text: this.#host.text.bind(this.#host) };
    if (probabilities === undefined) {
      this.#reading.textContent = this.#isBlank ? text("pad.blank") : "";
      for (const bar of this.#bars.children) this.#fill(bar as HTMLElement, 0, false);
      return;
    }
    const { names, values } = probabilities;
    const best = values.indexOf(Math.max(...values));
    if (this.#bars.children.length !== names.length) this.#bars.replaceChildren(...names.map((name) => this.#makeBar(name)));
    names.forEach((_, i) => this.#fill(this.#bars.children[i] as HTMLElement, values[i]!, i === best));
    const said = text("pad.reads", { name: names[best]!, part: percent(values[best]!) });
    if (this.#reading.textContent === said) return;
    this.#reading.textContent = said;
    this.#host.announce(said);
  }

  #makeBar(name: string): HTMLElement {
    const track = element("span", "nabla-pad-track", element("span", "nabla-pad-fill"));
    track.setAttribute("aria-hidden", "true");
    const bar = element("div", "nabla-pad-bar", element("span", "nabla-pad-class", name), track, element("span", "nabla-pad-part"));
    bar.dataset["class"] = name;
    return bar;
  }

  #fill(bar: HTMLElement, part: number, isBest: boolean): void {
    bar.dataset["probability"] = String(part);
    bar.classList.toggle("nabla-pad-best", isBest);
    (bar.children[1]!.firstElementChild as HTMLElement).style.width = percent(part).replace(" ", "");
    bar.children[2]!.textContent = percent(part);
  }

  #tools(): HTMLElement {
    const file = element("input", "");
    file.type = "file";
    file.accept = "image/*";
    file.hidden = true;
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      file.value = "";
      if (chosen !== undefined) void this.#load(chosen);
    });
    const load = this.#button(this.#host.text("pad.load"), () => file.click());
    const surface = this.#surface.element;
    surface.addEventListener("dragover", (event) => event.preventDefault());
    surface.addEventListener("drop", (event) => {
      event.preventDefault();
      const [dropped] = event.dataTransfer?.files ?? [];
      if (dropped !== undefined && this.#host.channel.isOpen) void this.#load(dropped);
    });
    return element("div", "nabla-pad-tools", this.#undo, this.#clear, load, file);
  }

  async #load(file: Blob): Promise<void> {
    try {
      const { side, grey } = await readPhoto(file);
      this.#host.channel.event("picture", { side, grey });
    } catch {
      this.#problem.textContent = this.#host.text("pad.badPhoto");
      this.#problem.hidden = false;
    }
  }

  #centreSwitch(): HTMLElement {
    this.#centre.type = "checkbox";
    this.#centre.addEventListener("change", () => this.#host.channel.event("centre", { centred: this.#centre.checked }));
    this.#host.needsKernel(this.#centre);
    return element("label", "nabla-pad-centre", this.#centre, this.#host.text("pad.centre"));
  }

  #button(label: string, act: () => void): HTMLButtonElement {
    const button = element("button", "", label);
    button.type = "button";
    button.addEventListener("click", act);
    this.#host.needsKernel(button);
    return button;
  }

  /** Tells a line as it grows, not at every point of it, and at once when it is complete. */
  #tellStroke(id: string, points: readonly number[], isComplete: boolean): void {
    const tell = (): void => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#told = performance.now();
      this.#host.channel.event("stroke", { id, points: [...points] });
    };
    const wait = this.#told + TELL_INTERVAL - performance.now();
    if (isComplete || wait <= 0) tell();
    else this.#timer ??= setTimeout(tell, wait);
  }
}
