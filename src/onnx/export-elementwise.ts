/**
 * The ops of single elements, of reductions and of products in ONNX's words: one row an op. Operators are those of opset 17
 * (https://onnx.ai/onnx/operators/).
 */
import type { DType } from "../tensor/dtype.ts";
import type { ExportCall, ExportRow } from "./export-call.ts";
import { elementType, float, int, ints } from "./graph-writer.ts";

/** The same operator, with the inputs as they are. */
const same = (opType: string): ExportRow => (call) => [call.graph.node(opType, Array.from({ length: call.inputCount }, (_, i) => call.input(i)))];

const cast = (call: ExportCall, name: string, dtype: DType | "int64"): string => call.graph.node("Cast", [name], { to: int(elementType(dtype)) });

/** A condition: an input that is not boolean is one where it is not 0. */
const condition = (call: ExportCall, i: number): string => (call.inputType(i) === "bool" ? call.input(i) : cast(call, call.input(i), "bool"));

const logical = (opType: string): ExportRow => (call) => [
  call.graph.node(opType, Array.from({ length: call.inputCount }, (_, i) => condition(call, i))),
];

/** Something of the first input, its nodes written one around the other. */
const chain = (write: (x: string, call: ExportCall, number: (value: number) => string) => string): ExportRow => (call) => [
  write(call.input(0), call, (value) => call.graph.scalar(value, call.outputType())),
];

/** The dimensions that a reduction folds. */
const foldedDims = (call: ExportCall): number[] => call.numbers(1);

const keeps = (call: ExportCall): number => (call.outputShape().length === call.inputShape(0).length ? 1 : 0);

const reduction = (opType: string): ExportRow => (call) => {
  if (foldedDims(call).length === 0) return [call.input(0)];
  return [call.graph.node(opType, [call.input(0)], { axes: ints(foldedDims(call)), keepdims: int(keeps(call)) })];
};

const sum: ExportRow = (call) => {
  const type = call.outputType();
  const input = call.inputType(0) === type ? call.input(0) : cast(call, call.input(0), type);
  // From opset 13 on the dimensions of a sum are an input.
  const dims = foldedDims(call);
  return [dims.length === 0 ? input : call.graph.node("ReduceSum", [input, call.graph.wholes(dims)], { keepdims: int(keeps(call)) })];
};

const position = (opType: string): ExportRow => (call) => {
  const dims = foldedDims(call);
  const all = dims.length === call.inputShape(0).length && dims.length !== 1;
  if (!all) return [cast(call, call.graph.node(opType, [call.input(0)], { axis: int(dims[0]!), keepdims: int(keeps(call)) }), "int32")];
  const flat = call.graph.node("Reshape", [call.input(0), call.graph.wholes([-1])]);
  const found = cast(call, call.graph.node(opType, [flat], { axis: int(0), keepdims: int(0) }), "int32");
  return [call.graph.reshape(found, call.outputShape())];
};

const alongDim = (opType: string): ExportRow => (call) => [call.graph.node(opType, [call.input(0)], { axis: int(call.numbers()[0]!) })];

/** x times the normal distribution's function, as the paper writes it. */
const gelu: ExportRow = chain((x, { graph }, number) => {
  const inner = graph.node("Erf", [graph.node("Mul", [x, number(Math.SQRT1_2)])]);
  return graph.node("Mul", [graph.node("Mul", [x, number(0.5)]), graph.node("Add", [inner, number(1)])]);
});

const geluByTanh: ExportRow = chain((x, { graph }, number) => {
  const cube = graph.node("Mul", [graph.node("Mul", [x, x]), x]);
  const inner = graph.node("Mul", [graph.node("Add", [x, graph.node("Mul", [cube, number(0.044715)])]), number(Math.sqrt(2 / Math.PI))]);
  return graph.node("Mul", [graph.node("Mul", [x, number(0.5)]), graph.node("Add", [graph.node("Tanh", [inner]), number(1)])]);
});

