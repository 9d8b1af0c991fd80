/**
 * Dropout as a layer: at work while training, nothing otherwise. As everywhere in PyTorch's code its part is written without
 * a name: `new nn.Dropout(0.5)`. Source: Srivastava et al., "Dropout", 2014.
 */
import type { Generator } from "../../tensor/random/stream.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { dropout, dropout2d } from "../dropout.ts";
import { Module } from "../module/module.ts";
import { argumentsText, requireInput, requirePart, unexpected } from "./describe.ts";

/** Where a layer's random numbers come from; the source that `manualSeed` seeds when not given. */
export interface DropoutLayerOptions {
  generator?: Generator;
}

abstract class AnyDropout extends Module {
  readonly p: number;
  readonly #generator: Generator | undefined;

  /** @param p the part that is left out, 0.5 when not given. */
  constructor(p = 0.5, { generator }: DropoutLayerOptions = {}) {
    super();
    requirePart(new.target.name, "p", p);
    this.p = p;
    this.#generator = generator;
  }

  /** The function's options now. */
  protected settings(): { p: number; training: boolean; generator?: Generator } {
    return { p: this.p, training: this.training, ...(this.#generator === undefined ? {} : { generator: this.#generator }) };
  }

  override extraRepr(): string {
    return argumentsText([this.p]);
  }
}

/** Sets elements to 0 at random and enlarges the others by 1 / (1 - p). (torch.nn.Dropout) */
export class Dropout extends AnyDropout {
  override forward(x: Tensor): Tensor {
    return dropout(requireInput(this, x), this.settings());
  }
}

/** Sets whole channels of [N, C, H, W] to 0 at random and enlarges the others. (torch.nn.Dropout2d) */
export class Dropout2d extends AnyDropout {
  override forward(x: Tensor): Tensor {
    if (requireInput(this, x).ndim !== 4) throw unexpected(this, "[N, C, H, W]", x);
    return dropout2d(x, this.settings());
  }
}
