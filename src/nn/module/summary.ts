/**
 * A table of a model's modules: what shape each gives for an example, and how many parameters it has. The model is run once
 * without training and without recording, with hooks that note the shapes. The idea is Keras's `model.summary()`.
 */
import { zeros } from "../../tensor/creation.ts";
import type { DType } from "../../tensor/dtype.ts";
import { NablaError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { AnyModule } from "./module.ts";
import { Parameter } from "./parameter.ts";

export interface SummaryOptions {
  /** Type of an input that is given by its shape: `"int32"` for words. That of the first parameter when not given. */
  dtype?: DType;
}

/** One module of the table. */
export interface SummaryRow {
  /** Its path in the model; `""` is the model itself. */
  readonly path: string;
  readonly label: string;
  /** The shapes that it gave, in its last call; empty when it was not called. */
  readonly outputShapes: readonly Shape[];
  /** Elements of the parameters that it holds itself, not counting those that a row above holds too. */
  readonly parameters: number;
  /** How many of them are trained. */
  readonly trainable: number;
  /** True for a module with others inside. */
  readonly inner: boolean;
}

function shapesIn(value: unknown): Shape[] {
  if (isTensor(value)) return [value.shape];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(shapesIn);
}

const grouped = (count: number): string => count.toLocaleString("en-US");

/** The table; it prints itself. */
export class ModuleSummary {
  readonly rows: readonly SummaryRow[];

  constructor(rows: readonly SummaryRow[]) {
    this.rows = rows;
  }

  /** Elements of all parameters. */
  get parameters(): number {
    return this.rows.reduce((sum, { parameters }) => sum + parameters, 0);
  }

  /** Elements of those that are trained. */
  get trainable(): number {
    return this.rows.reduce((sum, { trainable }) => sum + trainable, 0);
  }

  /** The table as text. */
  toString(): string {
    const cells = this.rows.map(({ path, label, outputShapes, parameters, inner }) => {
      const depth = path === "" ? 0 : path.split(".").length;
      const name = path === "" ? label : `${path}: ${label}`;
      return [
        "  ".repeat(depth) + name,
        outputShapes.length === 0 ? "not called" : outputShapes.map((shape) => formatShape(shape)).join(", "),
        inner && parameters === 0 ? "" : grouped(parameters),
      ];
    });
    const all = [["layer", "output shape", "parameters"], ...cells];
    const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
    const line = ([name, shape, count]: readonly string[]): string =>
      `${name!.padEnd(widths[0]!)}  ${shape!.padEnd(widths[1]!)}  ${count!.padStart(widths[2]!)}`;
    const rule = "-".repeat(widths[0]! + widths[1]! + widths[2]! + 4);
    const frozen = this.parameters - this.trainable;
    const total = `parameters: ${grouped(this.parameters)}${frozen === 0 ? "" : `, of which ${grouped(frozen)} are frozen`}`;
    return [line(all[0]!), rule, ...cells.map(line), rule, total].join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }
}

/** The inputs to run a module with: as they are, or zeros of a shape. */
function inputsOf(module: AnyModule, example: unknown, dtype: DType | undefined): readonly unknown[] {
  if (isTensor(example)) return [example];
  if (!Array.isArray(example)) {
    throw new NablaError("summary: expected an input, a list of inputs, or an input's shape, as in summary([1, 1, 28, 28])");
  }
  if (!example.every((size) => Number.isInteger(size))) return example;
  const first = module.parameters().next();
  const type = dtype ?? (first.done === true ? undefined : (first.value as Tensor).dtype);
  return [zeros(example as number[], type === undefined ? {} : { dtype: type })];
}

/** Runs a module on an example and notes what each module inside gives. */
export function summarize(module: AnyModule, example: unknown, { dtype }: SummaryOptions = {}): ModuleSummary {
  const inputs = inputsOf(module, example, dtype);
  const shapes = new Map<AnyModule, Shape[]>();
  const all = [...module.namedModules()];
  const modes = all.map(([, { training }]) => training);
  const handles = all.map(([, each]) => each.registerForwardHook((called, _, output) => void shapes.set(called, shapesIn(output))));
  try {
    module.eval();
    noGrad(() => module.forward(...inputs));
  } finally {
    handles.forEach((handle) => handle.remove());
    all.forEach(([, each], i) => (each.training = modes[i]!));
  }
  const counted = new Set<Tensor>();
  return new ModuleSummary(
    all.map(([path, each]) => {
      const own = [...each.ownParts()].flatMap(([, part]) => (part instanceof Parameter ? [part] : []));
      const parameters = own.filter((parameter) => !counted.has(parameter));
      parameters.forEach((tensor) => counted.add(tensor));
      const sum = (tensors: readonly Tensor[]): number => tensors.reduce((total, { numel }) => total + numel, 0);
      return {
        path,
        label: each.label,
        outputShapes: shapes.get(each) ?? [],
        parameters: sum(parameters),
        trainable: sum(parameters.filter(({ requiresGrad }) => requiresGrad)),
        inner: !each.children().next().done,
      };
    }),
  );
}
