/**
 * Products: gradients, PyTorch's values, the reference; and what they promise beside: bits that depend neither on threads nor
 * on where the bias is added, whole numbers, and errors that name the cure.
 */
import { afterAll, describe, expect, test } from "vitest";
import { full, manualSeed, nn, rand, randint, tensor, threads, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { matmul } from "../../reference/products.ts";
import { cases } from "./cases.ts";

const { linear } = nn.functional;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const bitsOf = (t: Tensor): Uint8Array => new Uint8Array(t.contiguous().data().buffer);

describe("the bits of a product", () => {
  const before = threads();
  afterAll(() => threads(before));

  const products: Record<string, () => Tensor[]> = {
    "of a training step": () => {
      const x = rand([64, 784]);
      const weight = rand([128, 784]).requiresGrad_();
      const bias = rand([128]).requiresGrad_();
      const y = linear(x, weight, bias);
      y.square().sum().backward();
      return [y.detach(), weight.grad!, bias.grad!];
    },
    "with ten columns": () => [linear(rand([64, 128]), rand([10, 128]), rand([10])), rand([64, 10]).matmul(rand([10, 128]))],
    "of batches": () => [rand([70, 20, 30]).matmul(rand([70, 30, 25])), rand([3, 130, 90]).matmul(rand([3, 90, 100]))],
    "summed over batches": () => {
      const shared = rand([30, 25]).requiresGrad_();
      const left = rand([1, 20, 30]).requiresGrad_();
      rand([70, 20, 30]).matmul(shared).square().sum().backward();
      left.matmul(rand([70, 30, 25])).square().sum().backward();
      return [shared.grad!, left.grad!];
    },
  };
  for (const [name, make] of Object.entries(products)) {
    test(`${name} are the same for 1, 2 and 3 threads`, () => {
      const [one, ...others] = [1, 2, 3].map((count) => {
        threads(count);
        manualSeed(4);
        return make().map(bitsOf);
      });
      for (const other of others) expect(other).toEqual(one);
    });
  }

  test("are those of product and sum apart when linear adds the bias", () => {
    for (const [rows, features, outputs] of [[64, 784, 128], [1, 300, 70], [70, 500, 1], [5, 3, 17], [3, 0, 4]] as const) {
      const [x, weight, bias] = [rand([rows, features]), rand([outputs, features]), rand([outputs])];
      expect(bitsOf(linear(x, weight, bias))).toEqual(bitsOf(x.matmul(weight.t()).add(bias)));
    }
  });
});

describe("whole numbers", () => {
  test("are multiplied as int32, batches and views included", () => {
    for (const [a, b] of [[[3, 4], [4, 5]], [[2, 1, 3, 4], [5, 4, 2]], [[4], [4, 2]], [[2, 0], [0, 3]]] as const) {
      const [left, right] = [randint(-9, 10, a), randint(-9, 10, b)];
      const product = left.matmul(right);
      expect(product.dtype).toBe("int32");
      expect([...product.data()]).toEqual(matmul(asArray(left), asArray(right)).values.map((value) => value + 0));
    }
    const turned = tensor([[1, 2], [3, 4]], { dtype: "int32" });
    expect(turned.t().matmul(turned).toArray()).toEqual([[10, 14], [14, 20]]);
  });

  test("wrap round where the sum leaves int32", () => {
    const large = full([1, 1], 65536, { dtype: "int32" });
    expect(large.matmul(large).item()).toBe(0);
  });
});

const asArray = (t: Tensor): { shape: readonly number[]; values: number[] } => ({ shape: t.shape, values: [...t.data()] });

describe("misuse of products is an error that names the cure", () => {
  test("linear", () => {
    const x = zeros([64, 784]);
    expect(() => linear(x, zeros([784, 128]))).toThrow(
      "linear: x of shape [64, 784] does not end in the 128 features that the weight [784, 128] ([out, in]) takes",
    );
    expect(() => linear(zeros([64, 128]), zeros([128, 784]))).toThrow("the weight is transposed: pass weight.t()");
    expect(() => linear(zeros([64, 1, 28, 28]), zeros([128, 784]))).toThrow("x.flatten({ startDim: 1 })");
    expect(() => linear(x, zeros([128, 784]), zeros([784]))).toThrow(
      "linear: the bias has shape [784]; a weight of shape [128, 784] needs [128]",
    );
    expect(() => linear(x, zeros([1, 128, 784]))).toThrow("linear: the weight has shape [out, in], got [1, 128, 784]");
    expect(() => linear(zeros([2, 3], { dtype: "int32" }), zeros([4, 3], { dtype: "int32" }))).toThrow(
      'linear: needs a floating type, got int32; convert with .to("float32") first',
    );
    expect(() => linear([1, 2] as unknown as Tensor, x)).toThrow("linear: expected a tensor, got an array");
  });

  test("products of a fixed rank", () => {
    const [matrix, vector] = [zeros([2, 3]), zeros([3])];
    expect(() => matrix.mm(vector)).toThrow("mm: needs matrices [N, K] and [K, M], got [2, 3] and [3]; matmul takes other ranks");
    expect(() => matrix.mm(matrix)).toThrow("mm: needs matrices [N, K] and [K, M], got [2, 3] and [2, 3]; their inner sizes");
    expect(() => matrix.mv(zeros([2]))).toThrow("mv: needs a matrix [N, K] and a vector [K], got [2, 3] and [2]");
    expect(() => zeros([5]).addmm(matrix, zeros([3, 4]))).toThrow("addmm: shapes [5] and [2, 4] do not broadcast");
    expect(() => zeros([3, 2, 4]).addmm(matrix, zeros([3, 4]))).toThrow(
      "addmm: a tensor of shape [3, 2, 4] does not broadcast to the product's [2, 4]",
    );
    expect(() => vector.baddbmm(matrix, matrix)).toThrow("baddbmm: needs batches of matrices");
  });
});
