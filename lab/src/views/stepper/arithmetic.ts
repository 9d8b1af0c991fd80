/**
 * The arithmetic behind each number of a computation, read from the state alone: a gradient as a sum of products of what
 * arrives with local derivatives, and a value as what its call does with its operands' elements.
 */
import type { StateNumber, StepperArrow, StepperBox, StepperState, StepperValue } from "../../../../src/view/states/stepper.ts";

/** A number as the drawing shows it, in at most seven characters or so. */
export function shown(value: StateNumber): string {
  if (typeof value === "string") return value === "-Infinity" ? "−∞" : value === "Infinity" ? "∞" : value;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1).replace("e+", "e").replaceAll("-", "−");
  return String(Number(size >= 1 ? value.toPrecision(size >= 1000 ? 5 : 4) : value.toFixed(4))).replaceAll("-", "−");
}

/** The number in brackets where it is negative, as a factor or a further summand is written. */
export function enclosed(value: StateNumber): string {
  const text = shown(value);
  return text.startsWith("−") ? `(${text})` : text;
}

/** How many elements a shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Rows and columns of the matrix that shows a tensor: a vector is a row, of more dimensions the matrices stand below each other. */
export function matrixOf(shape: readonly number[]): readonly [rows: number, columns: number] {
  const columns = shape.at(-1) ?? 1;
  return [columns === 0 ? 0 : sizeOf(shape) / columns, columns];
}

/** The element at a position, as code writes it: `w[1, 0]`; of a scalar the name alone. */
export function elementName(name: string, shape: readonly number[], position: number): string {
  if (shape.length === 0) return name;
  const indices: number[] = [];
  let rest = position;
  for (const size of [...shape].reverse()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `${name}[${indices.join(", ")}]`;
}

/** One product of a gradient's sum. */
export interface GradientTerm {
  /** The element of the call's results through which it goes. */
  readonly of: string;
  readonly upstream: StateNumber;
  readonly local: StateNumber;
}

/** The results of a call, one after the other, as local derivatives count them. */
function resultAt(box: StepperBox, position: number): { value: StepperValue; element: number } {
  let rest = position;
  for (const value of box.values) {
    const size = sizeOf(value.shape);
    if (rest < size) return { value, element: rest };
    rest -= size;
  }
  throw new RangeError(`a call has no result at ${position}`);
}

/** The products whose sum is an element of what goes back along an arrow; undefined where the numbers are not there. */
export function gradientTerms(state: StepperState, arrow: StepperArrow, element: number): GradientTerm[] | undefined {
  const { local } = arrow;
  if (local === undefined || element + 1 >= local.starts.length) return undefined;
  const box = state.boxes[arrow.to]!;
  const terms: GradientTerm[] = [];
  for (let entry = local.starts[element]!; entry < local.starts[element + 1]!; entry++) {
    const { value, element: at } = resultAt(box, local.of[entry]!);
    // A result that nobody uses has no gradient and adds nothing.
    const upstream = value.gradient?.[at];
    if (upstream !== undefined) terms.push({ of: elementName(value.name, value.shape, at), upstream, local: local.values[entry]! });
  }
  return terms;
}

/** The derivatives of each result's element by the operand's element at the same place, where there are no others; the matrix beside the upstream one. */
export function elementwiseDerivatives(state: StepperState, arrow: StepperArrow): readonly StateNumber[] | undefined {
  const { local } = arrow;
  const operand = state.boxes[arrow.from]!.values[arrow.output]!;
  const [result, ...more] = state.boxes[arrow.to]!.values;
  if (local === undefined || result === undefined || more.length > 0 || String(result.shape) !== String(operand.shape)) return undefined;
  const diagonal: StateNumber[] = [];
  for (let element = 0; element + 1 < local.starts.length; element++) {
    const [start, end] = [local.starts[element]!, local.starts[element + 1]!];
    if (end - start > 1 || (end > start && local.of[start] !== element)) return undefined;
    diagonal.push(end > start ? local.values[start]! : 0);
  }
  return diagonal;
}

/** A matrix that is multiplied. */
export interface Factor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly StateNumber[];
}

function transposed({ name, shape, values }: Factor): Factor {
  const [rows, columns] = [shape[0]!, shape[1]!];
  return { name: `${name}ᵀ`, shape: [columns, rows], values: Array.from({ length: values.length }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!) };
}

