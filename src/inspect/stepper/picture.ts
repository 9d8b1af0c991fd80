/** A computation with all its values and gradients as a static picture and as text, for readers without the page's renderer. */
import type { StateNumber, StepperArrow, StepperBox, StepperState, StepperValue } from "../../view/states/stepper.ts";
import { pictureSpec } from "../graph/picture.ts";
import type { PictureBox, PictureText } from "../graph/picture.ts";
import { matrixSize } from "./assemble.ts";
import { shown } from "./numbers.ts";

const INK = "#222222";
const GREY = "#5A5A5A";
/** Gradients have a colour of their own, in the picture and in the page. */
const GRADIENT = "#8F2D6B";
const COLOURS: Readonly<Record<StepperBox["kind"], readonly [fill: string, stroke: string]>> = {
  parameter: ["#DCEBF7", "#0072B2"],
  constant: ["#F2F2F2", "#8A8A8A"],
  call: ["#FFFFFF", "#666666"],
};

/** A matrix as rows of text, as many as the box has room for. */
function rowsOf(numbers: readonly StateNumber[], shape: readonly number[], { geometry }: StepperState): string[][] {
  const [rows, columns] = matrixSize(shape);
  const [seenRows, seenColumns] = [Math.min(rows, geometry.mostRows), Math.min(columns, geometry.mostColumns)];
  return Array.from({ length: seenRows }, (_, row) =>
    Array.from({ length: seenColumns }, (_, column) => {
      const isCut = (row === seenRows - 1 && rows > seenRows) || (column === seenColumns - 1 && columns > seenColumns);
      return isCut ? "…" : shown(numbers[row * columns + column]!);
    }),
  );
}

function matrixTexts(state: StepperState, left: number, top: number, label: string, numbers: readonly StateNumber[] | undefined, value: StepperValue, colour: string): PictureText[] {
  const { cellHeight, cellWidth, label: labelWidth, padding } = state.geometry;
  const texts: PictureText[] = [{ x: left + padding, y: top + cellHeight / 2, text: label, size: 9, colour: GREY, align: "left" }];
  const x = left + padding + labelWidth;
  if (numbers === undefined) return [...texts, { x, y: top + cellHeight / 2, text: "not shown", size: 10, colour: GREY, align: "left" }];
  rowsOf(numbers, value.shape, state).forEach((row, i) => {
    row.forEach((text, j) => {
      texts.push({ x: x + (j + 1) * cellWidth - 4, y: top + (i + 0.5) * cellHeight, text, size: 10.5, colour, align: "right" });
    });
  });
  return texts;
}

function boxTexts(state: StepperState, box: StepperBox): PictureText[] {
  const { padding, gap, cellHeight, mostRows } = state.geometry;
  const names = box.values.map(({ name }) => name).join(", ");
  const texts: PictureText[] = [
    { x: box.x + padding, y: box.y + 12, text: names, size: 12.5, colour: INK, align: "left", bold: true },
  ];
  const { shape } = box.values[0]!;
  if (shape.length > 0) texts.push({ x: box.x + box.width - padding, y: box.y + 12, text: `[${shape.join(", ")}]`, size: 9, colour: GREY, align: "right" });
  if (box.expression !== undefined) texts.push({ x: box.x + padding, y: box.y + 29, text: box.expression, size: 10.5, colour: GREY, align: "left" });
  for (const value of box.values) {
    const top = box.y + value.y;
    texts.push(...matrixTexts(state, box.x, top, "value", value.values, value, INK));
    if (box.kind === "constant") continue;
    const rows = value.values === undefined ? 1 : Math.max(1, Math.min(matrixSize(value.shape)[0], mostRows));
    texts.push(...matrixTexts(state, box.x, top + rows * cellHeight + gap, "grad", value.gradient, value, GRADIENT));
  }
  return texts;
}

/** The graph with values and gradients as a Vega-Lite specification. */
export function stepperSpec(state: StepperState): Record<string, unknown> {
  return pictureSpec({
    width: state.width,
    height: state.height,
    description: `Graph of the computation of ${state.result}. ${stepperText(state).replaceAll("\n", "; ")}`.slice(0, 1500),
    boxes: state.boxes.map(({ x, y, width, height, kind }): PictureBox => ({ x, y, width, height, fill: COLOURS[kind][0], stroke: COLOURS[kind][1] })),
    arrows: state.arrows.map(({ points }) => ({ points, colour: "#777777" })),
    texts: state.boxes.flatMap((box) => boxTexts(state, box)),
  });
}

const MOST_IN_TEXT = 24;

/** A tensor in one line: nested brackets as its shape says. */
function numbersText(numbers: readonly StateNumber[] | undefined, shape: readonly number[]): string {
  if (numbers === undefined) return `[${shape.join(", ")}] (not shown)`;
  if (numbers.length > MOST_IN_TEXT) return `[${shape.join(", ")}] ${numbers.slice(0, 6).map(shown).join(", ")}, …`;
  let next = 0;
  const nest = (depth: number): string => (depth === shape.length ? shown(numbers[next++]!) : `[${Array.from({ length: shape[depth]! }, () => nest(depth + 1)).join(", ")}]`);
  return nest(0);
}

/** The computation as lines of text: values forward, then the gradients in the order in which they come. */
export function stepperText(state: StepperState): string {
  const { boxes, arrows, steps, result } = state;
  const forward = boxes.flatMap((box) =>
    box.values.map((value) => `  ${value.name} = ${box.expression === undefined ? "" : `${box.expression} = `}${numbersText(value.values, value.shape)}`),
  );
  const back = steps.flatMap((step) => {
    if (step.kind === "forward") return [];
    if (step.kind === "seed") return [`  ∂${result}/∂${result} = 1`];
    return [`  ${arrivalText(state, arrows[step.arrow]!, step.sum, step.arrivals)}`];
  });
  return ["forward", ...forward, "backward", ...back].join("\n");
}

function arrivalText({ boxes, result }: StepperState, arrow: StepperArrow, sum: readonly StateNumber[] | undefined, arrivals: number): string {
  const operand = boxes[arrow.from]!.values[arrow.output]!;
  const call = boxes[arrow.to]!.values.map(({ name }) => name).join(", ");
  const rule = arrow.rule === undefined ? `∂${result}/∂${call} × ∂${call}/∂${operand.name}` : arrow.isProduct === true ? arrow.rule : `∂${result}/∂${call} × ${/^[\w.[\]]+$/.test(arrow.rule) ? arrow.rule : `(${arrow.rule})`}`;
  const added = arrivals > 1 ? `${numbersText(arrow.contribution, operand.shape)} more, together ` : "";
  return `∂${result}/∂${operand.name} ${arrivals > 1 ? "+=" : "="} ${rule} = ${added}${numbersText(sum, operand.shape)}`;
}
