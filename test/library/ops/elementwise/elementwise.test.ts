/**
 * Activations, their ways back and losses: gradients, PyTorch's values, the reference, the ends of the number line, and the
 * same bits wherever an element stands.
 */
import { describe, expect, test } from "vitest";
import { DTypeError, Generator, NablaError, ShapeError, nn, rand, randn, tensor, threads } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

const { mseLoss } = nn.functional;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const bits = (x: Tensor): Buffer => Buffer.from(x.data().buffer);

describe("far from 0", () => {
  const ends = [-Infinity, -1e30, -100, 100, 1e30, Infinity];

  test("activations and their gradients are finite where the function is", () => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const name of ["gelu", "elu", "softplus", "leakyRelu", "hardSigmoid", "erf", "tanh", "sigmoid"] as const) {
        const x = tensor(ends.slice(1, -1), { dtype, requiresGrad: true });
        const y = x[name]();
        y.sum().backward();
        expect([...y.data(), ...x.grad!.data()].every(Number.isFinite), `${name} ${dtype}`).toBe(true);
      }
    }
  });

  test("gelu, elu and erf take their limits, and NaN stays NaN", () => {
    expect(tensor(ends).erf().toArray()).toEqual([-1, -1, -1, 1, 1, 1]);
    expect(tensor(ends).elu().toArray()).toEqual([-1, -1, -1, 100, Math.fround(1e30), Infinity]);
    expect(tensor(ends.slice(1)).gelu().toArray()).toEqual([-0, -0, 100, Math.fround(1e30), Infinity]);
    for (const name of ["gelu", "elu", "softplus", "leakyRelu", "hardSigmoid", "softsign", "erf"] as const) {
      expect(tensor([NaN])[name]().item(), name).toBeNaN();
    }
  });
});

describe("the bits of a result", () => {
  test("are the same for 1, 2 and 3 threads", () => {
    const before = threads();
    const x = randn([300001], { generator: new Generator(1) });
    const rows = randn([70001, 5], { generator: new Generator(2) });
    const seen = [1, 2, 3].map((count) => {
      threads(count);
      const own = x.clone().requiresGrad_();
      mseLoss(own.gelu().add(own.elu()), x).backward();
      return Buffer.concat([bits(own.grad!), bits(mseLoss(x, x.mul(2))), bits(rows.softmax(1)), bits(rows.logSoftmax(0)), bits(rows.sum({ dim: 0 }))]);
    });
    threads(before);
    expect(seen[1]!.equals(seen[0]!) && seen[2]!.equals(seen[0]!)).toBe(true);
  });

  test("of a row of scores do not depend on the other rows, nor on how the rows lie", () => {
    for (const columns of [1, 2, 3, 10, 16, 17, 33, 70]) {
      const x = rand([50, columns], { generator: new Generator(columns) }).mul(8);
      for (const name of ["softmax", "logSoftmax"] as const) {
        const whole = bits(x[name](1));
        const single = Buffer.concat(Array.from({ length: 50 }, (_, i) => bits(x.at(`${i}:${i + 1}`)[name](1))));
        const turned = bits(x.t().contiguous()[name](0).t().contiguous());
        expect(single.equals(whole), `${name} of rows of ${columns}, one by one`).toBe(true);
        expect(turned.equals(whole), `${name} of columns of ${columns}`).toBe(true);
      }
    }
  });

  test("of a short row added to every row are those of the sums one by one", () => {
    for (const width of [1, 2, 3, 7, 10, 63, 64, 65]) {
      const a = randn([301, width], { generator: new Generator(1) });
      const bias = randn([width], { generator: new Generator(2) });
      expect(bits(a.add(bias)).equals(bits(a.add(bias.expand([301, width]).contiguous()))), `a row of ${width}`).toBe(true);
      expect(bits(bias.sub(a)).equals(bits(bias.expand([301, width]).contiguous().sub(a)))).toBe(true);
    }
  });
});

describe("misuse", () => {
  test("names the op, what it got, and the cure", () => {
    expect(() => tensor([1, 2], { dtype: "int32" }).elu()).toThrow(DTypeError);
    expect(() => tensor([1, 2], { dtype: "int32" }).gelu()).toThrow('gelu: needs a floating type, got int32; convert with .to("float32") first');
    expect(() => tensor([1]).gelu({ approximate: "erf" as "none" })).toThrow(NablaError);
    expect(() => mseLoss(randn([3, 1]), randn([3]))).toThrow(ShapeError);
  });
});
