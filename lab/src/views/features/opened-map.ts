/** One map, large: a click or the two number fields choose the number that is explained; its value stands under the pointer. */
import type { FeatureChoice, FeatureMap } from "../../../../src/view/states/features.ts";
import type { ViewHost } from "../../registry.ts";
import { painter, readable } from "./colours.ts";
import { legend, make, showMap, sizeOf } from "./elements.ts";

const longest = 260;

export class OpenedMap {
  readonly element = make("section", "nabla-features-opened");
  readonly #host: ViewHost<unknown>;
  readonly #heading = make("h4", "");
  readonly #frame = make("div", "nabla-features-frame");
  readonly #canvas = make("canvas", "nabla-features-canvas");
  readonly #cursor = make("div", "nabla-features-cursor");
  readonly #under = make("output", "nabla-features-under");
  readonly #foot = make("div", "");
  readonly #fields: Readonly<Record<"row" | "column", HTMLInputElement>>;
  readonly #choose: (row: number, column: number) => void;
  #map: FeatureMap | undefined;
  #place: readonly [number, number] = [0, 0];

  constructor(host: ViewHost<unknown>, choose: (row: number, column: number) => void) {
    this.#host = host;
    this.#choose = choose;
    const field = (): HTMLInputElement => {
      const input = make("input", "");
      input.type = "number";
      input.min = "0";
      // At each key and each step of the arrows; a field that is being emptied to be filled anew says nothing yet.
      input.addEventListener("input", () => {
        if (input.value !== "") this.#go(Number(this.#fields.row.value), Number(this.#fields.column.value));
      });
      host.needsKernel(input);
      return input;
    };
    this.#fields = { row: field(), column: field() };
    const places = make("div", "nabla-features-place");
    for (const name of ["row", "column"] as const) {
      const label = make("label", "", host.text(`features.${name}`));
      label.append(this.#fields[name]);
      places.append(label);
    }
    this.#canvas.setAttribute("role", "img");
    this.#under.setAttribute("aria-hidden", "true");
    this.#frame.append(this.#canvas, this.#cursor);
    this.element.append(this.#heading, this.#frame, this.#under, places, this.#foot);
    this.#canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.#canvas.addEventListener("pointerleave", () => this.#say());
    this.#canvas.addEventListener("click", (event) => {
      if (host.channel.isOpen) this.#go(...this.#cell(event));
    });
  }

  /** Draws a map; its numbers are those of the place chosen. */
  show(layerName: string, map: FeatureMap, choice: FeatureChoice): void {
    this.#map = map;
    this.#place = [choice.row, choice.column];
    const heading = this.#host.text("features.map", { map: choice.map });
    this.#heading.textContent = heading;
    this.#canvas.setAttribute("aria-label", this.#host.text("features.mapOf", { map: choice.map, layer: layerName, rows: map.rows, columns: map.columns }));
    [this.#canvas.width, this.#canvas.height] = [map.columns, map.rows];
    if (map.values !== null) {
      const paint = painter(map.colours);
      const pixels = new ImageData(map.columns, map.rows);
      map.values.forEach((value, i) => pixels.data.set([...paint(value), 255], 4 * i));
      this.#canvas.getContext("2d")?.putImageData(pixels, 0, 0);
    } else if (map.sheet !== null) {
      showMap(this.#canvas, map.sheet, 0, longest);
    }
    const [width, height] = sizeOf([map.rows, map.columns], longest);
    Object.assign(this.#frame.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(this.#cursor.style, {
      left: `${(100 * choice.column) / map.columns}%`, top: `${(100 * choice.row) / map.rows}%`,
      width: `${100 / map.columns}%`, height: `${100 / map.rows}%`,
    });
    this.#fields.row.max = String(map.rows - 1);
    this.#fields.column.max = String(map.columns - 1);
    this.#fields.row.value = String(choice.row);
    this.#fields.column.value = String(choice.column);
    this.#foot.replaceChildren(legend(map.colours));
    this.#say();
  }

  /** Chooses a place, kept inside the map. */
  #go(row: number, column: number): void {
    const map = this.#map;
    if (map === undefined) return;
    const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, Math.round(value) || 0));
    this.#choose(within(row, map.rows), within(column, map.columns));
  }

  #cell(event: MouseEvent): [row: number, column: number] {
    const box = this.#canvas.getBoundingClientRect();
    const { rows, columns } = this.#map!;
    const at = (position: number, size: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor((position / size) * count)));
    return [at(event.clientY - box.top, box.height, rows), at(event.clientX - box.left, box.width, columns)];
  }

  #point(event: MouseEvent): void {
    this.#say(...this.#cell(event));
  }

  #say(row = this.#place[0], column = this.#place[1]): void {
    const value = this.#map?.values?.[row * this.#map.columns + column];
    this.#under.textContent = this.#map?.values === null ? "" : this.#host.text("features.at", { row, column, value: readable(value) });
  }
}
