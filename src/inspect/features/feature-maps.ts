/**
 * The feature-map explorer: what each layer of the learner's own network makes of an input, down to one number and the sum
 * that it is. In JupyterLab with the extension everything can be chosen; elsewhere a chart shows one layer's maps. After CNN
 * Explainer (Wang et al. 2020), which shows one network of its authors'.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { vegaColourScale } from "../../plot/colours.ts";
import { imageGrid } from "../../plot/image-grid.ts";
import { NablaError, TensorIndexError } from "../../tensor/errors.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { FeatureChoice, FeatureExplanation, FeatureLayer, FeaturesState } from "../../view/states/features.ts";
import { View } from "../../view/index.ts";
import type { Json, ViewFallback } from "../../view/index.ts";
import { explained, sentenceOf } from "./explanation.ts";
import { inputsOf, recordCalls } from "./recording.ts";
import type { RecordedCall } from "./recording.ts";
import { mapOf, mostMaps, scaleOf, sheetOf } from "./sheets.ts";

export interface FeatureMapsOptions {
  /** The layer that is open at first, by its path, or by its number among the calls; the first convolution when not given. */
  layer?: string | number;
  /** The map that is open at first; the one with the largest number when not given. */
  map?: number;
  /** The number that is looked at first; the largest of its map when not given. */
  position?: readonly [row: number, column: number];
  /** Which of the batch; 0 when not given. */
  example?: number;
}

/** All pictures that are saved may have so many characters. */
const pictureBudget = 190_000;
/** Pixels of an input that has no negative ones are grey; maps are blue. */
const [ofInput, ofMaps] = ["greys", "sequential"] as const;
/** The picture of a layer's input is that much smaller than that of its maps, in pixels. */
const inputPixels = 36_000;
/** A larger map is saved without its numbers. */
const mostSavedValues = 4096;
const staticMaps = 48;

/** A number that the page asks about. */
type Wanted = { readonly layer: number; readonly map: number; readonly row: number; readonly column: number };

/** What a model made of an input. */
class Run {
  readonly calls: readonly RecordedCall[];
  readonly #model: AnyModule;
  readonly #input: Tensor;
  readonly #example: number;

  constructor(model: AnyModule, inputs: readonly unknown[], example: number) {
    this.calls = recordCalls("featureMaps", model, inputs, example);
    if (this.calls.length === 0) throw new NablaError(`featureMaps: no layer of ${model.label} gave a tensor [N, ...] for this input`);
    this.#model = model;
    this.#input = inputs[0] as Tensor;
    this.#example = example;
  }

