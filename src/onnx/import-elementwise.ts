/**
 * ONNX's operators of single elements, of reductions and of products in the library's ops: one row an operator.
 */
import type { Tensor } from "../tensor/tensor.ts";
import { isFloating } from "../tensor/dtype.ts";
import { linear } from "../nn/linear.ts";
import { allWholes, combined, dimOf, numberAt, tensorAt, tensorOrNone, Wholes, wholesOrNone } from "./import-value.ts";
import type { ImportRow, Value } from "./import-value.ts";
import { BadNode } from "./node-reader.ts";
import type { NodeReader } from "./node-reader.ts";
import { dtypeOfElement, int64Type } from "./tensor-proto.ts";

const unary = (run: (x: Tensor) => Tensor): ImportRow => () => (inputs) => [run(tensorAt(inputs, 0))];

const withNumber = (name: string, otherwise: number, run: (x: Tensor, value: number) => Tensor): ImportRow => (node) => {
  const value = node.float(name, otherwise);
  return (inputs) => [run(tensorAt(inputs, 0), value)];
};

/** @param onNumbers the same of whole numbers, where shapes are worked out with it. */
const binary = (run: (a: Tensor, b: Tensor) => Tensor, onNumbers?: (a: number, b: number) => number): ImportRow => () => (inputs) => {
  if (onNumbers !== undefined && allWholes(inputs)) return [combined(inputs, onNumbers)];
  return [run(tensorAt(inputs, 0), tensorAt(inputs, 1))];
};

const folded = (run: (a: Tensor, b: Tensor) => Tensor): ImportRow => () => (inputs) => [inputs.map((_, i) => tensorAt(inputs, i)).reduce(run)];

/** Division of integers leaves integers in ONNX. */
const divide = (a: Tensor, b: Tensor): Tensor => (isFloating(a.dtype) ? a.div(b) : a.div(b).to(a.dtype));

interface Folding {
  dim?: readonly number[];
  keepdim: boolean;
}

const reduction = (run: (x: Tensor, options: Folding) => Tensor): ImportRow => (node) => {
  const keepdim = node.int("keepdims", 1) === 1;
  const axes = node.ints("axes");
  const noop = node.int("noop_with_empty_axes", 0) === 1;
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    const dims = wholesOrNone(inputs, 1) ?? axes;
    if (dims !== undefined && dims.length > 0) return [run(x, { dim: dims, keepdim })];
    return [noop ? x : run(x, { keepdim })];
  };
};

const position = (run: (x: Tensor, options: { dim: number; keepdim: boolean }) => Tensor): ImportRow => (node) => {
  const [dim, keepdim] = [node.int("axis", 0), node.int("keepdims", 1) === 1];
  node.only("select_last_index", 0);
  return (inputs) => [run(tensorAt(inputs, 0), { dim, keepdim })];
};

const alongDim = (run: (x: Tensor, dim: number) => Tensor): ImportRow => (node) => {
  // Before opset 13 the dimensions from the axis on counted as one.
  const dim = node.int("axis", node.opset < 13 ? 1 : -1);
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    if (node.opset < 13 && dimOf(dim, x.ndim) !== x.ndim - 1) throw new BadNode(`before opset 13 axis ${dim} takes all dimensions from there on together, which is not supported`);
    return [run(x, dimOf(dim, x.ndim))];
  };
};

const cast: ImportRow = (node) => {
  const to = node.int("to", 0);
  const dtype = dtypeOfElement(to);
  if (dtype === undefined) throw new BadNode(`conversion to ONNX type ${to} is not supported`);
  // Positions that were cast to 64 bits are int32 here; numbers that are plain already stay so.
  return (inputs) => [to === int64Type && inputs[0] instanceof Wholes ? inputs[0] : tensorAt(inputs, 0).to(dtype)];
};

const clip: ImportRow = (node) => {
  const limits = { min: node.float("min", -Infinity), max: node.float("max", Infinity) };
  return (inputs) => [
    tensorAt(inputs, 0).clamp({
      min: inputs[1] === undefined ? limits.min : numberAt(inputs, 1),
      max: inputs[2] === undefined ? limits.max : numberAt(inputs, 2),
    }),
  ];
};

