/**
 * Division with a remainder, between its jumps.
 */
import { tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { applyBinary } from "../../reference/ops.ts";
import type { Case } from "../../checks/case.ts";

const names = ["floorDivide", "remainder", "fmod"] as const;

/** Far enough from multiples of the divisors for finite differences. */
const dividends = [-3.3, -1.2, 0.4, 2.6];

export const cases: Case[] = names.flatMap((name) => [
  ...([[[2, 3], [3]], [[2, 1], [1, 3]], [[0, 3], [1]], [[], []]] as const).map(([a, b]) => ({
    name: `${name} of [${a.join(", ")}] and [${b.join(", ")}]`,
    ops: [name],
    inputs: [{ shape: a, interval: [0.1, 0.4] as const }, { shape: b, interval: [0.5, 0.6] as const }],
    run: (x: Tensor, y: Tensor) => x[name](y),
    derivatives: name === "floorDivide" ? 0 : 2,
    reference: (x, y) => applyBinary(name, x, y),
  } satisfies Case)),
  ...[1, -1].map((sign) => ({
    name: `${name} of both signs by ${sign}`,
    ops: [name],
    inputs: [{ shape: [4], interval: [0, 0.01] as const }, { shape: [], interval: [0.99, 1] as const }],
    run: (x: Tensor, y: Tensor) => x.add(tensor(dividends, { dtype: x.dtype }))[name](y.mul(sign)),
    derivatives: name === "floorDivide" ? 0 : 1,
    reference: (x, y) =>
      applyBinary(
        name,
        { shape: [4], values: x.values.map((each, i) => each + dividends[i]!) },
        { shape: [], values: [y.values[0]! * sign] },
      ),
  } satisfies Case)),
]);
