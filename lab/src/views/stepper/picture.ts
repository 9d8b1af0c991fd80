/**
 * The graph of the computation in SVG: a box for each tensor with its matrix and its gradient's, and arrows. It is drawn once;
 * a step changes classes and fills in what has become known.
 */
import type { StateNumber, StepperBox, StepperState, StepperValue } from "../../../../src/view/states/stepper.ts";
import { arrowHead, curve, svg } from "../../graph/svg.ts";
import type { Say } from "../../strings/index.ts";
import { matrixOf, shown } from "./arithmetic.ts";
import type { Progress } from "./progress.ts";

/** What of the drawing changes with a step. */
interface DrawnValue {
  readonly value: StepperValue;
  readonly values: SVGGElement;
  readonly gradient: SVGGElement;
  shownGradient: readonly StateNumber[] | undefined;
}

interface DrawnBox {
  readonly box: StepperBox;
  readonly group: SVGGElement;
  readonly values: readonly DrawnValue[];
}

/** How much colour a number has: blue above 0 and orange below it, more for larger ones. */
function tint(value: StateNumber, largest: number): { className: string; opacity: number } {
  const number = Number(value);
  if (!Number.isFinite(number)) return { className: "nabla-cell-broken", opacity: 0.5 };
  const opacity = largest === 0 ? 0 : 0.06 + (0.44 * Math.abs(number)) / largest;
  return { className: number < 0 ? "nabla-cell-negative" : "nabla-cell-positive", opacity: number === 0 ? 0 : Math.round(opacity * 100) / 100 };
}

export class StepperPicture {
  readonly element: SVGSVGElement;
  readonly #state: StepperState;
  readonly #boxes: readonly DrawnBox[];
  readonly #arrows: readonly SVGGElement[];

