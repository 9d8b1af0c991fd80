/**
 * Finds where the first NaN comes from. While it is on, every result is looked at as soon as it has been computed, forward
 * and backward, and every recorded call remembers its line; while it is off this costs nothing. (PyTorch's
 * `detect_anomaly` looks at gradients alone.)
 */
import { Onlooker, observedBy } from "../tensor/call-observer.ts";
import type { CallObserver } from "../tensor/call-observer.ts";
import { isFloating } from "../tensor/dtype.ts";
import { AnomalyError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { nodeBeingDifferentiated, rememberOrigins } from "../tensor/graph.ts";
import type { NamedRow } from "../tensor/ops.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor, TensorLike } from "../tensor/tensor.ts";

export interface AnomalyOptions {
  /** Infinity is an anomaly too; off when not given, because masks and logarithms of 0 make it on purpose. */
  infinite?: boolean;
}

/**
 * Runs a function in which the first NaN made by a call, forward or backward, is an error.
 * @throws AnomalyError naming the op, the shapes of its inputs and, in a backward pass, the line that recorded the call.
 */
export function detectAnomaly<T>(run: () => T, options: AnomalyOptions = {}): T {
  const before = rememberOrigins(true);
  try {
    return observedBy(observerOf(options.infinite === true), run);
  } finally {
    rememberOrigins(before);
  }
}

function observerOf(infinite: boolean): CallObserver {
  return new (class extends Onlooker {
    override called(row: NamedRow, inputs: readonly TensorLike[], outputs: readonly Tensor[]): void {
      // What is filled with a constant is meant so.
      if (inputs.length === 0) return;
      for (const output of outputs) {
        const found = anomalyIn(output, infinite);
        if (found !== undefined) throw report(row, inputs, found, infinite);
      }
    }
  })();
}

/** What is wrong with a tensor: the name of the first value that is no number; undefined for a sound one. */
function anomalyIn(value: TensorLike, infinite: boolean): string | undefined {
  if (typeof value === "number" || !isFloating(value.dtype)) return undefined;
  return observedBy(undefined, () =>
    noGrad(() => {
      const elements = value.detach().data();
      for (let i = 0; i < elements.length; i++) {
        const element = elements[i]!;
        if (Number.isNaN(element) || (infinite && !Number.isFinite(element))) return String(element);
      }
      return undefined;
    }),
  );
}

function report(row: NamedRow, inputs: readonly TensorLike[], found: string, infinite: boolean): AnomalyError {
  const shapes = inputs.map((input) => (typeof input === "number" ? String(input) : formatShape(input.shape))).join(", ");
  const guilty = inputs.findIndex((input) => anomalyIn(input, infinite) !== undefined);
  const source = guilty < 0 ? "; its inputs were sound" : `; input ${guilty} held one already: look at where it comes from`;
  const node = nodeBeingDifferentiated();
  if (node === undefined) return new AnomalyError(`${row.name}: made the first ${found} from inputs ${shapes}${source}`);
  return new AnomalyError(
    `${row.name}: made the first ${found} from inputs ${shapes}, in the backward pass of ${node.rule.name}${source}. ` +
      `${node.rule.name} was called ${node.origin ?? "outside detectAnomaly"}`,
  );
}
