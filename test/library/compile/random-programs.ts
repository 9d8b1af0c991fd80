/**
 * Random programs of creation, views, changes in place, random draws, backward passes and optimiser steps, with reads between
 * their runs, on the default device: what tests of `compile` compare eager and compiled.
 */
import fc from "fast-check";
import { arange, bernoulli, compile, manualSeed, ones, optim, rand, randn, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

/** What a program works on; `pool` grows as it goes. */
interface World {
  readonly rows: number;
  readonly columns: number;
  readonly pool: Tensor[];
  readonly parameters: readonly Tensor[];
  readonly buffer: Tensor;
  readonly optimizer: optim.SGD | optim.Adam;
}

/** A step picks its operands from what there is by number. */
type Instruction = readonly [kind: keyof typeof kinds, first: number, second: number];

const pick = ({ pool }: World, at: number): Tensor => pool[at % pool.length]!;
const column = (world: World, at: number): [number, number] => {
  const from = at % world.columns;
  return [from, Math.min(world.columns, from + 1 + (at % 3))];
};

const kinds = {
  add: (world: World, a: number, b: number) => world.pool.push(pick(world, a).add(pick(world, b))),
  mul: (world: World, a: number, b: number) => world.pool.push(pick(world, a).mul(pick(world, b))),
  maximum: (world: World, a: number, b: number) => world.pool.push(pick(world, a).maximum(pick(world, b))),
  scale: (world: World, a: number, b: number) => world.pool.push(pick(world, a).mul(0.5).add((b % 5) - 2)),
  unary: (world: World, a: number, b: number) =>
    world.pool.push([(t: Tensor) => t.relu(), (t: Tensor) => t.tanh(), (t: Tensor) => t.neg(), (t: Tensor) => t.square()][b % 4]!(pick(world, a))),
  normalise: (world: World, a: number, b: number) => world.pool.push(pick(world, a).softmax(b % 2)),
  centre: (world: World, a: number, b: number) => world.pool.push(pick(world, a).sub(pick(world, a).mean({ dim: b % 2, keepdim: true }))),
  summed: (world: World, a: number, b: number) => {
    const chain = pick(world, a).mul(0.5).relu();
    const sums = [() => chain.sum(), () => chain.mean(), () => chain.sum({ dim: b % 2, keepdim: true }), () => chain.mean({ dim: b % 2, keepdim: true })];
    world.pool.push(sums[b % 4]!().mul(0.1).expand([world.rows, world.columns]));
  },
  product: (world: World, a: number, b: number) => world.pool.push(pick(world, a).matmul(pick(world, b).t()).matmul(world.parameters[b % 2]!)),
  turned: (world: World, a: number) => world.pool.push(pick(world, a).t().contiguous().reshape([world.rows, world.columns])),
  stretched: (world: World, a: number, b: number) =>
    world.pool.push(pick(world, a).slice(0, b % world.rows, (b % world.rows) + 1).expand([world.rows, world.columns])),
  masked: (world: World, a: number, b: number) => world.pool.push(pick(world, a).mul(rand([world.rows, world.columns]).lt(0.2 + (b % 5) / 10))),
  noise: (world: World, a: number) => world.pool.push(pick(world, a).add(randn([world.rows, world.columns]))),
  sampled: (world: World, a: number) => world.pool.push(bernoulli(pick(world, a).detach().sigmoid())),
  constant: (world: World, a: number) => world.pool.push(tensor([a % 7, 1]).slice(0, 0, 1).expand([world.rows, world.columns])),
  counted: (world: World) => world.pool.push(arange(world.columns).to("float32").mul(0.1).expand([world.rows, world.columns])),
  detached: (world: World, a: number) => world.pool.push(pick(world, a).detach()),
  changedCopy: (world: World, a: number, b: number) => world.pool.push(pick(world, a).clone().add_(pick(world, b))),
  partOfCopy: (world: World, a: number, b: number) => {
    const copy = pick(world, a).detach().clone();
    copy.slice(1, ...column(world, b)).fill_(b % 3);
    world.pool.push(copy);
  },
  buffer: (world: World, a: number) => world.buffer.add_(pick(world, a).detach().tanh()),
  partOfBuffer: (world: World, a: number, b: number) => {
    const [from, to] = column(world, b);
    world.buffer.slice(1, from, to).copy_(pick(world, a).detach().slice(1, 0, to - from));
  },
  argument: (world: World, a: number) => world.pool[0]!.add_(pick(world, a).detach().mean()),
  backward: (world: World, a: number) => {
    const loss = pick(world, a).tanh().mean();
    if (loss.requiresGrad) loss.backward();
  },
  clear: (world: World) => world.optimizer.zeroGrad(),
  step: (world: World) => world.optimizer.step(),
};

interface Plan {
  readonly instructions: readonly Instruction[];
  readonly returned: readonly number[];
  readonly momentum: number | "adam";
  readonly large: boolean;
  /** Of each run: how many rows fewer its argument has, whether gradients and the buffer are read, and the learning rate. */
  readonly runs: readonly { readonly short: boolean; readonly read: boolean; readonly lr: number; readonly seed: number }[];
}

const bits = (each: Tensor | null): string => (each === null ? "null" : Buffer.from(new Uint8Array(each.data().buffer)).toString("base64"));

/** Runs a plan and tells everything there is to see: every result, gradient, parameter and buffer, and errors. */
export function outcome({ instructions, returned, momentum, large, runs }: Plan, compiled: boolean): string[] {
  const [rows, columns] = large ? [72, 130] : [3, 4];
  manualSeed(1);
  const parameters = [randn([rows, columns]), randn([rows, columns])].map((each) => each.requiresGrad_());
  const buffer = ones([rows, columns]);
  const optimizer = momentum === "adam" ? new optim.Adam(parameters, { lr: 0.01 }) : new optim.SGD(parameters, { lr: 0.1, momentum });
  const eager = (x: Tensor): Tensor[] => {
    const world: World = { rows, columns, pool: [x, ...parameters, buffer], parameters, buffer, optimizer };
    for (const [kind, a, b] of instructions) kinds[kind](world, a, b);
    return returned.map((at) => pick(world, at));
  };
  const run = compiled ? compile(eager) : eager;
  const seen: string[] = [];
  const kept: Tensor[] = [];
  for (const { short, read, lr, seed } of runs) {
    optimizer.lr = lr;
    if (seed > 0) manualSeed(seed);
    const base = randn([2 * rows, columns]);
    const x = short ? base.slice(0, 1, 2).clone().expand([rows, columns]) : base.slice(0, seed % rows, (seed % rows) + rows);
    try {
      const results = run(x);
      if (read) seen.push(...results.map(bits));
      kept.push(...results);
    } catch (error) {
      seen.push((error as Error).message);
    }
    if (read) seen.push(bits(x), bits(buffer), ...parameters.map(({ grad }) => bits(grad)));
  }
  return [...seen, ...kept.map(bits), ...parameters.map(bits), ...parameters.map(({ grad }) => bits(grad)), bits(buffer)];
}

const number = fc.nat({ max: 97 });
const instruction = fc.tuple(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), number, number);
export const plans: fc.Arbitrary<Plan> = fc.record({
  instructions: fc.array(instruction, { minLength: 1, maxLength: 14 }),
  returned: fc.array(number, { maxLength: 3 }),
  momentum: fc.constantFrom(0, 0.9, "adam" as const),
  large: fc.boolean(),
  runs: fc.array(
    fc.record({ short: fc.boolean(), read: fc.boolean(), lr: fc.constantFrom(0.1, 0.01), seed: fc.nat({ max: 2 }) }),
    { minLength: 3, maxLength: 6 },
  ),
});
