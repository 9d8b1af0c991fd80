/**
 * Images made larger or smaller. Each direction is a product with a matrix of weights, one row an output line: the form in
 * which resampling is taught, and one whose gradients are products too. Conventions (alignCorners, half-pixel centres, the
 * cubic's -0.75) are PyTorch's; the cubic is Keys, "Cubic convolution interpolation for digital image processing", 1981.
 */
import { requireFloat } from "../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/creation.ts";
import type { Device } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";

export type InterpolationMode = "nearest" | "linear" | "bilinear" | "bicubic";

export interface InterpolateOptions {
  /** Rows and columns of the result (one number for rows of shape [N, C, L]). Either this or `scaleFactor`. */
  size?: number | readonly number[];
  /** How many times larger, one number or one a direction. */
  scaleFactor?: number | readonly number[];
  /** `"nearest"` when not given; `"linear"` is for rows, `"bilinear"` and `"bicubic"` are for planes. */
  mode?: InterpolationMode;
  /** The corners' centres lie on each other, not the images' edges. */
  alignCorners?: boolean;
}

/** Where an output line lies among the input's, counted in lines. */
type Source = (output: number) => number;

function sourceOf(size: number, wanted: number, scale: number | undefined, alignCorners: boolean): Source {
  if (alignCorners) return (i) => (wanted > 1 ? (i * (size - 1)) / (wanted - 1) : 0);
  // With a factor PyTorch takes it as it is, not the one the rounded sizes have.
  const step = scale === undefined ? size / wanted : 1 / scale;
  return (i) => (i + 0.5) * step - 0.5;
}

const cubic = (x: number): number => {
  const a = -0.75;
  const t = Math.abs(x);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
};

/** The weights of one direction, [wanted, size]. */
function weights(mode: "linear" | "cubic", size: number, wanted: number, source: Source, { dtype, device }: Tensor): Tensor {
  const table = new Float64Array(wanted * size);
  const clamp = (line: number): number => Math.min(Math.max(line, 0), size - 1);
  for (let i = 0; i < wanted; i++) {
    const at = mode === "linear" ? Math.max(source(i), 0) : source(i);
    const first = Math.floor(at);
    const reach = mode === "linear" ? [0, 1] : [-1, 0, 1, 2];
    for (const k of reach) {
      const weight = mode === "linear" ? 1 - Math.abs(at - (first + k)) : cubic(at - (first + k));
      table[i * size + clamp(first + k)]! += weight;
    }
  }
  return tensor(table, { shape: [wanted, size], dtype, device });
}

/** For each output line the input's nearest, as PyTorch rounds: down, without half-pixel centres. */
function nearestLines(size: number, wanted: number, scale: number | undefined, device: Device): Tensor {
  const step = scale === undefined ? size / wanted : 1 / scale;
  return tensor(Int32Array.from({ length: wanted }, (_, i) => Math.min(Math.floor(i * step), size - 1)), { device });
}

/** One number a direction. */
function perDirection(name: string, value: number | readonly number[], directions: number): number[] {
  const list = typeof value === "number" ? new Array<number>(directions).fill(value) : [...value];
  if (list.length !== directions || list.some((each) => !(each > 0))) {
    throw new ShapeError(
      `interpolate: ${name} is ${JSON.stringify(value)}; give a positive number, or ${directions} of them for this input`,
    );
  }
  return list;
}

/**
 * The image in another size.
 * @param input rows [N, C, L] or planes [N, C, H, W].
 * @throws ShapeError for another rank, or a size that does not fit it; NablaError for a mode that does not fit it.
 */
export function interpolate(input: Tensor, options: InterpolateOptions): Tensor {
  const image = requireFloat("interpolate", requireTensor("interpolate", input));
  const { size, scaleFactor, mode = "nearest", alignCorners = false } = options;
  const directions = image.ndim - 2;
  if (directions !== 1 && directions !== 2) {
    throw new ShapeError(`interpolate: needs shape [N, C, L] or [N, C, H, W], got ${formatShape(image.shape)}`);
  }
  const fitting: readonly string[] = directions === 1 ? ["nearest", "linear"] : ["nearest", "bilinear", "bicubic"];
  if (!fitting.includes(mode)) {
    throw new NablaError(`interpolate: mode is ${JSON.stringify(mode)}; an input of rank ${image.ndim} takes ${fitting.join(", ")}`);
  }
  if (mode === "nearest" && alignCorners) throw new NablaError('interpolate: alignCorners has no meaning for mode "nearest"');
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new NablaError("interpolate: give either size or scaleFactor");
  }
  const scales = scaleFactor === undefined ? undefined : perDirection("scaleFactor", scaleFactor, directions);
  const wanted =
    size === undefined
      ? scales!.map((scale, d) => Math.floor(image.shape[2 + d]! * scale))
      : perDirection("size", size, directions);
  let result = image;
  wanted.forEach((lines, d) => {
    const dim = 2 + d;
    const have = image.shape[dim]!;
    if (!Number.isInteger(lines) || lines < 1 || have < 1) {
      throw new ShapeError(`interpolate: dimension ${dim} of ${formatShape(image.shape)} cannot become ${lines}`);
    }
    if (mode === "nearest") {
      result = result.indexSelect(dim, nearestLines(have, lines, scales?.[d], image.device));
      return;
    }
    // Linear weights leave a direction that keeps its size as it is, whatever the factor was before rounding (so in PyTorch).
    if (have === lines && mode !== "bicubic") return;
    const source = sourceOf(have, lines, scales?.[d], alignCorners);
    const matrix = weights(mode === "bicubic" ? "cubic" : "linear", have, lines, source, image);
    result = dim === image.ndim - 1 ? result.matmul(matrix.t()) : matrix.matmul(result);
  });
  return result;
}
