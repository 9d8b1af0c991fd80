/** What is known after a number of steps: values that have been computed, gradients that have arrived, arrows they came along. */
import type { StateNumber, StepperState, StepperStep } from "../../../../src/view/states/stepper.ts";

export interface Progress {
  /** The step that has just been taken; undefined at the beginning. */
  readonly step: StepperStep | undefined;
  /** Boxes whose values are known. */
  readonly computed: ReadonlySet<number>;
  /** What has arrived at a value so far, under `box output`; undefined where numbers are too many to be shown. */
  readonly gradients: ReadonlyMap<string, readonly StateNumber[] | undefined>;
  /** Arrows along which a gradient has come back. */
  readonly passed: ReadonlySet<number>;
}

/** The state of the tour after `taken` of its steps. */
export function progressAfter({ boxes, arrows, steps }: StepperState, taken: number): Progress {
  const computed = new Set(boxes.filter(({ kind }) => kind !== "call").map(({ id }) => id));
  const gradients = new Map<string, readonly StateNumber[] | undefined>();
  const passed = new Set<number>();
  for (const step of steps.slice(0, taken)) {
    if (step.kind === "forward") computed.add(step.box);
    else if (step.kind === "seed") boxes[step.box]!.values.forEach(({ gradient }, output) => gradients.set(`${step.box} ${output}`, gradient));
    else {
      const { from, output } = arrows[step.arrow]!;
      gradients.set(`${from} ${output}`, step.sum);
      passed.add(step.arrow);
    }
  }
  return { step: taken === 0 ? undefined : steps[taken - 1], computed, gradients, passed };
}
