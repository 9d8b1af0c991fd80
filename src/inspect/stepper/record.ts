/**
 * The values of a computation as it runs. Autograd keeps of a call only what its derivative reads; to show every value, each
 * call's operands and results are copied as they are made, which is affordable because only small computations are shown.
 */
import { Onlooker, observedBy, observer as outerObserver } from "../../tensor/call-observer.ts";
import { NablaError } from "../../tensor/errors.ts";
import type { GraphNode } from "../../tensor/graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { StateNumber } from "../../view/states/stepper.ts";
import { stateNumbers } from "./numbers.ts";

/** Tensors of more elements are not copied. */
export const MOST_ELEMENTS = 256;
/** More calls than this are no small computation. */
const MOST_CALLS = 1000;

/** What is known of a tensor at the moment when a call read or made it. */
export interface Snapshot {
  readonly tensor: Tensor;
  readonly values: readonly StateNumber[] | undefined;
}

export interface RecordedValues {
  /** What a call made, by its node: one an output. */
  readonly outputs: ReadonlyMap<GraphNode, readonly Snapshot[]>;
  /** What a call read, by its node: one an operand, undefined for a number. */
  readonly inputs: ReadonlyMap<GraphNode, readonly (Snapshot | undefined)[]>;
}

export function snapshot(tensor: Tensor): Snapshot {
  return { tensor, values: tensor.numel > MOST_ELEMENTS ? undefined : stateNumbers(tensor) };
}

class ValueRecorder extends Onlooker {
  readonly outputs = new Map<GraphNode, readonly Snapshot[]>();
  readonly inputs = new Map<GraphNode, readonly (Snapshot | undefined)[]>();
  #waiting: { inputs: readonly (Snapshot | undefined)[]; outputs: readonly Snapshot[] } | undefined;
  #calls = 0;

  override called(_row: unknown, inputs: readonly (Tensor | number)[], outputs: readonly Tensor[]): void {
    this.settle();
    if (++this.#calls > MOST_CALLS) throw tooMany(`more than ${MOST_CALLS}`);
    this.#waiting = {
      inputs: inputs.map((input) => (typeof input === "number" ? undefined : snapshot(input))),
      outputs: outputs.map(snapshot),
    };
  }

  override viewed(_rule: string, of: Tensor, view: Tensor): void {
    this.called(undefined, [of], [view]);
  }

  joined(_name: string, parts: readonly Tensor[], whole: Tensor): void {
    this.settle();
    this.#waiting = { inputs: parts.map(snapshot), outputs: [snapshot(whole)] };
  }

  /** The call that was seen last has been recorded by now: its values are filed under its node. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const node = waiting?.outputs.find(({ tensor }) => tensor.node !== undefined && tensor.node.leaf === undefined)?.tensor.node;
    if (waiting === undefined || node === undefined || this.outputs.has(node)) return;
    this.outputs.set(node, waiting.outputs);
    this.inputs.set(node, waiting.inputs);
  }
}

/** The error of a computation that is too large to step through. */
export function tooMany(found: string): NablaError {
  return new NablaError(
    `inspect.backprop: the computation has ${found} calls, too many to step through. Take a small part of it: one layer, one time step, ` +
      "a batch of one or two, a few features. For the structure of a whole network use inspect.network(model, input)",
  );
}

/** Runs a function and keeps the values of all its calls. */
export function recordValues<T>(run: () => T): { result: T; values: RecordedValues } {
  if (outerObserver !== undefined) throw new NablaError("inspect.backprop: cannot look into a function inside of another that is being watched or compiled");
  const recorder = new ValueRecorder();
  const result = observedBy(recorder, run);
  recorder.settle();
  return { result, values: recorder };
}
