/**
 * A pad of 28 by 28 pixels on which a person draws a digit that a model reads at once. What the model gets is drawn here, from
 * the lines that the page sends, and shown in the page as it is: there is one picture, and code and eye see the same.
 */
import { bar } from "../plot/bar.ts";
import { hconcat } from "../plot/compose.ts";
import { imageGrid } from "../plot/image-grid.ts";
import { tensor } from "../tensor/creation.ts";
import { WidgetError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { View } from "../view/index.ts";
import type { Json } from "../view/index.ts";
import type { PadState } from "../view/states/pad.ts";
import { PICTURE_SIDE } from "./centring.ts";
import { Listeners } from "./listeners.ts";
import { readPicture } from "./reading.ts";
import type { PictureModel } from "./reading.ts";
import { PEN_WIDTH, Sheet } from "./sheet.ts";

export interface DrawingPadOptions {
  /**
   * Reads the drawing: a module that takes [1, 1, 28, 28] or rows [1, 784], or a function from [1, 1, 28, 28] to one row of
   * scores or probabilities. Default: none, the pad only draws.
   */
  readonly model?: PictureModel;
  /** The names of the model's classes. Default: 0, 1, 2, … */
  readonly classes?: readonly (string | number)[];
  /** Whether the drawing is moved and sized as MNIST's digits were; a person can change it in the page. Default: true. */
  readonly centred?: boolean;
  /** Lines to begin with, each as {@link DrawingPad.draw} takes it. Default: none. */
  readonly strokes?: readonly (readonly (readonly [x: number, y: number])[])[];
  /** Shown above the pad. Default: none. */
  readonly title?: string;
}

/** A drawing pad; made by {@link drawingPad}. */
export class DrawingPad {
  readonly #sheet: Sheet;
  readonly #model: PictureModel | undefined;
  readonly #classes: readonly string[] | undefined;
  readonly #view: View<PadState>;
  readonly #listeners = new Listeners<[picture: Tensor]>();
  #picture: Tensor | undefined;
  #probabilities: readonly number[] | undefined;
  #problem: string | undefined;
  #isTaking = false;
  #hasChanged = false;

  constructor({ model, classes, centred = true, strokes = [], title }: DrawingPadOptions = {}) {
    this.#sheet = new Sheet(centred);
    this.#model = model;
    this.#classes = classes?.map(String);
    for (const stroke of strokes) this.#sheet.stroke(numbersOf(stroke));
    this.#read();
    this.#view = new View<PadState>({
      kind: "pad",
      state: () => this.#state(title),
      fallback: () => ({ text: this.toString(), spec: this.#chart(title) }),
      events: {
        stroke: ({ id, points }: { id: string; points: readonly number[] }) => this.#received(() => this.#sheet.stroke(points.filter(Number.isFinite), id)),
        picture: ({ side, grey }: { side: number; grey: string }) => this.#received(() => this.#sheet.photo(side, Buffer.from(grey, "base64"))),
        undo: () => this.#received(() => this.#sheet.undo()),
        clear: () => this.#received(() => this.#sheet.clear()),
        centre: ({ centred: on }: { centred: Json }) => this.#received(() => void (this.#sheet.centred = on === true)),
      },
    });
  }

  /**
   * The picture, float32 [1, 28, 28] from 0, paper, to 1, ink, in steps of 1/255 as MNIST's are. Reading it gives what the
   * page shows at that moment, also in the middle of a loop that never awaits.
   */
  get value(): Tensor {
    this.#take();
    return this.#pictureNow().clone();
  }

  /** How probable the model finds each class; undefined without a model, on a blank pad, or where it could not read. */
  get probabilities(): readonly number[] | undefined {
    this.#take();
    return this.#probabilities;
  }

  /** Whether nothing is drawn. */
  get isEmpty(): boolean {
    this.#take();
    return this.#sheet.marks.length === 0;
  }

  /** Whether the drawing is moved and sized as MNIST's digits were. */
  get centred(): boolean {
    this.#take();
    return this.#sheet.centred;
  }
  set centred(on: boolean) {
    this.#changeHere(() => void (this.#sheet.centred = on));
  }

  /**
   * Draws a line through some points, from 0 to 1 across the pad and down it.
   * @example pad.draw([[0.3, 0.2], [0.7, 0.2], [0.45, 0.8]]) // a seven
   */
  draw(points: readonly (readonly [x: number, y: number])[]): void {
    this.#changeHere(() => this.#sheet.stroke(numbersOf(points)));
  }

  /**
   * Puts a photo on the pad: ink is found in it, dark on light or light on dark.
   * @param picture square, [side, side] or [1, side, side], from 0, black, to 1, white
   * @throws WidgetError for a picture that is not square
   */
  load(picture: Tensor): void {
    const side = picture.shape.at(-1) ?? 0;
    if (side === 0 || picture.numel !== side * side || picture.shape.at(-2) !== side) {
      throw new WidgetError(`drawingPad: load takes a square picture [side, side] in grey, got shape [${picture.shape.join(", ")}]`);
    }
    const grey = Uint8Array.from(picture.to("float64").data(), (level) => Math.round(255 * Math.min(1, Math.max(0, Number(level)))));
    this.#changeHere(() => this.#sheet.photo(side, grey));
  }

  /** Takes everything off the pad; `undo` brings it back. */
  clear(): void {
    this.#changeHere(() => this.#sheet.clear());
  }

  /** Takes the last line, picture or clearing back. */
  undo(): void {
    this.#changeHere(() => this.#sheet.undo());
  }

  /** Asks the model again: it has learned since. */
  refresh(): void {
    this.#changeHere(() => undefined);
  }

  /**
   * Calls back with the picture after each change, by a person or by code. In a synchronous loop this happens where the
   * loop reads `value` or `probabilities`.
   * @returns a function that ends this
   */
  onChange(callback: (picture: Tensor) => void): () => void {
    return this.#listeners.add(callback);
  }

  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    return (this.#view as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  toString(): string {
    const drawn = this.#sheet.marks.length === 0 ? "blank" : halfBlocks([...this.#pictureNow().data()].map(Number));
    const said = this.#problem !== undefined ? [this.#problem] : (this.#probabilities ?? []).map((value, i) => ({ value, name: this.#name(i) }))
      .sort((a, b) => b.value - a.value).slice(0, 3).map(({ name, value }) => `  ${name}: ${(100 * value).toFixed(1)} %`);
    return [`drawing pad, ${PICTURE_SIDE} by ${PICTURE_SIDE}; draw([[x, y], …]) on it draws a line, 0 to 1 across and down`, drawn, ...said].join("\n");
  }

  #name(index: number): string {
    return this.#classes?.[index] ?? String(index);
  }

  #state(title: string | undefined): PadState {
    const { marks, canUndo, centred } = this.#sheet;
    const bytes = Uint8Array.from(this.#pictureNow().data(), (level) => Math.round(255 * Number(level)));
    return {
      ...(title !== undefined && { title }),
      marks, canUndo, penWidth: PEN_WIDTH, centred, side: PICTURE_SIDE, value: Buffer.from(bytes).toString("base64"),
      ...(this.#probabilities !== undefined && { probabilities: { names: this.#probabilities.map((_, i) => this.#name(i)), values: this.#probabilities.map((each) => Number(each.toFixed(4))) } }),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  /** For readers without the pad: the picture, and the probabilities beside it. */
  #chart(title: string | undefined): object {
    const picture = imageGrid(this.#pictureNow(), { title: title ?? "Drawing", domain: [0, 1] });
    if (this.#probabilities === undefined) return picture.spec;
    const names = this.#probabilities.map((_, i) => this.#name(i));
    const best = names[this.#probabilities.indexOf(Math.max(...this.#probabilities))]!;
    const bars = bar(this.#probabilities.map((each) => Number(each.toFixed(3))), { labels: names, title: `Read as ${best}`, yTitle: "probability", yDomain: [0, 1.08], width: 320, height: 180 });
    return hconcat([picture, bars], { description: `A drawing of 28 by 28 pixels, read as ${best}.` }).spec;
  }

  #pictureNow(): Tensor {
    // In steps of 1/255: the page shows exactly these levels.
    this.#picture ??= tensor(this.#sheet.picture().levels.map((level) => Math.fround(Math.round(255 * level) / 255)), { shape: [1, PICTURE_SIDE, PICTURE_SIDE] });
    return this.#picture;
  }

  /** Asks the model about the picture as it is now. */
  #read(): void {
    this.#picture = undefined;
    this.#probabilities = undefined;
    this.#problem = undefined;
    if (this.#model === undefined || this.#sheet.marks.length === 0) return;
    try {
      this.#probabilities = readPicture(this.#model, this.#pictureNow());
      if (this.#classes !== undefined && this.#classes.length !== this.#probabilities.length) {
        this.#problem = `the model has ${this.#probabilities.length} classes, but ${this.#classes.length} names were given`;
      }
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }

  #take(): void {
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      this.#view.poll();
    } finally {
      this.#isTaking = false;
    }
    this.#changed(true);
  }

  #changeHere(change: () => void): void {
    this.#take();
    change();
    this.#hasChanged = true;
    this.#changed(true);
  }

  #received(change: () => void): void {
    change();
    this.#hasChanged = true;
    if (!this.#isTaking) this.#changed(false);
  }

  #changed(inLoop: boolean): void {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#read();
    this.#view.send(this.#view.state as unknown as Json);
    this.#listeners.tell(inLoop, this.#pictureNow().clone());
  }
}

function numbersOf(points: readonly (readonly [number, number])[]): number[] {
  const numbers = points.flat();
  if (numbers.length < 2 || !points.every((point) => point.length === 2) || !numbers.every(Number.isFinite)) {
    throw new WidgetError("drawingPad: a line is a list of points [x, y], each from 0 to 1 across the pad and down it");
  }
  return numbers;
}

/** A picture of 28 by 28 in letters, two rows a line. */
function halfBlocks(levels: readonly number[]): string {
  const dark = (row: number, column: number): boolean => levels[row * PICTURE_SIDE + column]! > 0.4;
  return Array.from({ length: PICTURE_SIDE / 2 }, (_, line) => Array.from({ length: PICTURE_SIDE }, (_, column) => {
    const [top, bottom] = [dark(2 * line, column), dark(2 * line + 1, column)];
    return top ? (bottom ? "█" : "▀") : bottom ? "▄" : " ";
  }).join("").trimEnd()).map((line) => `  ${line}`).join("\n");
}

/**
 * Makes a pad to draw on with mouse, finger or keys, or to load a photo onto. It is shown as a cell's value or with `display`.
 * @example
 * const pad = playground.drawingPad({ model });
 * display(pad);
 * pad.value; // [1, 28, 28]: what is drawn
 */
export function drawingPad(options: DrawingPadOptions = {}): DrawingPad {
  return new DrawingPad(options);
}
