/**
 * A tensor in short: mean, spread, ends, share of zeros and a small histogram. Of a large tensor elements at equal distances
 * are read instead of all, and the result says so.
 */
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { TensorStatistics } from "../../view/states/network.ts";

/** Elements that are read at most. */
const MOST_READ = 1 << 18;
const PARTS = 24;

/** Six digits are more than a drawing shows. */
const short = (value: number): number => Number(value.toPrecision(6));

/** The numbers of a tensor; undefined for one without elements. */
export function statisticsOf(tensor: Tensor): TensorStatistics | undefined {
  const { numel, shape, dtype } = tensor;
  if (numel === 0) return undefined;
  const step = Math.ceil(numel / MOST_READ);
  const elements = noGrad(() => {
    const flat = tensor.detach().reshape([numel]);
    return (step === 1 ? flat : flat.slice(0, 0, numel, step)).data();
  });
  let [sum, min, max, zeros, finite] = [0, Infinity, -Infinity, 0, 0];
  for (const element of elements) {
    const value = Number(element);
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value === 0) zeros++;
  }
  const mean = finite === 0 ? 0 : sum / finite;
  const histogram = new Array<number>(PARTS).fill(0);
  let squares = 0;
  for (const element of elements) {
    const value = Number(element);
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    const part = max > min ? Math.floor(((value - min) / (max - min)) * PARTS) : 0;
    histogram[Math.min(PARTS - 1, part)]!++;
  }
  return {
    shape,
    dtype,
    mean: short(mean),
    // Of a sample, as tensor.std() counts; a single number has none.
    std: finite < 2 ? 0 : short(Math.sqrt(squares / (finite - 1))),
    min: finite === 0 ? 0 : short(min),
    max: finite === 0 ? 0 : short(max),
    zeros: finite === 0 ? 0 : short(zeros / finite),
    notFinite: elements.length - finite,
    histogram,
    ...(step === 1 ? {} : { sampled: elements.length }),
  };
}
