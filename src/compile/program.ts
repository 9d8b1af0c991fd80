/**
 * A program and its runs: writes what has changed into the words it shares with native code, crosses once, and wraps what
 * comes back.
 */
import { getDefaultDType, byteSize } from "../tensor/dtype.ts";
import { ops } from "../tensor/ops.ts";
import { getDefaultDevice } from "../tensor/device.ts";
import type { Device } from "../tensor/device.ts";
import { callForNew } from "../tensor/dispatch.ts";
import { DeviceError, RuntimeError } from "../tensor/errors.ts";
import { isGradEnabled } from "../tensor/grad-mode.ts";
import { getFloat32MatmulPrecision, isAutocast } from "../tensor/matmul-precision.ts";
import { observedBy } from "../tensor/call-observer.ts";
import { noteHeld } from "../tensor/held-memory.ts";
import { interrupted } from "../tensor/interruption.ts";
import { throwLate } from "../tensor/late-errors.ts";
import { adopt, collectGarbage, prepareOwner, trackCreated } from "../tensor/memory.ts";
import type { TensorStorage } from "../tensor/memory.ts";
import { native } from "../tensor/native.ts";
import type { Owner, CardReport } from "../tensor/native.ts";
import { outOfMemory } from "../tensor/out-of-memory.ts";
import { outsideRange } from "../tensor/positions.ts";
import { standing } from "../tensor/range-checks.ts";
import { sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { encode } from "./encode.ts";
import { fillPlaces, tensorOn } from "./handed-out.ts";
import type { HandedOut, LeafReference, Returned, Window } from "./handed-out.ts";
import { plan } from "./plan.ts";
import type { Plan } from "./plan.ts";
import type { Signature } from "./signature.ts";
import type { CheckStep, HostAction, Value } from "./traced.ts";
import type { Tracer } from "./tracer.ts";

const firstWord = 8;
const Exchange = { status: 0, check: 1, smallest: 2, largest: 3, pressure: 4 } as const;
const Status = { ok: 0, interrupted: 1, outOfMemory: 2, invalidHandle: 4, outsideRange: 5, deviceFailed: 6, notFused: 7, violatedBefore: 8 } as const;

/** Where the memory of an argument comes from: a tensor that was given, or the gradient of a leaf. */
type Source = { readonly given: number } | { readonly gradientOf: LeafReference };

/** A gradient that a run leaves in the arena, copied out when somebody asks for it. */
interface LateGradient {
  readonly leaf: LeafReference;
  readonly read: () => Tensor;
}

/** A program as it is made for its device. */
interface Made {
  readonly plan: Plan;
  readonly arena: TensorStorage;
  readonly native: object;
  readonly checks: readonly CheckStep[];
  /** Those of positions that no step has written when they are looked at. */
  readonly firstChecks: readonly CheckStep[];
  /** How many results are so small that they share an owner. */
  readonly smallResults: number;
}

export class Program {
  readonly signature: Signature;
  /** Where its tensors lie. */
  readonly device: Device;
  readonly captured: readonly TensorStorage[];
  readonly handedOut: HandedOut;
  readonly sources: readonly Source[];
  /** How often it has been run since it was traced. */
  replays = 0;
  readonly #gradEnabled = isGradEnabled();
  readonly #defaultType = getDefaultDType();
  readonly #defaultDevice = getDefaultDevice();
  readonly #precision = getFloat32MatmulPrecision();
  readonly #autocast = isAutocast();
  readonly #assumptions: readonly (() => boolean)[];
  readonly #actions: readonly HostAction[];
  readonly #changes: readonly (readonly [Value, number])[];
  readonly #results: readonly Value[];
  readonly #late: readonly LateGradient[];
  readonly #exchange: Float64Array;
  /** Makes the program for its device, with neighbouring calls together or each by itself. */
  readonly #make: (together: boolean) => Made;
  #made: Made;
  #notFused = "";
  readonly #numbersAt: number;
  readonly #resultsAt: number;

  constructor(signature: Signature, tracer: Tracer, handedOut: HandedOut, sources: readonly Source[]) {
    this.signature = signature;
    this.handedOut = handedOut;
    this.sources = sources;
    this.captured = tracer.captured;
    // One that the function itself has undone by its end would never hold again before a run.
    this.#assumptions = tracer.assumptions.filter((holds) => holds());
    this.#actions = tracer.actions;
    this.#changes = [...tracer.changes];
    this.#results = [...new Set(handedOut.returned.flatMap((each) => (each.kind === "made" ? [each.value] : [])))];
    const late = handedOut.left.filter(({ gradient }) => gradient?.kind === "made" && !this.#results.includes(gradient.value));
    const kept = late.map(({ gradient }) => (gradient as Returned & { kind: "made" }).value);
    this.device = tracer.device ?? getDefaultDevice();
    this.#late = late.map(({ leaf, gradient }) => ({ leaf, read: () => this.#readLate(gradient as Returned & { kind: "made" }) }));
    this.#numbersAt = firstWord + 2 * sources.length;
    this.#resultsAt = this.#numbersAt + tracer.numberCount;
    this.#exchange = new Float64Array(this.#resultsAt + this.#results.length);
    const { steps: traced, numberCount } = tracer;
    this.#make = (together) => {
      const planned = plan(traced, this.#results, kept, this.device, together);
      const arena = callForNew(ops.fill, "uint8", [Math.max(planned.arenaBytes, 1)], [0], this.device).storage;
      const handles = [...this.captured, arena].map(({ handle }) => handle);
      const words = encode(planned, { arguments: sources.length, numbers: numberCount, captured: handles });
      const built = native.buildProgram(words, this.#exchange);
      if (built === undefined) throw new RuntimeError("compile: the native runtime does not take the program; run: npm run setup");
      const checks = planned.groups.flatMap(({ steps }) => steps.filter((step) => step.kind === "check"));
      // On a card the plan has them in front.
      const firstCall = planned.groups.findIndex(({ steps }) => steps[0]!.kind === "call");
      const firstChecks = checks.slice(0, firstCall < 0 ? checks.length : firstCall);
      return { plan: planned, arena, native: built, checks, firstChecks, smallResults: planned.resultBytes.filter((bytes) => bytes <= native.batches.at(-1)!.bytes).length };
    };
    this.#made = this.#make(true);
  }

  get plan(): Plan {
    return this.#made.plan;
  }

  /** True when a call can be answered by this program; `tensors` are then those among its arguments. */
  accepts(args: readonly unknown[], tensors: Tensor[]): boolean {
    if (!this.signature.matches(args, tensors)) return false;
    if (this.#gradEnabled !== isGradEnabled() || this.#defaultType !== getDefaultDType() || this.#defaultDevice !== getDefaultDevice()) return false;
    if (this.#precision !== getFloat32MatmulPrecision() || this.#autocast !== isAutocast()) return false;
    for (let i = 0; i < this.#assumptions.length; i++) if (!this.#assumptions[i]!()) return false;
    for (const { leaf, window } of this.handedOut.found) {
      const { collectedGradient } = typeof leaf === "number" ? tensors[leaf]! : leaf;
      if ((collectedGradient === null) !== (window === undefined)) return false;
      if (window !== undefined && !looksAs((typeof leaf === "number" ? tensors[leaf]! : leaf).grad!, window)) return false;
    }
    return true;
  }

  /** How it runs on a card, once it has. */
  get card(): CardReport | undefined {
    const report = this.replays === 0 ? undefined : native.programOnCard(this.#made.native);
    if (report === undefined) return undefined;
    const { failure: _, ...rest } = report;
    return { ...rest, notFused: this.#notFused };
  }

  /** Runs it for a call that it accepts. */
  run(tensors: readonly Tensor[]): unknown {
    const exchange = this.#exchange;
    for (const { again, first, count } of this.#actions) {
      const numbers = again();
      for (let i = 0; i < count; i++) exchange[this.#numbersAt + first + i] = numbers![i]!;
    }
    const bases = this.#bases(tensors);
    if (this.device !== "cpu") this.#checkKnown(bases);
    for (let i = 0; i < bases.length; i++) {
      exchange[firstWord + 2 * i] = bases[i]!.storage.handle;
      exchange[firstWord + 2 * i + 1] = bases[i]!.offset;
    }
    const outer = trackCreated(undefined);
    prepareOwner(this.#made.smallResults);
    let owners = native.runProgram(this.#made.native);
    // In both cases nothing has run yet.
    if (exchange[Exchange.status] === Status.notFused) owners = this.#runEachByItself();
    if (exchange[Exchange.status] === Status.outOfMemory) {
      collectGarbage("full");
      owners = native.runProgram(this.#made.native);
    }
    if (exchange[Exchange.status] !== Status.ok) this.#fail(tensors, bases, outer);
    const storages = this.#adopt(owners);
    if (outer !== undefined) trackCreated(outer);
    this.replays++;
    this.#countChanges(bases);
    if (exchange[Exchange.pressure] !== 0) collectGarbage(exchange[Exchange.pressure] === 1 ? "minor" : "full");
    return this.#handOut(tensors, bases, storages);
  }

  /** The driver takes no kernels made of several calls: from now on each call is a kernel, as outside of programs. */
  #runEachByItself(): ReturnType<typeof native.runProgram> {
    this.#notFused = native.programOnCard(this.#made.native)!.failure;
    this.#made = observedBy(undefined, () => this.#make(false));
    prepareOwner(this.#made.smallResults);
    return native.runProgram(this.#made.native);
  }

  /**
   * Compares positions with their range where the process knows them, so that wrong ones change nothing; what it does not know a
   * kernel of the program compares.
   */
  #checkKnown(bases: readonly Tensor[]): void {
    for (const { op, what, size, positions } of this.#made.firstChecks) {
      const { value, dtype, offset, shape, strides } = positions;
      const base = value?.origin === "argument" ? bases[value.index]! : undefined;
      const storage = base === undefined ? value?.origin === "captured" && this.captured[value.index] : base.storage;
      if (!storage) continue;
      const known = standing({ storage, dtype, offset: offset + (base?.offset ?? 0), shape, strides }, 0, size - 1);
      if (known !== undefined && known !== "inside") throw outsideRange(op, what, known.smallest, known.largest, size);
    }
  }

  #bases(tensors: readonly Tensor[]): Tensor[] {
    const { sources } = this;
    const bases = new Array<Tensor>(sources.length);
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      bases[i] = "given" in source ? tensors[source.given]! : leafOf(source.gradientOf, tensors).grad!;
    }
    return bases;
  }

  /** Says of what the program changes in place that it has changed. */
  #countChanges(bases: readonly Tensor[]): void {
    for (const [value, times] of this.#changes) {
      const storage = value.origin === "argument" ? bases[value.index]!.storage : this.captured[value.index]!;
      storage.version += times;
    }
  }

  #adopt(owners: Owner | (Owner | undefined)[] | undefined): TensorStorage[] {
    const { resultBytes } = this.plan;
    const storages = new Array<TensorStorage>(resultBytes.length);
    for (let i = 0; i < storages.length; i++) {
      const owner = Array.isArray(owners) ? owners[i] : owners;
      storages[i] = adopt(this.#exchange[this.#resultsAt + i]!, resultBytes[i]!, owner);
    }
    return storages;
  }

  #handOut(tensors: readonly Tensor[], bases: readonly Tensor[], storages: readonly TensorStorage[]): unknown {
    const { returned, left, pattern } = this.handedOut;
    const make = (each: Returned): Tensor => {
      if (each.kind === "given") return tensors[each.position]!;
      if (each.kind === "fixed") return each.tensor;
      if (each.kind === "view") {
        const base = bases[each.value.index]!;
        return tensorOn(base.storage, each.window, base.offset);
      }
      const storage = storages[this.#results.indexOf(each.value)]!;
      noteHeld(storage.handle, storage.bytes, "a compiled function", each.window.shape, each.window.dtype);
      const made = tensorOn(storage, each.window);
      made.requiresGrad = each.requiresGrad;
      return made;
    };
    const results = returned.map(make);
    let late = 0;
    for (const { leaf, gradient } of left) {
      const target = leafOf(leaf, tensors);
      if (gradient === undefined) target.collectedGradient = null;
      else if (gradient.kind !== "made") target.collectedGradient = make(gradient);
      else {
        const same = returned.findIndex((each) => each.kind === "made" && sameResult(each, gradient));
        if (same >= 0) target.collectedGradient = results[same]!;
        else if (this.#results.includes(gradient.value)) target.collectedGradient = make(gradient);
        else target.collectedGradient = this.#late[late++]!.read;
      }
    }
    return fillPlaces(pattern, results);
  }

  /** Copies a gradient out of the arena, where the next run would overwrite it. */
  #readLate({ value, window }: Returned & { kind: "made" }): Tensor {
    const place = this.plan.places.get(value);
    const byte = place?.kind === "arena" ? place.byte : 0;
    return tensorOn(this.#made.arena, window, byte / byteSize(window.dtype)).clone();
  }

  #fail(tensors: readonly Tensor[], bases: readonly Tensor[], outer: TensorStorage[] | undefined): never {
    if (outer !== undefined) trackCreated(outer);
    const status = this.#exchange[Exchange.status];
    if (status === Status.violatedBefore) throwLate();
    // What the last run left in the arena may be overwritten by now.
    for (const { leaf, read } of this.#late) {
      const target = leafOf(leaf, tensors);
      if (target.collectedGradient === read) target.collectedGradient = null;
    }
    // Those steps may have changed something.
    if (status === Status.interrupted || status === Status.outsideRange) this.#countChanges(bases);
    if (status === Status.interrupted) interrupted("compiled function: interrupted; some of its steps have run");
    if (status === Status.outsideRange) {
      const { op, what, size } = this.#made.checks[this.#exchange[Exchange.check]!]!;
      throw outsideRange(op, what, this.#exchange[Exchange.smallest]!, this.#exchange[Exchange.largest]!, size);
    }
    if (status === Status.deviceFailed) {
      const failure = native.cardFailure();
      if (failure === "") throw new RuntimeError(`compiled function: ${native.programOnCard(this.#made.native)!.failure}`);
      throw new DeviceError(`compiled function: ${failure}. What was on "cuda" is lost; "cpu" goes on, and a new process may find the card again`);
    }
    if (status === Status.outOfMemory) {
      const { arenaBytes, resultBytes } = this.plan;
      const device = native.programOnCard(this.#made.native) === undefined ? "cpu" : "cuda";
      throw outOfMemory("compiled function", device, "what it makes", resultBytes.reduce((sum, bytes) => sum + bytes, arenaBytes));
    }
    throw new RuntimeError("compiled function: the memory of an argument or of a captured tensor has been released");
  }
}

function leafOf(leaf: LeafReference, tensors: readonly Tensor[]): Tensor {
  return typeof leaf === "number" ? tensors[leaf]! : leaf;
}

function looksAs(tensor: Tensor, { shape, strides, dtype }: Window): boolean {
  return tensor.dtype === dtype && sameShape(tensor.shape, shape) && sameShape(tensor.strides, strides);
}

function sameResult(a: Returned & { kind: "made" }, b: Returned & { kind: "made" }): boolean {
  return a.value === b.value && a.window.offset === b.window.offset && sameShape(a.window.shape, b.window.shape) && sameShape(a.window.strides, b.window.strides);
}
