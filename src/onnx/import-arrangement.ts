/**
 * ONNX's operators that give elements another place or shape, pick some, or make new ones, in the library's views and ops.
 */
import { arange, full } from "../tensor/creation.ts";
import { cat } from "../tensor/methods/join.ts";
import { elementCount } from "../tensor/shape.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { readElements, tensorOf } from "../serialization/stored-elements.ts";
import { allWholes, constantTensor, dimOf, numberAt, tensorAt, Wholes, wholesAt, wholesOrNone } from "./import-value.ts";
import type { ImportRow, Value } from "./import-value.ts";
import { BadNode } from "./node-reader.ts";
import { readTensorProto } from "./tensor-proto.ts";

const shapeOf = (value: Value): readonly number[] => {
  if (value === undefined) throw new BadNode("input 0 is missing");
  return value.shape;
};

const reshape: ImportRow = (node) => {
  const allowZero = node.int("allowzero", 0) === 1;
  return (inputs) => {
    const from = shapeOf(inputs[0]);
    const wanted = wholesAt(inputs, 1).map((size, d) => (size === 0 && !allowZero ? (from[d] ?? 0) : size));
    const value = inputs[0]!;
    if (isTensor(value)) return [value.reshape(wanted)];
    const known = wanted.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
    return [new Wholes(value.values, wanted.map((size) => (size === -1 ? value.values.length / known : size)))];
  };
};

const flatten: ImportRow = (node) => {
  const axis = node.int("axis", 1);
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    const at = axis < 0 ? axis + x.ndim : axis;
    const rows = elementCount(x.shape.slice(0, at));
    return [x.reshape([rows, elementCount(x.shape.slice(at))])];
  };
};

const transpose: ImportRow = (node) => {
  const perm = node.ints("perm");
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    return [x.permute(perm ?? x.shape.map((_, d) => x.ndim - 1 - d))];
  };
};

/** Dimensions of size 1 taken away or put in; the axes are an attribute before opset 13, an input since. */
const squeeze: ImportRow = (node) => {
  const axes = node.ints("axes");
  return (inputs) => {
    const from = shapeOf(inputs[0]);
    const dims = (wholesOrNone(inputs, 1) ?? axes ?? from.flatMap((size, d) => (size === 1 ? [d] : []))).map((dim) => dimOf(dim, from.length));
    const wrong = dims.find((dim) => from[dim] !== 1);
    if (wrong !== undefined) throw new BadNode(`dimension ${wrong} has ${from[wrong]} elements and cannot be dropped`);
    const to = from.filter((_, d) => !dims.includes(d));
    const value = inputs[0]!;
    return [isTensor(value) ? value.reshape(to) : new Wholes(value.values, to)];
  };
};

const unsqueeze: ImportRow = (node) => {
  const axes = node.ints("axes");
  return (inputs) => {
    const from = shapeOf(inputs[0]);
    const given = wholesOrNone(inputs, 1) ?? axes ?? [];
    const rank = from.length + given.length;
    const dims = given.map((dim) => dimOf(dim, rank));
    const rest = [...from];
    const to = Array.from({ length: rank }, (_, d) => (dims.includes(d) ? 1 : rest.shift()!));
    const value = inputs[0]!;
    return [isTensor(value) ? value.reshape(to) : new Wholes(value.values, to)];
  };
};

const slice: ImportRow = (node) => {
  const attributes = { starts: node.ints("starts"), ends: node.ints("ends"), axes: node.ints("axes") };
  return (inputs) => {
    const starts = wholesOrNone(inputs, 1) ?? attributes.starts ?? [];
    const ends = wholesOrNone(inputs, 2) ?? attributes.ends ?? [];
    const axes = wholesOrNone(inputs, 3) ?? attributes.axes ?? starts.map((_, d) => d);
    const steps = wholesOrNone(inputs, 4) ?? starts.map(() => 1);
    if ([ends, axes, steps].some(({ length }) => length !== starts.length)) throw new BadNode("starts, ends, axes and steps are not equally many");
    const value = inputs[0];
    if (value instanceof Wholes) {
      if (value.shape.length !== 1 || axes.length !== 1 || steps[0] !== 1) throw new BadNode("whole numbers are cut along one dimension by steps of 1 alone");
      return [new Wholes(value.values.slice(starts[0]!, ends[0]!))];
    }
    return [
      starts.reduce((x, start, i) => {
        const [dim, step] = [dimOf(axes[i]!, x.ndim), steps[i]!];
        if (step > 0) return x.slice(dim, start, ends[i]!, step);
        // Backwards: the same from the other end of the flipped dimension.
        const size = x.shape[dim]!;
        const place = (position: number): number => size - 1 - Math.min(Math.max(position < 0 ? position + size : position, -1), size - 1);
        return x.flip(dim).slice(dim, place(start), place(ends[i]!), -step);
      }, tensorAt(inputs, 0)),
    ];
  };
};

const concat: ImportRow = (node) => {
  const axis = node.int("axis", 0);
  return (inputs) => {
    if (allWholes(inputs)) return [new Wholes(inputs.flatMap((each) => each?.values ?? []))];
    const parts = inputs.map((_, i) => tensorAt(inputs, i));
    return [cat(parts, { dim: dimOf(axis, parts[0]!.ndim) })];
  };
};

