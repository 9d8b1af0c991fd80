/**
 * From a computation and its gradients to the state of the view: boxes with matrices of a size that their layout knows, arrows,
 * formulas, and the steps of the tour.
 */
import { layeredLayout } from "../graph/layout.ts";
import type { PlacedGraph } from "../graph/layout.ts";
import { textWidth } from "../graph/text.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { StateNumber, StepperArrow, StepperBox, StepperState, StepperStep, StepperValue } from "../../view/states/stepper.ts";
import type { Box, Computation, Operand } from "./computation.ts";
import { gradientsBehind, localDerivatives } from "./gradients.ts";
import { numberOf, shown, stateNumber } from "./numbers.ts";
import { MOST_ELEMENTS } from "./record.ts";
import { expressionOf, localRule, productRule } from "./rules.ts";

/** Sizes in a box, in pixels; the page's renderer reads them from the state. */
export const GEOMETRY = { header: 40, plainHeader: 22, gap: 4, label: 30, cellWidth: 52, cellHeight: 18, mostRows: 5, mostColumns: 5, padding: 6 } as const;

/** How wide a character of the font for code is. Pixels. */
const CODE_WIDTH = 6.8;

/** Largest tensors whose numbers are shown; the next smaller bound is tried where the notebook has no room. */
const BOUNDS = [MOST_ELEMENTS, 144, 64, 36, 16, 4];
/** Room for boxes, arrows and steps in the saved notebook, in characters. */
const ROOM = 220_000;

/** The drawing that a page comfortably shows without scrolling. */
const COMFORTABLE = { width: 1000, height: 620 };

/** Names for boxes, those of the learner's variables where they have one. */
function nameBoxes({ boxes, result }: Computation): Map<Box, { text: string; named: boolean }[]> {
  const names = new Map<Box, { text: string; named: boolean }[]>();
  const counts = { call: 0, parameter: 0, constant: 0 };
  const taken = new Set(boxes.flatMap(({ values }) => values.flatMap(({ name }) => name ?? [])));
  const letters = { call: "v", parameter: "p", constant: "c" } as const;
  const invented = (kind: Box["kind"]): string => {
    for (;;) {
      const name = `${letters[kind]}${++counts[kind]}`;
      if (!taken.has(name)) return name;
    }
  };
  for (const box of boxes) {
    names.set(box, box.values.map(({ name, shape }) => {
      if (name !== undefined) return { text: name, named: true };
      if (box === result && !taken.has("loss") && elementCount(shape) === 1) return { text: "loss", named: false };
      return { text: invented(box.kind), named: false };
    }));
  }
  return names;
}

/** Rows and columns of the matrix that shows a tensor: a vector is a row, what has more dimensions has its matrices below each other. */
export function matrixSize(shape: Shape): readonly [rows: number, columns: number] {
  const columns = shape.at(-1) ?? 1;
  return [columns === 0 ? 0 : elementCount(shape) / columns, columns];
}

function matrixBox(shape: Shape, isKnown: boolean): readonly [width: number, height: number] {
  if (!isKnown) return [110, GEOMETRY.cellHeight];
  const [rows, columns] = matrixSize(shape);
  return [Math.min(columns, GEOMETRY.mostColumns) * GEOMETRY.cellWidth, Math.max(1, Math.min(rows, GEOMETRY.mostRows)) * GEOMETRY.cellHeight];
}

/** What a drawing shows before it is laid out. */
interface Contents {
  readonly boxes: readonly Omit<StepperBox, "x" | "y">[];
  readonly arrows: readonly Omit<StepperArrow, "points">[];
  readonly steps: readonly StepperStep[];
  readonly result: string;
}

/** Everything the page draws. Of large tensors the numbers are left out until the rest has room in a saved notebook. */
export function assemble(computation: Computation, result: Tensor): StepperState {
  let contents: Contents | undefined;
  for (const most of BOUNDS) {
    contents = contentsOf(computation, result, most);
    if (JSON.stringify(contents).length <= ROOM) break;
  }
  const { boxes, arrows, ...rest } = contents!;
  const { placed, direction } = place(boxes, arrows);
  return {
    width: placed.width,
    height: placed.height,
    direction,
    geometry: GEOMETRY,
    boxes: boxes.map((box) => ({ ...box, ...corner(placed, box.id) })),
    arrows: arrows.map((arrow, i) => ({ ...arrow, points: placed.lines[i]! })),
    ...rest,
  };
}

