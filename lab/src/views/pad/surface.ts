/**
 * The surface that is drawn on: shows marks at once, as they are drawn, with mouse, finger, stylus or keys. What the model
 * gets of it is made by the library; this is the paper.
 */
import type { PadMark } from "../../../../src/view/states/pad.ts";
import { OWN_UNDO } from "../../keyboard.ts";

/** Pixels a side on the screen. */
const SIDE = 280;
/** Points nearer than this to the last one say nothing new. */
const NEAREST = 0.004;
/** How far an arrow key moves the pen: one pixel of 28. */
const KEY_STEP = 1 / 28;

export interface SurfaceEvents {
  /** A line has grown, or is complete. */
  stroke(id: string, points: readonly number[], isComplete: boolean): void;
  clear(): void;
  undo(): void;
  /** The pen was put down or lifted by a key. */
  pen(isDown: boolean): void;
}

export class Surface {
  readonly element = document.createElement("canvas");
  /** Whether it may be drawn on. */
  isOpen = false;
  readonly #events: SurfaceEvents;
  #marks: readonly PadMark[] = [];
  #penWidth = 0.08;
  /** The line that is being drawn. */
  #line: { readonly id: string; readonly points: number[] } | undefined;
  /** Where the keys' pen is; shown while the surface has the focus and was used by keys. */
  #pen: { x: number; y: number; isDown: boolean } | undefined;

  constructor(events: SurfaceEvents) {
    this.#events = events;
    this.element.width = this.element.height = 2 * SIDE;
    this.element.tabIndex = 0;
    this.element.setAttribute(OWN_UNDO, "");
    this.element.addEventListener("pointerdown", (event) => this.#start(event));
    this.element.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"]) this.element.addEventListener(type, () => this.#finish());
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("blur", () => this.#lift());
  }

  /** Shows other marks; a line that is being drawn, or was just drawn further than the library knows, stays. */
  show(marks: readonly PadMark[], penWidth: number): void {
    this.#penWidth = penWidth;
    this.#marks = marks.map((mark) => {
      const own = this.#marks.find((each) => each.kind === "stroke" && mark.kind === "stroke" && each.id === mark.id);
      return own?.kind === "stroke" && mark.kind === "stroke" && own.points.length > mark.points.length ? own : mark;
    });
    this.draw();
  }

  /** Draws everything anew. */
  draw(): void {
    const context = this.element.getContext("2d")!;
    const side = this.element.width;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, side, side);
    this.#drawGuides(context, side);
    const line = this.#line;
    for (const mark of this.#marks) {
      if (mark.kind === "picture") drawPicture(context, side, mark.side, mark.ink);
      else if (mark.id !== line?.id) this.#drawLine(context, side, mark.points);
    }
    if (line !== undefined) this.#drawLine(context, side, line.points);
    if (this.#pen !== undefined) this.#drawPen(context, side, this.#pen);
  }

