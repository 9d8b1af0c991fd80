/**
 * Regions of interest: the steps between a detector's boxes and its classifier. Boxes are [x1, y1, x2, y2].
 * Sources: Girshick, "Fast R-CNN", 2015 (RoI pooling); the greedy suppression is older than its name.
 */
import { NablaError, ShapeError, TensorIndexError } from "../tensor/errors.ts";
import { tensor, zeros } from "../tensor/creation.ts";
import { where } from "../tensor/functions.ts";
import { stack } from "../tensor/methods/join.ts";
import { formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Pair } from "../tensor/methods/pooling.ts";
import type { Tensor } from "../tensor/tensor.ts";

function requireBoxes(op: string, boxes: Tensor, columns: number, meaning: string): void {
  if (requireTensor(op, boxes).ndim !== 2 || boxes.shape[1] !== columns) {
    throw new ShapeError(`${op}: boxes have shape [N, ${columns}], ${meaning}; got ${formatShape(boxes.shape)}`);
  }
}

/** The area two boxes share, in that of both together (intersection over union). */
function overlap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const width = Math.max(0, Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!));
  const height = Math.max(0, Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!));
  const both = width * height;
  const area = (box: ArrayLike<number>): number => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  return both / (area(a) + area(b) - both);
}

/**
 * Non-maximum suppression: takes the boxes from the highest score down and drops each that overlaps one taken before by more
 * than the threshold (intersection over union).
 * @param boxes shape [N, 4], [x1, y1, x2, y2].
 * @param scores shape [N].
 * @returns the positions of those kept, int32, highest score first; of equal scores the earlier box comes first.
 */
export function nms(boxes: Tensor, scores: Tensor, iouThreshold: number): Tensor {
  requireBoxes("nms", boxes, 4, "[x1, y1, x2, y2]");
  const count = boxes.shape[0]!;
  if (requireTensor("nms", scores).ndim !== 1 || scores.shape[0] !== count) {
    throw new ShapeError(`nms: ${count} boxes need ${count} scores, got shape ${formatShape(scores.shape)}`);
  }
  if (!(iouThreshold >= 0 && iouThreshold <= 1)) {
    throw new NablaError(`nms: the threshold is ${iouThreshold}; an overlap lies between 0 and 1`);
  }
  const corners = boxes.data();
  const box = (i: number): ArrayLike<number> => corners.subarray(4 * i, 4 * i + 4);
  const score = scores.data();
  const order = Array.from({ length: count }, (_, i) => i).sort((i, j) => score[j]! - score[i]! || i - j);
  const kept: number[] = [];
  for (const i of order) {
    if (kept.every((taken) => !(overlap(box(taken), box(i)) > iouThreshold))) kept.push(i);
  }
  return tensor(Int32Array.from(kept), { device: boxes.device });
}

/** Rounds as C's round does: halves away from zero. */
const roundAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

const clamp = (x: number, most: number): number => Math.min(Math.max(x, 0), most);

/** The largest elements of a region's windows; a window outside the image is 0. */
function poolRegion(planes: Tensor, [x1, y1, x2, y2]: readonly [number, number, number, number], output: Pair): Tensor {
  const [height, width] = [planes.shape[1]!, planes.shape[2]!];
  const rows = Math.max(y2 - y1 + 1, 1);
  const columns = Math.max(x2 - x1 + 1, 1);
  const inside = planes.at(
    ":",
    `${clamp(y1, height)}:${clamp(y1 + rows, height)}`,
    `${clamp(x1, width)}:${clamp(x1 + columns, width)}`,
  );
  const missing = (from: number, count: number, size: number): [number, number] => {
    const before = clamp(-from, count);
    return [before, count - before - (clamp(from + count, size) - clamp(from, size))];
  };
  // What lies outside is minus infinity, which no element of the image loses to.
  const whole = inside.pad([...missing(x1, columns, width), ...missing(y1, rows, height)], { value: -Infinity });
  const pooled = whole.adaptiveMaxPool2d(output);
  return where(pooled.eq(-Infinity), 0, pooled);
}

/**
 * Each region of a batch of images as a small plane of one size: its windows' largest elements.
 * @param input images, shape [N, C, H, W].
 * @param regions shape [K, 5]: the image's number, then [x1, y1, x2, y2] with both corners inside the region.
 * @param outputSize rows and columns of the result.
 * @param options.spatialScale from the boxes' coordinates to the input's, 1 when not given.
 * @returns shape [K, C, rows, columns].
 * @throws TensorIndexError for a region of an image that is not there.
 */
export function roiPool(input: Tensor, regions: Tensor, outputSize: Pair, { spatialScale = 1 }: { spatialScale?: number } = {}): Tensor {
  requireBoxes("roiPool", regions, 5, "[image, x1, y1, x2, y2]");
  if (requireTensor("roiPool", input).ndim !== 4) {
    throw new ShapeError(`roiPool: needs images of shape [N, C, H, W], got ${formatShape(input.shape)}`);
  }
  const list = regions.data();
  const pooled = Array.from({ length: regions.shape[0]! }, (_, k) => {
    const image = list[5 * k]!;
    if (!Number.isInteger(image) || image < 0 || image >= input.shape[0]!) {
      throw new TensorIndexError(`roiPool: region ${k} is of image ${image}; there are ${input.shape[0]}`);
    }
    const corner = (i: number): number => roundAway(list[5 * k + i]! * spatialScale);
    return poolRegion(input.at(image), [corner(1), corner(2), corner(3), corner(4)], outputSize);
  });
  if (pooled.length === 0) {
    const [rows, columns] = typeof outputSize === "number" ? [outputSize, outputSize] : outputSize;
    return zeros([0, input.shape[1]!, rows, columns], { dtype: input.dtype, device: input.device });
  }
  return stack(pooled);
}
