/**
 * Which numbers of the input a score depends on: the size of its gradient. Sources: Simonyan, Vedaldi and Zisserman, "Deep
 * inside convolutional networks", 2013; with `smooth` the mean over noisy inputs, Smilkov et al., "SmoothGrad", 2017.
 */
import { valueAndGrad } from "../../autograd/functions.ts";
import type { AnyModule } from "../../nn/module/module.ts";
import { imageGrid } from "../../plot/image-grid.ts";
import { tensor } from "../../tensor/creation.ts";
import { requireFloat } from "../../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { randn } from "../../tensor/random/generator.ts";
import { Generator } from "../../tensor/random/stream.ts";
import { formatShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { chartRows } from "../chart-rows.ts";
import { picturesOf } from "../pictures.ts";
import type { PictureSize } from "../pictures.ts";
import { undisturbed } from "../undisturbed.ts";
import { ValueChart } from "../value-chart.ts";
import { requireUnit } from "./unit-activation.ts";

export interface SmoothOptions {
  /** How many noisy inputs; 25 when not given. */
  samples?: number;
  /** The noise's standard deviation, as a part of the distance between the input's largest and smallest number; 0.15 when not given. */
  noise?: number;
  /** 0 when not given. */
  seed?: number;
}

export interface SaliencyOptions {
  /** True for the mean of the gradients at noisy inputs, which shows less of their jitter. */
  smooth?: boolean | SmoothOptions;
  /** Rows and columns of an input that is a flat list. */
  size?: PictureSize;
  title?: string;
}

/** What saliency found. */
export interface Saliency {
  /** Of the target's score by the input, of the input's shape. */
  readonly gradient: Tensor;
  /** Its size: the largest of the channels, [N, H, W]. */
  readonly size: Tensor;
  /** The class whose score it is, of each example. */
  readonly targets: readonly number[];
}

/** The gradient of the targets' scores, at one input. */
function gradientAt(model: AnyModule, x: Tensor, targets: Tensor): Tensor {
  const score = (input: Tensor): Tensor => (model.forward(input) as Tensor).gather(1, targets).sum();
  return valueAndGrad(score)(x)[1];
}

function smoothed(model: AnyModule, x: Tensor, targets: Tensor, { samples = 25, noise = 0.15, seed = 0 }: SmoothOptions): Tensor {
  if (!Number.isInteger(samples) || samples < 1) throw new NablaError(`saliency: samples is ${samples}; a whole number of at least 1`);
  if (!(noise >= 0)) throw new NablaError(`saliency: noise is ${noise}; it is from 0`);
  const generator = new Generator(seed);
  const deviation = noise * x.amax().sub(x.amin()).item();
  const gradients = Array.from({ length: samples }, () => gradientAt(model, x.add(randn(x.shape, { dtype: x.dtype, generator }).mul(deviation)), targets));
  return gradients.reduce((sum, each) => sum.add(each)).div(samples);
}

/** The class of each example: as given, or the one with the highest score. */
function targetsOf(model: AnyModule, x: Tensor, target: number | readonly number[] | undefined): number[] {
  const scores = noGrad(() => model.forward(x)) as Tensor;
  if (requireTensor("saliency", scores).ndim !== 2 || scores.shape[0] !== x.shape[0]) {
    throw new ShapeError(`saliency: the model must give scores [N, classes] for ${x.shape[0]} examples, got ${formatShape(scores.shape)}`);
  }
  const targets = target === undefined ? (scores.argmax({ dim: 1 }).toArray() as number[]) : typeof target === "number" ? Array.from({ length: x.shape[0]! }, () => target) : [...target];
  if (targets.length !== x.shape[0]) throw new ShapeError(`saliency: ${targets.length} targets for ${x.shape[0]} examples`);
  targets.forEach((each) => requireUnit("saliency", model, scores, each));
  return targets;
}

/**
 * Draws inputs and, below each, how much the score of its class changes with each number of it. `values` has the gradients.
 * The model's own gradients stay as they are.
 * @param model gives scores [N, classes], best before any softmax.
 * @param input [N, ...].
 * @param target the class whose score is looked at, one for all or one for each; the most likely when not given.
 */
export function saliency(model: AnyModule, input: Tensor, target?: number | readonly number[], options: SaliencyOptions = {}): ValueChart<Saliency> {
  const { smooth = false, size, title } = options;
  const x = requireFloat("saliency", requireTensor("saliency", input)).detach();
  const targets = undisturbed(model, () => targetsOf(model, x, target));
  const positions = tensor(Int32Array.from(targets)).unsqueeze(1);
  const gradient = undisturbed(model, () =>
    smooth === false ? gradientAt(model, x, positions) : smoothed(model, x, positions, smooth === true ? {} : smooth));
  const sizes = gradient.detach().abs();
  const strongest = picturesOf("saliency", x.ndim === 4 ? sizes.amax({ dim: 1, keepdim: true }) : sizes, size);
  const captions = targets.map((each) => `class ${each}`);
  const perRow = Math.min(x.shape[0]!, 6);
  const largest = Math.max(strongest.amax().item(), Number.MIN_VALUE);
  const method = smooth === false ? "gradient of the score" : "mean gradient of the score at noisy inputs";
  const charts = [
    imageGrid(picturesOf("saliency", x, size), { title: "Input", captions, perRow }),
    imageGrid(strongest, { title: `Size of the ${method}`, captions, perRow, colours: "sequential", domain: [0, largest], legend: true }),
  ];
  const heading = title ?? `What the score of ${x.shape[0] === 1 ? captions[0] : "each class"} depends on`;
  const description = `${heading}: ${x.shape[0]} inputs (${captions.join(", ")}) and the size of the ${method} by each number of them.`;
  return new ValueChart(chartRows(charts, { title: heading, description, columns: x.shape[0] === 1 ? 2 : 1 }), { gradient, size: strongest, targets });
}
