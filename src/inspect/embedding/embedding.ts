/** Vectors of many dimensions in a picture: by their principal components, or by t-SNE. */
import { NablaError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ValueChart } from "../value-chart.ts";
import { asRows, pca } from "./pca.ts";
import { pointChart } from "./point-chart.ts";
import type { PointChartOptions } from "./point-chart.ts";
import { tsne } from "./tsne.ts";
import type { TsneOptions } from "./tsne.ts";

export interface EmbeddingOptions extends PointChartOptions, TsneOptions {
  /** `"pca"` when not given. */
  method?: "pca" | "tsne";
}

/** Points in the plane, and how they can be read. */
interface Placed {
  readonly points: Tensor;
  readonly description: string;
  readonly titles: { xTitle?: string; yTitle?: string };
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function byPrincipalComponents(rows: Tensor): Placed {
  if (rows.shape[1] === 2) return { points: rows, description: "The two numbers of each vector.", titles: { xTitle: "first number", yTitle: "second number" } };
  const { points, explainedVarianceRatio } = pca(rows);
  const [first, second] = explainedVarianceRatio.toArray() as [number, number];
  return {
    points,
    description: `The two principal components of ${rows.shape[1]} dimensions; they hold ${percent(first + second)} of the variance.`,
    titles: { xTitle: `first component, ${percent(first)} of the variance`, yTitle: `second component, ${percent(second)}` },
  };
}

function byNeighbours(rows: Tensor, options: TsneOptions): Placed {
  const { points, klDivergence } = tsne(rows, options);
  return {
    points,
    description: `t-SNE of ${rows.shape[1]} dimensions: neighbours are kept, distances between groups and their sizes mean nothing; divergence ${klDivergence.toFixed(2)}.`,
    titles: {},
  };
}

/**
 * Draws vectors as points in the plane; `values` has the points, [N, 2].
 * @param vectors as rows, [N, D]; vectors of two numbers are drawn as they are by `"pca"`.
 * @param options.labels a class or a name for each vector.
 */
export function embedding(vectors: Tensor, { method = "pca", ...options }: EmbeddingOptions = {}): ValueChart<Tensor> {
  const rows = asRows("embedding", vectors);
  if (method !== "pca" && method !== "tsne") throw new NablaError(`embedding: method is ${JSON.stringify(method)}; "pca" or "tsne"`);
  const { points, description, titles } = method === "pca" ? byPrincipalComponents(rows) : byNeighbours(rows, options);
  return new ValueChart(pointChart("embedding", points, { ...titles, ...options }, description), points);
}
