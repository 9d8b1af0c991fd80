/**
 * The gradients of a computation as autograd computes them: what goes back along each arrow, in the order of its own walk, and
 * the derivative of every element of a call's results by every element of an operand. Those are asked of the same derivatives
 * that the walk uses: the gradient of the inputs for a result's gradient that is 1 at one element and 0 elsewhere is one row
 * of the call's Jacobian.
 */
import { watchGradients } from "../../autograd/backward.ts";
import { observedBy } from "../../tensor/call-observer.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { GraphNode } from "../../tensor/graph.ts";
import { tensor } from "../../tensor/creation.ts";
import { ops } from "../../tensor/ops.ts";
import { elementCount, sameShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LocalDerivatives, StateNumber } from "../../view/states/stepper.ts";
import type { Value } from "./computation.ts";
import { stateNumber, stateNumbers } from "./numbers.ts";

/** What a call has passed on to what made one of its operands. */
export interface PassedOn {
  readonly from: GraphNode;
  readonly position: number;
  /** Undefined where there are too many numbers. */
  readonly numbers: readonly StateNumber[] | undefined;
}

export interface WatchedGradients {
  readonly passed: readonly PassedOn[];
  /** The whole gradient of each result of a call, by the position of the result. */
  readonly totals: ReadonlyMap<GraphNode, readonly (readonly StateNumber[] | undefined)[]>;
}

/** Walks back from a result and copies every gradient of up to `most` elements. */
export function gradientsBehind(result: Tensor, most: number): WatchedGradients {
  const passed: PassedOn[] = [];
  const totals = new Map<GraphNode, readonly (readonly StateNumber[] | undefined)[]>();
  const copy = (gradient: Tensor): readonly StateNumber[] | undefined => (gradient.numel > most ? undefined : stateNumbers(gradient));
  watchGradients(
    "inspect.backprop",
    result,
    (from, position, gradient) => void passed.push({ from, position, numbers: copy(gradient) }),
    (node, gradients) => void totals.set(node, gradients.map((gradient) => gradient && copy(gradient))),
  );
  return { passed, totals };
}

/** For each element of an operand the derivatives that are not 0, with the positions of the results' elements. */
type Column = [of: number, value: StateNumber][][];

/** A node that a backward hook has put around a module: its derivative calls the hook, and tells nothing about numbers. */
const isHook = (node: GraphNode): boolean => / \((?:in|out)puts\)$/.test(node.rule.name);

/** The Jacobian of a call by each operand that takes a gradient; undefined where it has more than `most` elements a side. */
export function localDerivatives(node: GraphNode, values: readonly Value[], most: number): (LocalDerivatives | undefined)[] {
  const outputs = values.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const wanted = node.inputs.map((input) => input.node !== undefined && elementCount(input.shape) <= most);
  if (outputs > most || isHook(node) || !wanted.includes(true)) return node.inputs.map(() => undefined);
  const columns = node.inputs.map((input, i) => (wanted[i] ? Array.from({ length: elementCount(input.shape) }, (): [of: number, value: StateNumber][] => []) : undefined)) as (Column | undefined)[];
  observedBy(undefined, () =>
    noGrad(() => {
      if (isElementwise(node)) return void byElement(node, values[0]!, columns);
      let first = 0;
      for (const value of values) {
        const size = elementCount(value.shape);
        for (let element = 0; element < size; element++) {
          const unit = new Float64Array(size);
          unit[element] = 1;
          const gradient = tensor(unit, { dtype: value.dtype }).reshape(value.shape);
          derivativesOf(node, value.index, gradient).forEach((own, i) => {
            const column = columns[i];
            if (own === undefined || column === undefined) return;
            const fitted = sameShape(own.shape, node.inputs[i]!.shape) ? own : own.sumTo(node.inputs[i]!.shape);
            fitted.data().forEach((derivative, j) => {
              if (Number(derivative) !== 0) column[j]!.push([first + element, stateNumber(Number(derivative), fitted.dtype)]);
            });
          });
        }
        first += size;
      }
    }),
  );
  return columns.map((column) => column && inRows(column));
}

/** Each element of the result depends on one element of each operand alone. */
function isElementwise({ rule }: GraphNode): boolean {
  const kind = (ops as Readonly<Record<string, { readonly kind: string } | undefined>>)[rule.name]?.kind;
  return kind === "unary" || kind === "binary";
}

/** The derivatives of an elementwise call, all at once: a gradient of ones brings each one where its element is. */
function byElement(node: GraphNode, value: Value, columns: readonly (Column | undefined)[]): void {
  const ones = tensor(new Float64Array(elementCount(value.shape)).fill(1), { dtype: value.dtype }).reshape(value.shape);
  derivativesOf(node, value.index, ones).forEach((own, i) => {
    const column = columns[i];
    if (own === undefined || column === undefined) return;
    const place = stretchedPositions(node.inputs[i]!.shape, value.shape);
    own.expand(value.shape).data().forEach((derivative, j) => {
      if (Number(derivative) !== 0) column[place[j]!]!.push([j, stateNumber(Number(derivative), own.dtype)]);
    });
  });
}

/** For each element of a shape, the position of the element that broadcasting puts there. */
function stretchedPositions(from: Shape, to: Shape): number[] {
  const strides = new Array<number>(to.length).fill(0);
  for (let d = from.length - 1, stride = 1; d >= 0; stride *= from[d]!, d--) if (from[d] !== 1) strides[to.length - from.length + d] = stride;
  return Array.from({ length: elementCount(to) }, (_, element) => {
    let [rest, position] = [element, 0];
    for (let d = to.length - 1; d >= 0; d--) {
      position += (rest % to[d]!) * strides[d]!;
      rest = Math.floor(rest / to[d]!);
    }
    return position;
  });
}

/** The gradients of a call's operands, given that of one of its results. */
function derivativesOf(node: GraphNode, output: number, gradient: Tensor): readonly (Tensor | undefined)[] {
  const { rule, inputs, outputCount } = node;
  if (rule.jointDerivative !== undefined) {
    const gradients = new Array<Tensor | undefined>(outputCount).fill(undefined);
    gradients[output] = gradient;
    return rule.jointDerivative(gradients, node);
  }
  return inputs.map((input, i) => (input.node === undefined ? undefined : rule.derivative?.[i]?.(gradient, node)));
}

function inRows(column: Column): LocalDerivatives {
  const starts = [0];
  const [of, values]: [number[], StateNumber[]] = [[], []];
  for (const entries of column) {
    for (const [position, value] of entries) {
      of.push(position);
      values.push(value);
    }
    starts.push(of.length);
  }
  return { starts, of, values };
}
