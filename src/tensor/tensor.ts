/**
 * The tensor: a strided window on native memory. The class itself holds no computation; its methods come from the table of
 * ops (generated/methods.ts) and from the files in methods/, and are put on the prototype by methods.ts.
 */
import { observer } from "./call-observer.ts";
import { deviceOf } from "./device.ts";
import type { Device } from "./device.ts";
import { codeOf, typedArray } from "./dtype.ts";
import type { DType, TypedArray } from "./dtype.ts";
import { NablaError, ShapeError, TensorOperatorError } from "./errors.ts";
import * as frame from "./frame.ts";
import type { OpMethods } from "./generated/methods.ts";
import type { GraphNode } from "./graph.ts";
import { throwLate } from "./late-errors.ts";
import { extentOf } from "./memory.ts";
import type { TensorStorage } from "./memory.ts";
import type { AdvancedIndexMethods } from "./methods/advanced-index.ts";
import type { ArrangeMethods } from "./methods/arrange.ts";
import type { BackwardMethods } from "./methods/backward.ts";
import type { CompareMethods } from "./methods/compare.ts";
import type { ConvolutionMethods } from "./methods/convolution.ts";
import type { CopyMethods } from "./methods/copy.ts";
import type { CountMethods } from "./methods/count.ts";
import type { CovarianceMethods } from "./methods/covariance.ts";
import type { CumulativeMethods } from "./methods/cumulative.ts";
import type { DerivativeMethods } from "./methods/derivatives.ts";
import type { DivisionMethods } from "./methods/division.ts";
import type { DrawMethods } from "./methods/draw.ts";
import type { FourierTransforms } from "./methods/fourier.ts";
import type { InPlaceMethods } from "./methods/in-place.ts";
import type { IndexMethods } from "./methods/index.ts";
import type { JoinMethods } from "./methods/join.ts";
import type { LinearSystems } from "./methods/linear-systems.ts";
import type { MaskMethods } from "./methods/mask.ts";
import type { MatrixMethods } from "./methods/matrix.ts";
import type { NormMethods } from "./methods/norm.ts";
import type { PoolingMethods } from "./methods/pooling.ts";
import type { ProductMethods } from "./methods/product.ts";
import type { RecurrentMethods } from "./methods/recurrent.ts";
import type { ReductionMethods } from "./methods/reduction.ts";
import type { ScatterMethods } from "./methods/scatter.ts";
import type { SelectMethods } from "./methods/select.ts";
import type { SortMethods } from "./methods/sort.ts";
import type { Spectra } from "./methods/spectra.ts";
import type { ViewMethods } from "./methods/view.ts";
import { native } from "./native.ts";
import { elementCount, formatShape, isContiguous } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** What an operand may be: a tensor, or a plain number that takes the tensor's type. */
export type TensorLike = Tensor | number;

/** Nested arrays of numbers, as deep as the tensor has dimensions; a number for a scalar. */
export type NestedNumbers = number | NestedNumbers[];

/** The methods that are declared beside their code. */
export interface Tensor
  extends OpMethods,
    ViewMethods,
    IndexMethods,
    AdvancedIndexMethods,
    CopyMethods,
    InPlaceMethods,
    ProductMethods,
    RecurrentMethods,
    ConvolutionMethods,
    ReductionMethods,
    SelectMethods,
    JoinMethods,
    ArrangeMethods,
    MaskMethods,
    MatrixMethods,
    LinearSystems,
    Spectra,
    FourierTransforms,
    CovarianceMethods,
    NormMethods,
    PoolingMethods,
    DerivativeMethods,
    CompareMethods,
    SortMethods,
    CumulativeMethods,
    CountMethods,
    DivisionMethods,
    ScatterMethods,
    DrawMethods,
    BackwardMethods {}

/** An n-dimensional array of numbers of one type. */
export class Tensor {
  /** The memory, shared with every view of it. */
  readonly storage: TensorStorage;
  /** Sizes of the dimensions, outermost first. */
  readonly shape: Shape;
  /** Distance between neighbours along each dimension, in elements. */
  readonly strides: Shape;
  /** Position of the first element in the storage. */
  readonly offset: number;
  readonly dtype: DType;
  /** True when gradients are computed for this tensor: for a leaf because somebody asked, else because an input needs them. */
  requiresGrad = false;
  /** What `grad` gives; a function is asked for the gradient when it is wanted, once. */
  collectedGradient: Tensor | (() => Tensor) | null = null;
  /** The call that made this tensor, when it was recorded. */
  node: GraphNode | undefined = undefined;
  /** Which of that call's outputs this is. */
  outputIndex = 0;
  /** For a view: how many recorded changes in place its storage had seen when it was made; -1 for what is no view. */
  viewedAt = -1;
  /** For a view: the tensor that it and other views were made of, whose history a change of the view becomes part of. */
  base: Tensor | undefined = undefined;

