/**
 * Random calls of rows that choose and place by positions, of creation and copies, and of steps in place.
 */
import { arange, eye, full, optim, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { count } from "../reference/array.ts";
import type { ReferenceArray } from "../reference/array.ts";
import * as indexing from "../reference/indexing.ts";
import { general } from "../reference/ops.ts";
import type { CallTable, RandomCalls } from "./call.ts";
import { drawFloat, drawShape, drawTensor, flag, pick, whole } from "./tensors.ts";
import type { Draw, RandomTensor } from "./tensors.ts";

const anyType = (g: Draw): "float64" | "float32" | "int32" | "uint8" | "bool" => pick(g, "float64", "float32", "int32", "uint8", "bool");
const summable = (g: Draw): "float64" | "float32" | "int32" => pick(g, "float64", "float32", "int32");

/** Positions below a limit, none where there is nothing to name. */
const drawPositions = (g: Draw, shape: readonly number[], limit: number): RandomTensor =>
  drawTensor(g, limit === 0 ? shape.map(() => 0) : shape, { dtype: "int32", interval: [0, Math.max(limit - 1, 0)] });

function drawShapeAndDim(g: Draw): [shape: number[], dim: number] {
  const shape = drawShape(g, { minRank: 1, maxRank: 3 });
  return [shape, whole(g, 0, shape.length - 1)];
}

/** Some elements along a dimension: all others are named by where the index has them. */
function drawIndex(g: Draw, shape: readonly number[], dim: number): RandomTensor {
  const smaller = shape.map((size, d) => (d === dim ? whole(g, 0, 6) : whole(g, 0, size)));
  return drawPositions(g, smaller, shape[dim]!);
}

/** Each place at most once, so that nothing depends on an order. */
const distinctRows = (g: Draw, limit: number): number[] => Array.from({ length: limit }, (_, i) => i).filter(() => flag(g));

const placing =
  (
    source: (index: RandomTensor, shape: readonly number[], dim: number) => readonly number[],
    draw: (g: Draw, shape: readonly number[], dim: number) => RandomTensor,
    run: (x: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor,
    expected: (x: ReferenceArray, dim: number, index: ReferenceArray, source: ReferenceArray) => ReferenceArray,
  ): RandomCalls =>
  (g) => {
    const [shape, dim] = drawShapeAndDim(g);
    const dtype = summable(g);
    const index = draw(g, shape, dim);
    // Of several elements written to one place one stays, which has no say in the others' gradients.
    const constant = expected === indexing.scatter && new Set(index.array.values).size < index.array.values.length;
    const inputs = [drawTensor(g, shape, { dtype }), index, drawTensor(g, source(index, shape, dim), { dtype, constant })];
    return { inputs, run: (x, i, y) => run(x, dim, i, y), expected: (x, i, y) => expected(x, dim, i, y) };
  };

const sameShape = (index: RandomTensor): readonly number[] => index.array.shape;
const slices = (index: RandomTensor, shape: readonly number[], dim: number): number[] =>
  shape.map((size, d) => (d === dim ? index.array.values.length : size));
const vectorIndex = (g: Draw, shape: readonly number[], dim: number): RandomTensor => drawPositions(g, [whole(g, 0, 6)], shape[dim]!);

/** Parameters in any layout that can be changed, and gradients in any. */
const stepOf =
  (make: (leaf: Tensor) => { step(): void }, steps: number, expected: (p: ReferenceArray, gradients: readonly ReferenceArray[]) => ReferenceArray): RandomCalls =>
  (g) => {
    const shape = drawShape(g);
    const dtype = drawFloat(g);
    const parameter = drawTensor(g, shape, { dtype, writable: true, constant: true });
    const gradients = Array.from({ length: steps }, () => drawTensor(g, shape, { dtype, constant: true }));
    return {
      inputs: [parameter, ...gradients],
      run: (p, ...given) => {
        const leaf = p.requiresGrad_();
        const optimizer = make(leaf);
        for (const gradient of given) {
          leaf.grad = gradient;
          optimizer.step();
        }
        return leaf.detach();
      },
      expected: (p, ...given) => expected(p, given),
      within: { float32: 2e-5 },
    };
  };

const momentum = { lr: 0.1, momentum: 0.9, dampening: 0.2, weightDecay: 0.01, nesterov: false };
const adam = { lr: 0.01, betas: [0.8, 0.9] as const, eps: 1e-8, weightDecay: 0.1 };

export const placeCalls: CallTable = {
  indexSelect: (g) => {
    const [shape, dim] = drawShapeAndDim(g);
    return {
      inputs: [drawTensor(g, shape, { dtype: anyType(g) }), vectorIndex(g, shape, dim)],
      run: (x, index) => x.indexSelect(dim, index),
      expected: (x, index) => general.indexSelect(x, dim, index),
    };
  },
  gather: (g) => {
    const [shape, dim] = drawShapeAndDim(g);
    return {
      inputs: [drawTensor(g, shape, { dtype: anyType(g) }), drawIndex(g, shape, dim)],
      run: (x, index) => x.gather(dim, index),
      expected: (x, index) => general.gather(x, dim, index),
    };
  },
  advancedIndex: (g) => {
    const shape = drawShape(g, { minRank: 1, maxRank: 3, least: 1 });
    const length = whole(g, 0, 6);
    const named = shape.slice(0, whole(g, 1, shape.length)).map((size) => drawTensor(g, [length], { dtype: "int32", interval: [-size, size - 1] }));
    return {
      inputs: [drawTensor(g, shape, { dtype: anyType(g) }), ...named],
      run: (x, ...lists) => x.at(...lists),
      expected: (x, ...lists) => indexing.advancedIndex(x, lists.map(({ values }) => values)),
    };
  },
  indexPut: (g) => {
    const shape = drawShape(g, { minRank: 1, maxRank: 3, least: 1 });
    const accumulate = flag(g);
    const dtype = accumulate ? summable(g) : anyType(g);
    const rows = accumulate ? Array.from({ length: whole(g, 0, 6) }, () => whole(g, 0, shape[0]! - 1)) : distinctRows(g, shape[0]!);
    const lists = shape.slice(0, whole(g, 1, shape.length)).map((size, d) => (d === 0 ? rows : rows.map(() => whole(g, 0, size - 1))));
    return {
      inputs: [drawTensor(g, shape, { dtype }), drawTensor(g, [rows.length, ...shape.slice(lists.length)], { dtype })],
      run: (x, y) => x.indexPut(lists.map((list) => tensor(list, { dtype: "int32" })), y, { accumulate }),
      expected: (x, y) => indexing.indexPut(x, lists, y, accumulate),
    };
  },
  scatter: placing(sameShape, drawIndex, (x, dim, index, y) => x.scatter(dim, index, y), indexing.scatter),
  scatterAdd: placing(sameShape, drawIndex, (x, dim, index, y) => x.scatterAdd(dim, index, y), general.scatterAdd),
  indexAdd: placing(slices, vectorIndex, (x, dim, index, y) => x.indexAdd(dim, index, y), general.indexAdd),
  copy: (g) => ({ inputs: [drawTensor(g, drawShape(g), { dtype: anyType(g) })], run: (x) => [x.clone(), x.flatten()], expected: (x) => [x, { shape: [count(x.shape)], values: x.values }] }),
  fill: (g) => {
    const shape = drawShape(g);
    const value = whole(g, -3, 3);
    return {
      inputs: [drawTensor(g, shape, { dtype: summable(g), writable: true, constant: true })],
      // In place, in whatever layout, and fresh.
      run: (x) => [x.fill_(value), full(shape, value, { dtype: x.dtype })],
      expected: () => [general.fill(shape, value), general.fill(shape, value)],
    };
  },
  arange: (g) => {
    const [start, length, step] = [whole(g, -5, 5), whole(g, 0, 70), pick(g, 1, 2, -3)];
    const dtype = summable(g);
    return { inputs: [], run: () => arange(start, start + length * step, step, { dtype }), expected: () => general.arange(start, start + length * step, step) };
  },
  eye: (g) => {
    const [rows, columns] = [whole(g, 0, 9), whole(g, 0, 9)];
    const dtype = anyType(g);
    return { inputs: [], run: () => eye(rows, columns, { dtype }), expected: () => general.eye(rows, columns) };
  },
  sgdStep: stepOf((leaf) => new optim.SGD([leaf], momentum), 3, (parameter, gradients) => {
    let state: ReturnType<typeof general.sgdStep> = { parameter, velocity: { ...parameter, values: parameter.values.map(() => 0) } };
    gradients.forEach((gradient, i) => (state = general.sgdStep(state.parameter, gradient, state.velocity, { ...momentum, first: i === 0 })));
    return state.parameter;
  }),
  adamStep: stepOf((leaf) => new optim.Adam([leaf], adam), 3, (parameter, gradients) =>
    general.adamStep(parameter, gradients, { ...adam, decoupled: false, amsgrad: false }),
  ),
};
