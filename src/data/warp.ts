/**
 * Moving the pixels of pictures: every pixel of the result looks up a place between the pixels of the original. This is what
 * turning, shifting, zooming and bending pictures have in common (`scipy.ndimage.map_coordinates` of order 1 and 0).
 */
import { tensor } from "../tensor/creation.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How places between and beyond the pixels are seen. */
export interface WarpOptions {
  /** "bilinear" mixes the four nearest pixels, "nearest" takes the nearest. Default "bilinear". */
  mode?: "bilinear" | "nearest";
  /**
   * What is beyond the edge: "edge" its pixels go on, "mirror" the picture is mirrored at their middles, "constant" the
   * given value. Default "edge".
   */
  border?: "edge" | "mirror" | "constant";
  /** With "constant". Default 0. */
  value?: number;
}

/** Where a pixel of the result looks: sets column and row of the original, of which whole numbers are the pixels' middles. */
export type Lookup = (picture: number, column: number, row: number, place: { column: number; row: number }) => void;

/**
 * Pictures whose every pixel looks up a place in the original. Not differentiable.
 * @param images float [N, C, H, W].
 * @throws ShapeError when the images have another shape; NablaError when an option is none of the known.
 */
export function warp(op: string, images: Tensor, lookUp: Lookup, options: WarpOptions = {}): Tensor {
  const { mode = "bilinear", border = "edge", value = 0 } = options;
  if (mode !== "bilinear" && mode !== "nearest") throw new NablaError(`${op}: mode is ${JSON.stringify(mode)}; known are "bilinear" and "nearest"`);
  if (!["edge", "mirror", "constant"].includes(border)) throw new NablaError(`${op}: border is ${JSON.stringify(border)}; known are "edge", "mirror" and "constant"`);
  const [count, channels, height, width] = requireImages(op, images);
  const source = images.data();
  const result = new (images.dtype === "float64" ? Float64Array : Float32Array)(source.length);
  const plane = height * width;
  const place = { column: 0, row: 0 };
  const inside = (at: number, length: number): number => {
    if (at >= 0 && at < length) return at;
    if (border === "constant") return -1;
    if (border === "edge") return at < 0 ? 0 : length - 1;
    if (length === 1) return 0;
    const period = 2 * (length - 1);
    const folded = ((at % period) + period) % period;
    return folded < length ? folded : period - folded;
  };
  for (let picture = 0; picture < count; picture++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        lookUp(picture, column, row, place);
        const at = mode === "nearest" ? { column: Math.floor(place.column + 0.5), row: Math.floor(place.row + 0.5) } : place;
        const [left, top] = [Math.floor(at.column), Math.floor(at.row)];
        const [right, bottom] = [at.column - left, at.row - top];
        const [x0, x1, y0, y1] = [inside(left, width), inside(left + 1, width), inside(top, height), inside(top + 1, height)];
        for (let channel = 0; channel < channels; channel++) {
          const start = (picture * channels + channel) * plane;
          const pixel = (x: number, y: number): number => (x < 0 || y < 0 ? value : source[start + y * width + x]!);
          // A weight of 0 is left out, so that a place on a pixel is that pixel, whatever its neighbours.
          let mixed = (1 - bottom) * (1 - right) * pixel(x0, y0);
          if (right > 0) mixed += (1 - bottom) * right * pixel(x1, y0);
          if (bottom > 0) mixed += bottom * (1 - right) * pixel(x0, y1);
          if (bottom > 0 && right > 0) mixed += bottom * right * pixel(x1, y1);
          result[start + row * width + column] = mixed;
        }
      }
    }
  }
  return tensor(result, { shape: images.shape });
}

/** The shape of a batch of pictures. @throws ShapeError when a tensor is none; NablaError when it holds whole numbers. */
export function requireImages(op: string, images: Tensor): [count: number, channels: number, height: number, width: number] {
  requireTensor(op, images);
  if (images.ndim !== 4) throw new ShapeError(`${op}: a batch of pictures has the shape [N, C, H, W], but this one has [${images.shape.join(", ")}]; add a dimension to a single picture with unsqueeze(0)`);
  if (images.dtype !== "float32" && images.dtype !== "float64") throw new NablaError(`${op}: pictures must be of floats, but are of ${images.dtype}; convert them with .to("float32").div(255)`);
  return images.shape as unknown as [number, number, number, number];
}
