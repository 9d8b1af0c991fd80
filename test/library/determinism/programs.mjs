/**
 * Programs whose results must not depend on the machine's speed or instruction set, run as processes of their own:
 * `node programs.mjs NAME` prints one line of JSON with a hash of the bits of each result, or the result.
 */
import { createHash } from "node:crypto";
import { bernoulli, cat, manualSeed, multinomial, nn, normal, optim, rand, randint, randn, randperm, threads, truncatedNormal, zeros } from "nabla";

const hash = (tensor) => createHash("sha256").update(new Uint8Array(tensor.data().buffer)).digest("hex").slice(0, 16);

/** Sizes that end in the middle of a vector of every width, and some that are shared among threads. */
const sizes = [1, 3, 16, 17, 1000, 65_537, 1_000_003];

const programs = {
  /** What is drawn. */
  draws() {
    manualSeed(42);
    const each = (draw) => createHash("sha256").update(sizes.map((size) => hash(draw(size))).join()).digest("hex").slice(0, 16);
    return {
      uniforms: each((size) => rand([size])),
      doubles: each((size) => rand([size], { dtype: "float64" })),
      integers: each((size) => randint(-5, 1000, [size])),
      permutations: each((size) => randperm(size)),
      masks: each((size) => bernoulli(rand([size]))),
      dropped: each((size) => nn.functional.dropout(zeros([size]).add(3), { p: 0.3 })),
      categories: each((size) => multinomial(rand([size % 1000, 7]).add(0.01), 3)),
      normals: each((size) => randn([size])),
      spread: each((size) => normal(2, 3, [size])),
      truncated: each((size) => truncatedNormal([size])),
    };
  },

  /** Normals in float64, as they are: their logarithm and cosine fuse products and sums where the processor can. */
  doubleNormals() {
    manualSeed(42);
    return { normals: randn([10_001], { dtype: "float64" }).toArray() };
  },

  /** A few steps of training with products, a convolution, a sequence, normalisation and sums large enough to be shared. */
  training() {
    manualSeed(7);
    const weight = (...shape) => randn(shape).mul(0.1).requiresGrad_();
    const filter = weight(16, 3, 3, 3);
    const dense = weight(16 * 13 * 13, 129);
    const inner = weight(4 * 65, 43);
    const state = weight(4 * 65, 65);
    const out = weight(65, 10);
    const parameters = [filter, dense, inner, state, out];
    const optimizer = new optim.Adam(parameters, { lr: 0.01 });
    const images = randn([61, 3, 28, 28]);
    const labels = randint(0, 10, [61]);
    const losses = [];
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      const seen = nn.functional.conv2d(images, filter).relu().maxPool2d(2);
      const hidden = nn.functional.batchNorm(seen, undefined, undefined, { training: true }).flatten({ startDim: 1 }).matmul(dense).tanh();
      const { hN } = hidden.reshape([61, 3, 43]).transpose(0, 1).lstm(inner, state);
      const loss = nn.functional.crossEntropy(hN.matmul(out), labels);
      loss.backward();
      optimizer.step();
      losses.push(loss.detach().reshape([1]));
    }
    return { losses: hash(cat(losses)), ...Object.fromEntries(parameters.map((parameter, i) => [`parameter${i}`, hash(parameter.detach())])) };
  },
};

console.log(JSON.stringify({ threads: threads(), results: programs[process.argv[2]]() }));
