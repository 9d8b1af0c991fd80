/**
 * The gates and states of a recurrent layer over time, as heat maps: a row for each hidden unit, a column for each step. Gates
 * are between 0 (closed) and 1 (open), candidates and states have a sign. After the pictures of Karpathy, Johnson and Fei-Fei,
 * "Visualizing and understanding recurrent networks", 2015.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { Module } from "../../nn/module/module.ts";
import { PackedSequence } from "../../nn/packed-sequence.ts";
import type { Chart } from "../../plot/chart.ts";
import { namesOf } from "../../plot/values.ts";
import type { NameList } from "../../plot/values.ts";
import { NablaError, ShapeError, TensorIndexError } from "../../tensor/errors.ts";
import { tensor } from "../../tensor/creation.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor, requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { chartRows } from "../chart-rows.ts";
import { gatePicture } from "./gate-picture.ts";
import { inputsOf } from "../features/recording.ts";
import { ValueChart } from "../value-chart.ts";
import { gateValues } from "./gate-values.ts";
import type { GateValues } from "./gate-values.ts";
import { recordRecurrences } from "./recurrences.ts";
import type { Recurrence } from "./recurrences.ts";

/** How the picture looks. */
export interface GateChartOptions {
  title?: string;
  /** Names of the steps, such as the characters of a text; their numbers when not given. */
  steps?: NameList;
  /** Which hidden units are shown, in this order; all when not given. */
  units?: readonly number[];
}

export interface GatesOptions extends GateChartOptions {
  /** The path of the layer, where a model has several. */
  layer?: string;
  /** Which row of the batch; 0 when not given. */
  example?: number;
  /** Which level of a layer with several; 0 when not given. */
  level?: number;
  /** True for the direction from the last step to the first of a bidirectional layer. */
  reverse?: boolean;
}

/** What each row of pictures is called, and whether it has a sign. Gates on the left, what they let through on the right. */
const meanings: readonly { readonly name: string; readonly title: string; readonly signed: boolean }[] = [
  { name: "i", title: "input gate i", signed: false },
  { name: "g", title: "candidate g", signed: true },
  { name: "f", title: "forget gate f", signed: false },
  { name: "c", title: "cell c", signed: true },
  { name: "o", title: "output gate o", signed: false },
  { name: "r", title: "reset gate r", signed: false },
  { name: "n", title: "candidate n", signed: true },
  { name: "z", title: "update gate z", signed: false },
  { name: "h", title: "state h", signed: true },
];

/** Gates computed by hand, by name: rows of [T, H]. */
export type GivenGates = Readonly<Record<string, Tensor | readonly (readonly number[])[]>>;

/**
 * Draws the gates and states of a recurrent layer, or of one in a model, on a sequence; `values` has them as tensors [T, H],
 * computed from the layer's weights by its equations. `h` is what the layer gives out.
 * @param model an LSTM, GRU or RNN, or any model that runs one, also by `x.lstm(...)`.
 * @param input all that `forward` takes: one tensor, or a list.
 * @throws NablaError when the model runs no recurrent layer, or not the one named.
 */
