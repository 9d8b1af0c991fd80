/**
 * Runs a model on an input and keeps what each layer made of one example of it, with the call behind each convolution and
 * pooling: its operands and how its windows lie. Calls are seen where they cross to native code, so a module that calls
 * `conv2d` itself counts as much as a layer. The idea of the hooks is that of the feature extractors of torchvision.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { Onlooker, observedBy } from "../../tensor/call-observer.ts";
import { isFloating } from "../../tensor/dtype.ts";
import { NablaError, TensorIndexError } from "../../tensor/errors.ts";
import * as frame from "../../tensor/frame.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { NamedRow } from "../../tensor/ops.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor, TensorLike } from "../../tensor/tensor.ts";
import { undisturbed } from "../undisturbed.ts";

/** Calls whose every number comes from one window of their input. */
export type WindowOp = "conv2d" | "maxPool" | "averagePool";

/** A call with windows, of the one example. */
export interface WindowCall {
  readonly op: WindowOp;
  /** [C, H, W]. */
  readonly input: Tensor;
  /** Of a convolution: [O, C / groups, kH, kW]. */
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  /** The numbers that the native call was given: how the windows lie. */
  readonly attributes: readonly number[];
}

/** What one call of a layer, or of a function inside a module, gave for the one example. */
export interface RecordedCall {
  /** The path of the module in the model; `""` is the model itself. */
  readonly path: string;
  /** The module's own name and sizes, or the name of the function. */
  readonly label: string;
  /** How often the same place had been called before. */
  readonly repeat: number;
  /** The maps, [C, H, W]; rows are maps of one line, and a plain vector is one map of one line. */
  readonly output: Tensor;
  /** The dimensions of the output as the layer gave it. */
  readonly shape: readonly number[];
  readonly window: WindowCall | undefined;
  /** The layer's input, where it has the same shape as the output: one number of it belongs to each. */
  readonly before: Tensor | undefined;
}

/** Functions whose results are shown though no layer stands around them. */
const windowOps: Readonly<Record<string, string>> = { conv2d: "conv2d", maxPool: "maxPool", averagePool: "avgPool" };
const elementwise = new Set(["relu", "tanh", "sigmoid", "leakyRelu", "elu", "gelu", "silu", "selu", "softplus", "hardtanh"]);

interface Entry {
  path: string;
  label: string;
  output: Tensor;
  shape: readonly number[];
  window: WindowCall | undefined;
  before: Tensor | undefined;
  /** The tensor itself, to know it again, and how often it had been changed. */
  readonly made: Tensor;
  readonly version: number;
  functional: boolean;
}

/** A copy of one example's part, whatever is done to the tensor later. */
function exampleOf(tensor: Tensor, example: number): Tensor {
  return observedBy(undefined, () => tensor.detach().select(0, example).clone());
}

/** The maps of an example: [C, H, W] from [C, H, W], [C, L] or [F]. */
function asMaps(output: Tensor): Tensor | undefined {
  if (output.ndim === 3) return output;
  if (output.ndim === 2) return output.unsqueeze(1);
  return output.ndim === 1 ? output.reshape([1, 1, output.numel]) : undefined;
}

/** Watches calls while the model runs. */
class Watcher extends Onlooker {
  readonly entries: Entry[] = [];
  readonly #path: string[] = [];
  readonly #example: number;
  readonly #batch: number;

  constructor(example: number, batch: number) {
    super();
    this.#example = example;
    this.#batch = batch;
  }

  enter(path: string): void {
    this.#path.push(path);
  }

  /** A module gives its output: what the last call inside it made is its own. */
  leave(module: AnyModule, path: string, inputs: readonly unknown[], output: unknown): void {
    this.#path.pop();
    if (!isTensor(output) || !isFloating(output.dtype)) return;
    const known = this.entries.findLast(({ made, version }) => made.storage === output.storage && output.storage.version === version);
    if (known !== undefined && !known.functional) return;
    const entry = known ?? this.#entryOf(output, inputs[0]);
    if (entry === undefined) return;
    entry.path = path;
    entry.label = module.label;
    entry.functional = false;
    entry.shape = output.shape;
    if (known === undefined) this.entries.push(entry);
  }