const gemm: ImportRow = (node) => {
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const [turnA, turnB] = [node.int("transA", 0) === 1, node.int("transB", 0) === 1];
  return (inputs) => {
    const [a, b, c] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorOrNone(inputs, 2)];
    const plain = alpha === 1 && beta === 1 && !turnA && turnB;
    if (plain && (c === undefined || (c.ndim === 1 && c.shape[0] === b.shape[0]))) return [linear(a, b, c)];
    const product = (turnA ? a.t() : a).matmul(turnB ? b.t() : b);
    const scaled = alpha === 1 ? product : product.mul(alpha);
    return [c === undefined ? scaled : scaled.add(beta === 1 ? c : c.mul(beta))];
  };
};

const gelu: ImportRow = (node) => {
  const approximate = node.text("approximate", "none") as "none" | "tanh";
  return (inputs) => [tensorAt(inputs, 0).gelu({ approximate })];
};

const cumulative: ImportRow = (node) => {
  const reverse = node.int("reverse", 0) === 1;
  node.only("exclusive", 0);
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    return [x.cumsum(dimOf(numberAt(inputs, 1), x.ndim), { reverse })];
  };
};

const hardSigmoid: ImportRow = (node) => {
  const [alpha, beta] = [node.float("alpha", 0.2), node.float("beta", 0.5)];
  return (inputs) => [tensorAt(inputs, 0).mul(alpha).add(beta).clamp({ min: 0, max: 1 })];
};

const identity = (inputs: readonly Value[]): Value[] => [inputs[0]];
const passOn: ImportRow = (_: NodeReader) => identity;

export const elementwiseImports: Readonly<Record<string, ImportRow>> = {
  Add: binary((a, b) => a.add(b), (a, b) => a + b), Sub: binary((a, b) => a.sub(b), (a, b) => a - b),
  Mul: binary((a, b) => a.mul(b), (a, b) => a * b), Div: binary(divide, (a, b) => Math.trunc(a / b)), Pow: binary((a, b) => a.pow(b)),
  Max: folded((a, b) => a.maximum(b)), Min: folded((a, b) => a.minimum(b)), Sum: folded((a, b) => a.add(b)),
  Equal: binary((a, b) => a.eq(b)), Less: binary((a, b) => a.lt(b)), LessOrEqual: binary((a, b) => a.le(b)),
  Greater: binary((a, b) => a.gt(b)), GreaterOrEqual: binary((a, b) => a.ge(b)),
  And: binary((a, b) => a.logicalAnd(b)), Or: binary((a, b) => a.logicalOr(b)), Not: unary((x) => x.logicalNot()),
  Where: () => (inputs) => [tensorAt(inputs, 1).where(tensorAt(inputs, 0), tensorAt(inputs, 2))],

  Neg: unary((x) => x.neg()), Abs: unary((x) => x.abs()), Sign: unary((x) => x.sign()), Exp: unary((x) => x.exp()), Log: unary((x) => x.log()),
  Sqrt: unary((x) => x.sqrt()), Reciprocal: unary((x) => x.reciprocal()), Sin: unary((x) => x.sin()), Cos: unary((x) => x.cos()),
  Tanh: unary((x) => x.tanh()), Sigmoid: unary((x) => x.sigmoid()), Relu: unary((x) => x.relu()), Floor: unary((x) => x.floor()),
  Ceil: unary((x) => x.ceil()), Round: unary((x) => x.round()), Erf: unary((x) => x.erf()), Softplus: unary((x) => x.softplus({ threshold: 40 })),
  Softsign: unary((x) => x.softsign()), LeakyRelu: withNumber("alpha", 0.01, (x, negativeSlope) => x.leakyRelu({ negativeSlope })),
  Elu: withNumber("alpha", 1, (x, alpha) => x.elu({ alpha })), HardSigmoid: hardSigmoid, Gelu: gelu, Clip: clip, Cast: cast, Identity: passOn,
  PRelu: binary((x, slope) => x.relu().sub(x.neg().relu().mul(slope))),

  ReduceSum: reduction((x, options) => x.sum(options)), ReduceMean: reduction((x, options) => x.mean(options)),
  ReduceProd: reduction((x, options) => x.prod(options)), ReduceMax: reduction((x, options) => x.amax(options)), ReduceMin: reduction((x, options) => x.amin(options)),
  ArgMax: position((x, options) => x.argmax(options)), ArgMin: position((x, options) => x.argmin(options)),
  Softmax: alongDim((x, dim) => x.softmax(dim)), LogSoftmax: alongDim((x, dim) => x.logSoftmax(dim)), CumSum: cumulative,

  MatMul: binary((a, b) => a.matmul(b)), Gemm: gemm,
};
