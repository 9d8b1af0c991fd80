/**
 * The module: something with parameters that turns inputs into outputs, and what other modules are built of. A field that
 * holds a `Parameter`, a `Buffer`, a module, or a list or plain object of these is part of the module by standing there:
 * nothing is registered. Names are PyTorch's in camelCase.
 *
 * A module is called as `layer.forward(x)`. JavaScript has no way to call an object, and instances made callable (functions
 * with an exchanged prototype) print as functions, have fields `name` and `length` that are not theirs, and take one
 * signature for all subclasses. So that `forward` is still the one thing to write and to call, hooks included, each instance
 * has a `forward` of its own in front of its class's; `super.forward(x)` inside a class reaches the plain one.
 */
import { observer } from "../../tensor/call-observer.ts";
import type { Device } from "../../tensor/device.ts";
import type { DType } from "../../tensor/dtype.ts";
import { isFloating } from "../../tensor/dtype.ts";
import { DTypeError, NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { relyOn, setModes, setRequiresGrad } from "./assumptions.ts";
import { addHook, runWatched } from "./hooks.ts";
import type { BackwardHook, ForwardHook, ForwardPreHook, HookHandle } from "./hooks.ts";
import { Buffer, Parameter } from "./parameter.ts";
import { nameThePlace } from "./paths.ts";
import { moduleBundle } from "./shown.ts";
import { loadState, pythonName } from "./state.ts";
import type { LoadOptions, LoadReport, StateDict } from "./state.ts";
import { summarize } from "./summary.ts";
import type { ModuleSummary, SummaryOptions } from "./summary.ts";

/** A module of any inputs and outputs. */
export type AnyModule = Module<readonly unknown[], unknown>;

/** What of a module's fields belongs to it. */
export type Part = AnyModule | Parameter | Buffer;

/** The hooks of one module, of whatever inputs and outputs. */
interface Hooks {
  readonly before: ((module: AnyModule, inputs: never) => unknown)[];
  readonly after: ((module: AnyModule, inputs: never, output: never) => unknown)[];
  readonly back: BackwardHook<AnyModule>[];
}

/**
 * Base class of every layer and model. A class of one's own assigns its parts in the constructor and writes `forward`:
 * ```ts
 * class Scale extends nn.Module {
 *   factor: nn.Parameter;
 *   constructor(features: number) {
 *     super();
 *     this.factor = new nn.Parameter(ones([features]));
 *   }
 *   override forward(x: Tensor): Tensor {
 *     return x.mul(this.factor);
 *   }
 * }
 * ```
 * `Input` lists the arguments of `forward`, one tensor when not given; `Output` is its result. Fields must not be private
 * with `#`, where nothing can be found; `private` is fine.
 */
export abstract class Module<Input extends readonly unknown[] = [Tensor], Output = Tensor> {
  /** True while training: what dropout and batch normalisation ask. Change it with `train()` and `eval()`. */
  training = true;
  readonly #hooks: Hooks = { before: [], after: [], back: [] };

  constructor() {
    const plain = new.target.prototype.forward as ((...inputs: Input) => Output) | undefined;
    if (typeof plain !== "function") throw new NablaError(`${new.target.name}: the class has no method forward(x) { … }; a field of that name does not do`);
    const { before, after, back } = this.#hooks;
    const forward = (...inputs: Input): Output => {
      if (observer !== undefined) relyOn(observer, this, () => before.length + after.length + back.length);
      try {
        const unwatched = before.length === 0 && after.length === 0 && back.length === 0;
        return unwatched ? plain.call(this, ...inputs) : this.#runWatched(plain, inputs);
      } catch (error) {
        nameThePlace(error, this);
        throw error;
      }
    };
    // Not writable, so that a field named forward, which would go around the hooks, is an error when the object is made.
    Object.defineProperty(this, "forward", { value: forward });
  }

  /** What the module computes. */
  abstract forward(...inputs: Input): Output;

  #runWatched(plain: (...inputs: Input) => Output, given: Input): Output {
    const { before, after, back } = this.#hooks;
    let inputs = given;
    for (const hook of [...before]) inputs = (hook(this, inputs as never) as Input | undefined) ?? inputs;
    const run = (own: Input): Output => plain.call(this, ...own);
    let output = back.length === 0 ? run(inputs) : runWatched<AnyModule, Input, Output>(this, this.label, back, inputs, run);
    for (const hook of [...after]) output = (hook(this, inputs as never, output as never) as Output | undefined) ?? output;
    return output;
  }

  /** The module's own parameters, buffers and children by field name; a member of a list is `name.0`. */
  *ownParts(): Generator<[string, Part]> {
    for (const name of Object.keys(this)) yield* partsIn(name, this[name as keyof this], new Set());
  }

  /** This module and all inside it, each once, by path: the module itself is `""`. */
  *namedModules(): Generator<[string, AnyModule]> {
    for (const [path, module] of everyModule(this)) yield [path, module];
  }

  /** This module and all inside it. */
  *modules(): Generator<AnyModule> {
    for (const [, module] of this.namedModules()) yield module;
  }

  /** The modules directly inside, by name. */
  *namedChildren(): Generator<[string, AnyModule]> {
    for (const [name, part] of this.ownParts()) if (part instanceof Module) yield [name, part];
  }

  /** The modules directly inside. */
  *children(): Generator<AnyModule> {
    for (const [, child] of this.namedChildren()) yield child;
  }

  /** All parameters by path, each once though several modules share it. */
  *namedParameters(): Generator<[string, Parameter]> {
    yield* everyTensor(this, Parameter);
  }

  /** All parameters, each once: what an optimiser is given. */
  *parameters(): Generator<Parameter> {
    for (const [, parameter] of this.namedParameters()) yield parameter;
  }

  /** All buffers by path, each once. */
  *namedBuffers(): Generator<[string, Buffer]> {
    yield* everyTensor(this, Buffer);
  }

  /** All buffers, each once. */
  *buffers(): Generator<Buffer> {
    for (const [, buffer] of this.namedBuffers()) yield buffer;
  }

  /** Says to this module and all inside it that they are being trained, or are not. */
  train(mode = true): this {
    setModes([...this.modules()], mode);
    return this;
  }

  /** Says that nothing is being trained: dropout does nothing, batch normalisation uses its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Freezes all parameters with false, thaws them with true. */
  requiresGrad_(required = true): this {
    setRequiresGrad([...this.parameters()], required);
    return this;
  }

  /** Calls a function with every module inside, innermost first, and with this one last: to initialise in another way, say. */
  apply(change: (module: AnyModule) => void): this {
    for (const module of [...modulesInsideOut(this)]) change(module);
    return this;
  }

  /**
   * Converts floating parameters and buffers to another floating type, or moves all to a device. They stay the same objects,
   * so an optimiser that has them keeps them; make it afterwards all the same, for what it has counted keeps its type.
   * @throws DTypeError for a type that is not floating; DeviceError for a device that is not there.
   */
  to(target: DType | Device): this {
    const isDevice = target === "cpu" || target === "cuda";
    if (!isDevice && !isFloating(target)) {
      // What is no type at all is refused by the tensor's own check.
      for (const parameter of this.parameters()) parameter.to(target);
      throw new DTypeError(`to: a module computes in a floating type, not in ${target}`);
    }
    noGrad(() => {
      for (const tensor of [...this.parameters(), ...this.buffers()]) if (isDevice || isFloating(tensor.dtype)) convert(tensor, target);
    });
    return this;
  }

  /**
   * All parameters and persistent buffers by path, under PyTorch's names (`runningMean` is `running_mean`), as tensors that
   * share their memory: clone them to keep what they are now.
   */
  stateDict(): StateDict {
    const state: StateDict = {};
    for (const [path, part] of everyPart(this, "", [])) {
      if (part instanceof Module || (part instanceof Buffer && !part.persistent)) continue;
      state[pythonName(path)] = part.detach();
    }
    return state;
  }

  /**
   * Overwrites parameters and buffers by those of a state of the same names and shapes, converted to their types.
   * @param options.strict false lets names be missing or unexpected, which the result lists.
   * @throws StateDictError that lists every missing, unexpected and misshapen name; nothing has been loaded then.
   */
  loadStateDict(state: Readonly<StateDict>, options: LoadOptions = {}): LoadReport {
    return loadState(this.constructor.name, this.stateDict(), state, options);
  }

  /** Adds a function that sees the inputs before each call and may give others. */
  registerForwardPreHook(hook: ForwardPreHook<AnyModule, Input>): HookHandle {
    return addHook(this.#hooks.before, hook);
  }

  /** Adds a function that sees inputs and output of each call and may give another output. */
  registerForwardHook(hook: ForwardHook<AnyModule, Input, Output>): HookHandle {
    return addHook(this.#hooks.after, hook);
  }

  /**
   * Adds a function that sees, in each backward pass, the gradients by the module's inputs and outputs and may give others
   * for the inputs. Where no input needs a gradient it is told of the outputs' alone.
   */
  registerFullBackwardHook(hook: BackwardHook<AnyModule>): HookHandle {
    return addHook(this.#hooks.back, hook);
  }

  /**
   * A table of the modules with the shapes they give and the parameters they have.
   * @param example an input, a list of all inputs, or the shape of one input: `[1, 1, 28, 28]`, its batch included.
   */
  summary(example: Tensor | Shape | Input, options: SummaryOptions = {}): ModuleSummary {
    return summarize(this, example, options);
  }

  /** What stands in the brackets behind the class's name where the module is printed. */
  extraRepr(): string {
    return "";
  }

  /** The class's name and what `extraRepr` says: `Linear(784, 128)`. */
  get label(): string {
    return `${this.constructor.name}(${this.extraRepr()})`;
  }

  /** The module and what is inside it, one a line. */
  toString(): string {
    const lines = [...this.namedChildren()].map(([name, child]) => `  (${name}): ${child.toString().replaceAll("\n", "\n  ")}`);
    if (lines.length === 0) return this.label;
    return [`${this.constructor.name}(${this.extraRepr()}`, ...lines, ")"].join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    return moduleBundle(this as unknown as AnyModule);
  }
}

/** The parts in the value of a field. */
function* partsIn(name: string, value: unknown, seen: Set<object>): Generator<[string, Part]> {
  if (value instanceof Module || value instanceof Parameter || value instanceof Buffer) {
    yield [name, value as Part];
    return;
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
  seen.add(value);
  for (const [key, inner] of Object.entries(value)) yield* partsIn(`${name}.${key}`, inner, seen);
}

/** Every part at any depth by path, modules before what they hold. A part that two modules hold comes twice. */
function* everyPart(module: AnyModule, prefix: string, around: readonly AnyModule[]): Generator<[string, Part]> {
  if (around.includes(module)) throw new NablaError(`${module.constructor.name}: the module contains itself, at ${prefix}`);
  for (const [name, part] of module.ownParts()) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    yield [path, part];
    if (part instanceof Module) yield* everyPart(part, path, [...around, module]);
  }
}

function* everyModule(root: AnyModule): Generator<[string, AnyModule]> {
  const seen = new Set<AnyModule>([root]);
  yield ["", root];
  for (const [path, part] of everyPart(root, "", [])) {
    if (!(part instanceof Module) || seen.has(part)) continue;
    seen.add(part);
    yield [path, part];
  }
}

/** Every module once, those inside before the one around them. */
function* modulesInsideOut(module: AnyModule, seen = new Set<AnyModule>()): Generator<AnyModule> {
  if (seen.has(module)) return;
  seen.add(module);
  for (const child of module.children()) yield* modulesInsideOut(child, seen);
  yield module;
}

function* everyTensor<Kind extends Tensor>(root: AnyModule, kind: new (...given: never[]) => Kind): Generator<[string, Kind]> {
  const seen = new Set<Kind>();
  for (const [path, part] of everyPart(root, "", [])) {
    if (!(part instanceof kind) || seen.has(part)) continue;
    seen.add(part);
    yield [path, part];
  }
}

/** Gives a tensor other memory of another type without making it another object. */
function convert(tensor: Tensor, target: DType | Device): void {
  const converted = tensor.detach().to(target);
  if (converted.storage === tensor.storage) return;
  const gradient = tensor.grad;
  tensor.grad = null;
  // A tensor's memory is read-only to everybody else: of all changes this is the one in which its type changes.
  Object.assign(tensor, { storage: converted.storage, strides: converted.strides, offset: converted.offset, dtype: converted.dtype });
  if (gradient !== null) tensor.grad = gradient.to(target);
}
