/**
 * From a row of the table to a running kernel: settle the type and shape, write the operands into the frame, cross once,
 * wrap the result, and record the call when a gradient will be wanted. An op runs when its line runs, so an error is at the
 * line and the value is the line's.
 */
import { observer } from "./call-observer.ts";
import { checkStatus } from "./call-status.ts";
import { getDefaultDevice, onDevice } from "./device.ts";
import type { Device } from "./device.ts";
import { byteSize, getDefaultDType, isFloating, promote, promoteWithNumber } from "./dtype.ts";
import type { DType } from "./dtype.ts";
import { DTypeError, RuntimeError } from "./errors.ts";
import * as frame from "./frame.ts";
import { isGradEnabled } from "./grad-mode.ts";
import { GraphNode } from "./graph.ts";
import type { DerivativeRule } from "./graph.ts";
import { noteHeld } from "./held-memory.ts";
import { adopt, collectGarbage, handOnExtent, prepareOwner, releaseStorage, relievePressure } from "./memory.ts";
import type { TensorStorage } from "./memory.ts";
import { native } from "./native.ts";
import { opNames } from "./ops.ts";
import type { NamedRow } from "./ops.ts";
import type { BinaryRow, CallPlan, MultiplePlan, MultipleRow, ReductionDetails, ReductionRow, UnaryRow } from "./ops/definition.ts";
import { requireOptions } from "./options.ts";
import { broadcastShapes, contiguousStrides, elementCount, isContiguous, normalizeDims } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { requireTensor, Tensor } from "./tensor.ts";
import type { TensorLike } from "./tensor.ts";

/** The codes that the loaded addon has given the ops, in the order of the table; -1 for an op it does not have. */
const codes = Int32Array.from(opNames, (name) => native.ops.indexOf(name));

/** The number of an op in the loaded addon. */
function codeOf(row: NamedRow): number {
  const code = codes[row.index]!;
  if (code < 0) throw new RuntimeError(`${row.name}: the native runtime is older than the library; run: npm run setup`);
  return code;
}

/** Which dimensions a reduction folds. */
export interface ReductionOptions {
  /** One dimension or several; all of them when not given. Negative ones count from the back. */
  dim?: number | readonly number[];
  /** Keep the folded dimensions as size 1. */
  keepdim?: boolean;
}

/** Runs an elementwise op of one operand. */
export function callUnary(row: NamedRow<UnaryRow>, self: Tensor): Tensor {
  const input = row.result === "float" ? toFloat(self) : self;
  const dtype = row.result === "bool" ? "bool" : input.dtype;
  frame.begin(1, 1, 0);
  frame.writeTensor(0, input);
  const output = runForNew(row, 1, dtype, input.shape, stridesLike(input));
  if (observer !== undefined) observer.called(row, [input], [output], true);
  if (input.requiresGrad) record(row, output, [input], undefined);
  return output;
}

/** Runs an elementwise op of two operands, at most one of them a number. */
export function callBinary(row: NamedRow<BinaryRow>, a: TensorLike, b: TensorLike): Tensor {
  const dtype = commonType(row, a, b);
  const left = typeof a === "number" ? a : toType(requireTensor(row.name, a), dtype);
  const right = typeof b === "number" ? b : toType(requireTensor(row.name, b), dtype);
  const shape =
    typeof left === "number"
      ? (right as Tensor).shape
      : typeof right === "number"
        ? left.shape
        : broadcastShapes(row.name, left.shape, right.shape);
  frame.begin(2, 1, 0);
  writeOperand(0, left, dtype, shape);
  writeOperand(1, right, dtype, shape);
  const strides =
    typeof left !== "number" && left.shape === shape
      ? stridesLike(left)
      : typeof right !== "number" && right.shape === shape
        ? stridesLike(right)
        : contiguousStrides(shape);
  const output = runForNew(row, 2, row.result === "bool" ? "bool" : dtype, shape, strides);
  if (observer !== undefined) observer.called(row, [left, right], [output], true);
  if ((typeof left !== "number" && left.requiresGrad) || (typeof right !== "number" && right.requiresGrad)) {
    record(row, output, [left, right], undefined);
  }
  return output;
}

