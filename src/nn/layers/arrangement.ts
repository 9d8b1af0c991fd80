/**
 * Layers without parameters that give their input another shape or size.
 */
import { elementCount } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import { ShapeError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { interpolate } from "../interpolation.ts";
import type { InterpolateOptions } from "../interpolation.ts";
import { Module } from "../module/module.ts";
import type { Layer } from "./container.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";

/** Dimensions joined into one: all but the first when not told otherwise. (torch.nn.Flatten) */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor({ startDim = 1, endDim = -1 }: { startDim?: number; endDim?: number } = {}) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  override forward(x: Tensor): Tensor {
    return requireInput(this, x).flatten({ startDim: this.startDim, endDim: this.endDim });
  }

  override extraRepr(): string {
    return argumentsText([], { startDim: [this.startDim, 1], endDim: [this.endDim, -1] });
  }
}

/** One dimension cut into several. (torch.nn.Unflatten) */
export class Unflatten extends Module {
  readonly dim: number;
  readonly sizes: Shape;

  /** @param sizes of the new dimensions; one may be -1 and is worked out. */
  constructor(dim: number, sizes: Shape) {
    super();
    this.dim = dim;
    this.sizes = [...sizes];
    if (sizes.length === 0 || sizes.filter((size) => size === -1).length > 1) {
      throw new ShapeError(`Unflatten: sizes are [${sizes.join(", ")}]; at least one, of which one may be -1`);
    }
  }

  override forward(x: Tensor): Tensor {
    const dim = this.dim < 0 ? this.dim + requireInput(this, x).ndim : this.dim;
    const size = requireInput(this, x).shape[dim];
    const known = elementCount(this.sizes.filter((each) => each !== -1));
    const fits = size !== undefined && (this.sizes.includes(-1) ? known > 0 && size % known === 0 : size === known);
    if (!fits) throw unexpected(this, `${this.sizes.includes(-1) ? "a multiple of " : ""}${known} elements in dimension ${this.dim}`, x);
    const sizes = this.sizes.map((each) => (each === -1 ? size / known : each));
    return x.reshape([...x.shape.slice(0, dim), ...sizes, ...x.shape.slice(dim + 1)]);
  }

  override extraRepr(): string {
    return argumentsText([this.dim, this.sizes]);
  }
}

/** Rows or images in another size; see `functional.interpolate`. (torch.nn.Upsample) */
export class Upsample extends Module {
  readonly options: Readonly<InterpolateOptions>;

  constructor(options: InterpolateOptions) {
    super();
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return interpolate(requireInput(this, x), this.options);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest", alignCorners = false } = this.options;
    return argumentsText([], {
      size: [size, undefined],
      scaleFactor: [scaleFactor, undefined],
      mode: [mode, "nearest"],
      alignCorners: [alignCorners, false],
    });
  }
}

/** Zeros around an image. (torch.nn.ZeroPad2d) */
export class ZeroPad2d extends Module {
  /** Columns left and right, then rows above and below. */
  readonly padding: readonly [number, number, number, number];

  /** @param padding one number for all sides, or [left, right, top, bottom]. */
  constructor(padding: number | readonly [left: number, right: number, top: number, bottom: number]) {
    super();
    this.padding = typeof padding === "number" ? [padding, padding, padding, padding] : padding;
    const [left, right, top, bottom] = this.padding;
    for (const [name, size] of Object.entries({ left, right, top, bottom })) {
      if (!Number.isInteger(size)) throw new ShapeError(`ZeroPad2d: ${name} is ${size}; a whole number, or four: [left, right, top, bottom]`);
    }
  }

  override forward(x: Tensor): Tensor {
    const rank = requireInput(this, x).ndim;
    if (rank !== 3 && rank !== 4) throw unexpected(this, "[N, C, H, W] or [C, H, W]", x);
    return x.pad(this.padding);
  }

  override extraRepr(): string {
    return argumentsText([this.padding]);
  }
}

/** A vector repeated as every step of a sequence: [N, F] to [N, n, F]. (Keras: RepeatVector) */
export class RepeatVector extends Module {
  readonly n: number;

  constructor(n: number) {
    super();
    requireSizes("RepeatVector", { n });
    this.n = n;
  }

  override forward(x: Tensor): Tensor {
    if (requireInput(this, x).ndim !== 2) throw unexpected(this, "[N, F]", x);
    return x.unsqueeze(1).expand([x.shape[0]!, this.n, x.shape[1]!]);
  }

  override extraRepr(): string {
    return argumentsText([this.n]);
  }
}

/** A layer applied to every step of a sequence with the same weights: [N, T, ...] in and out. (Keras: TimeDistributed) */
export class TimeDistributed extends Module {
  readonly layer: Layer;

  constructor(layer: Layer) {
    super();
    this.layer = layer;
  }

  override forward(x: Tensor): Tensor {
    if (requireInput(this, x).ndim < 3) throw unexpected(this, "[N, T, ...]", x);
    const [batch, steps, ...rest] = x.shape as [number, number, ...number[]];
    const result = this.layer.forward(x.reshape([batch * steps, ...rest]));
    return result.reshape([batch, steps, ...result.shape.slice(1)]);
  }
}