export function gates(model: AnyModule, input: Tensor | PackedSequence | readonly unknown[], options?: GatesOptions): ValueChart<GateValues>;
/** Draws gates and states that somebody has computed, [T, H] each, under their names: `{ i, f, g, o, c, h }` or `{ r, z, n, h }`. */
export function gates(values: GivenGates, options?: GateChartOptions): ValueChart<Readonly<Record<string, Tensor>>>;
export function gates(
  subject: AnyModule | GivenGates,
  second: Tensor | PackedSequence | readonly unknown[] | GateChartOptions = {},
  options: GatesOptions = {},
): ValueChart<GateValues> | ValueChart<Readonly<Record<string, Tensor>>> {
  if (!(subject instanceof Module)) {
    const given = Object.fromEntries(Object.entries(subject as GivenGates).map(([name, value]) => [name, isTensor(value) ? value : tensor(value as number[][])]));
    return new ValueChart(draw(given, second as GateChartOptions, "Gates and states"), given);
  }
  const inputs = second instanceof PackedSequence ? [second] : Array.isArray(second) && second[0] instanceof PackedSequence ? second : inputsOf("gates", second);
  const found = recordRecurrences("gates", subject as AnyModule, inputs, options.example ?? 0);
  const recurrence = chosen(found, options);
  const values = gateValues(recurrence);
  const { level = 0, reverse = false } = options;
  const detail = [level > 0 ? `level ${level}` : "", reverse ? "last step to first" : ""].filter(Boolean).join(", ");
  const place = recurrence.path === "" ? recurrence.label : `${recurrence.path}: ${recurrence.label}`;
  return new ValueChart(draw({ ...values }, options, detail === "" ? place : `${place}, ${detail}`), values);
}

/** The call that is asked for. */
function chosen(found: readonly Recurrence[], { layer, level = 0, reverse = false }: GatesOptions): Recurrence {
  const paths = [...new Set(found.map(({ path }) => path))];
  if (found.length === 0) throw new NablaError("gates: the model runs no recurrent layer (LSTM, GRU or RNN) on this input");
  const wanted = layer ?? paths[0]!;
  const own = found.filter(({ path }) => path === wanted);
  if (own.length === 0) throw new NablaError(`gates: no recurrent layer runs at ${JSON.stringify(wanted)}; there are ${paths.map((path) => JSON.stringify(path)).join(", ")}`);
  const sameWay = own.filter((each) => each.reverse === reverse);
  const recurrence = sameWay[level];
  if (recurrence !== undefined) return recurrence;
  throw new TensorIndexError(
    sameWay.length === 0
      ? `gates: ${own[0]!.label} does not run from the last step to the first; leave reverse out`
      : `gates: ${own[0]!.label} has no level ${level}; its levels are 0 to ${sameWay.length - 1}`,
  );
}

function draw(values: Readonly<Record<string, Tensor>>, { title, steps, units }: GateChartOptions, subject: string): Chart {
  const known = meanings.filter(({ name }) => name in values);
  const others = Object.keys(values).filter((name) => !known.some((each) => each.name === name));
  if (known.length === 0 || others.length > 0) {
    throw new NablaError(`gates: expected tensors under the names ${meanings.map(({ name }) => name).join(", ")}, got ${Object.keys(values).join(", ") || "none"}`);
  }
  const shape = requireTensor("gates", values[known[0]!.name]!).shape;
  for (const { name } of known) {
    const each = requireTensor("gates", values[name]!);
    if (each.ndim !== 2 || formatShape(each.shape) !== formatShape(shape)) {
      throw new ShapeError(`gates: ${name} has shape ${formatShape(each.shape)}; all are [steps, hidden units], one shape for all`);
    }
  }
  const [count, hidden] = shape as readonly [number, number];
  const shown = units ?? Array.from({ length: hidden }, (_, unit) => unit);
  const odd = shown.find((unit) => !Number.isInteger(unit) || unit < 0 || unit >= hidden);
  if (odd !== undefined || shown.length === 0) throw new TensorIndexError(`gates: there is no hidden unit ${odd}; units are 0 to ${hidden - 1}`);
  const names = steps === undefined ? undefined : namesOf(steps, count, "gates: steps");
  const charts = known.map(({ name, title: own, signed }, index) => {
    const rows = values[name]!.detach().t().toArray() as number[][];
    return gatePicture(own, shown.map((unit) => rows[unit]!), { signed, units: shown, steps: names, withStepTitle: index < 2 });
  });
  const description = `${title ?? subject}: ${known.map((each) => each.title).join(", ")} of ${shown.length} hidden units over ${count} steps.`;
  return chartRows(charts, { title: title ?? subject, description, columns: 2 });
}
