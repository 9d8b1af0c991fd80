/**
 * A tensor as something to look at: what it is, its numbers in short, a histogram and a heat map to walk through. The page
 * asks for values as it needs them, so that the notebook's file holds a few kilobytes of a tensor of any size.
 */
import { chooseScale, rampColours } from "../../plot/colours.ts";
import { sparkline } from "../../plot/sparkline.ts";
import { readable } from "../../plot/values.ts";
import { notebookHost } from "../../host.ts";
import { byteSize } from "../../tensor/dtype.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { format, showTensorsBy } from "../../tensor/print.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { View, ViewError } from "../../view/index.ts";
import type { TensorState, TensorWindow } from "../../view/states/tensor.ts";
import { histogramOf, numbersOf } from "./summary.ts";
import { firstMatrix, levelsOf, readWindow } from "./window.ts";

/** Up to this many elements a tensor is best seen as its numbers. */
const MOST_AS_TEXT = 100;
/** Cells of the saved picture in each direction: 5 kB of the file. */
const PREVIEW = 64;
/** Cells that a page is given at once in each direction. */
const MOST_CELLS = 128;
const COLOURS = 9;
/** Characters of text that the page is given besides. */
const MOST_TEXT = 2000;

function stateOf(tensor: Tensor, text: string): TensorState {
  const { shape, dtype, device, requiresGrad } = tensor;
  const numbers = numbersOf(tensor);
  const { ramp, domain } = chooseScale([numbers.min ?? 0, numbers.max ?? 1], {}, "sequential");
  const { values, ...cells } = readWindow(tensor, firstMatrix(shape), PREVIEW);
  return {
    shape,
    dtype,
    device,
    bytes: tensor.numel * byteSize(dtype),
    requiresGrad,
    numbers,
    histogram: histogramOf(tensor, numbers),
    domain,
    colours: rampColours(ramp, COLOURS).map((rgb) => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`),
    preview: { ...cells, levels: levelsOf(values, domain).toString("base64") },
    ...(text.length > MOST_TEXT ? {} : { text }),
  };
}

/** What it is and its numbers, in two lines. */
function summaryText(state: TensorState): string {
  const { shape, dtype, device, requiresGrad, numbers: { min, max, mean, nan, inf }, histogram } = state;
  const told = (value: number | null): string => (value === null ? "–" : readable(value));
  return [
    `Tensor ${formatShape(shape)} ${dtype} on ${device}${requiresGrad ? ", requires gradients" : ""}`,
    `min ${told(min)}  max ${told(max)}  mean ${told(mean)}  NaN ${nan}  infinite ${inf}  ${sparkline(histogram.counts)}`,
  ].join("\n");
}

function viewOf(tensor: Tensor, withSummary: boolean): View<TensorState> {
  // The page may outlive what was computed for one cell; looking at a tensor does not keep its memory.
  const held = new WeakRef(tensor);
  const there = (): Tensor => {
    const still = held.deref();
    if (still === undefined) throw new ViewError("This tensor is no longer in memory: give it a name and show that.");
    return still;
  };
  const text = format(tensor);
  const state = stateOf(tensor, text);
  return new View<TensorState>({
    kind: "tensor",
    state,
    fallback: () => ({ text: withSummary ? `${summaryText(state)}\n${text}` : text }),
    requests: {
      window(window: TensorWindow) {
        const { values, ...cells } = readWindow(there(), window, MOST_CELLS);
        return { value: cells, buffers: [values] };
      },
      // As text: JSON knows no NaN.
      value: ({ index }: { index: readonly number[] }) => noGrad(() => String(index.reduce((part, i) => part.select(0, i), there().detach()).data()[0])),
    },
  });
}

/**
 * Shows a tensor of any size: shape, type and device, smallest, largest and mean element, how many are NaN or infinite, a
 * histogram, and its last two dimensions as a heat map that one can zoom into, with the value under the pointer. A tensor
 * of more than 100 elements shows itself like this as the value of a cell.
 */
export function tensor(values: Tensor): View<TensorState> {
  return viewOf(values, true);
}

const display = Symbol.for("Jupyter.display");

/** Makes larger tensors show themselves where they are the value of a cell. Smaller ones stay the text that says it all. */
export function showTensorsAsViews(): void {
  showTensorsBy((values) => {
    if (values.numel <= MOST_AS_TEXT || notebookHost()?.comm === undefined) return undefined;
    const view = viewOf(values, false) as unknown as Record<symbol, () => Record<string, unknown>>;
    return view[display]!();
  });
}
