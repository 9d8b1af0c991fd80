/**
 * The table of ops. After a change `npm run generate` writes what is made from it: the native enum, the methods' types and
 * the page of ops. What a row says is in ops/definition.ts.
 */
import { arithmetic } from "./ops/arithmetic.ts";
import { comparison } from "./ops/comparison.ts";
import { creationOps } from "./ops/creation.ts";
import type { OpRow } from "./ops/definition.ts";
import { indexing } from "./ops/indexing.ts";
import { linearAlgebra } from "./ops/linear-algebra.ts";
import { mathematics } from "./ops/mathematics.ts";
import { memoryOps } from "./ops/memory.ts";
import { network } from "./ops/network.ts";
import { optimisation } from "./ops/optimisation.ts";
import { pooling } from "./ops/pooling.ts";
import { randomOps } from "./ops/random.ts";
import { reductions } from "./ops/reduction.ts";

/** The rows under their names, in the order of the native enum. */
export const rows = {
  ...linearAlgebra,
  ...arithmetic,
  ...comparison,
  ...mathematics,
  ...reductions,
  ...network,
  ...pooling,
  ...indexing,
  ...memoryOps,
  ...creationOps,
  ...randomOps,
  ...optimisation,
};

/** Name of an op that has a kernel. */
export type OpName = keyof typeof rows;

/** A row that knows its name. */
export type NamedRow<Row extends OpRow = OpRow> = Row & { readonly name: OpName };

/** Every op, each row completed with its name. */
export const ops = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, { ...row, name }])) as {
  readonly [Name in OpName]: NamedRow<(typeof rows)[Name]>;
};
