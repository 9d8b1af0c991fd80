/**
 * Recurrent layers: every combination of what may be left out, one step, one row, no rows, both directions, lengths, and
 * sizes at which a batch is cut into pieces and the last vector of units is partial.
 */
import { nn, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import { recurrent } from "../../reference/recurrent.ts";
import type { ReferenceLayer } from "../../reference/recurrent.ts";

type Name = "lstm" | "gru" | "rnn";

interface Variant {
  name: string;
  /** Steps, rows of the batch, inputs, hidden units. */
  sizes: readonly [number, number, number, number];
  /** Without biases and first states. */
  bare?: true;
  peephole?: true;
  reverse?: true;
  lengths?: readonly number[];
  relu?: true;
  derivatives?: 1;
  pytorch?: false;
}

const everywhere: readonly Variant[] = [
  { name: "", sizes: [3, 2, 3, 4] },
  { name: " without biases and first states", sizes: [3, 2, 3, 4], bare: true },
  { name: " of one step", sizes: [1, 2, 3, 2] },
  { name: " of one row", sizes: [3, 1, 2, 3] },
  { name: " of one input and one unit", sizes: [2, 2, 1, 1] },
  { name: " of no rows", sizes: [2, 0, 3, 2] },
  // PyTorch refuses it; the first state is then the last.
  { name: " of no steps", sizes: [0, 2, 3, 2], pytorch: false },
  { name: " backwards", sizes: [3, 2, 2, 3], reverse: true },
  { name: " with lengths", sizes: [4, 3, 2, 3], lengths: [2, 4, 1] },
  { name: " with lengths, backwards", sizes: [4, 3, 2, 3], lengths: [2, 4, 1], reverse: true },
  { name: " of many rows and units", sizes: [2, 17, 2, 17], derivatives: 1 },
];

const variants: Readonly<Record<Name, readonly Variant[]>> = {
  lstm: [
    ...everywhere,
    { name: " with peepholes", sizes: [3, 2, 3, 4], peephole: true },
    { name: " with peepholes and lengths, backwards", sizes: [4, 3, 2, 3], peephole: true, lengths: [2, 4, 1], reverse: true },
  ],
  gru: everywhere,
  rnn: [
    ...everywhere,
    { name: " with relu", sizes: [3, 2, 3, 4], relu: true, derivatives: 1 },
    { name: " with relu and lengths", sizes: [4, 3, 2, 3], relu: true, lengths: [2, 4, 1], derivatives: 1 },
  ],
};

const gates: Readonly<Record<Name, number>> = { lstm: 4, gru: 3, rnn: 1 };

function caseOf(name: Name, variant: Variant): Case {
  const { sizes, bare = false, peephole = false, reverse = false, lengths, relu = false } = variant;
  const [steps, batch, inputs, hidden] = sizes;
  const rows = gates[name] * hidden;
  const names = ["input", "weightIh", "weightHh"];
  const shapes: number[][] = [[steps, batch, inputs], [rows, inputs], [rows, hidden]];
  const add = (operand: string, shape: number[]): void => {
    names.push(operand);
    shapes.push(shape);
  };
  if (!bare) {
    add("biasIh", [rows]);
    add("biasHh", [rows]);
    add("h0", [batch, hidden]);
    if (name === "lstm") add("c0", [batch, hidden]);
  }
  if (peephole) add("peephole", [3, hidden]);
  const named = <Operand>(operands: readonly Operand[]): Record<string, Operand> =>
    Object.fromEntries(operands.map((operand, i) => [names[i], operand]));
  return {
    name: `${name}${variant.name}`,
    ops: [name, `${name}Backward`],
    inputs: shapes.map((shape) => ({ shape, interval: [-1, 1] })),
    run: (...operands: Tensor[]) => {
      const { input, weightIh, weightHh, ...rest } = named(operands) as Record<string, Tensor>;
      const options = {
        ...rest,
        reverse,
        ...(lengths !== undefined && { lengths: tensor(new Int32Array(lengths)) }),
        ...(relu && { nonlinearity: "relu" as const }),
      };
      return Object.values(nn.functional[name](input!, weightIh!, weightHh!, options)) as Tensor[];
    },
    reference: (...operands) => recurrent[name]({ ...(named(operands) as unknown as ReferenceLayer), reverse, lengths, relu }),
    derivatives: variant.derivatives ?? 2,
    ...(variant.pytorch === false && { pytorch: false }),
  };
}

export const cases: readonly Case[] = (Object.keys(variants) as Name[]).flatMap((name) =>
  variants[name].map((variant) => caseOf(name, variant)),
);
