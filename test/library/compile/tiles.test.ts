/**
 * Elementwise chains that run tile by tile have the bits of the calls one by one, for every number of threads: with tiles that
 * do not come out even, rows shorter and longer than a tile, stretched and turned operands, and results streamed to memory.
 */
import { afterEach, describe, expect, test } from "vitest";
import { arange, compile, randn, setDefaultDevice, threads } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

// It is the CPU that runs chains so; on a card they are kernels (fused-on-a-card.test.ts).
setDefaultDevice("cpu");

const bits = (each: Tensor): Buffer => Buffer.from(each.data().buffer);

describe("a chain run tile by tile has the bits of its calls one by one", () => {
  const before = threads();
  afterEach(() => threads(before));

  const chain = (x: Tensor, y: Tensor): Tensor[] => {
    const first = x.mul(2).add(y).tanh();
    return [first.sub(x).relu(), first.gt(0.1), first.to("float64").mul(y)];
  };
  const operands: Record<string, () => [Tensor, Tensor]> = {
    "over one long row": () => [randn([1_000_003]), randn([1_000_003])],
    "over rows that are longer than a tile": () => [randn([7, 5001]), randn([5001])],
    "over rows that are shorter": () => [randn([1003, 37]), randn([1003, 1])],
    "over a turned operand": () => [randn([301, 157]).t(), randn([157, 301])],
    "over four dimensions, two of them stretched": () => [randn([5, 1, 67, 43]), randn([1, 6, 67, 1])],
  };
  for (const [name, make] of Object.entries(operands)) {
    test(name, () => {
      const [x, y] = make();
      const expected = chain(x, y).map(bits);
      const compiled = compile(chain);
      compiled(x, y);
      expect(String(compiled)).toContain("together, tile by tile");
      for (const count of [1, 2, 3]) {
        threads(count);
        compiled(x, y).forEach((each, i) => expect(bits(each).equals(expected[i]!)).toBe(true));
      }
    });
  }

  test("where the result is too large for the caches and is streamed to memory", () => {
    const x = randn([8_400_001]);
    const short = (each: Tensor): Tensor => each.mul(2).add(1).relu();
    const compiled = compile(short);
    compiled(x);
    expect(bits(compiled(x)).equals(bits(short(x)))).toBe(true);
  });
});

describe("calls do not run together where one would read at another place what the other has just changed", () => {
  const side = 128;

  test("because it looks at the same memory turned", () => {
    const run = (prepare: <F>(change: F) => F): Buffer => {
      const kept = arange(0, side * side, 1, { dtype: "float32" }).reshape([side, side]);
      const change = prepare(() => {
        kept.add_(1);
        return kept.t().mul(2);
      });
      change();
      return bits(change());
    };
    expect(run((change) => compile(change as never) as never).equals(run((change) => change))).toBe(true);
  });

  test("because an argument turns out to be a part of a captured tensor", () => {
    const run = (prepare: <F>(change: F) => F): Buffer => {
      const kept = arange(0, (side + 1) * side, 1, { dtype: "float32" }).reshape([side + 1, side]);
      const change = prepare((x: Tensor) => {
        kept.slice(0, 0, side).add_(1);
        return x.mul(2);
      });
      change(randn([side, side]));
      return bits(change(kept.slice(0, 1, side + 1)));
    };
    expect(run((change) => compile(change as never) as never).equals(run((change) => change))).toBe(true);
  });
});
