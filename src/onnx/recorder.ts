/**
 * Watches a model run and writes down its trace. Calls and views are seen where they are made (tensor/call-observer.ts), so
 * that any code counts, not only layers. A view becomes a step when something reads it; a tensor that is filled and then
 * written into part by part, as `cat`, `stack` and `pad` do it, becomes one step when something reads it.
 */
import type { CallObserver } from "../tensor/call-observer.ts";
import * as frame from "../tensor/frame.ts";
import type { TensorStorage } from "../tensor/memory.ts";
import type { NamedRow } from "../tensor/ops.ts";
import { contiguousStrides, formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor, TensorLike } from "../tensor/tensor.ts";
import type { AnyModule } from "../nn/module/module.ts";
import { OnnxError } from "./onnx-error.ts";
import type { Operand, Origin, Part, Step, TracedValue } from "./trace.ts";

interface ViewRecord {
  readonly rule: string;
  readonly of: Tensor;
  readonly details: unknown;
}

/** A tensor that was filled, and what has been written into it since. */
interface Assembly {
  readonly base: Tensor;
  readonly value: number;
  readonly parts: Part<number>[];
}

const sameWindow = (a: Tensor, b: Tensor): boolean => a.offset === b.offset && sameShape(a.shape, b.shape) && sameShape(a.strides, b.strides);

export class Recorder implements CallObserver {
  readonly values: TracedValue<number>[] = [];
  readonly steps: Step<number>[] = [];
  readonly #known = new Map<Tensor, number>();
  readonly #views = new Map<Tensor, ViewRecord>();
  readonly #onStorage = new Map<TensorStorage, Tensor[]>();
  readonly #assemblies = new Map<TensorStorage, Assembly>();
  readonly #parameters: ReadonlyMap<TensorStorage, readonly { name: string; tensor: Tensor }[]>;
  readonly #path: string[] = [];
  /** Above 0 inside a layer that becomes one step. */
  #hidden = 0;

  /** @param parameters by their names in `stateDict()`. */
  constructor(parameters: Readonly<Record<string, Tensor>>) {
    const byStorage = new Map<TensorStorage, { name: string; tensor: Tensor }[]>();
    for (const [name, tensor] of Object.entries(parameters)) {
      byStorage.set(tensor.storage, [...(byStorage.get(tensor.storage) ?? []), { name, tensor }]);
    }
    this.#parameters = byStorage;
  }

  /** Says that a tensor is an input of the model. */
  addInput(tensor: Tensor, index: number): void {
    this.#add(tensor, { from: "input", index });
  }

  /** Steps from here on belong to a layer, until `leave`. @param hide what it does is not written down. */
  enter(path: string, hide: boolean): void {
    this.#path.push(path);
    if (hide) this.#hidden++;
  }

  leave(hide: boolean): void {
    this.#path.pop();
    if (hide) this.#hidden--;
  }

