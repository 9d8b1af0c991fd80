/**
 * `compile(fn)`: the same function, faster. Its first call with arguments of a new shape runs as ever and is watched; later
 * ones are answered by one native program made from what was seen, with the same bits.
 *
 * The idea of tracing a function once per shape is JAX's `jit` (Frostig, Johnson and Leary, "Compiling machine learning
 * programs via high-level tracing", 2018); that memory changed in place stays in place is PyTorch's and CUDA graphs'.
 */
import { observer } from "../tensor/call-observer.ts";
import { CompileError } from "../tensor/errors.ts";
import type { CardReport } from "../tensor/native.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { printProgram } from "./print.ts";
import type { Program } from "./program.ts";
import { Signature } from "./signature.ts";
import { trace } from "./trace.ts";
import type { Traceable } from "./trace.ts";
import type { Value } from "./traced.ts";

export interface CompileOptions {
  /** How many programs are kept, 8 when not given; the one not used for longest makes room for a new one. */
  limit?: number;
}

/** What is known of one of a compiled function's programs. */
export interface ProgramReport {
  /** How many calls it has answered, without the one it was made from. */
  readonly replays: number;
  /** Calls of native kernels in one run. */
  readonly calls: number;
  /** Bytes of memory that its temporaries share. */
  readonly bytes: number;
  /** How it runs on a card; undefined on the CPU and before its first run. */
  readonly card: CardReport | undefined;
  /** The program as text. */
  toString(): string;
}

/** A compiled function. */
export interface Compiled<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** The programs made so far and still kept, the one used last first. */
  readonly programs: readonly ProgramReport[];
  /** The programs as text: one line a call, with shapes, and what of it runs together. */
  toString(): string;
}

const defaultLimit = 8;

/** How often a call is traced in vain before it is given up, if what is found alive is never the same. */
const mostTries = 10;

/** A call of which no program could be made. */
interface Unsteady {
  readonly signature: Signature;
  readonly kept: ReadonlySet<string>;
  readonly tries: number;
}

/** A value of one run, and the same of another. */
function nameOf({ index, madeBy }: Value): string {
  return `${index} ${madeBy}`;
}

/** The programs of one function. */
class Cache {
  readonly fn: Traceable;
  readonly limit: number;
  /** The one used last first. */
  readonly programs: Program[] = [];
  readonly #tensors: Tensor[] = [];
  /** Calls of which no program could be made, because tensors were found alive that the function had not returned. */
  #unsteady: Unsteady[] = [];
  #replaced = 0;

  constructor(fn: Traceable, limit: number) {
    this.fn = fn;
    this.limit = limit;
  }

  call(args: readonly unknown[]): unknown {
    // Inside of another trace the function is part of that one.
    if (observer !== undefined) return this.fn(...(args as never[]));
    const { programs } = this;
    for (let i = 0; i < programs.length; i++) {
      const program = programs[i]!;
      const tensors = this.#tensors;
      if (!program.accepts(args, tensors)) continue;
      if (i > 0) {
        programs.splice(i, 1);
        programs.unshift(program);
      }
      const result = program.run(tensors);
      tensors.length = 0;
      return result;
    }
    return this.#trace(args);
  }

