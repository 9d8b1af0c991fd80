/**
 * Division with a remainder, between its jumps.
 */
import { tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { broadcast, build, get } from "../../reference/array.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import type { Case } from "../../checks/case.ts";

const functions: Record<string, (x: number, y: number) => number> = {
  floorDivide: (x, y) => Math.floor(x / y),
  remainder: (x, y) => x - y * Math.floor(x / y),
  fmod: (x, y) => x % y,
};
type Name = "floorDivide" | "remainder" | "fmod";

const applied = (name: string, x: ReferenceArray, y: ReferenceArray): ReferenceArray =>
  build(broadcast(x.shape, y.shape), (index) => functions[name]!(get(x, index), get(y, index)));

/** Far enough from multiples of the divisors for finite differences. */
const dividends = [-3.3, -1.2, 0.4, 2.6];

export const cases: Case[] = (Object.keys(functions) as Name[]).flatMap((name) => [
  ...([[[2, 3], [3]], [[2, 1], [1, 3]], [[0, 3], [1]], [[], []]] as const).map(([a, b]) => ({
    name: `${name} of [${a.join(", ")}] and [${b.join(", ")}]`,
    ops: [name],
    inputs: [{ shape: a, interval: [0.1, 0.4] as const }, { shape: b, interval: [0.5, 0.6] as const }],
    run: (x: Tensor, y: Tensor) => x[name](y),
    derivatives: name === "floorDivide" ? 0 : 2,
    reference: (x, y) => applied(name, x, y),
  } satisfies Case)),
  ...[1, -1].map((sign) => ({
    name: `${name} of both signs by ${sign}`,
    ops: [name],
    inputs: [{ shape: [4], interval: [0, 0.01] as const }, { shape: [], interval: [0.99, 1] as const }],
    run: (x: Tensor, y: Tensor) => x.add(tensor(dividends, { dtype: x.dtype }))[name](y.mul(sign)),
    derivatives: name === "floorDivide" ? 0 : 1,
    reference: (x, y) =>
      applied(
        name,
        { shape: [4], values: x.values.map((each, i) => each + dividends[i]!) },
        { shape: [], values: [y.values[0]! * sign] },
      ),
  } satisfies Case)),
]);
