/**
 * The back-propagation stepper: the graph of a small computation, its values one call after the other, then the gradients
 * arrow by arrow, each with the local derivative and the arithmetic that made it. The picture is that of A. Karpathy's lecture
 * on micrograd, where it is drawn by hand; here the numbers are autograd's own, of tensors.
 */
import { GradientError, NablaError, ShapeError } from "../../tensor/errors.ts";
import { enableGrad } from "../../tensor/grad-mode.ts";
import { isFloating } from "../../tensor/dtype.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { View } from "../../view/index.ts";
import type { StepperState } from "../../view/states/stepper.ts";
import { assemble } from "./assemble.ts";
import { computationBehind } from "./computation.ts";
import { parameterNames, TensorNames } from "./names.ts";
import { stepperSpec, stepperText } from "./picture.ts";
import { recordValues } from "./record.ts";
import type { RecordedValues } from "./record.ts";

/** What a function of the computation may give: the result, or the result under the name `loss` beside others to be named. */
export type ComputationResult = Tensor | Readonly<Record<string, Tensor>>;

/** The leaves that a function is called with: those given, or where none collects a gradient, copies of them that do. */
function leavesOf(inputs: readonly Tensor[]): Tensor[] {
  for (const input of inputs) if (!isTensor(input)) throw new NablaError("inspect.backprop: the inputs of the function must be tensors");
  if (inputs.some(({ requiresGrad }) => requiresGrad)) return [...inputs];
  return inputs.map((input) => {
    if (!isFloating(input.dtype)) return input;
    const leaf = input.detach();
    leaf.requiresGrad = true;
    return leaf;
  });
}

/** The result among what a function gave. */
function resultOf(given: unknown, names: TensorNames): Tensor {
  if (isTensor(given)) return given;
  const members = typeof given === "object" && given !== null ? Object.entries(given) : [];
  for (const [name, member] of members) if (isTensor(member)) names.add(name, member);
  const loss = members.find(([name]) => name === "loss")?.[1] ?? members.at(-1)?.[1];
  if (isTensor(loss)) return loss;
  throw new NablaError("inspect.backprop: the function must return the loss, or an object with it, as in {h, loss}");
}

function checkResult(result: Tensor): void {
  if (!result.requiresGrad) {
    throw new GradientError("inspect.backprop: nothing in this computation collects a gradient; make its inputs with {requiresGrad: true}, or pass a function and its inputs");
  }
  if (result.numel !== 1) {
    throw new ShapeError(`inspect.backprop: the result has shape ${formatShape(result.shape)}; gradients start from a single number. Take its .sum() or .mean()`);
  }
}

function viewOf(result: Tensor, names: TensorNames, recorded: RecordedValues | undefined): View<StepperState> {
  checkResult(result);
  names.addVariables();
  const computation = computationBehind(result, names, recorded);
  const state = assemble(computation, result);
  return new View<StepperState>({ kind: "stepper", state, fallback: () => ({ spec: stepperSpec(state), text: stepperText(state) }) });
}

/**
 * Shows how gradients come about: the graph of the computation behind a loss, to be stepped through, forward and back.
 *
 * Nothing is used up: `loss.backward()` can follow, and what it puts into `grad` is what was shown. Values that autograd has
 * not kept are computed again where that is possible; pass a function to see every one.
 * @param loss one number, made from tensors that require gradients
 * @returns the view: the last expression of a cell, or `.show()` it; in a terminal it prints the steps
 * @throws GradientError when nothing collects a gradient or `backward()` has used the graph up; ShapeError when the loss is
 * not one number; NablaError when there are more calls than one can step through, with what to do instead.
 */
export function backprop(loss: Tensor): View<StepperState>;
/**
 * Runs a function and shows how the gradients of its result come about.
 * @param run gives the loss, or an object such as `{h, loss}` whose members are shown under their names
 * @param inputs what it is called with: a list, or an object of tensors by name. Where none of them requires gradients all do.
 */
export function backprop<Inputs extends readonly Tensor[]>(run: (...inputs: Inputs) => ComputationResult, inputs?: Inputs): View<StepperState>;
export function backprop<Inputs extends Readonly<Record<string, Tensor>>>(run: (inputs: Inputs) => ComputationResult, inputs: Inputs): View<StepperState>;
export function backprop(what: Tensor | ((...inputs: never[]) => ComputationResult), inputs: readonly Tensor[] | Readonly<Record<string, Tensor>> = []): View<StepperState> {
  const names = new TensorNames();
  if (isTensor(what)) return viewOf(what, names, undefined);
  if (typeof what !== "function") throw new NablaError("inspect.backprop: expected a loss, or a function that computes one and its inputs");
  const isList = Array.isArray(inputs);
  const given = isList ? (inputs as readonly Tensor[]) : Object.values(inputs as Record<string, Tensor>);
  const leaves = leavesOf(given);
  const written = isList ? parameterNames(what) : Object.keys(inputs);
  leaves.forEach((leaf, i) => written[i] !== undefined && written[i] !== "" && names.add(written[i], leaf));
  const run = what as (...inputs: unknown[]) => unknown;
  const { result: output, values } = recordValues(() =>
    enableGrad(() => (isList ? run(...leaves) : run(Object.fromEntries(written.map((name, i) => [name, leaves[i]]))))),
  );
  return viewOf(resultOf(output, names), names, values);
}