  #trace(args: readonly unknown[]): unknown {
    const given: Tensor[] = [];
    const signature = new Signature(args, given);
    const earlier = this.#unsteady.find((each) => each.signature.matches(args, []));
    const suspected = (value: Value): boolean => earlier?.kept.has(nameOf(value)) ?? false;
    const { result, program, kept } = trace(this.fn, args, given, signature, suspected);
    if (program === undefined) {
      this.#rememberUnsteady(signature, kept, earlier, kept.find(suspected));
      return result;
    }
    this.programs.unshift(program);
    if (this.programs.length > this.limit) this.#warnOfChange(signature, this.programs.pop()!.signature);
    return result;
  }

  /**
   * The first run of a function may make what it keeps for later ones (an optimiser its moments); the next may not keep the
   * same (`again`). One that is alive for another reason is seldom the same in the next run.
   */
  #rememberUnsteady(signature: Signature, values: readonly Value[], earlier: Unsteady | undefined, again: Value | undefined): void {
    const tries = (earlier?.tries ?? 0) + 1;
    if (again !== undefined || tries === mostTries) {
      throw new CompileError(
        `compile: each time it runs, the function keeps a tensor that it has made (by "${(again ?? values[0]!).madeBy}") somewhere outside, where later ` +
          `runs would not put a new one; return the tensor, or write it into one that is there before: kept.copy_(made)`,
      );
    }
    const others = this.#unsteady.filter((each) => each !== earlier);
    this.#unsteady = [{ signature, kept: new Set(values.map(nameOf)), tries }, ...others].slice(0, this.limit);
  }

  #warnOfChange(signature: Signature, replaced: Signature): void {
    if (++this.#replaced !== this.limit) return;
    const numbers = signature.differingNumber(replaced);
    const cause =
      numbers === undefined
        ? "its arguments have had that many shapes"
        : `one of its arguments is a number that changes (${numbers}), and a number is part of the program; pass a tensor instead`;
    process.emitWarning(`compile: a function has been traced ${2 * this.limit} times: ${cause}`, "CompileWarning");
  }
}

/**
 * Makes a function fast that works on tensors: a training step, say. It is called like the function, and gives the same
 * results to the last bit.
 *
 * The first call with arguments of certain shapes and types runs the function as ever and makes a program of it: the calls of
 * kernels, those of `backward()` and of optimisers included, with memory planned ahead and neighbouring elementwise calls run
 * together. Later calls with such arguments run the program and not a line of the function. What may differ from call to
 * call: the contents of tensors given and of tensors that the function uses from outside (parameters are changed in place
 * as ever); learning rates and step counts of optimisers; random draws, which go on where the last ones ended.
 *
 * Whether modules are being trained, and which of their parameters, is noticed: each such state has a program of its own.
 *
 * On a card the program's kernels are one CUDA graph, started at once; `String(compiled)` tells of what had to stay outside of
 * it (ops that the CPU computes, looks at labels). All tensors of a function lie on one device.
 *
 * What a program cannot see: anything the function does beside tensors happens in the first call alone, hooks of modules
 * included; plain numbers, and tensors made from them, are those of the first call unless they are arguments (each other
 * number makes another program); a tensor put in place of another one outside is not noticed. Results carry no graph: call `backward()` inside.
 *
 * @param fn any synchronous function. Tensors may be anywhere in its arguments and its result, in arrays and plain objects.
 * @throws CompileError for an async function, and, when called, where the function reads a value (`item()`, `data()`) or
 * keeps a tensor it has made, or where its tensors lie on two devices.
 * @example
 * const step = compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad();
 *   const loss = nn.functional.crossEntropy(model(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   return loss;
 * });
 */
export function compile<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  if (typeof fn !== "function") throw new CompileError(`compile: expected a function, got a value of type ${typeof fn}`);
  const kind = fn.constructor.name;
  if (kind !== "Function") {
    throw new CompileError(`compile: the function is of kind ${kind}, which stops in between; compile what it does between two stops`);
  }
  const { limit = defaultLimit } = options;
  if (!Number.isInteger(limit) || limit < 1) throw new CompileError(`compile: limit is ${limit}; it must be a whole number of at least 1`);
  const cache = new Cache(fn as Traceable, limit);
  const compiled = ((...args: Arguments) => cache.call(args)) as Compiled<Arguments, Result>;
  Object.defineProperty(compiled, "programs", { get: () => cache.programs.map(reportOf) });
  Object.defineProperty(compiled, "name", { value: fn.name });
  compiled.toString = () => cache.programs.map(printProgram).join("\n\n");
  return compiled;
}

function reportOf(program: Program): ProgramReport {
  const { replays, plan, card } = program;
  const calls = plan.groups.reduce((sum, { steps }) => sum + steps.filter(({ kind }) => kind === "call").length, 0);
  return { replays, calls, bytes: plan.arenaBytes, card, toString: () => printProgram(program) };
}