/** The product with a weight whose rows are outputs. */
const linear: ExportRow = (call) => {
  const { graph } = call;
  const [x, weight] = [call.input(0), call.input(1)];
  const bias = call.inputCount > 2 ? [call.input(2)] : [];
  if (call.inputShape(0).length === 2) return [graph.node("Gemm", [x, weight, ...bias], { transB: int(1) })];
  const product = graph.node("MatMul", [x, graph.node("Transpose", [weight], { perm: ints([1, 0]) })]);
  return [bias.length === 0 ? product : graph.node("Add", [product, ...bias])];
};

const copy: ExportRow = (call) => {
  if (call.isNumber(0)) return [call.graph.node("Expand", [call.input(0), call.graph.sizes(call.outputShape())])];
  return [call.inputType(0) === call.outputType() ? call.input(0) : cast(call, call.input(0), call.outputType())];
};

export const elementwiseRows: Readonly<Record<string, ExportRow>> = {
  add: same("Add"), sub: same("Sub"), mul: same("Mul"), div: same("Div"), pow: same("Pow"), maximum: same("Max"), minimum: same("Min"),
  eq: same("Equal"), lt: same("Less"), le: same("LessOrEqual"), gt: same("Greater"), ge: same("GreaterOrEqual"),
  ne: (call) => [call.graph.node("Not", [call.graph.node("Equal", [call.input(0), call.input(1)])])],
  logicalAnd: logical("And"), logicalOr: logical("Or"), logicalNot: logical("Not"),
  where: (call) => [call.graph.node("Where", [condition(call, 0), call.input(1), call.input(2)])],

  neg: same("Neg"), abs: same("Abs"), sign: same("Sign"), exp: same("Exp"), log: same("Log"), sqrt: same("Sqrt"), reciprocal: same("Reciprocal"),
  sin: same("Sin"), cos: same("Cos"), tanh: same("Tanh"), sigmoid: same("Sigmoid"), relu: same("Relu"), floor: same("Floor"), ceil: same("Ceil"),
  round: same("Round"), erf: same("Erf"), softsign: same("Softsign"),
  rsqrt: chain((x, { graph }) => graph.node("Reciprocal", [graph.node("Sqrt", [x])])),
  square: chain((x, { graph }) => graph.node("Mul", [x, x])),
  log1p: chain((x, { graph }, number) => graph.node("Log", [graph.node("Add", [x, number(1)])])),
  expm1: chain((x, { graph }, number) => graph.node("Sub", [graph.node("Exp", [x]), number(1)])),
  clamp: chain((x, call, number) => {
    const [min, max] = call.numbers() as [number, number];
    return call.graph.node("Clip", [x, min === -Infinity ? "" : number(min), max === Infinity ? "" : number(max)]);
  }),
  leakyRelu: chain((x, call) => call.graph.node("LeakyRelu", [x], { alpha: float(call.numbers()[0]!) })),
  elu: chain((x, call) => call.graph.node("Elu", [x], { alpha: float(call.numbers()[0]!) })),
  hardSigmoid: chain((x, { graph }) => graph.node("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) })),
  softplus: chain((x, call, number) => {
    const [beta] = call.numbers() as [number, number];
    // Above the threshold the two differ by less than their rounding.
    if (beta === 1) return call.graph.node("Softplus", [x]);
    return call.graph.node("Div", [call.graph.node("Softplus", [call.graph.node("Mul", [x, number(beta)])]), number(beta)]);
  }),
  gelu: (call) => (call.numbers()[0] === 1 ? geluByTanh : gelu)(call),

  sum, mean: reduction("ReduceMean"), prod: reduction("ReduceProd"), max: reduction("ReduceMax"), min: reduction("ReduceMin"),
  argmax: position("ArgMax"), argmin: position("ArgMin"),
  softmax: alongDim("Softmax"), logSoftmax: alongDim("LogSoftmax"),
  cumsum: (call) => {
    const [dim, reverse] = call.numbers() as [number, number];
    return [call.graph.node("CumSum", [call.input(0), call.graph.wholes(dim)], { reverse: int(reverse) })];
  },

  matmul: same("MatMul"), linear, copy,
};
