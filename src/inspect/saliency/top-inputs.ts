/**
 * The examples of a data set that a unit answers most strongly: what it has learnt to look for, in real inputs. Sources:
 * Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014; Girshick et al. 2014.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { imageGrid } from "../../plot/image-grid.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { stack } from "../../tensor/methods/join.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { picturesOf } from "../pictures.ts";
import type { PictureSize } from "../pictures.ts";
import { undisturbed } from "../undisturbed.ts";
import { ValueChart } from "../value-chart.ts";
import { layerOf, outputOf, requireUnit } from "./unit-activation.ts";

/** Examples by number, each an input or a list that begins with one: every data set of `data` is such. */
export interface ExampleSet {
  readonly length: number;
  at(index: number): unknown;
}

export interface TopInputsOptions {
  /** The path of the layer; the model's own output when not given. */
  layer?: string;
  /** The unit, or the channel of a convolution, of whose map the largest number counts. */
  unit: number;
  /** How many inputs are shown; 10 when not given. */
  count?: number;
  /** How many are looked at, from the first; all when not given. */
  limit?: number;
  /** How many run through the model at once; 64 when not given. */
  batchSize?: number;
  /** Rows and columns of an input that is a flat list. */
  size?: PictureSize;
  title?: string;
}

/** The inputs with the strongest answer, strongest first. */
export interface TopInputs {
  /** Their numbers in the set. */
  readonly indices: readonly number[];
  readonly activations: readonly number[];
  /** [count, ...]. */
  readonly inputs: Tensor;
  /** Of a convolution: where in its map the largest number lies, row and column. */
  readonly places: readonly (readonly number[])[];
}

interface Answer {
  readonly index: number;
  readonly activation: number;
  readonly place: readonly number[];
  readonly input: Tensor;
}

async function inputAt(set: ExampleSet, index: number): Promise<Tensor> {
  const example = await set.at(index);
  const input = Array.isArray(example) ? (example[0] as unknown) : example;
  if (isTensor(input)) return input.detach();
  throw new NablaError(`topInputs: example ${index} holds no tensor in front; give a tensor [N, ...], or a set whose examples are inputs or [input, label]`);
}

/** The answers of one batch. */
function answersOf(model: AnyModule, layer: AnyModule, unit: number, inputs: readonly Tensor[], first: number): Answer[] {
  const output = undisturbed(model, (keep) => noGrad(() => outputOf("topInputs", model, layer, stack([...inputs]), keep)));
  requireUnit("topInputs", layer, output, unit);
  const map = output.select(1, unit);
  const size = map.shape.slice(1);
  const flat = map.reshape([inputs.length, -1]);
  const places = flat.argmax({ dim: 1 }).toArray() as number[];
  const values = flat.amax({ dim: 1 }).toArray() as number[];
  return inputs.map((input, i) => {
    const width = size.at(-1) ?? 1;
    const place = size.length === 2 ? [Math.floor(places[i]! / width), places[i]! % width] : size.length === 1 ? [places[i]!] : [];
    return { index: first + i, activation: values[i]!, place, input };
  });
}

/**
 * Draws the inputs of a set that a unit answers most strongly, with their numbers and the unit's activation.
 * @param dataset inputs as a tensor [N, ...], or a data set.
 * @throws TensorIndexError when the layer has no such unit.
 */
export async function topInputs(model: AnyModule, dataset: Tensor | ExampleSet, options: TopInputsOptions): Promise<ValueChart<TopInputs>> {
  const { layer, unit, count = 10, limit, batchSize = 64, size, title } = options;
  for (const [name, value] of Object.entries({ count, batchSize, limit: limit ?? 1 })) {
    if (!Number.isInteger(value) || value < 1) throw new NablaError(`topInputs: ${name} is ${value}; a whole number of at least 1`);
  }
  const set: ExampleSet = isTensor(dataset) ? { length: dataset.shape[0] ?? 0, at: (index) => dataset.at(index) } : dataset;
  const seen = Math.min(limit ?? set.length, set.length);
  if (!(seen > 0)) throw new ShapeError("topInputs: the data set is empty");
  const watched = layerOf("topInputs", model, layer);
  let best: Answer[] = [];
  for (let first = 0; first < seen; first += batchSize) {
    const numbers = Array.from({ length: Math.min(batchSize, seen - first) }, (_, i) => first + i);
    const inputs: Tensor[] = [];
    for (const index of numbers) inputs.push(await inputAt(set, index));
    best = [...best, ...answersOf(model, watched, unit, inputs, first)]
      .sort((a, b) => b.activation - a.activation || a.index - b.index)
      .slice(0, count);
  }
  const inputs = stack(best.map(({ input }) => input));
  const heading = title ?? `Inputs that unit ${unit}${layer === undefined ? "" : ` of ${layer}`} answers most strongly, of ${seen}`;
  const captions = best.map(({ index, activation }) => `${index}: ${Number(activation.toPrecision(3))}`);
  const chart = imageGrid(picturesOf("topInputs", inputs, size), {
    title: heading,
    description: `${heading}. Numbers in the set and activations, strongest first: ${captions.join("; ")}.`,
    captions,
  });
  const values = { indices: best.map(({ index }) => index), activations: best.map(({ activation }) => activation), inputs, places: best.map(({ place }) => place) };
  return new ValueChart(chart, values);
}