  constructor(state: StepperState, say: Say) {
    this.#state = state;
    const { width, height } = state;
    this.#arrows = state.arrows.map((arrow) =>
      svg("g", { class: "nabla-stepper-arrow", "data-arrow": arrow.id },
        svg("path", { d: curve(arrow.points), class: "nabla-stepper-line" }),
        svg("path", { d: arrowHead(arrow.points), class: "nabla-stepper-head" }),
        svg("path", { d: arrowHead(arrow.points, "first"), class: "nabla-stepper-head-back" }),
      ),
    );
    this.#boxes = state.boxes.map((box) => this.#drawBox(box, say));
    this.element = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": say("stepper.graph", { name: state.result }) },
      ...this.#arrows,
      ...this.#boxes.map(({ group }) => group),
    );
  }

  /** Shows what is known after a step. @returns the box that the step is about. */
  show(progress: Progress): SVGGElement | undefined {
    const { step, computed, gradients, passed } = progress;
    const arrow = step?.kind === "backward" ? this.#state.arrows[step.arrow] : undefined;
    const current = step === undefined ? undefined : step.kind === "backward" ? arrow!.from : step.box;
    for (const { box, group, values } of this.#boxes) {
      group.classList.toggle("nabla-stepper-waiting", !computed.has(box.id));
      group.classList.toggle("nabla-stepper-current", box.id === current);
      group.classList.toggle("nabla-stepper-source", box.id === arrow?.to);
      group.classList.toggle("nabla-stepper-backward", box.id === current && step?.kind !== "forward");
      values.forEach((drawn, output) => {
        const numbers = gradients.get(`${box.id} ${output}`);
        if (numbers !== drawn.shownGradient) this.#drawMatrix(drawn.gradient, drawn.value, numbers);
        drawn.shownGradient = numbers;
        drawn.gradient.classList.toggle("nabla-stepper-arrived", gradients.has(`${box.id} ${output}`));
      });
    }
    const forward = step?.kind === "forward" ? step.box : undefined;
    this.#arrows.forEach((group, id) => {
      group.classList.toggle("nabla-stepper-feeds", this.#state.arrows[id]!.to === forward);
      group.classList.toggle("nabla-stepper-passed", passed.has(id));
      group.classList.toggle("nabla-stepper-now", id === arrow?.id);
    });
    return this.#boxes.find(({ box }) => box.id === current)?.group;
  }

  #drawBox(box: StepperBox, say: Say): DrawnBox {
    const { geometry } = this.#state;
    const { padding } = geometry;
    const names = box.values.map(({ name }) => name).join(", ");
    const shape = box.values[0]!.shape;
    const group = svg("g", { class: `nabla-stepper-box nabla-stepper-${box.kind}`, transform: `translate(${box.x} ${box.y})`, "data-box": box.id, "data-name": names });
    group.append(
      svg("rect", { width: box.width, height: box.height, rx: 6, class: "nabla-stepper-card" }),
      svg("text", { x: padding + 1, y: 16, class: box.values[0]!.named ? "nabla-stepper-name" : "nabla-stepper-name nabla-stepper-invented" }, names),
    );
    if (shape.length > 0) group.append(svg("text", { x: box.width - padding, y: 15, class: "nabla-stepper-shape", "text-anchor": "end" }, `[${shape.join(", ")}]`));
    if (box.expression !== undefined) group.append(svg("text", { x: padding + 1, y: 33, class: "nabla-stepper-expression" }, box.expression));
    const values = box.values.map((value) => this.#drawValue(group, box, value, say));
    return { box, group, values };
  }

  #drawValue(group: SVGGElement, box: StepperBox, value: StepperValue, say: Say): DrawnValue {
    const { padding, label, gap, cellHeight, mostRows } = this.#state.geometry;
    const left = padding + label;
    const values = svg("g", { class: "nabla-stepper-value", transform: `translate(${left} ${value.y})`, "data-part": "value" });
    const height = value.values === undefined ? cellHeight : Math.max(1, Math.min(matrixOf(value.shape)[0], mostRows)) * cellHeight;
    const gradient = svg("g", { class: "nabla-stepper-gradient", transform: `translate(${left} ${value.y + height + gap})`, "data-part": "gradient" });
    if (value.values === undefined) values.append(svg("text", { x: 0, y: 13, class: "nabla-stepper-missing" }, say(value.missing === "not-kept" ? "stepper.notKept" : "stepper.tooLarge")));
    else this.#drawMatrix(values, value, value.values);
    group.append(values, gradient, svg("text", { x: padding + 1, y: value.y + 13, class: "nabla-stepper-label" }, say("stepper.value")));
    if (box.kind !== "constant") group.append(svg("text", { x: padding + 1, y: value.y + height + gap + 13, class: "nabla-stepper-label nabla-stepper-gradient-label" }, say("stepper.gradient")));
    return { value, values, gradient, shownGradient: undefined };
  }

  /** Cells with numbers, cut off with an ellipsis where the box has no room. */
  #drawMatrix(group: SVGGElement, { shape }: StepperValue, numbers: readonly StateNumber[] | undefined): void {
    const { cellWidth, cellHeight, mostRows, mostColumns } = this.#state.geometry;
    if (numbers === undefined) return group.replaceChildren();
    const [rows, columns] = matrixOf(shape);
    const [seenRows, seenColumns] = [Math.min(rows, mostRows), Math.min(columns, mostColumns)];
    const largest = Math.max(0, ...numbers.map((value) => Math.abs(Number(value))).filter(Number.isFinite));
    const cells: SVGElement[] = [];
    for (let row = 0; row < seenRows; row++) {
      for (let column = 0; column < seenColumns; column++) {
        const isCut = (row === seenRows - 1 && rows > seenRows) || (column === seenColumns - 1 && columns > seenColumns);
        const value = numbers[row * columns + column]!;
        const { className, opacity } = isCut ? { className: "", opacity: 0 } : tint(value, largest);
        const [x, y] = [column * cellWidth, row * cellHeight];
        cells.push(
          svg("rect", { x, y, width: cellWidth, height: cellHeight, class: `nabla-cell ${className}`, "fill-opacity": opacity }),
          svg("text", { x: x + cellWidth - 4, y: y + 13, "text-anchor": "end", class: "nabla-cell-text" }, isCut ? "…" : shown(value)),
        );
      }
    }
    group.replaceChildren(...cells);
  }
}