/** Runs a reduction over the given dimensions. */
export function callReduction(row: NamedRow<ReductionRow>, self: Tensor, options?: ReductionOptions): Tensor {
  const input = row.result === "float" ? requireFloat(row.name, self) : self;
  requireOptions(row.name, options, "{dim: 1}");
  const dims = normalizeDims(row.name, options?.dim, input.ndim);
  const kept = input.shape.slice();
  for (let i = 0; i < dims.length; i++) kept[dims[i]!] = 1;
  let shape: Shape = kept;
  if (options?.keepdim !== true) {
    shape = dims.length === input.ndim ? scalarShape : input.shape.filter((_, d) => !dims.includes(d));
  }
  frame.begin(1, 1, dims.length + 1);
  frame.writeTensor(0, input);
  frame.writeAttribute(0, dims.length);
  for (let i = 0; i < dims.length; i++) frame.writeAttribute(i + 1, dims[i]!);
  const output = runForNew(row, 1, reductionType(row, input.dtype), kept, contiguousStrides(kept), shape);
  if (observer !== undefined) observer.called(row, [input], [output], true);
  if (input.requiresGrad) record(row, output, [input], { dims, kept } satisfies ReductionDetails);
  return output;
}

const scalarShape: Shape = [];
const none: readonly number[] = [];

/** Runs a call that a row or the library itself has planned. */
export function callPlanned(row: NamedRow, plan: CallPlan): Tensor {
  const { inputs, stretch, attributes, dtype, shape } = plan;
  const attributeCount = attributes === undefined ? 0 : attributes.length;
  frame.begin(inputs.length, 1, attributeCount);
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    writeOperand(i, input, dtype, stretch?.[i] ?? (typeof input === "number" ? shape : input.shape));
  }
  for (let i = 0; i < attributeCount; i++) frame.writeAttribute(i, attributes![i]!);
  const output = runForNew(row, inputs.length, dtype, shape, contiguousStrides(shape));
  if (plan.among !== undefined && plan.among.storage.extent !== undefined) handOnExtent(plan.among.storage, output.storage);
  if (observer !== undefined) observer.called(row, inputs, [output], true);
  if (anyRequiresGrad(inputs)) record(row, output, inputs, plan.details);
  return output;
}

/** Runs a call with several results. The kernel is that of the first input's type. */
export function callMultiple(row: NamedRow<MultipleRow>, plan: MultiplePlan): Tensor[] {
  const { inputs, outputs, stretch, attributes = none } = plan;
  const first = inputs[0];
  const dtype = first === undefined || typeof first === "number" ? outputs[0]!.dtype : first.dtype;
  frame.begin(inputs.length, outputs.length, attributes.length);
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    writeOperand(i, input, dtype, stretch?.[i] ?? (typeof input === "number" ? scalarShape : input.shape));
  }
  for (let i = 0; i < attributes.length; i++) frame.writeAttribute(i, attributes[i]!);
  writeNewOutputs(inputs.length, outputs);
  prepareOwner(outputs.length);
  let owners = native.run(codeOf(row));
  if (frame.status() === frame.Status.outOfMemory) {
    collectGarbage("full");
    // Those for which there was room have been given back, but left their handles in the frame.
    writeNewOutputs(inputs.length, outputs);
    owners = native.run(codeOf(row));
  }
  checkStatus(row, dtype, outputs[0]!.shape, outputs);
  const made = new Array<Tensor>(outputs.length);
  for (let i = 0; i < outputs.length; i++) {
    const { shape, dtype: type } = outputs[i]!;
    const owner = Array.isArray(owners) ? owners[i] : owners;
    const storage = adopt(frame.handleOf(inputs.length + i), elementCount(shape) * byteSize(type), owner);
    noteHeld(storage.handle, storage.bytes, row.name, shape, type);
    made[i] = new Tensor(storage, shape, contiguousStrides(shape), 0, type);
  }
  if (frame.pressure() !== 0) relievePressure();
  if (observer !== undefined) observer.called(row, inputs, made, true);
  if (anyRequiresGrad(inputs) && recordMultiple(row, plan, made)) return made;
  for (let i = 0; i < outputs.length; i++) if (outputs[i]!.unseen === true) releaseStorage(made[i]!.storage);
  return made;
}

