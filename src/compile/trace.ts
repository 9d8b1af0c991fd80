/**
 * Runs a function once, eagerly, and learns from the calls it makes. Afterwards the collector is asked which of the tensors
 * made meanwhile are still alive: whatever the function does not return, and is not a gradient, it has put somewhere, and a
 * later run could not put it there again.
 */
import { observedBy } from "../tensor/call-observer.ts";
import { CompileError } from "../tensor/errors.ts";
import { collectGarbage } from "../tensor/memory.ts";
import { native } from "../tensor/native.ts";
import { Tensor } from "../tensor/tensor.ts";
import { describeHandedOut } from "./handed-out.ts";
import type { HandedOut } from "./handed-out.ts";
import { Program } from "./program.ts";
import { withTensors } from "./signature.ts";
import type { Signature } from "./signature.ts";
import { aliasOf } from "./storage-alias.ts";
import { Tracer } from "./tracer.ts";
import type { Value } from "./traced.ts";

/** A function whose arguments may hold tensors. */
export type Traceable = (...args: never[]) => unknown;

interface Traced {
  readonly tracer: Tracer;
  readonly handedOut: HandedOut;
  /** For the caller of this run. */
  readonly result: unknown;
  /** Which of the given tensors each argument of the program is; undefined for a gradient that was found. */
  readonly leaders: readonly (number | undefined)[];
}

/** The tensors that the function sees in place of the given ones. */
function aliasesOf(given: readonly Tensor[], signature: Signature, tracer: Tracer): { aliases: Tensor[]; leaders: number[] } {
  const aliases: Tensor[] = [];
  const leaders: number[] = [];
  given.forEach((tensor, i) => {
    if (tensor.requiresGrad && !tensor.isLeaf) {
      throw new CompileError(
        `compile: argument ${i} was computed from tensors that require gradients, and gradients do not flow into or out of ` +
          `a compiled function; pass it detach()ed, or compute it inside`,
      );
    }
    const { leader } = signature.sharing[i]!;
    const storage = leader < 0 ? aliasOf(tensor.storage) : aliases[leader]!.storage;
    if (leader < 0) {
      tracer.addArgument(storage, tensor.offset);
      leaders.push(i);
    }
    const alias = given.indexOf(tensor) < i ? aliases[given.indexOf(tensor)]! : new Tensor(storage, tensor.shape, tensor.strides, tensor.offset, tensor.dtype);
    alias.requiresGrad = tensor.requiresGrad;
    alias.collectedGradient = tensor.collectedGradient;
    aliases.push(alias);
  });
  return { aliases, leaders };
}

/** The run itself; apart, so that nothing of it is left on the stack when the collector is asked. */
function runObserved(fn: Traceable, args: readonly unknown[], given: readonly Tensor[], signature: Signature): Traced {
  const tracer = new Tracer();
  const { aliases, leaders } = aliasesOf(given, signature, tracer);
  let next = 0;
  const seen = args.map((arg) => withTensors(arg, () => aliases[next++]!)) as never[];
  const value = observedBy(tracer, () => fn(...seen));
  if (value instanceof Promise) {
    throw new CompileError("compile: the function is async; what it does after an await cannot be compiled. Await outside of it");
  }
  tracer.finish();
  const { handedOut, result } = describeHandedOut(value, tracer, given, aliases);
  return { tracer, handedOut, result, leaders };
}

/** A full collection may end marking that began before the last tensors died: Node 20 has been seen to need a third. */
const COLLECTIONS = ["minor", "full", "full", "full", "full"] as const;

/**
 * While V8 compiles a function on another thread it holds that very function, and with it what its closure has captured: the
 * output that a derivative saved, say. About one trace in a hundred meets such a compilation; it ends in milliseconds, or
 * somewhat later on a busy machine.
 */
const WAITS = [10, 20, 40, 80, 160, 320, 640] as const;

const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * Values alive although the function neither returned them nor left them as gradients.
 * @param suspected whether a value was alive after the run before too; such a one is given time to die.
 */
function keptElsewhere({ tracer, handedOut }: Traced, suspected: (value: Value) => boolean): Value[] {
  const known = new Set<Value>();
  const { returned, left } = handedOut;
  for (const each of [...returned, ...left.map(({ gradient }) => gradient)]) if (each?.kind === "made") known.add(each.value);
  const dead = new Set<number>();
  const collect = (what: "minor" | "full"): Value[] => {
    collectGarbage(what);
    for (const probe of native.deadProbes()) dead.add(probe);
    return tracer.survivors(dead).filter((value) => !known.has(value));
  };
  let kept: Value[] = [];
  for (const what of COLLECTIONS) {
    kept = collect(what);
    if (kept.length === 0) break;
  }
  for (const milliseconds of WAITS) {
    if (!kept.some(suspected)) break;
    Atomics.wait(asleep, 0, 0, milliseconds);
    kept = collect("full");
  }
  return kept;
}

/** The outcome of a traced call: its result, and a program or the reason why there is none. */
export interface Attempt {
  readonly result: unknown;
  readonly program: Program | undefined;
  readonly kept: readonly Value[];
}

/**
 * Traces a call.
 * @param given the tensors among its arguments.
 * @param suspected whether a value was found kept when the call was traced before.
 */
export function trace(
  fn: Traceable,
  args: readonly unknown[],
  given: readonly Tensor[],
  signature: Signature,
  suspected: (value: Value) => boolean,
): Attempt {
  const traced = runObserved(fn, args, given, signature);
  const { tracer, handedOut, result, leaders } = traced;
  const kept = keptElsewhere(traced, suspected);
  if (kept.length > 0) return { result, program: undefined, kept };
  const sources = Array.from({ length: tracer.argumentCount }, (_, i) => {
    const leaf = tracer.foundGradients.get(i);
    return leaf === undefined ? { given: leaders[i]! } : { gradientOf: leaf };
  });
  return { result, program: new Program(signature, tracer, handedOut, sources), kept };
}
