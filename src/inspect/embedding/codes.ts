/**
 * The codes of an autoencoder: what its narrow middle makes of examples, as points in the plane. After Hinton and
 * Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006, figure 3.
 */
import { Module } from "../../nn/module/module.ts";
import type { AnyModule } from "../../nn/module/module.ts";
import type { NameList } from "../../plot/values.ts";
import { cat } from "../../tensor/methods/join.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor, requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { undisturbed } from "../undisturbed.ts";
import { ValueChart } from "../value-chart.ts";
import { embedding } from "./embedding.ts";
import type { EmbeddingOptions } from "./embedding.ts";

export interface CodesOptions extends Omit<EmbeddingOptions, "labels"> {
  /** What makes codes of examples: a part of the model, or a function; the model's own `encode` when not given. */
  encoder?: AnyModule | ((x: Tensor) => Tensor);
  /** How many examples are encoded at once; 256 when not given. */
  batchSize?: number;
}

/** What codes of two numbers or more an autoencoder makes, [N, D]. */
function encoded(model: AnyModule, data: Tensor, { encoder, batchSize = 256 }: CodesOptions): Tensor {
  const own = (model as { encode?: unknown }).encode;
  const encode =
    encoder instanceof Module ? (x: Tensor) => encoder.forward(x)
    : typeof encoder === "function" ? encoder
    : typeof own === "function" ? (x: Tensor) => own.call(model, x) as unknown
    : undefined;
  if (encode === undefined) {
    throw new NablaError(`codes: ${model.label} has no method encode(x); name what makes codes: { encoder: model.encoder }`);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new NablaError(`codes: batchSize is ${batchSize}; a whole number of at least 1`);
  const count = data.shape[0]!;
  const parts = undisturbed(model, () => noGrad(() => Array.from({ length: Math.ceil(count / batchSize) }, (_, i) => {
    const code = encode(data.detach().narrow(0, i * batchSize, Math.min(batchSize, count - i * batchSize)));
    if (!isTensor(code)) throw new NablaError("codes: the encoder gave no tensor");
    return code.detach().reshape([code.shape[0]!, -1]);
  })));
  return parts.length === 1 ? parts[0]! : cat(parts);
}

/**
 * Draws the codes of examples as points; `values` has the codes themselves, [N, D]. Codes of two numbers are drawn as they
 * are, longer ones by their principal components or by t-SNE.
 * @param data examples, [N, ...].
 * @param labels the class of each example.
 */
export function codes(autoencoder: AnyModule, data: Tensor, labels?: NameList, options: CodesOptions = {}): ValueChart<Tensor> {
  if (!(autoencoder instanceof Module)) throw new NablaError("codes: give the autoencoder, a module");
  if (requireTensor("codes", data).ndim < 2 || data.shape[0] === 0) throw new ShapeError(`codes: expected examples, [N, ...], got ${formatShape(data.shape)}`);
  const values = encoded(autoencoder, data, options);
  const { encoder: _, batchSize: __, ...rest } = options;
  const plane = values.shape[1] === 1 ? cat([values, values.mul(0)], { dim: 1 }) : values;
  const chart = embedding(plane, { title: `Codes of ${autoencoder.label}`, ...rest, ...(labels === undefined ? {} : { labels }) });
  return new ValueChart(chart, values);
}