function writeNewOutputs(position: number, outputs: MultiplePlan["outputs"]): void {
  for (let i = 0; i < outputs.length; i++) {
    const { shape, dtype } = outputs[i]!;
    frame.writeNewOutput(position + i, dtype, shape, contiguousStrides(shape));
  }
}

/**
 * Runs a call that changes tensors in place. Their versions go up, so that a derivative that has saved them notices.
 * Where the op is elementwise, operands are stretched to the shape of the first output.
 */
export function callInPlace(
  row: NamedRow,
  inputs: readonly TensorLike[],
  outputs: readonly Tensor[],
  attributes: readonly number[] = [],
): void {
  const target = outputs[0]!;
  const elementwise = row.kind === "binary" || row.name === "copy";
  frame.begin(inputs.length, outputs.length, attributes.length);
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    writeOperand(i, input, target.dtype, elementwise || typeof input === "number" ? target.shape : input.shape);
  }
  for (let i = 0; i < outputs.length; i++) frame.writeTensor(inputs.length + i, outputs[i]!);
  for (let i = 0; i < attributes.length; i++) frame.writeAttribute(i, attributes[i]!);
  native.run(codeOf(row));
  const status = frame.status();
  // One that was interrupted may have changed a part.
  if (status === frame.Status.ok || status === frame.Status.interrupted) for (const output of outputs) output.storage.version++;
  checkStatus(row, target.dtype, target.shape);
  if (observer !== undefined) observer.called(row, inputs, outputs, false);
}

/** Records that `output` was made from `inputs`, so that gradients find their way back. */
export function record(
  rule: DerivativeRule,
  output: Tensor,
  inputs: readonly TensorLike[],
  details: unknown,
): void {
  if (!hasDerivative(rule) || !isGradEnabled() || !isFloating(output.dtype)) return;
  output.node = GraphNode.ofCall(rule, inputs, [output], details);
  output.requiresGrad = true;
}

/** The memory of a call's outputs that nobody but its derivative sees. */
function unseenOf(plan: MultiplePlan, outputs: readonly Tensor[]): TensorStorage[] {
  return outputs.filter((_, i) => plan.outputs[i]!.unseen === true).map(({ storage }) => storage);
}

/**
 * Records a call with several outputs, where gradients are wanted; those of integers, and those for the derivative alone, get
 * none. Says whether it did.
 */
function recordMultiple(rule: DerivativeRule, plan: MultiplePlan, outputs: readonly Tensor[]): boolean {
  if (!hasDerivative(rule) || !isGradEnabled()) return false;
  const node = GraphNode.ofCall(rule, plan.inputs, outputs, plan.details);
  node.unseen = unseenOf(plan, outputs);
  outputs.forEach((output, i) => {
    if (plan.outputs[i]!.auxiliary === true || !isFloating(output.dtype)) return;
    output.node = node;
    output.outputIndex = i;
    output.requiresGrad = true;
  });
  return true;
}

function hasDerivative(rule: DerivativeRule): boolean {
  return rule.derivative !== undefined || rule.jointDerivative !== undefined;
}

/** A view of the same memory, recorded like a call: rows of views have no kernel. */
export function recordView(
  rule: DerivativeRule,
  self: Tensor,
  shape: Shape,
  strides: Shape,
  offset: number,
  details?: unknown,
): Tensor {
  const view = new Tensor(self.storage, shape, strides, offset, self.dtype);
  view.viewedAt = self.storage.recordedChanges;
  view.base = self.base ?? self;
  if (observer !== undefined) observer.viewed(rule.name, self, view, details);
  if (self.requiresGrad) record(rule, view, [self], details);
  return view;
}

/** A new tensor from an op that reads no other: filled, drawn, counted. On the default device when none is given. */
export function callForNew(
  row: NamedRow,
  dtype: DType,
  shape: Shape,
  attributes: readonly number[],
  device: Device = getDefaultDevice(),
): Tensor {
  return device === getDefaultDevice()
    ? newOnDefault(row, dtype, shape, attributes)
    : onDevice(device, () => newOnDefault(row, dtype, shape, attributes));
}

