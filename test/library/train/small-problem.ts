/**
 * A small classification that the tests of training share: three classes of points in a plane, a network with dropout.
 */
import { data, Generator, nn, rand, randn, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

/** Points around three centres, and which one each is of. */
export function points(count: number, seed: number): data.TensorDataset<readonly [Tensor, Tensor]> {
  const generator = new Generator(seed);
  const labels = tensor(Array.from({ length: count }, (_, i) => i % 3), { dtype: "int32" });
  const centres = tensor([[2, 0], [-1, 1.7], [-1, -1.7]]);
  return new data.TensorDataset(centres.indexSelect(0, labels).add(randn([count, 2], { generator })), labels);
}

/** A network with dropout, the same each time. */
export function network(seed = 1): nn.Sequential {
  const model = new nn.Sequential(new nn.Linear(2, 16), new nn.ReLU(), new nn.Dropout(0.3), new nn.Linear(16, 3));
  const generator = new Generator(seed);
  for (const parameter of model.parameters()) parameter.detach().copy_(rand(parameter.shape, { generator }).sub(0.5));
  return model;
}

/** The bits of tensors, so that NaN and the sign of zero count. */
export const bits = (tensors: Iterable<Tensor>): string[] =>
  [...tensors].map((each) => Buffer.from(new Uint8Array(each.data().buffer)).toString("hex"));
