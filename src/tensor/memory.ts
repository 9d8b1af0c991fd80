/**
 * Native memory under JavaScript's collector, so that nobody writes `dispose`. A storage is an integer handle plus an owner
 * that only the collector looks at; when the owner dies, the native side frees the memory at its next call. V8 cannot see
 * how large a tensor is, so the native side counts bytes and asks for a minor collection when they have grown (2 to 5 ms
 * each); without that a synchronous loop beside a large heap grows without end.
 */
import v8 from "node:v8";
import vm from "node:vm";
import { pressure } from "./frame.ts";
import { native } from "./native.ts";
import type { Owner } from "./native.ts";

/** The memory that one tensor and all its views share. */
export class TensorStorage {
  /** Counts the changes in place, so that a derivative can tell that what it saved has changed since. */
  version = 0;
  /** Counts those of them that were recorded: views made before one have a stale history. */
  recordedChanges = 0;
  readonly handle: number;
  /** Held for the collector alone. */
  readonly owner: Owner | undefined;

  constructor(handle: number, owner: Owner | undefined) {
    this.handle = handle;
    this.owner = owner;
  }
}

let batchOwner: Owner | undefined;
let batchLeft = 0;
const { batchedBytes, batchSize } = native;

/** Called before a call whose outputs are new: sees to it that small ones find an owner. */
export function prepareOwner(smallOutputs: number): void {
  if (batchLeft >= smallOutputs) return;
  batchOwner = native.openBatch();
  batchLeft = batchSize;
}

/** The storage of a new output, and its part in the account. */
export function adopt(handle: number, bytes: number, owner: Owner | undefined): TensorStorage {
  if (bytes <= batchedBytes) {
    batchLeft--;
    owner = batchOwner;
  }
  const storage = new TensorStorage(handle, owner);
  if (created !== undefined) created.push(storage);
  return storage;
}

let created: TensorStorage[] | undefined;

/**
 * Runs a function and returns, beside its result, every storage made meanwhile, so that a caller who knows which of them
 * can be seen from outside frees the others at once instead of waiting for the collector.
 */
export function trackCreated<T>(list: TensorStorage[], run: () => T): T {
  const outer = created;
  created = list;
  try {
    return run();
  } finally {
    created = outer;
  }
}

/** Frees a storage that nobody can see any more. */
export function releaseStorage(storage: TensorStorage): void {
  native.release(storage.handle);
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
  collector ??= findCollector();
  if (pressure() === 1) {
    collector({ type: "minor" });
    native.collected(false);
  } else {
    collector();
    native.collected(true);
  }
}

/** What the runtime holds now. */
export interface MemoryReport {
  /** Living storages; views share one. */
  tensors: number;
  /** Their bytes. */
  bytes: number;
  /** Bytes that wait in the pool for their next use. */
  cachedBytes: number;
}

/** How much native memory is alive. */
export function memory(): MemoryReport {
  return native.memory();
}