  /** Writes down a layer as one step. */
  layer(layer: AnyModule, path: string, input: Tensor, output: Tensor): void {
    if (this.#hidden > 0) return;
    const from = this.valueOf(input);
    this.steps.push({ kind: "layer", path, layer, input: from, output: this.#add(output, { from: "step" }) });
  }

  called(row: NamedRow, inputs: readonly TensorLike[], outputs: readonly Tensor[], fresh: boolean): void {
    if (this.#hidden > 0) return;
    if (!fresh && this.#writesPart(row, inputs, outputs)) return;
    const attributes = frame.attributes();
    const operands = inputs.map((input, i): Operand => {
      if (typeof input !== "number") return { value: this.valueOf(input) };
      return { number: input, dtype: frame.operand(i).dtype };
    });
    const made = outputs.map((output) => (fresh ? this.#add(output, { from: "step" }) : this.#overwrite(row, output)));
    this.steps.push({ kind: "call", path: this.#place(), op: row.name, inputs: operands, outputs: made, attributes });
    if (row.name === "fill") this.#assemblies.set(outputs[0]!.storage, { base: outputs[0]!, value: attributes[0]!, parts: [] });
  }

  viewed(rule: string, of: Tensor, view: Tensor, details: unknown): void {
    if (this.#hidden > 0) return;
    this.#views.set(view, { rule, of, details });
    this.#remember(view);
  }

  written(storage: TensorStorage): void {
    const filled = this.#assemblies.get(storage);
    if (filled === undefined) return;
    this.#assemblies.delete(storage);
    this.steps.pop();
    this.values[this.#known.get(filled.base)!]!.origin = { from: "constant" };
  }

  reading(what: string): void {
    throw new OnnxError(
      `onnx.export: ${this.#place()}: ${what} reads a value while the model runs, and what is done with it would not stand in the file`,
    );
  }

  changing(): void {
    // A call that takes changing numbers draws or optimises, and is refused by its name.
  }

  acted(): void {}

  relied(): void {
    // The file holds the model as it is now.
  }

  leafMade(): void {}

  gradientRead(): void {}

  gradientWritten(): void {}

  positionsChecked(): void {
    // ONNX checks positions itself.
  }

  /** The number of the value that a tensor has now. */
  valueOf(tensor: Tensor): number {
    this.#settle(tensor.storage);
    const known = this.#known.get(tensor);
    if (known !== undefined) return known;
    const view = this.#views.get(tensor);
    if (view !== undefined) return this.#addView(tensor, view.rule, this.valueOf(view.of), view.details);
    const others = (this.#onStorage.get(tensor.storage) ?? []).filter((other) => other !== tensor);
    const same = others.find((other) => sameWindow(other, tensor));
    if (same !== undefined) return this.valueOf(same);
    // What `flip` reads: another tensor backwards.
    const backwards = others.find((other) => sameShape(other.shape, tensor.shape) && sameShape(other.strides, tensor.strides.map(Math.abs)));
    if (backwards !== undefined) {
      const dims = tensor.strides.flatMap((stride, d) => (stride < 0 ? [d] : []));
      return this.#addView(tensor, "flip", this.valueOf(backwards), dims);
    }
    if (others.length > 0 && this.#parameterOf(tensor) === undefined) {
      const made = others.some((other) => this.#known.has(other) && this.values[this.#known.get(other)!]!.origin.from === "step");
      if (made) throw new OnnxError(`onnx.export: ${this.#place()}: a view of shape ${formatShape(tensor.shape)} of unknown making`);
    }
    const name = this.#parameterOf(tensor);
    return this.#add(tensor, name === undefined ? { from: "constant" } : { from: "parameter", name });
  }

  #place(): string {
    return this.#path.findLast((path) => path !== "") ?? "the model";
  }

  #parameterOf(tensor: Tensor): string | undefined {
    return this.#parameters.get(tensor.storage)?.find((each) => sameWindow(each.tensor, tensor))?.name;
  }

  #remember(tensor: Tensor): void {
    const others = this.#onStorage.get(tensor.storage);
    if (others === undefined) this.#onStorage.set(tensor.storage, [tensor]);
    else others.push(tensor);
  }

  #add(tensor: Tensor, origin: Origin): number {
    const value = this.values.push({ origin, shape: tensor.shape, dtype: tensor.dtype, tensor }) - 1;
    if (!this.#known.has(tensor)) this.#remember(tensor);
    this.#known.set(tensor, value);
    return value;
  }

  #addView(tensor: Tensor, rule: string, input: number, details: unknown): number {
    const output = this.#add(tensor, { from: "step" });
    this.steps.push({ kind: "view", path: this.#place(), rule, input, output, details: details as readonly number[] | undefined });
    return output;
  }

  /** The value of a tensor after a call has changed all of it in place. Views of it are looked at anew. */
  #overwrite(row: NamedRow, target: Tensor): number {
    const before = this.values[this.valueOf(target)]!;
    if (this.#views.has(target) || before.origin.from === "parameter" || before.origin.from === "input") {
      throw new OnnxError(`onnx.export: ${this.#place()}: ${row.name} changes ${before.origin.from === "step" ? "a view" : "an input or a parameter"} in place`);
    }
    this.#assemblies.delete(target.storage);
    return this.#replace(target);
  }

  #replace(base: Tensor): number {
    const value = this.#add(base, { from: "step" });
    for (const other of this.#onStorage.get(base.storage) ?? []) {
      if (this.#views.has(other)) this.#known.delete(other);
      else if (sameWindow(other, base)) this.#known.set(other, value);
    }
    return value;
  }

  /** Notes a copy into a part of a tensor that was filled before. */
  #writesPart(row: NamedRow, inputs: readonly TensorLike[], outputs: readonly Tensor[]): boolean {
    const target = outputs[0]!;
    const assembly = this.#assemblies.get(target.storage);
    if (row.name !== "copy" || assembly === undefined) {
      if (this.#views.has(target)) {
        throw new OnnxError(`onnx.export: ${this.#place()}: ${row.name} writes into a part of a tensor; put the parts together with cat, stack or pad`);
      }
      return false;
    }
    const [source] = inputs;
    if (typeof source === "number") throw new OnnxError(`onnx.export: ${this.#place()}: a number is written into a part of a tensor`);
    assembly.parts.push({ source: this.valueOf(source!), ...boxOf(assembly.base, target) });
    return true;
  }

  /** Writes down how a tensor was put together, before it is read. */
  #settle(storage: TensorStorage): void {
    const assembly = this.#assemblies.get(storage);
    if (assembly === undefined) return;
    this.#assemblies.delete(storage);
    const { base, value, parts } = assembly;
    if (parts.length === 0) return;
    this.steps.push({ kind: "assemble", path: this.#place(), value, parts, output: this.#replace(base) });
  }
}

/** Which elements of a gapless tensor a view of it, made by slicing and selecting, looks at. */
function boxOf(base: Tensor, view: Tensor): { start: Shape; extent: Shape } {
  const strides = contiguousStrides(base.shape);
  let rest = view.offset - base.offset;
  const start = strides.map((stride, d) => {
    if (base.shape[d]! <= 1) return 0;
    const at = Math.floor(rest / stride);
    rest -= at * stride;
    return at;
  });
  const extent = base.shape.map((size, d) => {
    if (size <= 1) return size;
    const own = view.strides.findIndex((stride, i) => stride === strides[d] && view.shape[i]! > 1);
    return own < 0 ? 1 : view.shape[own]!;
  });
  return { start, extent };
}
