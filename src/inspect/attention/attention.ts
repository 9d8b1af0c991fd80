/**
 * Who looks where: the weights of an attention layer, a row for each query and a column for each key, each row summing to 1.
 * After the alignments of Bahdanau, Cho and Bengio 2015 and the heads of Vaswani et al. 2017.
 */
import type { AnyModule } from "../../nn/module/module.ts";
import { MultiheadAttention } from "../../nn/layers/multihead-attention.ts";
import type { MultiheadCallOptions } from "../../nn/layers/multihead-attention.ts";
import { heatmap } from "../../plot/heatmap.ts";
import type { NameList } from "../../plot/values.ts";
import { NablaError, TensorIndexError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { chartRows } from "../chart-rows.ts";
import { inputsOf } from "../features/recording.ts";
import { undisturbed } from "../undisturbed.ts";
import { ValueChart } from "../value-chart.ts";

export interface AttentionViewOptions {
  /** The path of the layer, where a model has several; the first that runs when not given. */
  layer?: string;
  /** Which of its calls, where a layer runs several times; 0 when not given. */
  call?: number;
  /** Which of the batch; 0 when not given. */
  example?: number;
  /** Names of the queries, such as words; their numbers when not given. */
  queries?: NameList;
  /** Names of the keys; those of the queries when not given and there are as many. */
  keys?: NameList;
  title?: string;
}

/** One call of a layer that attends. */
interface Call {
  readonly path: string;
  readonly layer: AnyModule;
  readonly inputs: readonly unknown[];
  readonly weights: Tensor | undefined;
}

function recordAttention(model: AnyModule, inputs: readonly unknown[]): Call[] {
  const calls: Call[] = [];
  undisturbed(model, (keep) => {
    for (const [path, module] of model.namedModules()) {
      keep(module.registerForwardHook((layer, given, output) => {
        const weights = typeof output === "object" && output !== null ? (output as { weights?: unknown }).weights : undefined;
        if (!(layer instanceof MultiheadAttention) && !isTensor(weights)) return;
        calls.push({ path, layer, inputs: given as readonly unknown[], weights: isTensor(weights) ? weights.detach() : undefined });
      }));
    }
    noGrad(() => model.forward(...inputs));
  });
  return calls;
}

/** The weights of one example, [heads, L, S]. */
function weightsOf({ layer, inputs, weights }: Call, example: number): Tensor {
  let all = weights;
  if (layer instanceof MultiheadAttention) {
    // The layer gave the mean of its heads, or nothing: it is asked again for each head's.
    const [query, key, value, options = {}] = inputs as [Tensor, Tensor, Tensor, MultiheadCallOptions?];
    const again = (): Tensor => layer.forward(query, key, value, { ...options, needWeights: true, averageAttnWeights: false }).weights;
    all = undisturbed(layer as unknown as AnyModule, () => noGrad(again));
  }
  const count = all!.shape[0]!;
  if (!Number.isInteger(example) || example < 0 || example >= count) {
    throw new TensorIndexError(`attention: there is no example ${example} in a batch of ${count}`);
  }
  const one = all!.select(0, example);
  return one.reshape([...[1, 1, 1].slice(one.ndim), ...one.shape]).clone();
}

/**
 * Draws the weights of an attention layer, or of one in a model, one picture a head; `values` has them, [heads, L, S].
 * @param model a MultiheadAttention, or any module whose result has `weights`, or a model with such a layer inside.
 * @param input all that `forward` takes; one tensor alone, given to a MultiheadAttention, attends to itself.
 * @throws NablaError when nothing in the model attends.
 */
export function attention(model: AnyModule, input: Tensor | readonly unknown[], options: AttentionViewOptions = {}): ValueChart<Tensor> {
  const { layer, call = 0, example = 0, queries, keys, title } = options;
  const given = inputsOf("attention", input);
  const inputs = (model as unknown) instanceof MultiheadAttention && given.length === 1 ? [given[0], given[0], given[0]] : given;
  const calls = recordAttention(model, inputs);
  const paths = [...new Set(calls.map(({ path }) => path))];
  if (calls.length === 0) throw new NablaError("attention: nothing in the model attends; a layer that does is an nn.MultiheadAttention, or gives { output, weights }");
  const own = calls.filter(({ path }) => path === (layer ?? paths[0]));
  if (own.length === 0) throw new NablaError(`attention: nothing attends at ${JSON.stringify(layer)}; there are ${paths.map((path) => JSON.stringify(path)).join(", ")}`);
  const chosen = own[call];
  if (chosen === undefined) throw new TensorIndexError(`attention: ${own[0]!.layer.label} runs ${own.length} times here; there is no call ${call}`);
  const values = weightsOf(chosen, example);
  const [heads, queryCount, keyCount] = values.shape as [number, number, number];
  const keyNames = keys ?? (queryCount === keyCount ? queries : undefined);
  const largest = Math.max(values.amax().item(), Number.MIN_VALUE);
  // Three decimals: more do not fit into a cell, and smaller weights are as good as none.
  const shown = (values.toArray() as number[][][]).map((rows) => rows.map((row) => row.map((weight) => Number(weight.toFixed(3)))));
  const charts = shown.map((rows, head) => heatmap(rows, {
    ...(heads === 1 ? {} : { title: `head ${head}` }),
    colours: "sequential",
    domain: [0, largest],
    ...(queries === undefined ? {} : { rows: queries }),
    ...(keyNames === undefined ? {} : { columns: keyNames }),
    xTitle: "key",
    yTitle: "query",
    ...(heads === 1 ? {} : { width: sideOf(keyCount, heads), height: sideOf(queryCount, heads), cellText: false }),
  }));
  const place = chosen.path === "" ? chosen.layer.label : `${chosen.path}: ${chosen.layer.label}`;
  const heading = title ?? `Attention of ${place}`;
  const description = `${heading}: how much each of ${queryCount} queries takes of each of ${keyCount} keys${heads === 1 ? "" : `, ${heads} heads`}.`;
  return new ValueChart(chartRows(charts, { title: heading, description, columns: heads === 2 || heads === 4 ? 2 : 3 }), values);
}

/** The side of a picture of which several stand in a row. */
const sideOf = (cells: number, heads: number): number => Math.max(60, Math.min(heads === 2 ? 230 : 170, 24 * cells));
