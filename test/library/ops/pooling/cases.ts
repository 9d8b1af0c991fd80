/**
 * Pooling, its way back, and images in another size.
 */
import { nn, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import * as reference from "../../reference/pooling.ts";

const { functional } = nn;
const plain = { stride: 1, padding: 0, dilation: 1 };
const along = (window: Partial<reference.Window> & { kernel: number }) => (size: number, i: number) =>
  reference.positionsOf(size, i, { ...plain, ...window });
const evenly = (outputs: number) => (size: number, i: number) => reference.evenly(size, outputs, i);

const largest: Case[] = [
  {
    name: "maxPool2d of 2", ops: ["maxPool", "scatterPlanes"], inputs: [[2, 3, 6, 8]], derivatives: 1,
    run: (x) => x.maxPool2d(2),
    reference: (x) => reference.maxPool(x, [3, 4], along({ kernel: 2, stride: 2 }), along({ kernel: 2, stride: 2 }))[0],
  },
  {
    name: "maxPool2d of 2, twice differentiated", ops: ["maxPool", "scatterPlanes"], inputs: [[1, 2, 4, 4]],
    run: (x) => x.square().maxPool2d(2),
  },
  {
    name: "maxPool2d with indices", ops: ["maxPool"], inputs: [[2, 7, 5]], derivatives: 1,
    run: (x) => {
      const { output, indices } = x.maxPool2dWithIndices([3, 2], { stride: [2, 1], padding: [1, 0] });
      return [output, indices];
    },
    reference: (x) => reference.maxPool(x, [4, 4], along({ kernel: 3, stride: 2, padding: 1 }), along({ kernel: 2 })),
  },
  {
    name: "maxPool2d with dilation and ceilMode", ops: ["maxPool"], inputs: [[1, 1, 8, 7]], derivatives: 1,
    run: (x) => x.maxPool2d(3, { stride: 2, dilation: 2, padding: 1, ceilMode: true }),
  },
  { name: "maxPool2d of no images", ops: ["maxPool"], inputs: [[0, 2, 4, 4]], derivatives: 1, run: (x) => x.maxPool2d(2) },
  { name: "maxPool2d of odd planes", ops: ["maxPool"], inputs: [[2, 1, 5, 7]], derivatives: 1, run: (x) => x.maxPool2d(2) },
  { name: "maxPool1d", ops: ["maxPool"], inputs: [[2, 3, 9]], derivatives: 1, run: (x) => x.maxPool1d(3, { stride: 2, padding: 1 }) },
  {
    name: "adaptiveMaxPool2d", ops: ["maxPool"], inputs: [[2, 2, 7, 5]], derivatives: 1, run: (x) => x.adaptiveMaxPool2d([3, 2]),
    reference: (x) => reference.maxPool(x, [3, 2], evenly(3), evenly(2))[0],
  },
  {
    name: "maxUnpool2d", ops: ["maxPool", "scatterPlanes", "gatherPlanes"], inputs: [[2, 2, 4, 6]], derivatives: 1,
    run: (x) => {
      const { output, indices } = x.maxPool2dWithIndices(2);
      return output.mul(2).maxUnpool2d(indices, [4, 6]);
    },
    reference: (x) => {
      const [values, positions] = reference.maxPool(x, [2, 3], along({ kernel: 2, stride: 2 }), along({ kernel: 2, stride: 2 }));
      return reference.unpool({ ...values, values: values.values.map((value) => value * 2) }, positions, [4, 6]);
    },
  },
];

const positions = tensor(new Int32Array([3, 0, 5, 3, 1, 1, 0, 5]), { shape: [2, 2, 2] });

const means: Case[] = [
  {
    name: "avgPool2d of 2", ops: ["averagePool", "averagePoolBackward"], inputs: [[2, 3, 4, 6]], run: (x) => x.avgPool2d(2),
    reference: (x) => reference.averagePool(x, [2, 3], along({ kernel: 2, stride: 2 }), along({ kernel: 2, stride: 2 })),
  },
  {
    name: "avgPool2d with padding", ops: ["averagePool", "averagePoolBackward"], inputs: [[2, 5, 7]],
    run: (x) => x.avgPool2d(3, { stride: 2, padding: 1 }),
    reference: (x) => reference.averagePool(x, [3, 4], along({ kernel: 3, stride: 2, padding: 1 }), along({ kernel: 3, stride: 2, padding: 1 })),
  },
  {
    name: "avgPool2d that does not count padding", ops: ["averagePool", "averagePoolBackward"], inputs: [[1, 1, 6, 6]],
    run: (x) => x.avgPool2d([3, 2], { stride: [2, 3], padding: 1, ceilMode: true, countIncludePad: false }),
  },
  {
    name: "avgPool2d with ceilMode", ops: ["averagePool"], inputs: [[1, 2, 6, 5]],
    run: (x) => x.avgPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
  },
  { name: "avgPool2d with its own divisor", ops: ["averagePool"], inputs: [[1, 1, 4, 4]], run: (x) => x.avgPool2d(2, { divisorOverride: 3 }) },
  { name: "avgPool1d", ops: ["averagePool"], inputs: [[2, 3, 9]], run: (x) => x.avgPool1d(4, { stride: 2, padding: 2, ceilMode: true }) },
  {
    name: "adaptiveAvgPool2d", ops: ["averagePool", "averagePoolBackward"], inputs: [[2, 2, 7, 5]],
    run: (x) => x.adaptiveAvgPool2d([3, 4]),
    reference: (x) => reference.averagePool(x, [3, 4], evenly(3), evenly(4)),
  },
  { name: "adaptiveAvgPool1d", ops: ["averagePool"], inputs: [[2, 3, 7]], run: (x) => x.adaptiveAvgPool1d(3) },
  {
    name: "scatterPlanes and gatherPlanes", ops: ["scatterPlanes", "gatherPlanes"], inputs: [[2, 2, 2]], pytorch: false,
    run: (x) => x.scatterPlanes(positions, [2, 3]).square().gatherPlanes(positions),
  },
];

const resized: Case[] = [
  { name: "interpolate nearest", ops: ["indexSelect"], inputs: [[2, 1, 3, 4]], run: (x) => functional.interpolate(x, { size: [5, 6] }) },
  { name: "interpolate nearest by a factor", ops: ["indexSelect"], inputs: [[1, 2, 3, 3]], run: (x) => functional.interpolate(x, { scaleFactor: 1.7 }) },
  {
    name: "interpolate bilinear", ops: ["matmul"], inputs: [[2, 1, 3, 4]],
    run: (x) => functional.interpolate(x, { size: [6, 7], mode: "bilinear" }),
  },
  {
    name: "interpolate bilinear, smaller, corners aligned", ops: ["matmul"], inputs: [[1, 2, 6, 5]],
    run: (x) => functional.interpolate(x, { size: [3, 2], mode: "bilinear", alignCorners: true }),
  },
  {
    name: "interpolate bilinear by a factor", ops: ["matmul"], inputs: [[1, 1, 3, 3]],
    run: (x) => functional.interpolate(x, { scaleFactor: [2.5, 1.3], mode: "bilinear" }),
  },
  {
    name: "interpolate bicubic", ops: ["matmul"], inputs: [[1, 1, 4, 5]],
    run: (x) => functional.interpolate(x, { size: [7, 9], mode: "bicubic" }),
  },
  {
    name: "interpolate that keeps a direction", ops: ["matmul"], inputs: [[1, 1, 3, 4]],
    run: (x) => functional.interpolate(x, { scaleFactor: [2, 1.2], mode: "bicubic" }),
  },
  {
    // PyTorch's values, but its gradient is not that of its values here.
    name: "interpolate nearest that keeps its size", ops: ["indexSelect"], inputs: [[1, 3, 4]], pytorch: false,
    run: (x) => functional.interpolate(x, { scaleFactor: 1.2 }),
    reference: (x) => ({ shape: x.shape, values: x.values.map((_, i) => x.values[i - (i % 4) + Math.floor((i % 4) / 1.2)]!) }),
  },
  { name: "interpolate linear", ops: ["matmul"], inputs: [[1, 2, 5]], run: (x: Tensor) => functional.interpolate(x, { size: 8, mode: "linear" }) },
];

export const cases: readonly Case[] = [...largest, ...means, ...resized];
