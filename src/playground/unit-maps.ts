/**
 * What each hidden unit of a network of two inputs answers all over the plane. The units are found by watching the network at
 * work, so that this holds for any module: whatever inside has a matrix of weights and gives [N, units] is a layer of units, a
 * layer used twice two of them; its answer is taken behind the activation that follows it, and the last layer is the output.
 */
import { Dropout, Parameter } from "../nn/index.ts";
import type { AnyModule, Module } from "../nn/index.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { UnitLayer, UnitMap } from "../view/states/classifier.ts";

/** More units of a layer, and more layers, are not shown. */
const MOST_UNITS = 8;
const MOST_LAYERS = 6;

/** What a module inside the network gave. */
interface Answer {
  readonly path: string;
  readonly module: AnyModule;
  readonly output: Tensor;
}

/** A network's answer to many places, and what its units said on the way. */
export interface WatchedAnswer {
  readonly output: Tensor;
  readonly layers: readonly UnitLayer[];
  readonly outputWeights?: readonly number[];
}

/**
 * Asks the network about every cell of a square.
 * @param places [side * side, 2], row after row from the top.
 * @param side even; the maps of the units have half as many cells a side, each the mean of four.
 */
export function watchUnits(model: Module, places: Tensor, side: number): WatchedAnswer {
  const answers: Answer[] = [];
  const leaves = [...model.namedModules()].filter(([, module]) => [...module.children()].length === 0);
  const hooks = leaves.map(([path, module]) => module.registerForwardHook((_, __, output) => {
    if (output instanceof Tensor && output.ndim === 2) answers.push({ path, module, output });
    return undefined;
  }));
  try {
    const output = noGrad(() => model.forward(places));
    return { output, ...layersOf(answers, side) };
  } finally {
    for (const hook of hooks) hook.remove();
  }
}

function layersOf(answers: readonly Answer[], side: number): Omit<WatchedAnswer, "output"> {
  const weighing = answers.map((answer, i) => ({ ...answer, behind: behind(answers, i) })).filter(({ module }) => matrixOf(module) !== undefined);
  const last = weighing.at(-1);
  const hidden = weighing.slice(0, -1).slice(0, MOST_LAYERS);
  let before = 2;
  const layers = hidden.map(({ path, module, behind: output }): UnitLayer => {
    const units = output.shape[1]!;
    const shown = Math.min(MOST_UNITS, units);
    const weights = weightsOf(matrixOf(module)!, shown, before);
    before = shown;
    const columns = output.narrow(1, 0, shown).t().contiguous().to("float32").data();
    const maps = Array.from({ length: shown }, (_, unit) => mapOf(columns.subarray(unit * side * side, (unit + 1) * side * side) as Float32Array, side));
    return { name: path, units, maps, ...(weights !== undefined && { weights }) };
  });
  const outputWeights = last === undefined || hidden.length < weighing.length - 1 ? undefined : forClass1(matrixOf(last.module)!, before);
  return { layers, ...(outputWeights !== undefined && { outputWeights }) };
}

/** What came of a layer's answer in the activations behind it. */
function behind(answers: readonly Answer[], index: number): Tensor {
  let { output } = answers[index]!;
  for (const next of answers.slice(index + 1)) {
    if (matrixOf(next.module) !== undefined || next.module instanceof Dropout || !sameShape(next.output.shape, output.shape)) break;
    output = next.output;
  }
  return output;
}

const rounded = (weight: number): number => Number(weight.toPrecision(3));

/** The matrix of a module that weighs its inputs, [units, inputs] as in `Linear`. */
function matrixOf(module: AnyModule): Tensor | undefined {
  for (const [, part] of module.ownParts()) if (part instanceof Parameter && part.ndim === 2) return part;
  return undefined;
}

function weightsOf(weight: Tensor, units: number, before: number): number[] | undefined {
  if (weight.shape[0]! < units || weight.shape[1]! < before) return undefined;
  return [...weight.detach().narrow(0, 0, units).narrow(1, 0, before).contiguous().data()].map((each) => rounded(Number(each)));
}

/** By how much each unit speaks for class 1: of two scores, the difference. */
function forClass1(weight: Tensor, before: number): number[] | undefined {
  const [outputs, inputs] = weight.shape as readonly [number, number];
  if (inputs < before || outputs > 2) return undefined;
  const rows = weight.detach().narrow(1, 0, before);
  const scores = outputs === 2 ? rows.at(1).sub(rows.at(0)) : rows.at(0);
  return [...scores.contiguous().data()].map((each) => rounded(Number(each)));
}

function mapOf(values: Float32Array, side: number): UnitMap {
  const half = side / 2;
  const means = Float32Array.from({ length: half * half }, (_, i) => {
    const place = 2 * Math.floor(i / half) * side + 2 * (i % half);
    return (values[place]! + values[place + 1]! + values[place + side]! + values[place + side + 1]!) / 4;
  });
  const finite = means.filter(Number.isFinite);
  const [low, high] = [finite.reduce((a, b) => Math.min(a, b), Infinity), finite.reduce((a, b) => Math.max(a, b), -Infinity)];
  const map = Buffer.from(means.map((value) => (high > low && Number.isFinite(value) ? Math.round((255 * (value - low)) / (high - low)) : 128)));
  return { map: map.toString("base64"), low: Number.isFinite(low) ? rounded(low) : 0, high: Number.isFinite(high) ? rounded(high) : 0 };
}
