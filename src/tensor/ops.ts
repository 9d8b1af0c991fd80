/**
 * The table of ops. After a change `npm run generate` writes what is made from it: the native enum, the methods' types and
 * the page of ops. What a row says is in ops/definition.ts.
 */
import { activation } from "./ops/activation.ts";
import { arithmetic } from "./ops/arithmetic.ts";
import { comparison } from "./ops/comparison.ts";
import { convolution } from "./ops/convolution.ts";
import { creationOps } from "./ops/creation.ts";
import { cumulative } from "./ops/cumulative.ts";
import type { OpRow } from "./ops/definition.ts";
import { fourier } from "./ops/fourier.ts";
import { division } from "./ops/division.ts";
import { indexing } from "./ops/indexing.ts";
import { linearAlgebra } from "./ops/linear-algebra.ts";
import { linearSystems } from "./ops/linear-systems.ts";
import { mathematics } from "./ops/mathematics.ts";
import { memoryOps } from "./ops/memory.ts";
import { network } from "./ops/network.ts";
import { normalization } from "./ops/normalization.ts";
import { optimisation } from "./ops/optimisation.ts";
import { pooling } from "./ops/pooling.ts";
import { randomOps } from "./ops/random.ts";
import { recurrent } from "./ops/recurrent.ts";
import { reductions } from "./ops/reduction.ts";
import { sequenceLoss } from "./ops/sequence-loss.ts";
import { spectra } from "./ops/spectra.ts";
import { sorting } from "./ops/sorting.ts";

/** The rows under their names, in the order of the native enum. */
export const rows = {
  ...linearAlgebra,
  ...convolution,
  ...linearSystems,
  ...spectra,
  ...fourier,
  ...arithmetic,
  ...comparison,
  ...mathematics,
  ...activation,
  ...reductions,
  ...network,
  ...normalization,
  ...sequenceLoss,
  ...pooling,
  ...recurrent,
  ...indexing,
  ...sorting,
  ...cumulative,
  ...division,
  ...memoryOps,
  ...creationOps,
  ...randomOps,
  ...optimisation,
};

/** Name of an op that has a kernel. */
export type OpName = keyof typeof rows;

/** The names in the order of the native enum. */
export const opNames = Object.keys(rows) as readonly OpName[];

/** A row that knows its name, and its position in the table: the native code of the op. */
export type NamedRow<Row extends OpRow = OpRow> = Row & { readonly name: OpName; readonly index: number };

/** Every property a row may have: with all of them present V8 sees one kind of object where calls read rows. */
const everyProperty = {
  name: undefined,
  index: undefined,
  kind: undefined,
  summary: undefined,
  result: undefined,
  parameters: undefined,
  plan: undefined,
  derivative: undefined,
  jointDerivative: undefined,
  saves: undefined,
  examples: undefined,
  internal: undefined,
};

/** Every op, each row completed with its name and position. */
export const ops = Object.fromEntries(
  Object.entries(rows).map(([name, row], index) => [name, { ...everyProperty, ...row, name, index }]),
) as unknown as {
  readonly [Name in OpName]: NamedRow<(typeof rows)[Name]>;
};
