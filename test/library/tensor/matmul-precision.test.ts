/**
 * What products of float32 may be computed in: the setting, the scope, what gradients and compiled functions make of them. On the CPU
 * nothing changes; on a card (here the driver without one) factors are rounded.
 */
import { afterEach, describe, expect, it } from "vitest";
import { fakeCard, said } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=5"), { NABLA_CUDA_MEMORY: "" });
const { autocast, compile, getFloat32MatmulPrecision, manualSeed, nn, randn, setFloat32MatmulPrecision, tensor } = await import("../../../src/index.ts");
type Tensor = ReturnType<typeof tensor>;
type Precision = ReturnType<typeof getFloat32MatmulPrecision>;

afterEach(() => setFloat32MatmulPrecision("highest"));

manualSeed(7);
const a = randn([40, 33]), b = randn([33, 36]), image = randn([2, 4, 10, 10]), kernel = randn([8, 4, 3, 3]);

/** A number with so many significant bits. */
function withBits(value: number, bits: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) + 1 - bits), whole = Math.floor(value / step), rest = value / step - whole;
  return step * (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole);
}

const significant: Readonly<Record<Precision, number>> = { highest: 24, high: 11, medium: 8 };
const rounded = (x: Tensor, precision: Precision): Tensor => tensor(Array.from(x.detach().contiguous().data(), (value) => withBits(value, significant[precision]))).reshape(x.shape);
const onCard = (x: Tensor): Tensor => x.to("cuda");
const far = (x: Tensor, y: Tensor): number => x.detach().to("cpu").sub(y.detach().to("cpu")).abs().max().item();

/** Which precision a product, or what else is computed of two factors, was made in. */
function seenIn(result: Tensor, x: Tensor, y: Tensor, compute: (x: Tensor, y: Tensor) => Tensor): Precision[] {
  return (["highest", "high", "medium"] as const).filter((precision) => far(result, compute(rounded(x, precision), rounded(y, precision))) < 3e-5);
}

const times = (x: Tensor, y: Tensor): Tensor => x.matmul(y);
const convolved = (x: Tensor, y: Tensor): Tensor => nn.functional.conv2d(x, y, undefined, { padding: 1 });

describe("on a card", () => {
  it.each(["highest", "high", "medium"] as const)("products and convolutions are as exact as %s says", (precision) => {
    setFloat32MatmulPrecision(precision);
    expect(getFloat32MatmulPrecision()).toBe(precision);
    expect(seenIn(times(onCard(a), onCard(b)), a, b, times)).toEqual([precision]);
    expect(seenIn(convolved(onCard(image), onCard(kernel)), image, kernel, convolved)).toEqual([precision]);
    expect(times(onCard(a), onCard(b)).dtype).toBe("float32");
  });

  it("autocast is medium for what is inside, closes after an error, and can be closed inside", async () => {
    const product = (): Precision[] => seenIn(times(onCard(a), onCard(b)), a, b, times);
    setFloat32MatmulPrecision("high");
    expect(autocast({ dtype: "bfloat16" }, product)).toEqual(["medium"]);
    expect(getFloat32MatmulPrecision()).toBe("high");
    expect(product()).toEqual(["high"]);
    expect(autocast({ dtype: "bfloat16" }, () => autocast({ dtype: "bfloat16", enabled: false }, product))).toEqual(["high"]);
    expect(() => autocast({ dtype: "bfloat16" }, () => { throw new Error("inside"); })).toThrow("inside");
    expect(product()).toEqual(["high"]);
    const later = autocast({ dtype: "bfloat16" }, async () => { await Promise.resolve(); return product(); });
    expect(await later).toEqual(["medium"]);
    expect(product()).toEqual(["high"]);
  });

  it("a gradient takes the scope of its forward pass, or else the setting at its own time", () => {
    const gradient = (forward: (x: Tensor, y: Tensor) => Tensor, before: () => void): Precision[] => {
      const x = onCard(a).requiresGrad_(), y = onCard(b), upstream = randn([40, 36]);
      const result = forward(x, y);
      before();
      result.backward(onCard(upstream));
      return seenIn(x.grad!, upstream, b, (g, w) => g.matmul(w.t()));
    };
    const inside = (x: Tensor, y: Tensor): Tensor => autocast({ dtype: "bfloat16" }, () => x.matmul(y));
    expect(gradient(inside, () => {})).toEqual(["medium"]);
    expect(gradient(times, () => setFloat32MatmulPrecision("high"))).toEqual(["high"]);
    expect(gradient(inside, () => setFloat32MatmulPrecision("high"))).toEqual(["medium"]);
  });

  it("a compiled function has a program for each precision, each with the bits of the lines run one by one", () => {
    const x = onCard(a), y = onCard(b);
    const f = compile((left: Tensor, right: Tensor) => times(left, right).tanh());
    const step = (precision: Precision): number[] => {
      setFloat32MatmulPrecision(precision);
      return [...f(x, y).to("cpu").data()];
    };
    const eager = (precision: Precision): number[] => {
      setFloat32MatmulPrecision(precision);
      return [...times(x, y).tanh().to("cpu").data()];
    };
    for (const precision of ["highest", "medium", "high", "medium", "highest", "high"] as const) expect(step(precision)).toEqual(eager(precision));
    expect(f.programs.length).toBe(3);
    setFloat32MatmulPrecision("highest");
    autocast({ dtype: "bfloat16" }, () => f(x, y));
    expect(f.programs.length).toBe(4);
    expect([...autocast({ dtype: "bfloat16" }, () => f(x, y)).to("cpu").data()]).toEqual(eager("medium"));
    const inside = compile((left: Tensor, right: Tensor) => autocast({ dtype: "bfloat16" }, () => times(left, right)).tanh());
    for (let i = 0; i < 3; i++) expect([...inside(x, y).to("cpu").data()]).toEqual(eager("medium"));
    expect(inside.programs.map(({ replays }) => replays)).toEqual([2]);
  });

  it("without such tensor cores products stay those of float32", () => {
    const program = `
      const { manualSeed, randn, setFloat32MatmulPrecision } = nabla;
      manualSeed(1);
      const a = randn([40, 40]), b = randn([40, 40]), exact = [...a.matmul(b).data()];
      setFloat32MatmulPrecision("medium");
      console.log(JSON.stringify(exact) === JSON.stringify([...a.matmul(b).data()]));`;
    expect(said(program, { ...fakeCard("compute=75"), NABLA_DEVICE: "cuda" })).toBe("true");
    expect(said(program, { ...fakeCard("compute=80"), NABLA_DEVICE: "cuda" })).toBe("false");
  });
});

it("the CPU computes as ever", () => {
  const exact = [...a.matmul(b).data()];
  setFloat32MatmulPrecision("medium");
  expect([...a.matmul(b).data()]).toEqual(exact);
  expect([...autocast({ dtype: "bfloat16" }, () => a.matmul(b)).data()]).toEqual(exact);
});

it("what is no precision is an error that says what there is", () => {
  expect(() => setFloat32MatmulPrecision("low" as "high")).toThrow('setFloat32MatmulPrecision: "low" is no precision; choose "highest", "high" or "medium"');
  expect(() => autocast({ dtype: "float16" as "bfloat16" }, () => 1)).toThrow('autocast: dtype is "float16"; "bfloat16" is what there is');
});