/** What is shown when the numbers of tensors of up to `most` elements are. */
function contentsOf(computation: Computation, result: Tensor, most: number): Contents {
  const { boxes } = computation;
  const names = nameBoxes(computation);
  const ids = new Map(boxes.map((box, id) => [box, id]));
  const { passed, totals } = gradientsBehind(result, most);
  const nameOf = (box: Box, output: number): string => names.get(box)![box.values.findIndex(({ index }) => index === output)]!.text;
  const operandText = (operand: Operand): string => {
    if ("box" in operand) return nameOf(operand.box, operand.output);
    return operand.number === undefined ? "?" : shown(stateNumber(operand.number, "float64"));
  };

  const drawn = boxes.map((box, id): Omit<StepperBox, "x" | "y" | "operands"> => {
    const operation = box.node?.leaf === undefined ? box.node?.rule.name : undefined;
    const own = names.get(box)!;
    const callNames = { operands: box.operands.map(operandText), result: own[0]!.text };
    const expression = operation === undefined ? undefined : expressionOf(operation, callNames);
    const header = expression === undefined ? GEOMETRY.plainHeader : GEOMETRY.header;
    let y: number = header;
    let widest = 0;
    const values = box.values.map((value, i): StepperValue => {
      const known = elementCount(value.shape) <= most ? value.snapshot?.values : undefined;
      const gradient = box.node === undefined ? undefined : totals.get(box.node)?.[box.node.leaf === undefined ? value.index : 0];
      const [width, height] = matrixBox(value.shape, known !== undefined);
      const at = y;
      const takes = box.kind !== "constant";
      const gradientHeight = takes ? GEOMETRY.gap + matrixBox(value.shape, gradient !== undefined)[1] : 0;
      y += height + gradientHeight + GEOMETRY.padding;
      widest = Math.max(widest, width, takes && gradient !== undefined ? matrixBox(value.shape, true)[0] : 0);
      return {
        shape: value.shape,
        dtype: value.dtype,
        name: own[i]!.text,
        named: own[i]!.named,
        y: at,
        ...(known === undefined ? { missing: elementCount(value.shape) > most ? ("too-large" as const) : ("not-kept" as const) } : { values: known }),
        ...(gradient === undefined ? {} : { gradient }),
      };
    });
    const title = textWidth(own.map(({ text }) => text).join(", "), 13, true) + textWidth(`[${box.values[0]!.shape.join(", ")}]`, 10) + 20;
    const width = Math.ceil(Math.max(title, (expression === undefined ? 0 : clipped(expression).length * CODE_WIDTH + 16), widest + GEOMETRY.label + GEOMETRY.padding * 2, 92));
    return { id, kind: box.kind, values, width, height: y + 2, ...(operation === undefined ? {} : { operation, expression: clipped(expression!) }) };
  });

  const arrows: Omit<StepperArrow, "points">[] = [];
  const arrowAt = new Map<string, number>();
  for (const box of boxes) {
    const { node } = box;
    if (node === undefined || node.leaf !== undefined) continue;
    const locals = localDerivatives(node, box.values, most);
    const own = names.get(box)!;
    const callNames = { operands: box.operands.map(operandText), result: own[0]!.text };
    box.operands.forEach((operand, position) => {
      if (!("box" in operand)) return;
      const back = passed.find(({ from, position: at }) => from === node && at === position);
      const operation = node.rule.name;
      const product = productRule(operation, position, callNames, `∂${nameOf(computation.result, result.outputIndex)}/∂${callNames.result}`);
      const rule = product ?? localRule(operation, position, callNames);
      const local = back === undefined ? undefined : locals[position];
      arrowAt.set(`${ids.get(box)} ${position}`, arrows.length);
      arrows.push({
        id: arrows.length,
        from: ids.get(operand.box)!,
        output: operand.box.values.findIndex(({ index }) => index === operand.output),
        to: ids.get(box)!,
        position,
        ...(rule === undefined || back === undefined ? {} : { rule, isProduct: product !== undefined }),
        ...(back?.numbers === undefined ? {} : { contribution: back.numbers }),
        ...(local === undefined ? {} : { local }),
      });
    });
  }

  const steps: StepperStep[] = boxes.flatMap((box, id) => (box.kind === "call" ? [{ kind: "forward" as const, box: id }] : []));
  steps.push({ kind: "seed", box: ids.get(computation.result)! });
  steps.push(...backwardSteps(passed.map(({ from, position }) => arrows[arrowAt.get(`${ids.get(boxes.find(({ node }) => node === from)!)} ${position}`)!]!), drawn));
  return {
    boxes: drawn.map((box) => ({ ...box, operands: boxes[box.id]!.operands.map((operand, position) => operandIn(operand, arrowAt.get(`${box.id} ${position}`))) })),
    arrows,
    steps,
    result: nameOf(computation.result, result.outputIndex),
  };
}

