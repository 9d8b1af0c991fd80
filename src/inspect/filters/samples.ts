/**
 * What a Boltzmann machine dreams: chains of Gibbs steps, a row for each chain and a column for each time that it was looked
 * at. Drawn are the probabilities of the visible units, which show more than the units themselves (Hinton, "A practical guide
 * to training restricted Boltzmann machines", 2010, section 15).
 */
import { imageGrid } from "../../plot/image-grid.ts";
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { stack } from "../../tensor/methods/join.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { picturesOf } from "../pictures.ts";
import type { PictureSize } from "../pictures.ts";
import { ValueChart } from "../value-chart.ts";

/** What is asked of a machine: `nn.models.RBM` has it, and one of the learner's own may. */
export interface SamplingMachine {
  gibbs(v: Tensor, steps?: number): Tensor;
  sampleHidden(v: Tensor): Tensor;
  sampleVisible(h: Tensor): Tensor;
  propDown(h: Tensor): Tensor;
}

/** So many chains are drawn; `values` has all. */
const mostRows = 12;

export interface SamplesOptions {
  /** Gibbs steps from one column to the next; 100 when not given. */
  every?: number;
  /** Columns; 8 when not given. */
  looks?: number;
  /** Rows and columns of a picture; a square when not given. */
  size?: PictureSize;
  title?: string;
}

/**
 * Draws chains that begin at given visible units.
 * @param start [chains, V]: examples, or noise.
 * @returns a chart; its `values` are [chains, looks, V], the probabilities that are drawn.
 */
export function samples(machine: SamplingMachine, start: Tensor, { every = 100, looks = 8, size, title }: SamplesOptions = {}): ValueChart<Tensor> {
  requireTensor("samples", start);
  for (const [name, value] of Object.entries({ every, looks })) {
    if (!Number.isInteger(value) || value < 1) throw new NablaError(`samples: ${name} is ${value}; a whole number of at least 1`);
  }
  const seen: Tensor[] = [];
  noGrad(() => {
    let state = start.detach();
    for (let look = 0; look < looks; look++) {
      const before = every > 1 ? machine.gibbs(state, every - 1) : state;
      const hidden = machine.sampleHidden(before);
      seen.push(machine.propDown(hidden).detach());
      state = machine.sampleVisible(hidden);
    }
  });
  const values = stack(seen, { dim: 1 });
  const chains = values.shape[0]!;
  const drawn = values.narrow(0, 0, Math.min(chains, mostRows));
  const pictures = picturesOf("samples", drawn.reshape([drawn.shape[0]! * looks, values.shape[2]!]), size);
  const part = chains > mostRows ? `, the first ${mostRows} of ${chains} chains` : "";
  const heading = `${title ?? `Samples, a look every ${every} Gibbs steps`}${part}`;
  const description = `${heading}: a row for each of ${drawn.shape[0]} chains, ${looks} looks from left to right.`;
  return new ValueChart(imageGrid(pictures, { title: heading, description, perRow: looks }), values);
}
