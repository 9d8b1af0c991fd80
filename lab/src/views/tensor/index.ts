/** A tensor: what it is, its numbers, and its last two dimensions as a heat map that is walked and zoomed through. */
import type { TensorCells, TensorState, TensorWindow } from "../../../../src/view/states/tensor.ts";
import { html } from "../../graph/svg.ts";
import type { ViewHost, ViewRenderer } from "../../registry.ts";
import { colourTable, drawCells, drawingSize, levelsOf } from "./heat-map.ts";
import type { HeatMapCells } from "./heat-map.ts";
import { histogram, numberList, short, sizeOf } from "./numbers.ts";

/** The pointer rests so long before its value is asked for. Milliseconds. */
const REST = 60;
const MOST = { width: 420, height: 300 };

export const tensorRenderer: ViewRenderer<TensorState> = {
  kind: "tensor",
  render(host) {
    new TensorDrawing(host);
    return {};
  },
};

class TensorDrawing {
  readonly #host: ViewHost<TensorState>;
  readonly #canvas = html("canvas", "nabla-tensor-map");
  readonly #reading = html("output", "nabla-tensor-reading");
  readonly #place = html("span", "nabla-tensor-place");
  readonly #colours;
  #window: TensorWindow;
  /** The window that was asked for last, which the next step goes on from. */
  #wanted: TensorWindow;
  #cells: HeatMapCells;
  /** Row and column of the matrix that is looked at. */
  #marked: readonly [row: number, column: number] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(host: ViewHost<TensorState>) {
    const { state, element } = host;
    this.#host = host;
    this.#colours = colourTable(state.colours);
    this.#window = this.#whole(state.shape.slice(0, -2).map(() => 0));
    this.#wanted = this.#window;
    this.#cells = { ...state.preview, levels: Uint8Array.from(atob(state.preview.levels), (letter) => letter.charCodeAt(0)) };
    const shape = `[${state.shape.join(", ")}]`;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", host.text("tensor.name", { shape }));
    element.classList.add("nabla-tensor");
    const count = state.shape.reduce((product, size) => product * size, 1);
    element.append(html("p", "nabla-tensor-head", html("strong", "", shape),
      ` ${[state.dtype, state.device, host.text("tensor.elements", { count: count.toLocaleString() }), sizeOf(state.bytes), ...(state.requiresGrad ? ["requiresGrad"] : [])].join(" · ")}`));
    const side = html("div", "nabla-tensor-side", numberList(host), histogram(host));
    element.append(html("div", "nabla-tensor-body", ...(count > 0 ? [this.#figure()] : []), side));
    if (state.text !== undefined) element.append(html("details", "nabla-tensor-text", html("summary", "", host.text("tensor.text")), html("pre", "", state.text)));
    this.#draw();
    host.onDispose(() => clearTimeout(this.#timer));
    // With a kernel the picture is as fine as the page can show it.
    let wasOpen = false;
    const follow = (): void => {
      if (host.channel.isOpen && !wasOpen && count > 0) void this.#look(this.#window);
      wasOpen = host.channel.isOpen;
    };
    host.channel.onChange(follow);
    follow();
  }

  get #size(): readonly [rows: number, columns: number] {
    const { shape } = this.#host.state;
    return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  }

  #whole(lead: readonly number[]): TensorWindow {
    const [height, width] = this.#size;
    return { lead, top: 0, left: 0, height, width };
  }

  #figure(): HTMLElement {
    const { text, state } = this.#host;
    const canvas = this.#canvas;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", text("tensor.map", { rows: this.#size[0], columns: this.#size[1] }));
    canvas.addEventListener("pointermove", (event) => this.#mark(this.#under(event)));
    canvas.addEventListener("dblclick", (event) => {
      this.#mark(this.#under(event));
      this.#zoom(0.5);
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    const controls = html("div", "nabla-tensor-controls");
    const leads = this.#window.lead.map((_, dimension) => {
      const input = html("input");
      Object.assign(input, { type: "number", min: "0", max: String(state.shape[dimension]! - 1), value: "0" });
      input.setAttribute("aria-label", text("tensor.index", { dimension }));
      input.addEventListener("input", () => {
        const index = Math.min(state.shape[dimension]! - 1, Math.max(0, Math.round(Number(input.value) || 0)));
        void this.#look({ ...this.#wanted, lead: this.#wanted.lead.map((old, k) => (k === dimension ? index : old)) });
      });
      this.#host.needsKernel(input);
      return input;
    });
    if (leads.length > 0) controls.append("[", ...leads.flatMap((input) => [input, ", "]), ":, :]");
    for (const [key, sign, act] of [["in", "+", () => this.#zoom(0.5)], ["out", "−", () => this.#zoom(2)], ["all", "⤢", () => void this.#look(this.#whole(this.#wanted.lead))]] as const) {
      const button = html("button", "", sign);
      button.type = "button";
      button.title = text(`tensor.${key}`);
      button.setAttribute("aria-label", text(`tensor.${key}`));
      button.addEventListener("click", act);
      this.#host.needsKernel(button);
      controls.append(button);
    }
    controls.append(this.#place);
    this.#reading.setAttribute("aria-live", "polite");
    const figure = html("figure", "nabla-tensor-figure", controls, canvas, this.#reading);
    // Keys pressed here are for here: JupyterLab would walk through the cells.
    figure.dataset["lmSuppressShortcuts"] = "true";
    return figure;
  }

  /** The element under the pointer. */
  #under(event: MouseEvent): readonly [row: number, column: number] {
    const box = this.#canvas.getBoundingClientRect();
    const { rows, columns, rowStep, columnStep } = this.#cells;
    const place = (part: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(part * count)));
    return [
      this.#window.top + rowStep * place((event.clientY - box.top) / box.height, rows),
      this.#window.left + columnStep * place((event.clientX - box.left) / box.width, columns),
    ];
  }

  #key(event: KeyboardEvent): void {
    const [row, column] = this.#marked ?? [this.#window.top, this.#window.left];
    const { rowStep, columnStep } = this.#cells;
    const moves: Readonly<Record<string, readonly [number, number]>> = { ArrowUp: [-rowStep, 0], ArrowDown: [rowStep, 0], ArrowLeft: [0, -columnStep], ArrowRight: [0, columnStep] };
    const move = moves[event.key];
    if (move !== undefined) this.#walk(row + move[0], column + move[1]);
    else if (event.key === "+" || event.key === "=") this.#zoom(0.5);
    else if (event.key === "-") this.#zoom(2);
    else if (event.key === "0") void this.#look(this.#whole(this.#wanted.lead));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Marks an element, and moves the window along where it lies outside. */
  #walk(row: number, column: number): void {
    const [rows, columns] = this.#size;
    const to = [Math.min(rows - 1, Math.max(0, row)), Math.min(columns - 1, Math.max(0, column))] as const;
    const { top, left, height, width } = this.#window;
    const isInside = to[0] >= top && to[0] < top + height && to[1] >= left && to[1] < left + width;
    this.#mark(to);
    if (!isInside) void this.#look(around(to, this.#wanted, [height, width], this.#size));
  }

  #zoom(factor: number): void {
    const { top, left, height, width } = this.#wanted;
    const middle = this.#marked ?? [top + Math.floor(height / 2), left + Math.floor(width / 2)];
    const next = (length: number, most: number): number => Math.min(most, Math.max(Math.min(4, most), Math.round(length * factor)));
    void this.#look(around(middle, this.#wanted, [next(height, this.#size[0]), next(width, this.#size[1])], this.#size));
  }

  /** Asks for the elements of a window and draws them. */
  async #look(window: TensorWindow): Promise<void> {
    if (!this.#host.channel.isOpen) return;
    const asked = ++this.#asked;
    this.#wanted = window;
    try {
      const { value, buffers } = await this.#host.channel.requestData("window", window);
      if (asked !== this.#asked) return;
      const { buffer, byteOffset, byteLength } = buffers[0]!;
      // A copy: the message's own bytes need not begin at a multiple of four.
      const values = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
      this.#window = window;
      this.#cells = { ...(value as unknown as TensorCells), values, levels: levelsOf(values, this.#host.state.domain) };
      this.#draw();
      if (this.#marked !== undefined) this.#mark(this.#marked);
    } catch (error) {
      this.#reading.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  #draw(): void {
    const { top, left, height, width } = this.#window;
    const { rowStep, columnStep } = this.#cells;
    const marked = this.#marked;
    const cell = marked === undefined ? undefined : [Math.floor((marked[0] - top) / rowStep), Math.floor((marked[1] - left) / columnStep)] as const;
    const isSeen = cell !== undefined && cell[0] >= 0 && cell[0] < this.#cells.rows && cell[1] >= 0 && cell[1] < this.#cells.columns;
    drawCells(this.#canvas, this.#cells, this.#colours, drawingSize(this.#cells, MOST), isSeen ? cell : undefined, short);
    const every = rowStep * columnStep > 1 ? this.#host.text("tensor.every", { rows: rowStep, columns: columnStep }) : "";
    this.#place.textContent = [`[${top}:${top + height}, ${left}:${left + width}]`, every].filter(Boolean).join(" ");
    this.#canvas.dataset["window"] = [top, left, height, width].join();
  }

  /** Frames an element and says its value. */
  #mark(to: readonly [row: number, column: number]): void {
    const isSame = this.#marked?.[0] === to[0] && this.#marked[1] === to[1];
    this.#marked = to;
    if (!isSame) this.#draw();
    clearTimeout(this.#timer);
    const index = [...this.#window.lead, ...(this.#host.state.shape.length < 2 ? [to[1]] : to)];
    const say = (value: string): void => {
      this.#reading.textContent = `[${index.join(", ")}] = ${value}`;
      this.#reading.dataset["index"] = index.join();
      this.#reading.dataset["value"] = value;
    };
    if (!this.#host.channel.isOpen) {
      this.#reading.textContent = `[${index.join(", ")}]: ${this.#host.text("channel.saved")}`;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#host.channel.request("value", { index }).then(
        (value) => this.#marked === to && say(String(value)),
        (error: unknown) => (this.#reading.textContent = error instanceof Error ? error.message : String(error)),
      );
    }, REST);
  }
}

/** A window of a size around a place, inside of the matrix. */
function around([row, column]: readonly [number, number], { lead }: TensorWindow, [height, width]: readonly [number, number], [rows, columns]: readonly [number, number]): TensorWindow {
  const start = (middle: number, length: number, most: number): number => Math.min(most - length, Math.max(0, middle - Math.floor(length / 2)));
  return { lead, top: start(row, height, rows), left: start(column, width, columns), height, width };
}
