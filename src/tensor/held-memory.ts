/**
 * Which tensors hold the memory of a device, for people who have run out of it. Native memory knows bytes alone, so the shape of a
 * large one and the call that made it are noted when it is made (a map's entry of plain numbers and words: nothing is kept alive by
 * it). Names are looked for when somebody asks: the variables of a notebook and the parameters in its models. The idea is that of
 * PyTorch's memory snapshots, in little.
 */
import { devices } from "./device.ts";
import type { Device } from "./device.ts";
import type { DType } from "./dtype.ts";
import { placeOf } from "./memory.ts";
import { native } from "./native.ts";
import { formatShape } from "./shape.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Smaller tensors are not noted: it takes thousands of them to fill a memory. Bytes. */
const large = 1 << 20;

/** The memory of one tensor and its views, as far as it is known. */
export interface HeldTensor {
  readonly bytes: number;
  /** The call that made it, as in `"matmul"`; absent for a small tensor. */
  readonly call?: string;
  readonly shape?: Shape;
  readonly dtype?: DType;
  /** `"x"` of a notebook's cell, or a model's parameter, `"net.0.weight"`. */
  readonly name?: string;
  /** The line that made it, where `trackMemory` was on. */
  readonly place?: string;
}

const notes = new Map<number, { bytes: number; call: string; shape: Shape; dtype: DType }>();

/** Notes what a call has made, if it is large. */
export function noteHeld(handle: number, bytes: number, call: string, shape: Shape, dtype: DType): void {
  // A handle is used again after its storage has died: then the note is written over, or has other bytes.
  if (bytes >= large) notes.set(handle, { bytes, call, shape, dtype });
}

let namedTensors: () => Iterable<readonly [string, Tensor]> = () => [];

/** Says where names come from. */
export function nameTensorsBy(named: () => Iterable<readonly [string, Tensor]>): void {
  namedTensors = named;
}

/** The tensors that hold most of a device's memory, the largest first. */
export function largestHeld(device: Device, most: number): HeldTensor[] {
  const all = native.storages(devices.indexOf(device));
  const storages = Array.from({ length: all.length / 2 }, (_, i) => ({ handle: all[2 * i]!, bytes: all[2 * i + 1]! }));
  const chosen = storages.sort((a, b) => b.bytes - a.bytes).slice(0, most);
  const names = new Map<number, { name: string; tensor: Tensor }>();
  for (const [name, tensor] of namedTensors()) if (!names.has(tensor.storage.handle)) names.set(tensor.storage.handle, { name, tensor });
  return chosen.map(({ handle, bytes }) => {
    const note = notes.get(handle);
    const made = note?.bytes === bytes ? { call: note.call, shape: note.shape, dtype: note.dtype } : undefined;
    const named = names.get(handle);
    const place = placeOf(handle);
    return {
      bytes,
      ...(made ?? (named === undefined ? {} : { shape: named.tensor.shape, dtype: named.tensor.dtype })),
      ...(named === undefined ? {} : { name: named.name }),
      ...(place === undefined ? {} : { place }),
    };
  });
}

/** A number of bytes as people say it: "4.0 MiB". */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0, amount = bytes;
  for (; amount >= 1024 && unit < units.length - 1; unit++) amount /= 1024;
  return unit === 0 ? `${bytes} bytes` : `${amount.toFixed(1)} ${units[unit]!}`;
}

/** One tensor in words: "float32 [1024, 1024] of matmul: net.0.weight, at train.ts:3:9". */
export function formatHeld({ call, shape, dtype, name, place }: HeldTensor): string {
  const what = shape === undefined ? "a tensor" : `${dtype!} ${formatShape(shape)}${call === undefined ? "" : ` of ${call}`}`;
  const known = [name, place].filter((each) => each !== undefined).join(", ");
  return known === "" ? what : `${what}: ${known}`;
}
