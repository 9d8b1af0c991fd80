/**
 * Native memory under JavaScript's collector, so that nobody writes `dispose`. A storage is an integer handle plus an owner
 * that only the collector looks at; when the owner dies, the native side frees the memory at its next call. V8 cannot see
 * how large a tensor is, so the native side counts bytes and asks for a minor collection when they have grown (2 to 5 ms
 * each); without that a synchronous loop beside a large heap grows without end.
 */
import v8 from "node:v8";
import vm from "node:vm";
import { callerOutsideLibrary } from "./call-site.ts";
import { checkDevice, deviceOf, devices, getDefaultDevice } from "./device.ts";
import type { Device } from "./device.ts";
import { isFloating } from "./dtype.ts";
import type { DType, TypedArray } from "./dtype.ts";
import { NablaError } from "./errors.ts";
import * as frame from "./frame.ts";
import { native } from "./native.ts";
import type { Owner } from "./native.ts";

/** The smallest and the largest of some elements (of none: Infinity and -Infinity), and whether NaN is among them, which is neither. */
export interface Extremes {
  readonly smallest: number;
  readonly largest: number;
  readonly hasNaN: boolean;
}

/** Between which numbers all elements of some memory lie. */
export interface Extent extends Extremes {
  /** True when both are among the elements. */
  readonly exact: boolean;
  /** The elements themselves, where they are few. */
  readonly numbers: TypedArray | undefined;
  /** The storage's version for which this holds. */
  readonly version: number;
}

/** The memory that one tensor and all its views share. */
export class TensorStorage {
  /** Counts the changes in place, so that a derivative can tell that what it saved has changed since. */
  version = 0;
  /** Counts those of them that were recorded: views made before one have a stale history. */
  recordedChanges = 0;
  /** During a backward pass: how many gradients on their way lie in this memory. */
  gradientUses = 0;
  /** What is known of numbers that were sent to a card, so that nobody has to ask it. */
  extent: Extent | undefined = undefined;
  /** True for memory that a backward pass has made and will free itself: it has no owner. */
  temporary = false;
  readonly handle: number;
  readonly bytes: number;
  /** Held for the collector alone. */
  owner: Owner | undefined;

  constructor(handle: number, owner: Owner | undefined, bytes: number) {
    this.handle = handle;
    this.owner = owner;
    this.bytes = bytes;
  }
}

/** What is known of the elements as they are now. */
export function extentOf({ extent, version }: TensorStorage): Extent | undefined {
  return extent !== undefined && extent.version === version ? extent : undefined;
}

/** Says that all elements of new memory are among those of other memory. */
export function handOnExtent(from: TensorStorage, to: TensorStorage): void {
  const known = extentOf(from);
  if (known !== undefined) to.extent = { ...known, exact: false, numbers: undefined, version: to.version };
}

/** Tensors of more whole numbers than this are pictures, not labels: nobody looks through them. */
const MOST_NOTED = 1 << 20;
/** So few, as the labels of a batch, the lengths of its sequences or what a cell has written out, are kept as they are. */
const MOST_KEPT = 1 << 12;

/** Whether something would be noted of so many elements of a type. */
export function isWorthNoting(dtype: DType, count: number): boolean {
  return count > 0 && count <= (isFloating(dtype) ? MOST_KEPT : MOST_NOTED);
}

/** Notes what is known of elements that were written to the whole of some memory on a card. */
export function noteElements(storage: TensorStorage, elements: TypedArray): void {
  const numbers = elements.length <= MOST_KEPT ? elements.slice() : undefined;
  storage.extent = { ...extremesOf(elements, 0, elements.length), exact: true, numbers, version: storage.version };
}

/** Of some elements of a list. */
export function extremesOf(elements: TypedArray, first: number, end: number): Extremes {
  let smallest = Infinity;
  let largest = -Infinity;
  let hasNaN = false;
  for (let i = first; i < end; i++) {
    const each = elements[i]!;
    if (each < smallest) smallest = each;
    if (each > largest) largest = each;
    if (each !== each) hasNaN = true;
  }
  return { smallest, largest, hasNaN };
}

/** The owner that small storages made now share with others of their kind. */
class Batch {
  owner: Owner | undefined = undefined;
  /** How many more storages it takes. */
  left = 0;
  readonly bytes: number;
  readonly #kind: number;

  constructor(kind: number) {
    this.#kind = kind;
    this.bytes = native.batches[kind]!.bytes;
  }

