/**
 * The observer that turns one eager run of a function into a list of steps. It holds no tensor that the function makes, so
 * that the collector can say afterwards which of them are still seen from outside.
 */
import type { CallObserver } from "../tensor/call-observer.ts";
import { observedBy } from "../tensor/call-observer.ts";
import { deviceOf } from "../tensor/device.ts";
import type { Device } from "../tensor/device.ts";
import { byteSize } from "../tensor/dtype.ts";
import { CompileError, RuntimeError } from "../tensor/errors.ts";
import * as frame from "../tensor/frame.ts";
import type { TensorStorage } from "../tensor/memory.ts";
import { native } from "../tensor/native.ts";
import type { NamedRow } from "../tensor/ops.ts";
import { elementCount } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TensorLike } from "../tensor/tensor.ts";
import { isElementwise } from "./fusion.ts";
import type { CallStep, HostAction, Operand, Step, Value } from "./traced.ts";

/** Probes are told apart by numbers, over all traces of the process. */
let probes = 0;

/** What is known of the `grad` of a leaf that lives outside of the function. */
export interface LeafRecord {
  readonly leaf: Tensor;
  /** What the function found there before it wrote; undefined when it wrote first. */
  readonly found: "none" | "some" | undefined;
  /** The gradient it found. */
  readonly foundAs?: Tensor;
  written: boolean;
}

interface PendingNumbers {
  readonly action: HostAction;
  readonly numbers: readonly number[];
}

export class Tracer implements CallObserver {
  readonly steps: Step[] = [];
  readonly actions: HostAction[] = [];
  /** What the program takes for granted of the world outside, beside its arguments. */
  readonly assumptions: (() => boolean)[] = [];
  /** Storages that were there before, by the index of their value. */
  readonly captured: TensorStorage[] = [];
  /** Gradients of leaves that the function found and used: arguments beside those given, by the index of their value. */
  readonly foundGradients = new Map<number, Tensor>();
  readonly leaves = new Map<Tensor, LeafRecord>();
  /** How often the memory of an argument or a captured tensor was changed. */
  readonly changes = new Map<Value, number>();
  readonly made: Value[] = [];
  readonly #firstProbe = probes;
  numberCount = 0;
  argumentCount = 0;
  /** Where the function's tensors lie; undefined before the first. */
  device: Device | undefined;
  readonly #values = new WeakMap<TensorStorage, Value>();
  readonly #probes = new WeakMap<TensorStorage, object>();
  readonly #innerLeaves = new WeakSet<Tensor>();
  #pending: PendingNumbers[] = [];
  /** Where an argument begins in its storage: operands count from there. */
  readonly #starts: number[] = [];

  /** Says that a storage is that of an argument, whose first element is at `start`. */
  addArgument(storage: TensorStorage, start: number): Value {
    this.#settleDevice(storage);
    const value: Value = { origin: "argument", index: this.argumentCount++, bytes: 0, madeBy: "" };
    this.#starts.push(start);
    this.#values.set(storage, value);
    return value;
  }

  /** The value behind a storage; one that nobody knows was there before. */
  valueOf(storage: TensorStorage): Value {
    const known = this.#values.get(storage);
    if (known !== undefined) return known;
    this.#settleDevice(storage);
    const value: Value = { origin: "captured", index: this.captured.push(storage) - 1, bytes: 0, madeBy: "" };
    this.#values.set(storage, value);
    return value;
  }

  /** Where the offsets of a value's operands count from. */
  startOf(value: Value): number {
    return value.origin === "argument" ? this.#starts[value.index]! : 0;
  }