  /** Quiet lines that show where a digit fits. */
  #drawGuides(context: CanvasRenderingContext2D, side: number): void {
    context.strokeStyle = "#e3e8ee";
    context.lineWidth = 2;
    context.setLineDash([6, 8]);
    const edge = (4 / 28) * side;
    context.strokeRect(edge, edge, side - 2 * edge, side - 2 * edge);
    context.setLineDash([]);
  }

  #drawLine(context: CanvasRenderingContext2D, side: number, points: readonly number[]): void {
    context.strokeStyle = "#111111";
    context.lineCap = "round";
    context.lineJoin = "round";
    context.lineWidth = this.#penWidth * side;
    context.beginPath();
    context.moveTo(points[0]! * side, points[1]! * side);
    if (points.length === 2) context.lineTo(points[0]! * side, points[1]! * side);
    for (let i = 2; i < points.length; i += 2) context.lineTo(points[i]! * side, points[i + 1]! * side);
    context.stroke();
  }

  #drawPen(context: CanvasRenderingContext2D, side: number, { x, y, isDown }: { x: number; y: number; isDown: boolean }): void {
    context.beginPath();
    context.arc(x * side, y * side, (this.#penWidth * side) / 2 + 3, 0, 2 * Math.PI);
    context.lineWidth = 5;
    context.strokeStyle = isDown ? "#D55E00" : "#0072B2";
    context.stroke();
  }

  #start(event: PointerEvent): void {
    if (!this.isOpen || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.#lift();
    this.#pen = undefined;
    this.element.setPointerCapture(event.pointerId);
    this.#line = { id: crypto.randomUUID(), points: [] };
    this.#append(...this.#placeOf(event));
  }

  #move(event: PointerEvent): void {
    if (this.#line === undefined || this.#pen !== undefined || !event.isPrimary) return;
    const passed = event.getCoalescedEvents();
    for (const each of passed.length > 0 ? passed : [event]) this.#append(...this.#placeOf(each));
  }

  #placeOf(event: PointerEvent): [x: number, y: number] {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  #append(x: number, y: number): void {
    const points = this.#line!.points;
    if (points.length >= 2 && Math.hypot(x - points.at(-2)!, y - points.at(-1)!) < NEAREST) return;
    points.push(Number(x.toFixed(4)), Number(y.toFixed(4)));
    this.draw();
    this.#events.stroke(this.#line!.id, points, false);
  }

  /** The line is complete: it is a mark like the others. */
  #finish(): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    const mark: PadMark = { kind: "stroke", id: line.id, points: line.points };
    this.#marks = [...this.#marks.filter((each) => each.kind !== "stroke" || each.id !== line.id), mark];
    this.draw();
    this.#events.stroke(line.id, line.points, true);
  }

  #key(event: KeyboardEvent): void {
    if (!this.isOpen) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (step !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) this.#step(step[0]!, step[1]!, event.shiftKey ? 3 : 1);
    else if (event.key === " ") this.#togglePen();
    else if (isUndo) this.#leave(() => this.#events.undo());
    else if (event.key === "Delete" || event.key === "Backspace") this.#leave(() => this.#events.clear());
    else if (event.key === "Escape") this.#lift();
    else return;
    event.preventDefault();
    // The notebook has shortcuts for these keys.
    event.stopPropagation();
  }

  #leave(act: () => void): void {
    this.#lift();
    act();
  }

  #step(right: number, down: number, far: number): void {
    const pen = (this.#pen ??= { x: 0.5, y: 0.5, isDown: false });
    pen.x = Math.min(1, Math.max(0, pen.x + right * far * KEY_STEP));
    pen.y = Math.min(1, Math.max(0, pen.y + down * far * KEY_STEP));
    if (pen.isDown) this.#append(pen.x, pen.y);
    else this.draw();
  }

  #togglePen(): void {
    const pen = (this.#pen ??= { x: 0.5, y: 0.5, isDown: false });
    if (pen.isDown) return this.#lift();
    pen.isDown = true;
    this.#line = { id: crypto.randomUUID(), points: [] };
    this.#append(pen.x, pen.y);
    this.#events.pen(true);
  }

  /** Lifts the keys' pen, if it is down. */
  #lift(): void {
    if (this.#pen?.isDown !== true) return;
    this.#pen.isDown = false;
    this.#finish();
    this.#events.pen(false);
  }
}

function drawPicture(context: CanvasRenderingContext2D, side: number, pixels: number, ink: string): void {
  const picture = document.createElement("canvas");
  paintInk(picture, ink, pixels);
  context.imageSmoothingEnabled = true;
  context.globalCompositeOperation = "multiply";
  context.drawImage(picture, 0, 0, side, side);
  context.globalCompositeOperation = "source-over";
}

/** Paints ink, base64 with 0 for paper and 255 for ink, black on white, one pixel a level; CSS enlarges it. */
export function paintInk(canvas: HTMLCanvasElement, ink: string, side: number): void {
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(side, side);
  const levels = atob(ink);
  for (let i = 0; i < levels.length; i++) {
    const level = 255 - levels.charCodeAt(i);
    image.data.set([level, level, level, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
