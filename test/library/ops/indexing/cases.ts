/**
 * Choosing by tensors of positions and masks, and placing: as functions, and in place on a copy that has a history.
 */
import { tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import * as reference from "../../reference/indexing.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import { general } from "../../reference/ops.ts";
import type { Case } from "../../checks/case.ts";

type Nested = number[] | number[][];
const ints = (values: Nested): Tensor => tensor(values, { dtype: "int32" });
const asArray = (values: Nested): ReferenceArray => {
  const t = ints(values);
  return { shape: t.shape, values: [...t.data()] };
};
const rows = [[0, 2], [1, -1]];
const columns = [[3, 0], [1, 1]];
const index = [[0, 2, 1], [1, 1, 0]];

const choosing: Case[] = [
  {
    name: "rows by a list",
    ops: ["advancedIndex"],
    inputs: [[3, 4]],
    run: (x: Tensor) => x.at([2, 0, 2, -1]),
    reference: (x) => reference.advancedIndex(x, [[2, 0, 2, -1]]),
  },
  {
    name: "elements by rows and columns",
    ops: ["advancedIndex"],
    inputs: [[3, 4]],
    run: (x: Tensor) => x.at(ints(rows.flat()), ints(columns.flat())),
    reference: (x) => reference.advancedIndex(x, [rows.flat(), columns.flat()]),
  },
  { name: "elements by rows and columns that broadcast", ops: ["advancedIndex"], inputs: [[3, 4]], run: (x: Tensor) => x.at([[2], [0]], [1, 3, 1]) },
  { name: "columns by a matrix", ops: ["advancedIndex"], inputs: [[2, 4, 3]], run: (x: Tensor) => x.at(":", ints(columns)) },
  { name: "two side by side after a range", ops: ["advancedIndex"], inputs: [[4, 3, 4]], run: (x: Tensor) => x.at("1::2", ints(rows), ints(columns)) },
  { name: "two with a range between", ops: ["advancedIndex"], inputs: [[3, 2, 4]], run: (x: Tensor) => x.at(ints(rows), ":", ints(columns)) },
  { name: "two with a new dimension between", ops: ["advancedIndex"], inputs: [[3, 4]], run: (x: Tensor) => x.at(ints(rows), null, ints(columns)) },
  { name: "a position between two lists", ops: ["advancedIndex"], inputs: [[3, 2, 4]], run: (x: Tensor) => x.at([0, 2], 1, [3, 0]) },
  { name: "a list after an ellipsis", ops: ["advancedIndex"], inputs: [[2, 3, 4]], run: (x: Tensor) => x.at("...", [3, 1]) },
  { name: "an empty list", ops: ["advancedIndex"], inputs: [[3, 4]], run: (x: Tensor) => x.at(tensor([], { dtype: "int32" })) },
  { name: "rows by a mask", ops: ["advancedIndex", "nonzero"], inputs: [[3, 4]], run: (x: Tensor) => x.at([true, false, true]) },
  {
    name: "elements by a mask and a list",
    ops: ["advancedIndex", "nonzero"],
    inputs: [[2, 3, 4]],
    run: (x: Tensor) => x.at([[true, false, true], [false, false, true]], [3, 0, 1]),
  },
  { name: "elements above 0", ops: ["advancedIndex", "nonzero"], inputs: [[3, 4]], run: (x: Tensor) => x.at(x.gt(0)) },
  { name: "elements where a broadcast mask is true", ops: ["nonzero"], inputs: [[3, 1]], run: (x: Tensor) => x.maskedSelect(tensor([true, false, true, true])) },
  { name: "elements by their number", ops: ["advancedIndex"], inputs: [[3, 4]], run: (x: Tensor) => x.take(ints([[11, 0], [5, -1]])) },
];

const placing: Case[] = [
  {
    name: "scatter",
    ops: ["scatter"],
    inputs: [[2, 4], [2, 2]],
    run: (x: Tensor, y: Tensor) => x.scatter(1, ints([[0, 2], [3, 1]]), y),
    reference: (x, y) => reference.scatter(x, 1, asArray([[0, 2], [3, 1]]), y),
  },
  { name: "scatter of a part of a larger source", ops: ["scatter"], inputs: [[3, 4], [3, 3]], run: (x: Tensor, y: Tensor) => x.scatter(0, ints([[2, 0]]), y) },
  { name: "scatter of a number", ops: ["scatter"], inputs: [[2, 4]], run: (x: Tensor) => x.scatter(1, ints([[0, 2], [3, 3]]), 1.5) },
  {
    name: "scatter with sums",
    ops: ["scatterAdd"],
    inputs: [[2, 4], [2, 3]],
    run: (x: Tensor, y: Tensor) => x.scatter(1, ints(index), y, { reduce: "sum" }),
    reference: (x, y) => general.scatterAdd(x, 1, asArray(index), y),
  },
  { name: "scatterAdd along the first dimension", ops: ["scatterAdd"], inputs: [[3, 3], [2, 3]], run: (x: Tensor, y: Tensor) => x.scatterAdd(0, ints(index), y) },
  {
    name: "indexAdd with repeated positions",
    ops: ["indexAdd"],
    inputs: [[2, 3], [2, 4]],
    run: (x: Tensor, y: Tensor) => x.indexAdd(1, ints([2, 0, 2, 1]), y),
    reference: (x, y) => general.indexAdd(x, 1, asArray([2, 0, 2, 1]), y),
  },
  { name: "indexCopy", ops: ["indexPut"], inputs: [[2, 3, 2], [2, 2, 2]], run: (x: Tensor, y: Tensor) => x.indexCopy(1, ints([2, 0]), y) },
  { name: "indexFill with a scalar", ops: ["indexPut"], inputs: [[2, 3], []], run: (x: Tensor, y: Tensor) => x.indexFill(1, ints([2, 0]), y) },
  {
    name: "indexPut",
    ops: ["indexPut"],
    inputs: [[3, 4], [3]],
    run: (x: Tensor, y: Tensor) => x.indexPut([ints([0, 2, -2]), ints([1, 3, 0])], y),
    reference: (x, y) => reference.indexPut(x, [[0, 2, -2], [1, 3, 0]], y),
  },
  {
    name: "indexPut with repeated positions, accumulated",
    ops: ["indexPut"],
    inputs: [[3, 2], [4, 2]],
    run: (x: Tensor, y: Tensor) => x.indexPut([ints([0, 2, 0, 0])], y, { accumulate: true }),
    reference: (x, y) => reference.indexPut(x, [[0, 2, 0, 0]], y, true),
  },
  { name: "indexPut by a mask", ops: ["indexPut", "nonzero"], inputs: [[2, 3], []], run: (x: Tensor, y: Tensor) => x.indexPut([x.gt(0)], y), derivatives: 1 },
];

/** A copy with a history, changed by `change`. */
const onCopy =
  (change: (copy: Tensor, ...others: Tensor[]) => unknown) =>
  (x: Tensor, ...others: Tensor[]): Tensor => {
    const copy = x.mul(1.5);
    change(copy, ...others);
    return copy.mul(copy);
  };

/** Where one change follows another, PyTorch refuses to differentiate what we do: it saves results that are changed next. */
const inPlace: Case[] = [
  { name: "set a row", ops: ["copy"], inputs: [[3, 4], [4]], run: onCopy((x, y) => x.set(1, y!)) },
  { name: "set a range", ops: ["copy"], inputs: [[3, 4], []], run: onCopy((x, y) => x.set(":", "1::2", y!)) },
  { name: "set by lists", ops: ["indexPut"], inputs: [[3, 4], [2]], run: onCopy((x, y) => x.set([0, 2], [3, 1], y!)) },
  { name: "set columns of a range", ops: ["indexPut"], inputs: [[4, 4], [2, 2]], run: onCopy((x, y) => x.set("1:3", [3, 1], y!)) },
  { name: "set by a mask", ops: ["indexPut"], inputs: [[2, 3], []], run: onCopy((x, y) => x.set([[true, false, true], [false, true, false]], y!)) },
  { name: "set a number by lists with a range between", ops: ["indexPut"], inputs: [[3, 2, 4]], run: onCopy((x) => x.set([0, 2], ":", [1, 3], 2)) },
  { name: "change a view of a view", ops: ["mul"], inputs: [[3, 4], [2]], run: onCopy((x, y) => x.t().at("1:3", 0).mul_(y!)) },
  { name: "change one view twice", ops: ["add"], inputs: [[3, 4], [4]], run: onCopy((x, y) => x.at(0).add_(y!).mul_(2)) },
  { name: "change a view, then the whole", ops: ["mul"], inputs: [[3, 4], [4]], run: onCopy((x, y) => (x.at(0).add_(y!), x.mul_(y!))) },
  {
    name: "fill a tensor without history row by row",
    ops: ["copy"],
    inputs: [[4], [4]],
    run: (x: Tensor, y: Tensor) => {
      const rowsOf = x.newZeros([2, 4]);
      rowsOf.set(0, x.mul(y));
      rowsOf.set(1, rowsOf.at(0).clone().mul(y));
      return rowsOf;
    },
  },
  { name: "add_", ops: ["add"], inputs: [[2, 3], [3]], run: onCopy((x, y) => x.add_(y!)) },
  { name: "sub_", ops: ["sub"], inputs: [[2, 3], [3]], run: onCopy((x, y) => x.sub_(y!)) },
  { name: "mul_", ops: ["mul"], inputs: [[2, 3], [3]], run: onCopy((x, y) => x.mul_(y!)) },
  { name: "div_", ops: ["div"], inputs: [[2, 3], { shape: [3], interval: [0.5, 2] }], run: onCopy((x, y) => x.div_(y!)) },
  { name: "pow_", ops: ["pow"], inputs: [{ shape: [2, 3], interval: [0.5, 2] }, [3]], run: onCopy((x, y) => x.pow_(y!)) },
  { name: "exp_, tanh_, sigmoid_ after one another", ops: ["exp", "tanh", "sigmoid"], inputs: [[2, 3]], run: onCopy((x) => x.exp_().tanh_().sigmoid_()), pytorch: false },
  { name: "log_ after sqrt_", ops: ["log", "sqrt"], inputs: [{ shape: [3], interval: [0.5, 2] }], run: onCopy((x) => x.sqrt_().log_()), pytorch: false },
  { name: "exp_", ops: ["exp"], inputs: [[2, 3]], run: onCopy((x) => x.exp_()) },
  { name: "log_", ops: ["log"], inputs: [{ shape: [3], interval: [0.5, 2] }], run: onCopy((x) => x.log_()) },
  { name: "clamp_ and relu_", ops: ["clamp", "relu"], inputs: [[3, 4]], run: onCopy((x) => x.clamp_({ max: 1 }).relu_()), derivatives: 1 },
  { name: "maskedFill_", ops: ["where"], inputs: [[2, 3], []], run: onCopy((x, y) => x.maskedFill_(tensor([true, false, true]), y!)) },
  { name: "fill_ of a part", ops: ["fill"], inputs: [[2, 3]], run: onCopy((x) => x.at(0).fill_(2)) },
  { name: "scatter_", ops: ["scatter"], inputs: [[2, 4], [2, 2]], run: onCopy((x, y) => x.scatter_(1, ints([[0, 2], [3, 1]]), y!)) },
  { name: "indexAdd_ and indexFill_", ops: ["indexAdd", "indexPut"], inputs: [[3, 2], [2, 2]], run: onCopy((x, y) => x.indexAdd_(0, ints([1, 1]), y!).indexFill_(0, ints([0]), 3)) },
  { name: "indexCopy_ of a view", ops: ["indexPut"], inputs: [[3, 2], [1, 3]], run: onCopy((x, y) => x.t().indexCopy_(0, ints([1]), y!)) },
];

export const cases: Case[] = [...choosing, ...placing, ...inPlace];