  /** Wraps a window on a storage. Use `tensor`, `zeros` and the like to make tensors. */
  constructor(storage: TensorStorage, shape: Shape, strides: Shape, offset: number, dtype: DType) {
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.dtype = dtype;
  }

  /** The gradient that `backward()` has collected here; null before, and for tensors that are not leaves. */
  get grad(): Tensor | null {
    if (observer !== undefined) observer.gradientRead(this);
    if (typeof this.collectedGradient === "function") this.collectedGradient = this.collectedGradient();
    return this.collectedGradient;
  }

  set grad(gradient: Tensor | null) {
    if (observer !== undefined) observer.gradientWritten(this);
    this.collectedGradient = gradient;
  }

  /** Where the elements live. */
  get device(): Device {
    return deviceOf(this.storage.handle);
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return elementCount(this.shape);
  }

  /** True for a tensor that no recorded call has made. */
  get isLeaf(): boolean {
    return this.node === undefined || this.node.leaf === this;
  }

  /** Length of the first dimension. */
  get length(): number {
    if (this.shape.length === 0) throw new ShapeError("length: a scalar has none; read it with item()");
    return this.shape[0]!;
  }

  /** True when the elements lie in row-major order without gaps. */
  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  /**
   * The value of a tensor with one element.
   * @throws ShapeError when there are more, or none.
   */
  item(): number {
    if (this.shape.length !== 0 && this.numel !== 1) {
      throw new ShapeError(
        `item: a tensor of shape ${formatShape(this.shape)} has ${this.numel} elements; item() reads exactly one. ` +
          `Pick it first, as in t.at(0), or read all with toArray()`,
      );
    }
    if (observer !== undefined) observer.reading("item");
    const known = extentOf(this.storage)?.numbers;
    if (known !== undefined) return known[this.offset]!;
    const value = native.item(this.storage.handle, codeOf(this.dtype), this.offset);
    if (frame.violated()) throwLate();
    return value;
  }

  /** The elements in row-major order, copied into a typed array of this type (booleans as 0 and 1). */
  data(): TypedArray {
    if (observer !== undefined) observer.reading("data");
    const source = this.contiguous();
    const result = typedArray(source.dtype, source.numel);
    // A view of no elements may begin beyond the memory.
    if (result.length === 0) return result;
    const known = extentOf(source.storage)?.numbers;
    if (known !== undefined) {
      // They were sent up from here: nobody has to wait for them.
      result.set(known.subarray(source.offset, source.offset + result.length));
      return result;
    }
    native.read(source.storage.handle, source.offset * result.BYTES_PER_ELEMENT, result);
    if (frame.violated()) throwLate();
    return result;
  }

  /** The elements as nested arrays; a scalar gives a number. Booleans are 0 and 1. */
  toArray(): NestedNumbers {
    const elements = this.data();
    let position = 0;
    const nest = (dim: number): NestedNumbers => {
      if (dim === this.shape.length) return elements[position++]!;
      return Array.from({ length: this.shape[dim]! }, () => nest(dim + 1));
    };
    return nest(0);
  }

  /**
   * Refuses JavaScript's operators, which would turn a tensor into a string or NaN and go on.
   * @throws TensorOperatorError always, with what to write instead.
   */
  [Symbol.toPrimitive](hint: string): never {
    const cure = "write a.add(b), a.sub(b), a.mul(2), a.div(b), a.lt(b) or a.neg()";
    const reading = "; for a number use a.item(), for text a.toString()";
    throw new TensorOperatorError(
      hint === "string"
        ? `a tensor does not join into a string by itself${reading}; to compute, ${cure}`
        : `JavaScript's operators do not work on tensors: ${cure}${reading}`,
    );
  }
}

/**
 * Catches `t[0]` and `t[0] = x`, which JavaScript would answer with undefined and swallow. It stands behind the prototype,
 * so only names that nothing else defines ever reach it.
 */
const indexGuard = new Proxy(Object.create(null) as object, {
  get(target, key, receiver) {
    if (isIndex(key)) throw new TensorOperatorError(`a tensor has no t[${String(key)}]: write t.at(${String(key)})`);
    return Reflect.get(target, key, receiver) as unknown;
  },
  set(target, key, value, receiver) {
    if (isIndex(key)) {
      throw new TensorOperatorError(`a tensor has no t[${String(key)}] = x: write t.set(${String(key)}, x)`);
    }
    return Reflect.set(target, key, value, receiver);
  },
});

function isIndex(key: string | symbol): boolean {
  return typeof key === "string" && /^-?\d+$/.test(key);
}

Object.setPrototypeOf(indexGuard, Object.prototype);
Object.setPrototypeOf(Tensor.prototype, indexGuard);

/** True when the value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/**
 * Checks an argument that must be a tensor.
 * @throws NablaError naming the op and what was given instead.
 */
export function requireTensor(op: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  const given = Array.isArray(value) ? "an array" : value === null ? "null" : `a value of type ${typeof value}`;
  throw new NablaError(`${op}: expected a tensor, got ${given}; make one with tensor(...)`);
}