function newOnDefault(row: NamedRow, dtype: DType, shape: Shape, attributes: readonly number[]): Tensor {
  frame.begin(0, 1, attributes.length);
  for (let i = 0; i < attributes.length; i++) frame.writeAttribute(i, attributes[i]!);
  const output = runForNew(row, 0, dtype, shape, contiguousStrides(shape));
  if (observer !== undefined) observer.called(row, [], [output], true);
  return output;
}

/** The tensor with another element type, itself when it has it already. */
export function toType(self: Tensor, dtype: DType): Tensor {
  return self.dtype === dtype ? self : self.to(dtype);
}

/** The tensor in a floating type: integers and booleans become the default one. */
export function toFloat(self: Tensor): Tensor {
  return isFloating(self.dtype) ? self : self.to(getDefaultDType());
}

/**
 * Checks that a tensor has a floating type.
 * @throws DTypeError naming the cure.
 */
export function requireFloat(op: string, self: Tensor): Tensor {
  if (isFloating(self.dtype)) return self;
  throw new DTypeError(`${op}: needs a floating type, got ${self.dtype}; convert with .to("float32") first`);
}

function anyRequiresGrad(inputs: readonly TensorLike[]): boolean {
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    if (typeof input !== "number" && input.requiresGrad) return true;
  }
  return false;
}

function writeOperand(position: number, operand: TensorLike, dtype: DType, shape: Shape): void {
  if (typeof operand === "number") frame.writeNumber(position, operand, dtype, shape);
  else if (operand.shape === shape) frame.writeTensor(position, operand);
  else frame.writeBroadcast(position, operand, shape);
}

function stridesLike(input: Tensor): Shape {
  return isContiguous(input.shape, input.strides) ? input.strides : contiguousStrides(input.shape);
}

function commonType(row: NamedRow<BinaryRow>, a: TensorLike, b: TensorLike): DType {
  let dtype: DType;
  if (typeof a === "number") {
    if (typeof b === "number") throw new DTypeError(`${row.name}: at least one of the operands must be a tensor`);
    dtype = promoteWithNumber(requireTensor(row.name, b).dtype, a);
  } else {
    dtype =
      typeof b === "number"
        ? promoteWithNumber(requireTensor(row.name, a).dtype, b)
        : promote(requireTensor(row.name, a).dtype, requireTensor(row.name, b).dtype);
  }
  return row.result === "float" && !isFloating(dtype) ? getDefaultDType() : dtype;
}

function reductionType(row: NamedRow<ReductionRow>, dtype: DType): DType {
  switch (row.result) {
    case "sum":
      return dtype === "bool" || dtype === "uint8" ? "int32" : dtype;
    case "bool":
      return "bool";
    case "index":
      return "int32";
    default:
      return dtype;
  }
}

/** Crosses, and wraps the one new output at `position`. `shape` is the result's where it differs from the kernel's. */
function runForNew(
  row: NamedRow,
  position: number,
  dtype: DType,
  kernelShape: Shape,
  kernelStrides: Shape,
  shape: Shape = kernelShape,
): Tensor {
  const bytes = elementCount(kernelShape) * byteSize(dtype);
  prepareOwner(1);
  frame.writeNewOutput(position, dtype, kernelShape, kernelStrides);
  let owner = native.run(codeOf(row));
  if (frame.status() === frame.Status.outOfMemory) {
    // What the collector finds dead may make room; the call still lies in the frame.
    collectGarbage("full");
    owner = native.run(codeOf(row));
  }
  checkStatus(row, dtype, kernelShape);
  const storage = adopt(frame.handleOf(position), bytes, owner as object | undefined);
  noteHeld(storage.handle, bytes, row.name, kernelShape, dtype);
  if (frame.pressure() !== 0) relievePressure();
  return new Tensor(storage, shape, shape === kernelShape ? kernelStrides : contiguousStrides(shape), 0, dtype);
}