  #entryOf(output: Tensor, input: unknown): Entry | undefined {
    if (output.shape[0] !== this.#batch || output.ndim < 2) return undefined;
    const maps = asMaps(exampleOf(output, this.#example));
    if (maps === undefined) return undefined;
    const alike = isTensor(input) && formatShape(input.shape) === formatShape(output.shape);
    const before = alike ? asMaps(exampleOf(input, this.#example)) : undefined;
    return {
      path: "", label: "", output: maps, shape: output.shape, window: undefined, before, made: output,
      version: output.storage.version, functional: true,
    };
  }

  override called(row: NamedRow, inputs: readonly TensorLike[], outputs: readonly Tensor[], fresh: boolean): void {
    const name = windowOps[row.name] ?? (elementwise.has(row.name) ? row.name : undefined);
    const [output, input] = [outputs[0]!, inputs[0]];
    if (name === undefined || !fresh || !isTensor(input) || output.ndim < 3) return;
    // Read before anything else is called: the frame holds the operands of the newest call.
    const attributes = frame.attributes();
    const entry = this.#entryOf(output, input);
    if (entry === undefined) return;
    entry.path = this.#path.at(-1) ?? "";
    entry.label = name;
    if (row.name in windowOps) {
      const [weight, bias] = row.name === "conv2d" ? [inputs[1], inputs[2]] : [];
      const copy = (tensor: TensorLike | undefined): Tensor | undefined =>
        isTensor(tensor) ? observedBy(undefined, () => tensor.detach().clone()) : undefined;
      entry.window = {
        op: row.name as WindowOp,
        input: exampleOf(input, this.#example),
        weight: copy(weight),
        bias: copy(bias),
        attributes,
      };
    }
    this.entries.push(entry);
  }
}

/** The inputs of a model from one tensor, or from a list of all. */
export function inputsOf(what: string, input: unknown): readonly unknown[] {
  const inputs: readonly unknown[] = isTensor(input) ? [input] : Array.isArray(input) ? input : [];
  if (isTensor(inputs[0])) return inputs;
  throw new NablaError(`${what}: expected the model's input, a tensor (or a list of all its inputs), got ${Array.isArray(input) ? "a list without a tensor in front" : typeof input}`);
}

/**
 * Runs the model in evaluation mode, without recording gradients, and leaves it as it was.
 * @param inputs all that `forward` takes; the first is a batch, [N, ...].
 * @param example which of the batch is kept.
 */
export function recordCalls(what: string, model: AnyModule, inputs: readonly unknown[], example = 0): RecordedCall[] {
  const first = inputs[0] as Tensor;
  const batch = first.shape[0] ?? 0;
  if (!Number.isInteger(example) || example < 0 || example >= batch) {
    throw new TensorIndexError(`${what}: there is no example ${example}; the input has shape ${formatShape(first.shape)}, a batch of ${batch}`);
  }
  const watcher = new Watcher(example, batch);
  undisturbed(model, (keep) => {
    for (const [path, module] of model.namedModules()) {
      keep(module.registerForwardPreHook(() => watcher.enter(path)));
      keep(module.registerForwardHook((called, given, output) => watcher.leave(called, path, given as readonly unknown[], output)));
    }
    noGrad(() => observedBy(watcher, () => model.forward(...inputs)));
  });
  const repeats = new Map<string, number>();
  return watcher.entries.map(({ path, label, output, shape, window, before }) => {
    const place = `${path} ${label}`;
    const repeat = repeats.get(place) ?? 0;
    repeats.set(place, repeat + 1);
    return { path, label, repeat, output, shape, window, before };
  });
}