const split: ImportRow = (node) => {
  const [axis, sizes] = [node.int("axis", 0), node.ints("split")];
  node.int("num_outputs", 0);
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    const dim = dimOf(axis, x.ndim);
    const given = wholesOrNone(inputs, 1) ?? sizes;
    return given === undefined ? x.split(Math.ceil(x.shape[dim]! / node.outputs.length), { dim }) : x.split(given, { dim });
  };
};

/** Two-way broadcasting, as ONNX expands. */
const expand: ImportRow = () => (inputs) => {
  const x = tensorAt(inputs, 0);
  const wanted = [...wholesAt(inputs, 1)];
  while (wanted.length < x.ndim) wanted.unshift(1);
  const missing = wanted.length - x.ndim;
  return [x.expand(wanted.map((size, d) => (d >= missing && x.shape[d - missing] !== 1 ? x.shape[d - missing]! : size)))];
};

const pad: ImportRow = (node) => {
  node.only("mode", "constant");
  const [pads, value] = [node.ints("pads"), node.float("value", 0)];
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    const sizes = wholesOrNone(inputs, 1) ?? pads ?? [];
    if (inputs[3] !== undefined || sizes.length !== 2 * x.ndim) throw new BadNode("a border is given for all dimensions, both sides");
    const padding = x.shape.flatMap((_, d) => [sizes[x.ndim - 1 - d]!, sizes[2 * x.ndim - 1 - d]!]);
    return [x.pad(padding, { value: inputs[2] === undefined ? value : numberAt(inputs, 2) })];
  };
};

/** Positions counted from the back where they are negative. */
const fromFront = (positions: Tensor, size: number): Tensor => positions.add(size).where(positions.lt(0), positions);

const gather: ImportRow = (node) => {
  const axis = node.int("axis", 0);
  return (inputs) => {
    const [data, positions] = inputs;
    if (data instanceof Wholes) {
      const picked = wholesAt(inputs, 1).map((at) => data.values[at < 0 ? at + data.values.length : at]);
      if (data.shape.length !== 1 || picked.some((each) => each === undefined)) throw new BadNode("a position is outside the whole numbers");
      return [new Wholes(picked as number[], shapeOf(positions))];
    }
    const x = tensorAt(inputs, 0);
    const dim = dimOf(axis, x.ndim);
    const index = tensorAt(inputs, 1);
    const found = x.indexSelect(dim, fromFront(index.reshape([-1]), x.shape[dim]!));
    return [found.reshape([...x.shape.slice(0, dim), ...index.shape, ...x.shape.slice(dim + 1)])];
  };
};

const gatherElements: ImportRow = (node) => {
  const axis = node.int("axis", 0);
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    const dim = dimOf(axis, x.ndim);
    return [x.gather(dim, fromFront(tensorAt(inputs, 1), x.shape[dim]!))];
  };
};

const oneHot: ImportRow = (node) => {
  node.only("axis", -1);
  return (inputs) => {
    const [off, on] = tensorAt(inputs, 2).split(1) as [Tensor, Tensor];
    const rows = tensorAt(inputs, 0).to("int32").oneHot(numberAt(inputs, 1)).to(on.dtype);
    return [rows.mul(on.sub(off)).add(off)];
  };
};

const shape: ImportRow = (node) => {
  const [start, end] = [node.int("start", 0), node.int("end", Infinity)];
  return (inputs) => [new Wholes(shapeOf(inputs[0]).slice(start, end))];
};

const constant: ImportRow = (node) => {
  const proto = node.tensor("value");
  const [wholes, whole] = [node.ints("value_ints"), node.has("value_int") ? node.int("value_int", 0) : undefined];
  const number = node.has("value_float") ? node.float("value_float", 0) : undefined;
  if (proto === undefined) {
    if (wholes === undefined && whole === undefined && number === undefined) throw new BadNode("a constant of a kind that is not supported");
    const value = number === undefined ? new Wholes(wholes ?? [whole!], wholes === undefined ? [] : undefined) : constantTensor(full([], number));
    return () => [value];
  }
  const read = readTensorProto(proto);
  const value = "whole" in read ? new Wholes(read.whole, read.shape) : constantTensor(tensorOf(read.read, read.shape));
  return () => [value];
};

const constantOfShape: ImportRow = (node) => {
  const proto = node.tensor("value");
  const read = proto === undefined ? { shape: [1], read: readElements(new Uint8Array(4), "F32") } : readTensorProto(proto);
  return (inputs) => {
    const sizes = wholesAt(inputs, 0);
    if ("whole" in read) return [new Wholes(new Array<number>(elementCount(sizes)).fill(read.whole[0]!), sizes)];
    return [full(sizes, read.read.elements[0]!, { dtype: read.read.dtype })];
  };
};

const range: ImportRow = () => (inputs) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => numberAt(inputs, i)) as [number, number, number];
  const like = inputs[0];
  const made = arange(start, limit, delta);
  return [isTensor(like) ? made.to(like.dtype) : new Wholes(Array.from(made.data()))];
};

export const arrangementImports: Readonly<Record<string, ImportRow>> = {
  Reshape: reshape, Flatten: flatten, Transpose: transpose, Squeeze: squeeze, Unsqueeze: unsqueeze, Slice: slice, Concat: concat, Split: split,
  Expand: expand, Pad: pad, Gather: gather, GatherElements: gatherElements, OneHot: oneHot, Shape: shape, Constant: constant,
  ConstantOfShape: constantOfShape, Range: range,
};
