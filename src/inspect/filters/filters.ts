/**
 * Weights as pictures: the kernels of a convolution, or what each unit of a layer on images weighs where. The idea is as old
 * as the networks: Hinton's diagrams, and the first-layer filters of Krizhevsky, Sutskever and Hinton, 2012.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { Module } from "../../nn/module/module.ts";
import { imageGrid } from "../../plot/image-grid.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { PictureSize } from "../pictures.ts";
import { ValueChart } from "../value-chart.ts";

export interface FiltersOptions {
  /** The path of the layer; the first with weights that make pictures when not given. */
  layer?: string;
  /** Rows and columns, where the weights of a unit are a flat list; a square when not given. */
  size?: PictureSize;
  /** Most pictures that are shown; 100 when not given. */
  count?: number;
  title?: string;
  /** How many stand side by side. */
  perRow?: number;
}

/** Weights, and where they were found. */
interface Found {
  readonly weight: Tensor;
  readonly name: string;
}

function weightOf(module: AnyModule): Tensor | undefined {
  for (const [name, part] of module.ownParts()) if (name === "weight" && isTensor(part) && part.ndim >= 2) return part;
  return undefined;
}

function find(model: AnyModule, layer: string | undefined): Found {
  const all = [...model.namedModules()];
  const own = layer === undefined ? all : all.filter(([path]) => path === layer);
  if (own.length === 0) throw new NablaError(`filters: the model has no layer ${JSON.stringify(layer)}; it has ${all.map(([path]) => JSON.stringify(path)).join(", ")}`);
  for (const [path, module] of own) {
    const weight = weightOf(module);
    if (weight !== undefined) return { weight, name: path === "" ? module.label : `${path}: ${module.label}` };
  }
  throw new NablaError(`filters: ${own[0]![1].label} has no weights that make pictures; give the path of a convolution or of a layer on images`);
}

/** The weights as pictures [N, H, W], and how many belong to one unit. */
function asPictures({ weight, name }: Found, size: PictureSize | undefined): { pictures: Tensor; perUnit: number } {
  const values = weight.detach();
  const { shape } = values;
  if (shape.length === 4) return { pictures: values.reshape([shape[0]! * shape[1]!, shape[2]!, shape[3]!]), perUnit: shape[1]! };
  if (shape.length === 3) return { pictures: values.unsqueeze(2).reshape([shape[0]! * shape[1]!, 1, shape[2]!]), perUnit: shape[1]! };
  const length = shape[1]!;
  const side = Math.sqrt(length);
  if (size === undefined && !Number.isInteger(side)) {
    throw new ShapeError(`filters: each unit of ${name} has ${length} weights, which are no square; give size: [rows, columns]`);
  }
  const [height, width] = size ?? [side, side];
  if (shape.length !== 2 || length % (height * width) !== 0) {
    throw new ShapeError(`filters: the weights of ${name}, ${formatShape(shape)}, are no pictures of ${height} by ${width}`);
  }
  const perUnit = length / (height * width);
  return { pictures: values.reshape([shape[0]! * perUnit, height, width]), perUnit };
}

/**
 * Draws weights, blue below zero and orange above, all on one scale. Of a convolution each row of pictures is one output
 * channel where there are several input channels; of a layer [units, inputs], such as a Linear or an RBM on images, each
 * picture is one unit.
 * @param subject a layer, a model, or the weights themselves.
 * @returns a chart; its `values` are the pictures, [N, H, W].
 * @throws NablaError when there are no such weights; ShapeError when they make no pictures of that size.
 */
export function filters(subject: AnyModule | Tensor, { layer, size, count = 100, title, perRow }: FiltersOptions = {}): ValueChart<Tensor> {
  const found = isTensor(subject) ? { weight: subject, name: "weights" } : subject instanceof Module ? find(subject, layer) : undefined;
  if (found === undefined) throw new NablaError("filters: give a layer, a model, or a tensor of weights");
  if (!Number.isInteger(count) || count < 1) throw new NablaError(`filters: count is ${count}; a whole number of at least 1`);
  const { pictures, perUnit } = asPictures(found, size);
  const all = pictures.shape[0]!;
  const side = perUnit > 1 && perUnit <= 16;
  const shown = Math.min(all, side ? Math.max(1, Math.floor(count / perUnit)) * perUnit : count);
  const values = pictures.narrow(0, 0, shown).contiguous();
  const part = shown < all ? `, the first ${shown} of ${all}` : "";
  const heading = title ?? `Weights of ${found.name}${part}`;
  const across = perRow ?? (side ? perUnit : shown <= 8 ? shown : shown > 20 ? 10 : 5);
  const room = side && shown > 4 * perUnit ? 48 : 106;
  const extremes = values.abs().amax().item() || 1;
  return new ValueChart(
    imageGrid(values, {
      title: heading,
      description: `${heading}: ${shown} pictures of ${values.shape[1]} by ${values.shape[2]} weights, ` +
        `${side ? `a row for each output channel, ` : ""}blue below 0, orange above.`,
      colours: "diverging",
      domain: [-extremes, extremes],
      perRow: across,
      width: Math.min(530, room * across),
    }),
    values,
  );
}