function corner(placed: PlacedGraph, id: number): { x: number; y: number } {
  const { x, y } = placed.places.get(String(id))!;
  return { x, y };
}

function operandIn(operand: Operand, arrow: number | undefined): StepperBox["operands"][number] {
  if (arrow !== undefined) return { arrow };
  const number = "box" in operand ? undefined : operand.number;
  return number === undefined || !Number.isFinite(number) ? {} : { number };
}

const LONGEST_EXPRESSION = 44;
const clipped = (text: string): string => (text.length <= LONGEST_EXPRESSION ? text : `${text.slice(0, LONGEST_EXPRESSION - 1)}…`);

/** From left to right, or from top to bottom where that is the larger picture. */
function place(boxes: readonly { id: number; width: number; height: number }[], arrows: readonly { from: number; to: number }[]): { placed: PlacedGraph; direction: "right" | "down" } {
  const sizes = boxes.map(({ id, width, height }) => ({ id: String(id), width, height }));
  const connections = arrows.map(({ from, to }) => ({ from: String(from), to: String(to) }));
  const [right, down] = (["right", "down"] as const).map((direction) => {
    const placed = layeredLayout(sizes, connections, { direction, between: 22, layers: direction === "right" ? 44 : 36 });
    return { placed, direction, scale: Math.min(1, COMFORTABLE.width / placed.width, COMFORTABLE.height / placed.height) };
  });
  return right!.scale >= down!.scale ? right! : down!;
}

/** One step for each gradient that arrives, in autograd's order, with what has arrived at the operand by then. */
function backwardSteps(arrows: readonly Omit<StepperArrow, "points">[], boxes: readonly Pick<StepperBox, "values">[]): StepperStep[] {
  const sums = new Map<string, { numbers: readonly StateNumber[] | undefined; arrivals: number }>();
  const expected = new Map<string, number>();
  const key = ({ from, output }: { from: number; output: number }): string => `${from} ${output}`;
  for (const arrow of arrows) expected.set(key(arrow), (expected.get(key(arrow)) ?? 0) + 1);
  return arrows.map((arrow) => {
    const { dtype, gradient } = boxes[arrow.from]!.values[arrow.output]!;
    const before = sums.get(key(arrow));
    const arrivals = (before?.arrivals ?? 0) + 1;
    const added = before === undefined ? arrow.contribution : sumOf(before.numbers, arrow.contribution, dtype);
    // The last sum is autograd's own.
    const numbers = arrivals === expected.get(key(arrow)) ? gradient : added;
    sums.set(key(arrow), { numbers, arrivals });
    return { kind: "backward", arrow: arrow.id, arrivals, ...(numbers === undefined ? {} : { sum: numbers }) };
  });
}

function sumOf(a: readonly StateNumber[] | undefined, b: readonly StateNumber[] | undefined, dtype: StepperValue["dtype"]): StateNumber[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const round = dtype === "float64" ? (value: number): number => value : Math.fround;
  return a.map((value, i) => stateNumber(round(numberOf(value) + numberOf(b[i]!)), dtype === "float64" ? "float64" : "float32"));
}
