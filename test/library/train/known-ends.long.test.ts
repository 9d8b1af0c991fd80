/**
 * Training to known ends on the real data: the accuracy on the test part after the last epoch, the median of five seeds with
 * the range printed, must reach what such models are known to reach. And how much of an epoch goes into loading the data.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { data, manualSeed, metrics, nn, optim, train, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { realFile } from "../data/scratch-folder.ts";

const { functional: F } = nn;
const SEEDS = [1, 2, 3, 4, 5];
const THIRTY_MINUTES = 1_800_000;

/** Trains with each seed and prints what came of it; returns the median. */
async function medianOver(what: string, accuracyWith: (seed: number) => Promise<number>): Promise<number> {
  const began = performance.now();
  const reached: number[] = [];
  for (const seed of SEEDS) {
    manualSeed(seed);
    reached.push(await accuracyWith(seed));
  }
  reached.sort((a, b) => a - b);
  const [least, median, most] = [reached[0]!, reached[2]!, reached[4]!];
  const seconds = (performance.now() - began) / 1000;
  console.log(`${what}: median ${median.toFixed(4)}, range ${least.toFixed(4)} to ${most.toFixed(4)} (${SEEDS.length} seeds, ${seconds.toFixed(0)} s)`);
  return median;
}

type Digits = data.TensorDataset<readonly [Tensor, Tensor]>;

/** LeNet-5 in the sizes of LeCun et al., 1998, with the units that have come to be used instead of tanh and mean pooling. */
const lenet5 = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(1, 6, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2),
    new nn.Conv2d(6, 16, 5), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(),
    new nn.Linear(400, 120), new nn.ReLU(), new nn.Linear(120, 84), new nn.ReLU(), new nn.Linear(84, 10),
  );

if (realFile("mnist", "train-images-idx3-ubyte.gz") !== undefined) describe("on MNIST", () => {
  let parts: readonly [Digits, Digits];
  beforeAll(async () => {
    const digits = await data.mnist({ set: "MNIST" });
    parts = [digits.train, digits.test].map(({ images, labels }) => new data.TensorDataset(images.reshape([-1, 1, 28, 28]), labels)) as unknown as [Digits, Digits];
  }, 120_000);

  /** Adam at a constant rate on batches of `batchSize`, then the accuracy on the test part. */
  async function trained(model: nn.Module, epochs: number, batchSize = 128): Promise<number> {
    const [examples, held] = parts;
    await train.fit(model, new data.DataLoader(examples, { batchSize, shuffle: true }), {
      loss: F.crossEntropy, optimizer: new optim.Adam(model.parameters(), { lr: 0.001 }), epochs, compile: true, progress: false,
    });
    const { accuracy } = await train.evaluate(model, held, { metrics: { accuracy: new metrics.Accuracy() }, batchSize: 500, compile: true });
    return accuracy!;
  }

  test("softmax regression reaches 92 %", async () => {
    expect(await medianOver("softmax regression, 8 epochs", () => trained(new nn.models.Mlp([784, 10]), 8))).toBeGreaterThanOrEqual(0.92);
  }, THIRTY_MINUTES);

  test("a perceptron 784-512-10 with dropout reaches 98 %", async () => {
    const model = (): nn.Module => new nn.models.Mlp([784, 512, 10], { dropout: 0.3 });
    expect(await medianOver("784-512-10 with dropout, 12 epochs", () => trained(model(), 12))).toBeGreaterThanOrEqual(0.98);
  }, THIRTY_MINUTES);

  test("LeNet-5 reaches 98.6 % after 5 epochs at a constant rate", async () => {
    expect(await medianOver("LeNet-5, 5 epochs", () => trained(lenet5(), 5, 64))).toBeGreaterThanOrEqual(0.986);
  }, THIRTY_MINUTES);

  test("loading the data takes less than 5 % of an epoch of LeNet-5", async () => {
    const loader = new data.DataLoader(parts[0], { batchSize: 64, shuffle: true });
    const model = lenet5();
    const options = { loss: F.crossEntropy, optimizer: new optim.Adam(model.parameters()), compile: true, progress: false } as const;
    const shares: number[] = [];
    for (let round = 0; round < 3; round++) {
      const began = performance.now();
      let seen = 0;
      for (const [x] of loader) seen += x.shape[0]!;
      const loading = (performance.now() - began) / 1000;
      expect(seen).toBe(60_000);
      const { last } = await train.fit(model, loader, options);
      shares.push(loading / last!.seconds);
      console.log(`loading ${loading.toFixed(2)} s of an epoch of ${last!.seconds.toFixed(2)} s: ${((100 * loading) / last!.seconds).toFixed(1)} %`);
    }
    expect(shares.sort((a, b) => a - b)[1]).toBeLessThan(0.05);
  }, THIRTY_MINUTES);
});

/** The mean of the words' vectors, and a straight line through them. */
class BagOfEmbeddings extends nn.Module<[Tensor, Tensor]> {
  readonly embedding: nn.Embedding;
  readonly dropout = new nn.Dropout(0.5);
  readonly output: nn.Linear;

  constructor(words: number, width: number) {
    super();
    this.embedding = new nn.Embedding(words, width, { paddingIdx: 0, weight: zeros([words, width]) });
    this.output = new nn.Linear(width, 1);
  }

  /** @param tokens [N, length], padded with 0; @param lengths [N]. */
  override forward(tokens: Tensor, lengths: Tensor): Tensor {
    const mean = this.embedding.forward(tokens).sum({ dim: 1 }).div(lengths.unsqueeze(1));
    return this.output.forward(this.dropout.forward(mean)).squeeze(1);
  }
}

if (realFile("imdb", "aclImdb_v1.tar.gz") !== undefined) describe("on IMDB's reviews", () => {
  test("a bag of embeddings reaches 87 %", async () => {
    const words = 20_000;
    const reviews = await data.imdb({ set: "IMDB" });
    console.log(`the reviews are ${reviews.name}`);
    const { train: examples, test: held } = data.encodeReviews(reviews, { maxSize: words, length: 400 });
    const median = await medianOver("bag of embeddings, 4 epochs", async () => {
      const model = new BagOfEmbeddings(words, 32);
      const forward = ({ tokens, lengths, labels }: data.SequenceBatch): readonly [Tensor, Tensor] => [model.forward(tokens, lengths), labels.to("float32")];
      await train.fit(model, new data.DataLoader(examples, { batchSize: 64, shuffle: true }), {
        forward, loss: F.binaryCrossEntropyWithLogits, optimizer: new optim.Adam(model.parameters(), { lr: 0.003 }), epochs: 4, compile: true, progress: false,
      });
      const { accuracy } = await train.evaluate(model, held, { forward, metrics: { accuracy: new metrics.Accuracy({ threshold: 0 }) }, batchSize: 250, compile: true });
      return accuracy!;
    });
    expect(median).toBeGreaterThanOrEqual(0.87);
  }, THIRTY_MINUTES);
});
