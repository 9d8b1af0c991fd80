/** What is on a drawing pad: lines and pictures, steps that can be taken back, and the 28 by 28 pixels that come of them. */
import { WidgetError } from "../tensor/errors.ts";
import type { PadMark } from "../view/states/pad.ts";
import { blankInk, centredInk, shrunkInk } from "./centring.ts";
import type { Ink } from "./centring.ts";
import { drawLine } from "./pen.ts";
import { inkInPhoto } from "./photo.ts";

/** The pen is as wide as MNIST's: about a tenth of a digit that fills three quarters of the pad. */
export const PEN_WIDTH = 0.075;
/** Pixels a side on which lines become ink: the digit's box has 20, so that each of its pixels is a mean of many. */
const SHEET_SIDE = 140;
/** More than these nobody draws; what a page sends beyond them is dropped. */
const MOST_STROKES = 400;
const MOST_NUMBERS = 8000;
const MOST_STEPS_BACK = 100;
const LARGEST_PICTURE = 256;

export class Sheet {
  #marks: readonly PadMark[] = [];
  readonly #before: (readonly PadMark[])[] = [];
  /** Whether the drawing is moved and sized as MNIST's digits were. */
  centred: boolean;
  #strokes = 0;

  constructor(centred: boolean) {
    this.centred = centred;
  }

  get marks(): readonly PadMark[] {
    return this.#marks;
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }

  /** Draws a line, or draws on one: a line of the same name is replaced. */
  stroke(points: readonly number[], id = `code-${this.#strokes++}`): void {
    const kept = points.slice(0, MOST_NUMBERS - (MOST_NUMBERS % 2)).map((place) => Number(place.toFixed(4)));
    if (kept.length < 2) return;
    const mark: PadMark = { kind: "stroke", id, points: kept };
    const place = this.#marks.findIndex((each) => each.kind === "stroke" && each.id === id);
    if (place >= 0) this.#marks = this.#marks.with(place, mark);
    else if (this.#marks.length < MOST_STROKES) this.#replace([...this.#marks, mark]);
  }

  /** Puts a photo in place of what is there. @param grey 0 for black to 255 for white, square. */
  photo(side: number, grey: Uint8Array): void {
    if (!Number.isSafeInteger(side) || side < 1 || side > LARGEST_PICTURE || grey.length !== side * side) {
      throw new WidgetError(`drawingPad: a picture is square, of 1 to ${LARGEST_PICTURE} pixels a side; got ${grey.length} pixels for a side of ${side}`);
    }
    const { levels } = inkInPhoto(side, grey);
    this.#replace([{ kind: "picture", side, ink: Buffer.from(levels.map((level) => Math.round(255 * level))).toString("base64") }]);
  }

  /** Takes all away. */
  clear(): void {
    if (this.#marks.length > 0) this.#replace([]);
  }

  /** Takes the last step back. */
  undo(): void {
    this.#marks = this.#before.pop() ?? this.#marks;
  }

  /** The 28 by 28 pixels of the drawing. */
  picture(): Ink {
    const sheet = this.#ink();
    return this.centred ? centredInk(sheet) : shrunkInk(sheet);
  }

  #replace(marks: readonly PadMark[]): void {
    this.#before.push(this.#marks);
    if (this.#before.length > MOST_STEPS_BACK) this.#before.shift();
    this.#marks = marks;
  }

  #ink(): Ink {
    const sheet = blankInk(SHEET_SIDE);
    for (const mark of this.#marks) {
      if (mark.kind === "stroke") drawLine(sheet, mark.points, PEN_WIDTH);
      else spread(sheet, mark.side, Buffer.from(mark.ink, "base64"));
    }
    return sheet;
  }
}

/** Puts a picture over the whole sheet: each pixel takes the nearest of the picture's. */
function spread({ width, levels }: Ink, side: number, ink: Uint8Array): void {
  for (let place = 0; place < levels.length; place++) {
    const [x, y] = [Math.floor((((place % width) + 0.5) * side) / width), Math.floor(((Math.floor(place / width) + 0.5) * side) / width)];
    levels[place] = Math.max(levels[place]!, ink[y * side + x]! / 255);
  }
}
