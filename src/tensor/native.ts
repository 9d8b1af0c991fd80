/**
 * The native runtime as TypeScript sees it: a few functions on integers and typed arrays (native/binding/addon.cpp).
 */
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RuntimeError } from "./errors.ts";
import { whyNotLoadable } from "./native-trial.ts";
import type { TypedArray } from "./dtype.ts";

/** An object whose collection frees native memory; nothing else can be done with it. */
export type Owner = object;

/** How a compiled program runs on a card. */
export interface CardReport {
  /** CUDA graphs that one run starts: 1 unless something has to be done between two of them. */
  readonly graphs: number;
  /** Kernels in them. */
  readonly graphKernels: number;
  /** How many of them have to follow one another; the others run beside these. */
  readonly longestChain: number;
  /** Kernels that are started one by one. */
  readonly otherKernels: number;
  /** Those among all of them that do a chain of elementwise calls. */
  readonly fusedKernels: number;
  /** The names of all kernels, in the order of the calls that they belong to. */
  readonly kernels: readonly string[];
  /** What no graph takes, each with the reason. */
  readonly alone: readonly string[];
  /** Why the driver makes no graphs; empty when it does. */
  readonly refusal: string;
  /** Why the driver takes no kernels made of several calls; empty when it does. */
  readonly notFused: string;
}

/** A library of NVIDIA's that computes what our own kernels compute where it is not found. */
export interface CardLibrary {
  /** `"cuBLASLt"`, for products of matrices; `"cuDNN"`, for convolutions. */
  readonly name: string;
  /** It is looked for with the first call that it may serve; once a call of it has failed it is not asked again. */
  readonly state: "not asked for" | "in use" | "missing" | "failed";
  /** The file and its version where it is in use; otherwise why it is not. */
  readonly details: string;
}

/** A process that has memory on the card. */
export interface CardProcess {
  readonly pid: number;
  /** Its program; empty where the system does not tell. */
  readonly name: string;
  /** True for this one. In a container a process has another number than outside, by which it is not recognised. */
  readonly own: boolean;
  /** Absent where the system does not tell. */
  readonly bytes?: number;
}

/** What is known of the card and of the memory that this process has on it. Bytes, unless said otherwise. */
export interface CardInfo {
  /** As the driver calls it. */
  name: string;
  /** `"9.0"`, say. */
  computeCapability: string;
  multiprocessors: number;
  /** The newest CUDA version that the driver knows, 13000 for 13.0. */
  driverVersion: number;
  totalBytes: number;
  /** What nobody holds, of all processes. */
  freeBytes: number;
  /** What this process may take: NABLA_CUDA_MEMORY, or three quarters of what was free when it began. */
  limitBytes: number;
  /** What this process has taken from the driver. */
  reservedBytes: number;
  /** What of it waits for its next use. */
  cachedBytes: number;
  /** Living tensors; views share one. */
  tensors: number;
  /** Their bytes. */
  bytes: number;
  /** Libraries of NVIDIA's that were found beside the driver. */
  libraries: readonly CardLibrary[];
  /** Who has memory on the card, this process among them; absent where NVIDIA's management library does not tell. */
  processes?: readonly CardProcess[];
  /** What went wrong with the card; empty when nothing did. */
  failure: string;
}

