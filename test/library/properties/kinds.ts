/**
 * Random calls of the rows that have one shape rule: functions of one operand, of two that broadcast, and reductions. They are
 * made from the row's kind alone, so a new row is tested as soon as it is in the table and in the reference.
 */
import type { DType, Tensor } from "../../../src/index.ts";
import { ops } from "../../../src/tensor/ops.ts";
import type { NamedRow } from "../../../src/tensor/ops.ts";
import type { ReferenceArray } from "../reference/array.ts";
import * as reference from "../reference/ops.ts";
import type { CallTable, RandomCalls } from "./call.ts";
import { drawShape, drawTensor, flag, pick, whole } from "./tensors.ts";
import type { Draw, RandomTensor } from "./tensors.ts";

type Interval = readonly [number, number];

/** Where a function is defined, when that is not everywhere. */
const domains: Record<string, Interval> = { log: [0.1, 4], log1p: [-0.8, 4], sqrt: [0.1, 4], rsqrt: [0.1, 4], reciprocal: [0.3, 3] };
const floats: readonly DType[] = ["float64", "float64", "float32"];
const wholes: readonly DType[] = ["int32", "uint8"];

/** The method that runs a row. */
const methods: Record<string, string> = { max: "amax", min: "amin" };
const call = (name: string, self: Tensor, ...rest: unknown[]): Tensor =>
  (self as unknown as Record<string, (...rest: unknown[]) => Tensor>)[methods[name] ?? name]!(...rest);

/** The reference's numbers as a whole type stores them. */
function stored(dtype: DType, values: ReferenceArray): ReferenceArray {
  if (dtype === "uint8") return { ...values, values: values.values.map((value) => ((value % 256) + 256) % 256) };
  if (dtype === "bool") return { ...values, values: values.values.map((value) => Number(value !== 0)) };
  return values;
}

function unaryCalls(name: string, result: string): RandomCalls {
  const types: readonly DType[] = result === "same" ? [...floats, "int32", ...(name === "neg" ? [] : (["uint8"] as const))] : [...floats, ...wholes, "bool"];
  return (g) => {
    const dtype = pick(g, ...types);
    const [low, high] = domains[name] ?? [-3, 3];
    const isWhole = !floats.includes(dtype);
    const x = drawTensor(g, drawShape(g), { dtype, interval: isWhole ? [Math.ceil(low), Math.floor(high)] : [low, high] });
    return { inputs: [x], run: (a) => call(name, a), expected: (a) => reference.applyUnary(name, a) };
  };
}

/** Two shapes that broadcast: each lacks some of the dimensions of a common one, or has size 1 there. */
function drawPair(g: Draw): [number[], number[]] {
  const shape = drawShape(g);
  const part = (): number[] => {
    if (flag(g)) return shape;
    const kept = shape.map((size) => (whole(g, 0, 3) === 0 ? 1 : size));
    return kept.slice(whole(g, 0, kept.length));
  };
  return flag(g) ? [shape, part()] : [part(), shape];
}

/** Of what values a row takes: its operands, and the types beside floating ones. */
interface BinaryWishes {
  left?: Interval;
  right?: Interval;
  wholeRight?: Interval;
  types: readonly DType[];
}

const anyType: readonly DType[] = ["int32", "uint8", "bool"];
const divided: BinaryWishes = { left: [-9, 9], right: [0.4, 3], wholeRight: [1, 7], types: wholes };
const binaryWishes: Record<string, BinaryWishes> = {
  sub: { types: wholes },
  pow: { left: [0.2, 2], right: [-2, 3], wholeRight: [0, 4], types: ["int32"] },
  div: { right: [0.3, 2], wholeRight: [1, 7], types: wholes },
  floorDivide: divided,
  remainder: divided,
  fmod: divided,
};

function binaryCalls(name: string): RandomCalls {
  const { left = [-3, 3], right = [-3, 3], wholeRight = [-3, 3], types } = binaryWishes[name] ?? { types: anyType };
  return (g) => {
    const drawType = (): DType => pick(g, ...floats, ...types);
    const draw = (shape: readonly number[], dtype: DType, interval: Interval, wholeInterval: Interval): RandomTensor =>
      drawTensor(g, shape, { dtype, interval: floats.includes(dtype) ? interval : wholeInterval });
    const [first, second] = drawPair(g);
    const a = draw(first, drawType(), left, [Math.ceil(left[0]), Math.floor(left[1])]);
    if (whole(g, 0, 5) === 0) {
      const number = whole(g, 1, 3);
      const dtype = typeOf(a) === "bool" ? "int32" : typeOf(a);
      return { inputs: [a], run: (x) => call(name, x, number), expected: (x) => stored(dtype, reference.applyBinary(name, x, { shape: [], values: [number] })) };
    }
    const b = draw(second, drawType(), right, wholeRight);
    const promoted = ops[name as "add"].result as string;
    return {
      inputs: [a, b],
      run: (x, y) => call(name, x, y),
      expected: (x, y) => stored(promoted === "promoted" ? wider(typeOf(a), typeOf(b)) : "float64", reference.applyBinary(name, x, y)),
    };
  };
}

const typeOf = ({ tensor }: RandomTensor): DType => tensor.dtype;
const order: readonly DType[] = ["bool", "uint8", "int32", "float32", "float64"];
const wider = (a: DType, b: DType): DType => (order.indexOf(a) > order.indexOf(b) ? a : b);

function reductionCalls(name: string, result: string): RandomCalls {
  const types: readonly DType[] = result === "float" ? floats : [...floats, "int32", ...(name === "prod" ? [] : (["uint8", "bool"] as const))];
  const needsElements = result === "index" || name === "max" || name === "min";
  return (g) => {
    const dtype = pick(g, ...types);
    const isWhole = !floats.includes(dtype);
    const interval: Interval = name !== "prod" ? [-3, 3] : isWhole ? [-1, 1] : [-1.5, 1.5];
    const shape = drawShape(g, { minRank: result === "index" ? 1 : 0, least: needsElements ? 1 : 0 });
    // Where several elements are equally large there is no slope.
    const x = drawTensor(g, shape, { dtype, interval, writable: needsElements });
    const every = shape.map((_, d) => d);
    const dims = result === "index" ? [whole(g, 0, shape.length - 1)] : every.filter(() => flag(g));
    const all = dims.length === 0;
    const keepdim = flag(g);
    const options = { ...(all ? {} : { dim: dims.map((d) => (flag(g) ? d : d - shape.length)) }), ...(keepdim ? { keepdim } : {}) };
    return {
      inputs: [x],
      run: (a) => call(name, a, options),
      expected: (a) => {
        const { values } = reference.applyReduction(name, a, all ? every : dims);
        return { shape: shape.flatMap((size, d) => (all || dims.includes(d) ? (keepdim ? [1] : []) : [size])), values };
      },
      within: { float32: 2e-5 },
    };
  };
}

function callsOf(row: NamedRow): RandomCalls | undefined {
  if (row.kind === "unary") return unaryCalls(row.name, row.result);
  if (row.kind === "binary") return binaryCalls(row.name);
  if (row.kind === "reduction") return reductionCalls(row.name, row.result);
  return undefined;
}

export const kinds: CallTable = Object.fromEntries(
  (Object.values(ops) as NamedRow[]).flatMap((row) => {
    const calls = callsOf(row);
    return calls === undefined ? [] : [[row.name, calls]];
  }),
);
