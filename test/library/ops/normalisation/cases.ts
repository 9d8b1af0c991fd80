/**
 * Normalisation of batches, layers and neighbouring channels; embeddings and similarity, which share their inputs' shapes.
 */
import { nn, tensor } from "../../../../src/index.ts";
import { standardized } from "../../reference/normalisation.ts";
import type { Case } from "../../checks/case.ts";

const { functional } = nn;
const positive = [0.5, 2] as const;

const sameChannel = (a: number[], b: number[]): boolean => a[1] === b[1];
const sameExample = (a: number[], b: number[]): boolean => a[0] === b[0];
const words = tensor(new Int32Array([2, 0, 1, 2]), { shape: [2, 2] });

export const cases: readonly Case[] = [
  {
    name: "batchNorm of vectors", ops: ["standardize", "standardizeBackward"], inputs: [[5, 3]],
    run: (x) => functional.batchNorm(x, undefined, undefined, { training: true }),
    reference: (x) => standardized(x, 1e-5, sameChannel),
  },
  {
    name: "batchNorm of images", ops: ["standardize", "standardizeBackward"], inputs: [[2, 3, 4, 5], [3], [3]],
    run: (x, weight, bias) => functional.batchNorm(x, undefined, undefined, { training: true, weight, bias, eps: 1e-3 }),
  },
  {
    name: "batchNorm of many rows", ops: ["standardize"], inputs: [[33, 18, 1]], derivatives: 1,
    run: (x) => functional.batchNorm(x, undefined, undefined, { training: true }),
    reference: (x) => standardized(x, 1e-5, sameChannel),
  },
  {
    name: "batchNorm moves the running statistics", ops: ["standardize"], inputs: [[4, 2, 3]], derivatives: 0,
    run: (x) => {
      const mean = tensor([0.5, -1], { dtype: x.dtype });
      const variance = tensor([1, 4], { dtype: x.dtype });
      return [functional.batchNorm(x, mean, variance, { training: true, momentum: 0.3 }), mean, variance];
    },
  },
  {
    name: "batchNorm by running statistics", ops: [], inputs: [[2, 3, 4], [3], { shape: [3], interval: positive }, [3], [3]],
    run: (x, mean, variance, weight, bias) => functional.batchNorm(x, mean, variance, { weight, bias }),
  },
  {
    name: "layerNorm of rows", ops: ["standardize", "standardizeBackward"], inputs: [[2, 3, 21], [21], [21]],
    run: (x, weight, bias) => functional.layerNorm(x, [21], { weight, bias }),
  },
  {
    name: "layerNorm of planes", ops: ["standardize", "standardizeBackward"], inputs: [[3, 4, 5]],
    run: (x) => functional.layerNorm(x, [4, 5]),
    reference: (x) => standardized(x, 1e-5, sameExample),
  },
  { name: "layerNorm of no rows", ops: ["standardize"], inputs: [[0, 4]], run: (x) => functional.layerNorm(x, [4]) },
  {
    name: "layerNorm of single values", ops: ["standardize"], inputs: [[3, 1]], derivatives: 1,
    run: (x) => functional.layerNorm(x, [1]).add(x),
  },
  {
    name: "localResponseNorm", ops: ["averagePool"], inputs: [[2, 5, 3, 2]],
    run: (x) => functional.localResponseNorm(x, 3, { alpha: 0.4, beta: 0.6, k: 2 }),
  },
  { name: "localResponseNorm of an even size", ops: ["averagePool"], inputs: [[1, 6, 4]], run: (x) => functional.localResponseNorm(x, 4) },
  { name: "embedding", ops: ["indexSelect"], inputs: [[3, 4]], run: (table) => functional.embedding(words, table) },
  { name: "cosineSimilarity", ops: [], inputs: [[3, 4], [3, 4]], run: (a, b) => functional.cosineSimilarity(a, b) },
  {
    name: "cosineSimilarity along the first, broadcast", ops: [], inputs: [[4, 3], [4, 1]],
    run: (a, b) => functional.cosineSimilarity(a, b, { dim: 0 }),
  },
];