/** The addon's exports. */
export interface NativeRuntime {
  /** The words in which calls cross; see frame.ts. */
  readonly frame: ArrayBuffer;
  /** Runs the call that lies in the frame; returns what owns its new outputs. */
  run(opCode: number): Owner | (Owner | undefined)[] | undefined;
  /** The owner of the next storages of one kind of batch. */
  openBatch(kind: number): Owner;
  /** The owner of a storage that has none yet; undefined for a small one, which joins the open batch. */
  own(handle: number): Owner | undefined;
  /** Gives back the memory of the storages that the frame lists. */
  release(): void;
  /** Whether a storage has not been released. */
  alive(handle: number): boolean;
  /** Sets (when given) and returns the most bytes that all storages may take. */
  memoryLimit(bytes?: number): number;
  /** One element as a number. */
  item(handle: number, dtype: number, offset: number): number;
  /** Whether contiguous whole numbers (int32 or uint8) on the CPU all lie in 0 to size - 1. */
  allBelow(handle: number, dtype: number, offset: number, count: number, size: number): boolean;
  /** Copies a typed array into a storage. */
  write(handle: number, byteOffset: number, source: TypedArray): void;
  /** Copies out of a storage into a typed array. */
  read(handle: number, byteOffset: number, target: TypedArray): void;
  /** Makes room for tensors on the card; returns why there is none that can be used, or nothing. */
  openCard(): string | undefined;
  /** What is known of the open card; nothing where there is none. */
  cardInfo(): CardInfo | undefined;
  /** Why a call or a copy on the card failed; empty when none did. */
  cardFailure(): string;
  /** The number of a kind of check on the card, the same for the same name in the whole process. */
  checkNumber(name: string): number;
  /** Starts the comparison of the operand in the frame with a range and does not wait; attributes are the check, low, high, and 1 where NaN is outside. */
  checkRange(): void;
  /** Waits for the checks on the card that were started since the last time, and says whether one has found something. */
  settleChecks(): boolean;
  /** Takes what a check on the card has found, `[check, smallest, largest, low, high]`; nothing when none has. */
  takeViolation(): [number, number, number, number, number] | undefined;
  /** The ops that have kernels of the card's own; all others are computed by the CPU's on copies. */
  cardOps(): string[];
  /** Copies from a storage on one device into one on another; false when the card failed. */
  copyBetween(to: number, toByte: number, from: number, fromByte: number, bytes: number): boolean;
  /** Told after a garbage collection. */
  collected(full: boolean): void;
  /** A compiled program from its words, and the words through which its runs talk; undefined when they do not make one. */
  buildProgram(words: Float64Array, exchange: Float64Array): object | undefined;
  /** Runs a program on what lies in its exchange; returns what owns its results. */
  runProgram(program: object): Owner | (Owner | undefined)[] | undefined;
  /** How a program runs on a card; nothing for one of the CPU. */
  programOnCard(program: object): (Omit<CardReport, "notFused"> & { readonly failure: string }) | undefined;
  /** Whether a kernel of a card made of several calls may hold one of this op, whose first operand and output have these types. */
  canFuse(op: number, first: number, output: number): boolean;
  /** An object whose collection `deadProbes` tells. */
  probe(number: number): object;
  /** The probes that the collector has taken since the last call. */
  deadProbes(): number[];
  /** What is alive now on the device of a number. */
  memory(device: number): { tensors: number; bytes: number; cachedBytes: number };
  /** The living storages of a device: the handle and the bytes of each, in turn. */
  storages(device: number): Float64Array;
  /** Shared memory that long kernels read between pieces of work, or null. */
  setInterruptFlag(flag: Int32Array | null): void;
  /** Sets (when given) and returns the number of threads. */
  threads(count?: number): number;
  /** Storages of up to `bytes` share an owner, `size` of them: the kinds of batches, from small to large. */
  readonly batches: readonly { readonly bytes: number; readonly size: number }[];
  /** The instruction set whose kernels were chosen. */
  readonly instructionSet: string;
  /** What was wrong with NABLA_ISA or NABLA_THREADS; empty when nothing was. */
  readonly settingError: string;
  /** Names of the ops in the order of their codes. */
  readonly ops: readonly string[];
}

/** The folder of the package, found by its package.json, from sources and from the build alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === "nabla") {
      return folder;
    }
    const parent = dirname(folder);
    if (parent === folder) throw new RuntimeError("the library's package.json was not found above its own files");
    folder = parent;
  }
}

function load(): NativeRuntime {
  const root = packageRoot();
  const path = process.env["NABLA_ADDON"] ?? join(root, "build", "native", "nabla.node");
  // The package that npm installs has no native sources to build it from.
  const cure = existsSync(join(root, "native", "CMakeLists.txt")) ? "run: npm run setup" : "install the package for this system again; npm exec nabla doctor says what else is missing";
  if (!existsSync(path)) throw new RuntimeError(`the native runtime is not built (${path} is missing); ${cure}`);
  const reason = whyNotLoadable(path);
  if (reason !== undefined) throw new RuntimeError(`the native runtime ${path} does not load: ${reason}; ${cure}`);
  let runtime: NativeRuntime;
  try {
    runtime = createRequire(import.meta.url)(path) as NativeRuntime;
  } catch (error) {
    throw new RuntimeError(`the native runtime ${path} does not load: ${(error as Error).message}; ${cure}`, { cause: error });
  }
  if (runtime.settingError !== "") throw new RuntimeError(runtime.settingError);
  return runtime;
}

/** The loaded addon. */
export const native: NativeRuntime = load();
