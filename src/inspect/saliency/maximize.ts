/**
 * An input that a unit answers most strongly, found by walking up the gradient from faint noise. Source: Erhan, Bengio,
 * Courville and Vincent, "Visualizing higher-layer features of a deep network", 2009.
 */
import { grad } from "../../autograd/functions.ts";
import type { AnyModule } from "../../nn/module/module.ts";
import { imageGrid } from "../../plot/image-grid.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { stack } from "../../tensor/methods/join.ts";
import { randn } from "../../tensor/random/generator.ts";
import { Generator } from "../../tensor/random/stream.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { picturesOf } from "../pictures.ts";
import type { PictureSize } from "../pictures.ts";
import { undisturbed } from "../undisturbed.ts";
import { ValueChart } from "../value-chart.ts";
import { layerOf, outputOf, requireUnit } from "./unit-activation.ts";

export interface MaximizeOptions {
  /** The path of the layer; the model's own output when not given. */
  layer?: string;
  /** The unit, or the channel of a convolution (the mean of its map counts), or several. */
  unit: number | readonly number[];
  /** The shape of one input without its batch: `[1, 28, 28]`. */
  shape: Shape;
  /** 100 when not given. */
  steps?: number;
  /** How far each step goes, in the root mean square of the input's change; 0.1 when not given. */
  lr?: number;
  /** The part of the input that fades in each step, which keeps it from growing without end; 0.01 when not given. */
  decay?: number;
  /** The smallest and largest number that an input has, such as [0, 1] for pixels; any when not given. */
  range?: readonly [low: number, high: number];
  /** Of the noise at the start; 0 when not given. */
  seed?: number;
  /** Rows and columns of an input that is a flat list. */
  size?: PictureSize;
  title?: string;
}

/** What the ascent found. */
export interface Maximized {
  /** One input a unit, [units, ...shape]. */
  readonly inputs: Tensor;
  /** Each unit's activation at its start and at its end. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Draws, for each unit, an input to which it answers strongly. `values` has the inputs and the activations before and after.
 * @throws TensorIndexError when the layer has no such unit.
 */
export function maximize(model: AnyModule, options: MaximizeOptions): ValueChart<Maximized> {
  const { unit, shape, layer, steps = 100, lr = 0.1, decay = 0.01, range, seed = 0, size, title } = options;
  const units = typeof unit === "number" ? [unit] : [...unit];
  if (units.length === 0) throw new NablaError("maximize: name at least one unit");
  if (!Array.isArray(shape) || shape.length === 0) throw new ShapeError("maximize: shape is that of one input without its batch, such as [1, 28, 28]");
  if (!Number.isInteger(steps) || steps < 1) throw new NablaError(`maximize: steps is ${steps}; a whole number of at least 1`);
  if (range !== undefined && !(range[0] < range[1])) throw new NablaError(`maximize: range is [${range.join(", ")}]; from low to high`);
  const watched = layerOf("maximize", model, layer);
  const { dtype } = [...model.parameters()][0] ?? { dtype: "float32" as const };
  const noise = randn([units.length, ...shape], { dtype, generator: new Generator(seed) }).mul(0.01);
  const middle = range === undefined ? 0 : (range[0] + range[1]) / 2;
  const perExample = shape.map((_, d) => d + 1);
  return undisturbed(model, (keep) => {
    /** Each unit's activation on its own input. */
    const activations = (x: Tensor): Tensor => {
      const output = outputOf("maximize", model, watched, x, keep);
      units.forEach((each) => requireUnit("maximize", watched, output, each));
      return stack(units.map((each, i) => output.select(0, i).select(0, each).mean()));
    };
    const ascent = grad((x: Tensor) => activations(x).sum());
    let x = noise.add(middle);
    const before = noGrad(() => activations(x)).toArray() as number[];
    for (let step = 0; step < steps; step++) {
      const gradient = ascent(x);
      x = noGrad(() => {
        const length = gradient.square().mean({ dim: perExample, keepdim: true }).sqrt().add(1e-12);
        const moved = x.sub(middle).mul(1 - decay).add(middle).add(gradient.div(length).mul(lr));
        return range === undefined ? moved : moved.clamp({ min: range[0], max: range[1] });
      });
    }
    const after = noGrad(() => activations(x)).toArray() as number[];
    const heading = title ?? `Inputs that ${layer === undefined ? "the outputs" : `units of ${layer}`} answer most strongly`;
    const captions = units.map((each, i) => `${each}: ${Number(after[i]!.toPrecision(3))}`);
    const chart = imageGrid(picturesOf("maximize", x, size), {
      title: heading,
      description: `${heading}, found by gradient ascent from noise: units ${units.join(", ")}, inputs of ${formatShape(shape)}; activations after: ${captions.join("; ")}.`,
      captions,
    });
    return new ValueChart(chart, { inputs: x, before, after });
  });
}