/** The two matrices whose product comes back along an arrow from a product of matrices or a linear layer; undefined for anything else. */
export function gradientFactors(state: StepperState, arrow: StepperArrow): readonly [Factor, Factor] | undefined {
  const box = state.boxes[arrow.to]!;
  const [result, ...more] = box.values;
  if (result === undefined || more.length > 0 || result.gradient === undefined || result.shape.length !== 2) return undefined;
  const upstream: Factor = { name: `∂${state.result}/∂${result.name}`, shape: result.shape, values: result.gradient };
  const matrix = (position: number): Factor | undefined => {
    const operand = box.operands[position];
    if (operand === undefined || !("arrow" in operand)) return undefined;
    const other = state.arrows[operand.arrow]!;
    const { name, shape, values } = state.boxes[other.from]!.values[other.output]!;
    return values === undefined || shape.length !== 2 ? undefined : { name, shape, values };
  };
  const [a, b] = [matrix(0), matrix(1)];
  if (a === undefined || b === undefined) return undefined;
  if (box.operation === "matmul") return arrow.position === 0 ? [upstream, transposed(b)] : [transposed(a), upstream];
  if (box.operation === "linear" && arrow.position < 2) return arrow.position === 0 ? [upstream, b] : [transposed(upstream), a];
  return undefined;
}

const signs: Readonly<Record<string, string>> = { add: "+", sub: "−", mul: "×", div: "÷", pow: "^" };

/** Where broadcasting finds an element of a result in an operand. */
function stretchedFrom(shape: readonly number[], result: readonly number[], position: number): number {
  let [rest, at, stride] = [position, 0, 1];
  for (let back = 1; back <= result.length; back++) {
    const size = result[result.length - back]!;
    const own = shape[shape.length - back];
    if (own !== undefined) {
      if (own !== 1) at += (rest % size) * stride;
      stride *= own;
    }
    rest = Math.floor(rest / size);
  }
  return at;
}

/** How an element of a call's result came about, in numbers; undefined for calls that are more than a line of arithmetic. */
export function forwardArithmetic(state: StepperState, box: StepperBox, element: number): string | undefined {
  const [result, ...more] = box.values;
  if (result === undefined || more.length > 0 || box.operation === undefined) return undefined;
  const operands = box.operands.map((operand) => {
    if (!("arrow" in operand)) return operand.number;
    const arrow = state.arrows[operand.arrow]!;
    return state.boxes[arrow.from]!.values[arrow.output]!;
  });
  const numberAt = (operand: StepperValue | number | undefined): StateNumber | undefined => {
    if (operand === undefined || typeof operand === "number") return operand;
    return operand.values?.[stretchedFrom(operand.shape, result.shape, element)];
  };
  const [a, b] = operands;
  const sign = signs[box.operation];
  if (sign !== undefined && operands.length === 2) {
    const [left, right] = [numberAt(a), numberAt(b)];
    return left === undefined || right === undefined ? undefined : `${box.operation === "pow" ? enclosed(left) : shown(left)} ${sign} ${enclosed(right)}`;
  }
  if (box.operation === "matmul" && typeof a === "object" && typeof b === "object") return productArithmetic(a, b, result, element);
  if ((box.operation === "sum" || box.operation === "mean") && typeof a === "object") return reductionArithmetic(box.operation, a, result, element);
  if (operands.length === 1 && typeof a === "object" && String(a.shape) === String(result.shape) && /^[a-z]+[A-Za-z]*$/.test(box.operation)) {
    const value = a.values?.[element];
    return value === undefined || whole.has(box.operation) ? undefined : `${box.operation}(${shown(value)})`;
  }
  return undefined;
}

/** Calls of one operand whose elements depend on others than their own. */
const whole = new Set(["softmax", "logSoftmax", "reshape", "permute", "transpose", "expand", "slice", "cumsum", "cumprod", "sort", "flip"]);

const LONGEST_SUM = 8;

/** A sum's summands, cut where they are many. */
function sumText(summands: readonly string[]): string {
  return summands.length <= LONGEST_SUM ? summands.join(" + ") : `${summands.slice(0, LONGEST_SUM - 1).join(" + ")} + …`;
}

function productArithmetic(a: StepperValue, b: StepperValue, result: StepperValue, element: number): string | undefined {
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.values === undefined || b.values === undefined) return undefined;
  const [columns, inner] = [b.shape[1]!, a.shape[1]!];
  const [row, column] = [Math.floor(element / result.shape[1]!), element % columns];
  return sumText(Array.from({ length: inner }, (_, k) => `${enclosed(a.values![row * inner + k]!)} × ${enclosed(b.values![k * columns + column]!)}`));
}

function reductionArithmetic(operation: string, a: StepperValue, result: StepperValue, element: number): string | undefined {
  if (a.values === undefined || sizeOf(result.shape) !== 1 || element !== 0) return undefined;
  const sum = sumText(a.values.map((value, i) => (i === 0 ? shown(value) : enclosed(value))));
  return operation === "sum" ? sum : `(${sum}) ÷ ${a.values.length}`;
}
