/**
 * What is said of a call that did not end well. The frame tells how a call ended and where it ran; the words are made here, where
 * the learner's stack trace is.
 */
import { devices } from "./device.ts";
import { byteSize } from "./dtype.ts";
import type { DType } from "./dtype.ts";
import { DeviceError, DTypeError, RuntimeError } from "./errors.ts";
import * as frame from "./frame.ts";
import { interrupted } from "./interruption.ts";
import { throwLate } from "./late-errors.ts";
import { native } from "./native.ts";
import type { MultiplePlan } from "./ops/definition.ts";
import { outOfMemory } from "./out-of-memory.ts";
import { elementCount, formatShape } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Throws what a failed call has to say of results of one shape or of several. */
export function checkStatus(row: { readonly name: string }, dtype: DType, shape: Shape, outputs: MultiplePlan["outputs"] = [{ shape, dtype }]): void {
  const status = frame.status();
  if (status === frame.Status.ok) return;
  if (status === frame.Status.interrupted) interrupted(`${row.name}: interrupted`);
  if (status === frame.Status.violatedBefore) throwLate();
  const device = devices[frame.ranOn()]!;
  if (status === frame.Status.outOfMemory) {
    const asked = outputs.reduce((sum, output) => sum + elementCount(output.shape) * byteSize(output.dtype), 0);
    const shapes = outputs.map((output) => formatShape(output.shape)).join(", ");
    throw outOfMemory(row.name, device, `${outputs.length === 1 ? "a result of shape" : "results of shapes"} ${shapes}`, asked);
  }
  if (status === frame.Status.notImplemented) {
    throw new DTypeError(`${row.name}: not implemented for ${dtype} on the CPU; convert with .to("float32") first`);
  }
  if (status === frame.Status.differentDevices) {
    throw new DeviceError(`${row.name}: its tensors are on different devices, "cpu" and "cuda"; move one to the other's with .to("cuda") or .to("cpu")`);
  }
  if (status === frame.Status.deviceFailed) {
    throw new DeviceError(`${row.name}: ${native.cardFailure()}. What was on "cuda" is lost; "cpu" goes on, and a new process may find the card again`);
  }
  throw new RuntimeError(`${row.name}: an operand's memory has been released`);
}
