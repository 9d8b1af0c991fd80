/**
 * Runs a model and keeps each call of a recurrence in it (`lstm`, `gru`, `rnn`), with its weights and its own output, of
 * one example. Calls are seen where they cross to native code, so a model that holds its recurrent weights itself counts
 * as much as one with layers.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { Onlooker, observedBy } from "../../tensor/call-observer.ts";
import { TensorIndexError } from "../../tensor/errors.ts";
import * as frame from "../../tensor/frame.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { NamedRow } from "../../tensor/ops.ts";
import type { Cell } from "../../tensor/ops/recurrent.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor, TensorLike } from "../../tensor/tensor.ts";
import { undisturbed } from "../undisturbed.ts";

/** One level of a recurrent layer, in one direction, on one example. */
export interface Recurrence {
  readonly cell: Cell;
  /** The path of the module that called it. */
  readonly path: string;
  readonly label: string;
  /** How many calls the same module had made before: its levels, each level's directions one after another. */
  readonly place: number;
  readonly reverse: boolean;
  /** RNN alone: relu in place of tanh. */
  readonly relu: boolean;
  /** [T, I], the steps that count. */
  readonly input: Tensor;
  readonly weightIh: Tensor;
  readonly weightHh: Tensor;
  readonly biasIh: Tensor | undefined;
  readonly biasHh: Tensor | undefined;
  /** [H]. */
  readonly h0: Tensor | undefined;
  readonly c0: Tensor | undefined;
  readonly peephole: Tensor | undefined;
  /** What the layer itself gave, [T, H]. */
  readonly output: Tensor;
}

const cells = new Set<string>(["lstm", "gru", "rnn"] satisfies Cell[]);

/** Keeps the operands of a call. */
function recurrenceOf(
  cell: Cell,
  inputs: readonly TensorLike[],
  output: Tensor,
  example: number,
): Omit<Recurrence, "path" | "label" | "place" | "reverse" | "relu"> {
  const given = (position: number): Tensor | undefined => {
    const operand = inputs[position];
    return isTensor(operand) ? operand.detach() : undefined;
  };
  const ofLstm = cell === "lstm";
  const lengths = given(ofLstm ? 8 : 6);
  const steps = lengths === undefined ? output.shape[0]! : lengths.at(example).item();
  const sequence = (tensor: Tensor): Tensor => tensor.detach().select(1, example).narrow(0, 0, steps).clone();
  const row = (tensor: Tensor | undefined): Tensor | undefined => tensor?.select(0, example).clone();
  return {
    cell,
    input: sequence(given(0)!),
    weightIh: given(1)!.clone(),
    weightHh: given(2)!.clone(),
    biasIh: given(3)?.clone(),
    biasHh: given(4)?.clone(),
    h0: row(given(5)),
    c0: ofLstm ? row(given(6)) : undefined,
    peephole: ofLstm ? given(7)?.clone() : undefined,
    output: sequence(output),
  };
}

/**
 * Runs the model in evaluation mode, without recording gradients, and leaves it as it was.
 * @param example which row of the batch is kept.
 */
export function recordRecurrences(what: string, model: AnyModule, inputs: readonly unknown[], example: number): Recurrence[] {
  const found: Recurrence[] = [];
  const trail: { readonly path: string; readonly module: AnyModule; calls: number }[] = [];
  const observer = new (class extends Onlooker {
    override called(row: NamedRow, operands: readonly TensorLike[], outputs: readonly Tensor[]): void {
      if (!cells.has(row.name)) return;
      const [reverse, relu] = frame.attributes();
      const batch = outputs[0]!.shape[1]!;
      if (!Number.isInteger(example) || example < 0 || example >= batch) {
        throw new TensorIndexError(`${what}: there is no example ${example} in a batch of ${batch}`);
      }
      const around = trail.at(-1)!;
      const kept = observedBy(undefined, () => recurrenceOf(row.name as Cell, operands, outputs[0]!, example));
      found.push({ ...kept, path: around.path, label: around.module.label, place: around.calls++, reverse: reverse === 1, relu: relu === 1 });
    }
  })();
  undisturbed(model, (keep) => {
    for (const [path, module] of model.namedModules()) {
      keep(module.registerForwardPreHook(() => void trail.push({ path, module, calls: 0 })));
      keep(module.registerForwardHook(() => void trail.pop()));
    }
    noGrad(() => observedBy(observer, () => model.forward(...inputs)));
  });
  return found;
}