  prepare(storages: number): void {
    if (this.left >= storages) return;
    this.owner = native.openBatch(this.#kind);
    this.left = native.batches[this.#kind]!.size;
  }
}

const tiny = new Batch(0);
const small = new Batch(1);

/** Called before a call whose outputs are new: sees to it that small ones find an owner. */
export function prepareOwner(outputs: number): void {
  if (created !== undefined) return;
  tiny.prepare(outputs);
  small.prepare(outputs);
}

/** The storage of a new output, and its part in the account. */
export function adopt(handle: number, bytes: number, owner: Owner | undefined): TensorStorage {
  if (places !== undefined) places.set(handle, { place: callerOutsideLibrary(), bytes });
  if (created !== undefined) {
    const temporary = new TensorStorage(handle, undefined, bytes);
    temporary.temporary = true;
    created.push(temporary);
    return temporary;
  }
  return new TensorStorage(handle, owner ?? shared(bytes), bytes);
}

/** The shared owner of one more small storage. */
function shared(bytes: number): Owner | undefined {
  const batch = bytes <= tiny.bytes ? tiny : small;
  batch.left--;
  return batch.owner;
}

let created: TensorStorage[] | undefined;

/**
 * From now on new storages are temporary and are noted in the given list (undefined: no longer), for a caller who knows
 * which of them can be seen from outside: those it keeps (`keepStorage`), all others it frees at once (`releaseStorage`)
 * instead of leaving them to the collector. An owner for each would cost more than a small op.
 * @returns the list until now.
 */
export function trackCreated(list: TensorStorage[] | undefined): TensorStorage[] | undefined {
  const outer = created;
  created = list;
  frame.wantOwners(list === undefined);
  return outer;
}

/** Makes a temporary storage one that the collector frees. */
export function keepStorage(storage: TensorStorage): void {
  if (!storage.temporary) return;
  storage.temporary = false;
  tiny.prepare(1);
  small.prepare(1);
  storage.owner = native.own(storage.handle) ?? shared(storage.bytes);
}

/** Frees a storage that nobody can see any more. */
export function releaseStorage(storage: TensorStorage): void {
  storage.temporary = false;
  places?.delete(storage.handle);
  if (frame.release(storage.handle)) native.release();
}

type Collector = (options?: { type: "minor" }) => void;
let collector: Collector | undefined;

function findCollector(): Collector {
  const exposed = (globalThis as { gc?: Collector }).gc;
  if (exposed !== undefined) return exposed;
  // Without --expose-gc (a plain Node program): the flag can still be set for a new context.
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as Collector;
}

/** Called when native memory has grown: collects the young generation, and all of it when that was not enough. */
export function relievePressure(): void {
  collectGarbage(frame.pressure() === 1 ? "minor" : "full");
}

/** Collects now: the young generation, or everything. */
export function collectGarbage(what: "minor" | "full"): void {
  collector ??= findCollector();
  if (what === "minor") collector({ type: "minor" });
  else collector();
  native.collected(what === "full");
}

/** What the runtime holds now on a device. */
export interface MemoryReport {
  /** Living storages; views share one. */
  tensors: number;
  /** Their bytes. */
  bytes: number;
  /** Bytes that wait in the pool for their next use. */
  cachedBytes: number;
  /** While `trackMemory` is on: the living storages made since, by the line that made them, the most bytes first. */
  places?: { place: string; tensors: number; bytes: number }[];
}

/** Where each living storage was made, by handle; undefined while nobody asks. */
let places: Map<number, { place: string; bytes: number }> | undefined;

/** The line that made a storage; undefined where `trackMemory` was not on. */
export function placeOf(handle: number): string | undefined {
  return places?.get(handle)?.place;
}

/** From now on (until told otherwise) new memory is noted by the line that made it, for `memory()`. Costs microseconds a call. */
export function trackMemory(on: boolean): void {
  places = on ? new Map() : undefined;
}

/**
 * How much memory of tensors is alive on a device: the default one when not given.
 * @throws DeviceError when there is no such device here, saying why.
 */
export function memory(device: Device = getDefaultDevice()): MemoryReport {
  checkDevice("memory", device);
  const report: MemoryReport = native.memory(devices.indexOf(device));
  if (places === undefined) return report;
  const sums = new Map<string, { place: string; tensors: number; bytes: number }>();
  for (const [handle, { place, bytes }] of places) {
    if (deviceOf(handle) !== device) continue;
    if (!native.alive(handle)) {
      places.delete(handle);
      continue;
    }
    const sum = sums.get(place) ?? { place, tensors: 0, bytes: 0 };
    sums.set(place, sum);
    sum.tensors++;
    sum.bytes += bytes;
  }
  report.places = [...sums.values()].sort((a, b) => b.bytes - a.bytes);
  return report;
}

/**
 * The most bytes that tensors may take, the pool included: sets it when given one, and returns it. Unless set it is seven
 * eighths of the machine's (or the container's) memory; beyond that the system would kill the process.
 */
export function memoryLimit(bytes?: number): number {
  if (bytes !== undefined && !(bytes > 0)) throw new NablaError(`memoryLimit: ${bytes} is not a number of bytes above 0`);
  return native.memoryLimit(bytes);
}
