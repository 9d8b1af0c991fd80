/**
 * New tensors, picked elements, views and joined tensors in ONNX's words.
 */
import { tensor } from "../tensor/creation.ts";
import type { ExportRow } from "./export-call.ts";
import { elementType, int, ints, tensorAttribute } from "./graph-writer.ts";
import type { GraphWriter } from "./graph-writer.ts";
import { OnnxError } from "./onnx-error.ts";
import { difference, fixed, sameSize } from "./size.ts";
import type { Size } from "./size.ts";
import { tensorProto } from "./tensor-proto.ts";
import type { AssembleStep, Trace, ViewStep } from "./trace.ts";

const fill: ExportRow = (call) => {
  const value = tensorProto(tensor([call.numbers()[0]!], { dtype: call.outputType() }));
  return [call.graph.node("ConstantOfShape", [call.graph.sizes(call.outputShape())], { value: tensorAttribute(value) })];
};

/** A tensor that is the same in every run. */
const asItWas: ExportRow = (call) => {
  call.fixedSizes(call.outputShape());
  return [call.graph.constant(call.made.tensor)];
};

const indexSelect: ExportRow = (call) => [call.graph.node("Gather", [call.input(0), call.input(1)], { axis: int(call.numbers()[0]!) })];

const oneHot: ExportRow = (call) => {
  const { graph } = call;
  const labels = graph.node("Cast", [call.input(0)], { to: int(elementType("int64")) });
  return [graph.node("OneHot", [labels, graph.wholes([call.numbers()[0]!]), graph.constant(tensor([0, 1], { dtype: "float32" }))], { axis: int(-1) })];
};

const advancedIndex: ExportRow = (call) => {
  if (call.inputCount !== 2) throw call.unsupported("several tensors of positions at once; flatten the dimensions and use one");
  const positions = call.input(1);
  return [call.graph.node("Gather", [call.input(0), positions], { axis: int(0) })];
};

export const arrangementRows: Readonly<Record<string, ExportRow>> = {
  fill, eye: asItWas, arange: asItWas, indexSelect, oneHot, advancedIndex,
  gather: (call) => [call.graph.node("GatherElements", [call.input(0), call.input(1)], { axis: int(call.numbers()[0]!) })],
};

/** The dimensions of size 1 that the longer of two shapes has more, when that is all they differ in. */
function inserted(shorter: readonly Size[], longer: readonly Size[]): number[] | undefined {
  const dims: number[] = [];
  let at = 0;
  for (const [d, size] of longer.entries()) {
    if (at < shorter.length && sameSize(size, shorter[at]!)) at++;
    else if (size === 1) dims.push(d);
    else return undefined;
  }
  return at === shorter.length && dims.length > 0 ? dims : undefined;
}

function reshaped(graph: GraphWriter, name: string, from: readonly Size[], to: readonly Size[]): string {
  if (from.length === to.length && from.every((size, d) => sameSize(size, to[d]!))) return name;
  const added = inserted(from, to);
  if (added !== undefined) return graph.node("Unsqueeze", [name, graph.wholes(added)]);
  const dropped = inserted(to, from);
  if (dropped !== undefined) return graph.node("Squeeze", [name, graph.wholes(dropped)]);
  if (to.length === 2 && from.length > 2 && sameSize(from[0]!, to[0]!)) return graph.node("Flatten", [name], { axis: int(1) });
  return graph.reshape(name, to);
}

/** Views: each has a node of its own, that ONNX's runtimes may carry out without copying. */
export function writeView(step: ViewStep<Size>, trace: Trace, graph: GraphWriter): string {
  const name = graph.nameOf(step.input);
  const [from, to] = [trace.values[step.input]!.shape, trace.values[step.output]!.shape];
  const numbers = (list: unknown): number[] => (list as Size[]).map((each) => fixed(each, `${step.path}: ${step.rule}`));
  switch (step.rule) {
    case "reshape":
      return reshaped(graph, name, from, to);
    case "permute":
      return graph.node("Transpose", [name], { perm: ints(numbers(step.details)) });
    case "transpose": {
      const { first, second } = step.details as { first: number; second: number };
      const perm = from.map((_, d) => (d === first ? second : d === second ? first : d));
      return graph.node("Transpose", [name], { perm: ints(perm) });
    }
    case "expand":
      return graph.node("Expand", [name, graph.sizes(to)]);
    case "slice": {
      const { dim, start, end, step: by } = step.details as Record<string, Size>;
      const whole = start === 0 && by === 1 && sameSize(end!, from[dim as number]!);
      return whole ? name : graph.node("Slice", [name, graph.sizes([start!]), graph.sizes([end!]), graph.wholes([dim as number]), graph.sizes([by!])]);
    }
    case "flip": {
      const dims = numbers(step.details);
      const all = (value: number): string => graph.wholes(dims.map(() => value));
      // From the last element to before the first: the lowest number there is stands for that.
      return graph.node("Slice", [name, all(-1), all(-(2 ** 62)), graph.wholes(dims), all(-1)]);
    }
    default:
      throw new OnnxError(`onnx.export: ${step.path}: ONNX has no view like ${step.rule}`);
  }
}

/** A tensor put together from parts: one part with a border, or parts one behind the other. */
export function writeAssembly(step: AssembleStep<Size>, trace: Trace, graph: GraphWriter): string {
  const whole = trace.values[step.output]!;
  const rank = whole.shape.length;
  const typed = (value: number): string => {
    const source = trace.values[value]!;
    const name = graph.nameOf(value);
    return source.dtype === whole.dtype ? name : graph.node("Cast", [name], { to: int(elementType(whole.dtype)) });
  };
  const parts = step.parts.filter(({ extent }) => !extent.includes(0));
  const named = parts.map(({ source, extent }) => reshaped(graph, typed(source), trace.values[source]!.shape, extent));
  if (parts.length === 1) {
    const { start, extent } = parts[0]!;
    const after = whole.shape.map((size, d) => fixed(difference(difference(size, start[d]!), extent[d]!), `${step.path}: a border`));
    const before = start.map((size) => fixed(size, `${step.path}: a border`));
    if ([...before, ...after].every((size) => size === 0)) return named[0]!;
    return graph.node("Pad", [named[0]!, graph.wholes([...before, ...after]), graph.scalar(step.value, whole.dtype)]);
  }
  const along = Array.from({ length: rank }, (_, d) => d).filter((d) => parts.some(({ extent }) => !sameSize(extent[d]!, whole.shape[d]!)));
  const [dim] = along;
  let next: Size = 0;
  const consecutive =
    along.length === 1 &&
    parts.every(({ start, extent }) => {
      const begins = sameSize(start[dim!]!, next);
      next = difference(extent[dim!]!, difference(0, next));
      return begins;
    });
  if (!consecutive || !sameSize(next, whole.shape[dim!]!)) throw new OnnxError(`onnx.export: ${step.path}: a tensor is put together from parts that are not one behind the other`);
  return graph.node("Concat", named, { axis: int(dim!) });
}