  /** The example as maps. */
  get #pictures(): Tensor | undefined {
    const one = this.#input.detach().select(0, this.#example);
    return one.ndim === 3 ? one.contiguous() : one.ndim === 2 ? one.unsqueeze(0).contiguous() : undefined;
  }

  layer(index: number): RecordedCall {
    const call = this.calls[index];
    if (call !== undefined) return call;
    throw new TensorIndexError(`featureMaps: there is no layer ${index}; there are ${this.calls.length}`);
  }

  nameOf({ path, label, repeat }: RecordedCall): string {
    const name = path === "" ? label.replace(/\(.*/s, "") : label.includes("(") ? path : `${path} · ${label}`;
    return repeat === 0 ? name : `${name} (${repeat + 1})`;
  }

  /** The first layer of a path, or the first convolution, or the first of all. */
  find(layer: string | number | undefined): number {
    if (typeof layer === "number") {
      this.layer(layer);
      return layer;
    }
    const index = this.calls.findIndex(layer === undefined
      ? ({ window }) => window?.op === "conv2d"
      : (call) => call.path === layer || this.nameOf(call) === layer);
    if (index >= 0) return index;
    if (layer === undefined) return 0;
    throw new NablaError(`featureMaps: no layer ran at ${JSON.stringify(layer)}; there are ${this.calls.map((call) => this.nameOf(call)).join(", ")}`);
  }

  /** The largest number of a layer, or of one of its maps. */
  strongest(layer: number, map?: number): FeatureChoice {
    const { output } = this.layer(layer);
    const [, rows, columns] = output.shape as [number, number, number];
    const shown = output.narrow(0, 0, Math.min(output.shape[0]!, mostMaps));
    const place = (map === undefined ? shown : output.select(0, map)).argmax().item();
    const inMap = place % (rows * columns);
    return { layer, map: map ?? Math.floor(place / (rows * columns)), row: Math.floor(inMap / columns), column: inMap % columns };
  }

  /** A place that the page, or the caller, has named. */
  checked({ layer, map, row, column }: FeatureChoice): FeatureChoice {
    const { shape } = this.layer(layer).output;
    [map, row, column].forEach((index, d) => {
      if (Number.isInteger(index) && index >= 0 && index < shape[d]!) return;
      throw new TensorIndexError(`featureMaps: there is no ${["map", "row", "column"][d]} ${index} in maps of shape ${formatShape(shape)}`);
    });
    return { layer, map, row, column };
  }

  explanation(choice: FeatureChoice): FeatureExplanation {
    const call = this.layer(this.checked(choice).layer);
    const input = call.window === undefined ? null : sheetOf(call.window.input, call.window.input.shape[0]! <= 3 ? ofInput : ofMaps, inputPixels);
    return { arithmetic: explained(call, choice), input };
  }

  #layerState(call: RecordedCall, withSheet: boolean): FeatureLayer {
    return {
      name: this.nameOf(call),
      label: call.label,
      shape: call.shape.slice(1),
      maps: call.output.shape[0]!,
      sheet: withSheet ? sheetOf(call.output, ofMaps) : null,
      windows: call.window !== undefined,
    };
  }

  /** What is saved: as many layers' pictures as fit, that of the chosen layer first. */
  state(choice: FeatureChoice): FeaturesState {
    const layers = this.calls.map((call) => this.#layerState(call, false));
    const pictures = this.#pictures;
    const input = pictures === undefined ? null : sheetOf(pictures, ofInput);
    const explanation = this.explanation(choice);
    const map = mapOf(this.layer(choice.layer).output, choice.map, ofMaps, mostSavedValues);
    let left = pictureBudget - [input, explanation.input, map.sheet].reduce((sum, sheet) => sum + (sheet?.url.length ?? 0), 0);
    for (const index of [choice.layer, ...layers.keys()]) {
      if (layers[index]!.sheet !== null) continue;
      const layer = this.#layerState(this.calls[index]!, true);
      if (index !== choice.layer && layer.sheet!.url.length > left) continue;
      left -= layer.sheet!.url.length;
      layers[index] = layer;
    }
    return {
      model: this.#model.label,
      input,
      layers,
      choice,
      map,
      explanation,
      diverging: vegaColourScale({ ramp: "diverging", domain: [-1, 1] })["range"] as string[],
    };
  }

  /** The chosen layer's maps as a chart, all layers as text. */
  fallback(choice: FeatureChoice): ViewFallback {
    const call = this.layer(choice.layer);
    const count = Math.min(call.output.shape[0]!, staticMaps);
    const title = `Maps of ${this.nameOf(call)}: ${call.label}${count < call.output.shape[0]! ? `, the first ${count} of ${call.output.shape[0]}` : ""}`;
    const sentence = sentenceOf(explained(call, choice), choice);
    const { ramp, domain } = scaleOf(call.output, ofMaps);
    const chart = imageGrid(call.output.narrow(0, 0, count), {
      title, description: `${title}. ${sentence}.`, colours: ramp, domain, legend: true, perRow: Math.min(8, count),
    });
    const names = this.calls.map((each) => this.nameOf(each));
    const wide = Math.max(...names.map(({ length }) => length));
    const lines = this.calls.map((each, i) => `${i === choice.layer ? "> " : "  "}${names[i]!.padEnd(wide)}  ${formatShape(each.shape.slice(1))}  ${each.label}`);
    return { spec: chart.spec, text: [this.#model.label, ...lines, `${names[choice.layer]}, ${sentence}`].join("\n") };
  }
}

/**
 * Opens what each layer made of an input: choose a layer, a map, a number of it, and see the window, the weights and the
 * sum. The model runs in evaluation mode and is left as it was; "run again" in the view runs it with its present weights.
 * @param model any module; functions such as `conv2d` and `maxPool2d` inside count as layers.
 * @param input all that `forward` takes: one tensor, a batch [N, ...], or a list that begins with it.
 * @throws NablaError when there is no such layer; TensorIndexError when there is no such map, position or example.
 */
export function featureMaps(model: AnyModule, input: Tensor | readonly unknown[], options: FeatureMapsOptions = {}): View<FeaturesState> {
  const { example = 0, map, position } = options;
  const inputs = inputsOf("featureMaps", input);
  let run = new Run(model, inputs, example);
  const layer = run.find(options.layer);
  if (map !== undefined) run.checked({ layer, map, row: 0, column: 0 });
  const strongest = run.strongest(layer, map);
  let choice = run.checked(position === undefined ? strongest : { ...strongest, row: position[0], column: position[1] });
  const view: View<FeaturesState> = new View<FeaturesState>({
    kind: "features",
    state: run.state(choice),
    fallback: () => run.fallback(choice),
    requests: {
      sheet: ({ layer: index }: { layer: number }) => sheetOf(run.layer(index).output, ofMaps) as unknown as Json,
      map: (wanted: Wanted) => mapOf(run.layer(run.checked(wanted).layer).output, wanted.map, ofMaps) as unknown as Json,
      strongest: ({ layer: index, map: own }: { layer: number; map: number | null }) => ({ ...run.strongest(index, own ?? undefined) }),
      explanation: (wanted: Wanted) => run.explanation(wanted) as unknown as Json,
      again: (wanted: Wanted) => {
        run = new Run(model, inputs, example);
        choice = run.checked(wanted);
        view.state = run.state(choice);
        return null;
      },
    },
    events: {
      // What is looked at is what is saved.
      choose: (wanted: Wanted) => {
        choice = run.checked(wanted);
        view.keep(run.state(choice));
      },
    },
  });
  return view;
}
