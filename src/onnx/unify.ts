/**
 * Makes one trace of two, taken with two sizes of the batch: numbers that differ between them become sizes.
 */
import { OnnxError } from "./onnx-error.ts";
import { sizeOf } from "./size.ts";
import type { Batches, Size } from "./size.ts";
import type { Step, Trace, TracedValue } from "./trace.ts";

const otherwise = "the model does other things for another batch; export for this batch alone, with { batchDim: null }";

/** @throws OnnxError when the two do not do the same. */
export function unify(a: Trace<number>, b: Trace<number>, batches: Batches): Trace {
  if (a.steps.length !== b.steps.length || a.values.length !== b.values.length) throw new OnnxError(`onnx.export: ${otherwise}`);

  /** Values of any make with the sizes in them. */
  const both = (x: unknown, y: unknown, what: string): unknown => {
    if (typeof x === "number" && typeof y === "number") return sizeOf(x, y, batches, what);
    if (Array.isArray(x) && Array.isArray(y) && x.length === y.length) return x.map((each, i) => both(each, y[i], what));
    if (isPlain(x) && isPlain(y)) return Object.fromEntries(Object.entries(x).map(([key, each]) => [key, both(each, y[key], what)]));
    if (x === y) return x;
    throw new OnnxError(`onnx.export: ${what}: ${otherwise}`);
  };

  const values = a.values.map((value, i): TracedValue<Size> => {
    const other = b.values[i]!;
    const shape = both(value.shape, other.shape, "a size of a tensor") as Size[];
    if (value.origin.from === "constant" && other.tensor !== value.tensor) {
      const [own, others] = [value.tensor.data(), other.tensor.data()];
      if (own.length !== others.length || own.some((each, k) => !Object.is(each, others[k]))) {
        throw new OnnxError(`onnx.export: a constant of shape [${value.shape.join(", ")}] depends on the batch; ${otherwise}`);
      }
    }
    return { ...value, shape };
  });
  // Which values a step takes and makes must be the same; all its other numbers may be sizes.
  const steps = a.steps.map((step, i): Step<Size> => {
    const other = b.steps[i]!;
    const where = `${step.path}: ${step.kind === "call" ? step.op : step.kind}`;
    const links = (each: Step<number>): string =>
      JSON.stringify(
        each.kind === "call"
          ? [each.op, each.inputs, each.outputs]
          : each.kind === "assemble"
            ? [each.value, each.parts.map(({ source }) => source), each.output]
            : [each.kind === "view" ? each.rule : "", each.input, each.output],
      );
    if (step.kind !== other.kind || links(step) !== links(other)) throw new OnnxError(`onnx.export: ${where}: ${otherwise}`);
    if (step.kind === "layer") return step;
    if (step.kind === "call") return { ...step, attributes: both(step.attributes, (other as typeof step).attributes, where) as Size[] };
    if (step.kind === "view") return { ...step, details: both(step.details, (other as typeof step).details, where) as Size[] | undefined };
    const parts = step.parts.map((part, k) => {
      const twin = (other as typeof step).parts[k]!;
      return { source: part.source, start: both(part.start, twin.start, where) as Size[], extent: both(part.extent, twin.extent, where) as Size[] };
    });
    return { ...step, parts };
  });
  return { values, steps, outputs: a.outputs };
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