  called(row: NamedRow, inputs: readonly TensorLike[], outputs: readonly Tensor[], fresh: boolean): void {
    if (fresh) outputs.forEach(({ storage }, i) => this.#make(storage, inputs.length + i, row.name));
    const attributes = frame.attributes();
    const step: CallStep = {
      kind: "call",
      op: row.name,
      inputs: inputs.map((input, i) => this.#operand(input, i)),
      outputs: outputs.map((output, i) => this.#operand(output, inputs.length + i)),
      attributes,
      precision: frame.precision(),
      changing: this.#bind(attributes),
      elementwise: isElementwise(row),
    };
    this.steps.push(step);
    if (fresh) return;
    for (const { value } of step.outputs) {
      if (value!.origin !== "made") this.changes.set(value!, (this.changes.get(value!) ?? 0) + 1);
    }
  }

  viewed(): void {
    // Views leave nothing behind: an operand says how it looks at its memory.
  }

  written(storage: TensorStorage): void {
    // The numbers belong to the program: a copy of them takes the place of the call that made room.
    const made = this.steps.pop() as CallStep;
    const [output] = made.outputs;
    const { dtype, shape, strides } = output!;
    const numbers = observedBy(undefined, () => new Tensor(storage, shape, strides, 0, dtype).clone());
    const input: Operand = { value: this.valueOf(numbers.storage), dtype, offset: 0, shape, strides };
    this.steps.push({ ...made, op: "copy", inputs: [input], attributes: [], elementwise: true, constant: true });
  }

  reading(what: string): void {
    throw new CompileError(
      `${what}: a compiled function cannot read a value while it runs, for its next run will not come by this line; ` +
        `return the tensor and read it outside`,
    );
  }

  changing(numbers: readonly number[], again: () => readonly number[]): void {
    const action: HostAction = { again, first: this.numberCount, count: numbers.length };
    this.numberCount += numbers.length;
    this.actions.push(action);
    this.#pending.push({ action, numbers });
  }

  acted(again: () => void): void {
    this.actions.push({ again, first: 0, count: 0 });
  }

  relied(holds: () => boolean): void {
    this.assumptions.push(holds);
  }

  leafMade(leaf: Tensor): void {
    this.#innerLeaves.add(leaf);
  }

  gradientRead(leaf: Tensor): void {
    if (this.leaves.has(leaf) || this.#innerLeaves.has(leaf) || !leaf.isLeaf) return;
    const gradient = observedBy(undefined, () => leaf.grad);
    if (gradient === null) {
      this.leaves.set(leaf, { leaf, found: "none", written: false });
      return;
    }
    this.leaves.set(leaf, { leaf, found: "some", foundAs: gradient, written: false });
    if (this.#values.has(gradient.storage)) return;
    this.foundGradients.set(this.addArgument(gradient.storage, gradient.offset).index, leaf);
  }

  gradientWritten(leaf: Tensor): void {
    if (this.#innerLeaves.has(leaf) || !leaf.isLeaf) return;
    const record = this.leaves.get(leaf);
    if (record === undefined) this.leaves.set(leaf, { leaf, found: undefined, written: true });
    else record.written = true;
  }

  positionsChecked(op: string, what: string, positions: Tensor, size: number): void {
    const { storage, dtype, offset, shape, strides } = positions;
    const value = this.valueOf(storage);
    const window = { value, dtype, offset: offset - this.startOf(value), shape, strides };
    this.steps.push({ kind: "check", op, what, positions: window, size });
  }

  /** The made values that the collector has not found dead, given the probes that it has. */
  survivors(dead: ReadonlySet<number>): Value[] {
    return this.made.filter(({ index }) => !dead.has(this.#firstProbe + index));
  }

  /** @throws CompileError when a call that was to take changing numbers did not. */
  finish(): void {
    if (this.#pending.length > 0) {
      throw new CompileError(
        `compile: numbers that change from run to run (${this.#pending[0]!.numbers.join(", ")}) were drawn, but no call of ` +
          `the function took them as they are; draw them outside and pass them in`,
      );
    }
  }

  #settleDevice(storage: TensorStorage): void {
    const device = deviceOf(storage.handle);
    this.device ??= device;
    if (device === this.device) return;
    throw new CompileError(
      `compile: the function works on tensors on "${this.device}" and on others on "${device}"; a compiled function computes on one device: ` +
        `move what it works on before it begins, and make that the default device if it makes tensors itself`,
    );
  }

  #make(storage: TensorStorage, position: number, op: string): void {
    this.#settleDevice(storage);
    const { shape, dtype } = frame.operand(position);
    const bytes = elementCount(shape) * byteSize(dtype);
    const value: Value = { origin: "made", index: this.made.length, bytes, madeBy: op };
    this.made.push(value);
    this.#values.set(storage, value);
    this.#probes.set(storage, native.probe(probes++));
  }

  #operand(operand: TensorLike, position: number): Operand {
    const window = frame.operand(position);
    if (typeof operand === "number") return { ...window, value: undefined };
    const value = this.valueOf(operand.storage);
    return { ...window, offset: window.offset - this.startOf(value), value };
  }

  /** Finds the changing numbers among the attributes of the call that takes them. */
  #bind(attributes: readonly number[]): { attribute: number; number: number }[] {
    const bound: { attribute: number; number: number }[] = [];
    const taken = new Set<number>();
    this.#pending = this.#pending.filter(({ action, numbers }) => {
      const at = attributes.findIndex((_, i) => numbers.every((n, k) => Object.is(attributes[i + k], n) && !taken.has(i + k)));
      if (at < 0) return true;
      numbers.forEach((_, k) => {
        taken.add(at + k);
        bound.push({ attribute: at + k, number: action.first + k });
      });
      return false;
    });
    return bound;
  }
}

const codes = new Map(native.ops.map((name, code) => [name, code]));

/** The number of an op in the loaded addon. */
export function codeOfOp(op: string): number {
  const code = codes.get(op);
  if (code === undefined) throw new RuntimeError(`${op}: the native runtime is older than the library; run: npm run setup`);
  return code;
}
