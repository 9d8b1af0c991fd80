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

  /**
   * Results and gradients of everything that is shared among threads, at sizes one less, equal to and one more than where work
   * is cut: rows and columns of a product's tiles, channels and bands of a convolution, rows of a batch, pieces of long lines.
   */
  edges() {
    manualSeed(11);
    const draw = (...shape) => randn(shape).requiresGrad_();
    /** One hash of the results of a run, and of the gradients of its operands. */
    const both = (run, ...operands) => {
      const made = [run(...operands)].flat();
      made.map((each) => each.square().sum()).reduce((sum, each) => sum.add(each)).backward();
      return hash(cat([...made.map((each) => each.detach().flatten()), ...operands.map(({ grad }) => grad.flatten())]));
    };
    const over = (cases, run) => cases.map((sizes) => run(...sizes)).join(" ");
    return {
      products: over(
        [1, 13, 14, 15, 31, 32, 33, 47, 49, 63, 65, 127, 129, 191, 193].map((size) => [size]),
        (size) => [both((a, b) => a.matmul(b), draw(size, 257), draw(257, 129)), both((a, b) => a.matmul(b), draw(129, size), draw(size, 67)), both((a, b) => a.matmul(b), draw(66, 130), draw(130, size))],
      ),
      largeProducts: over([[383, 385, 384], [513, 255, 300], [1, 2000, 999], [999, 2000, 1]], (m, k, n) => both((a, b) => a.matmul(b), draw(m, k), draw(k, n))),
      convolutions: over(
        [[1, 1, 7, 3], [2, 3, 28, 3], [3, 16, 13, 3], [2, 17, 33, 3], [1, 31, 16, 5], [2, 33, 9, 1], [1, 8, 65, 3]],
        (images, channels, size, kernel) =>
          both((x, w) => nn.functional.conv2d(x, w, undefined, { padding: 1 }), draw(images, channels, size, size), draw(channels + 15, channels, kernel, kernel)),
      ),
      sequences: over(
        [[3, 1, 5, 33], [2, 15, 8, 17], [3, 16, 8, 64], [2, 17, 8, 65], [2, 33, 3, 129], [2, 3, 4, 301]],
        (steps, batch, inputs, hidden) => both((x, wi, wh) => Object.values(x.lstm(wi, wh)), draw(steps, batch, inputs), draw(4 * hidden, inputs), draw(4 * hidden, hidden)),
      ),
      sums: over(
        [1023, 1024, 1025, 8191, 8193, 32_767, 32_769, 65_535, 65_537, 262_145].map((size) => [size]),
        (size) => both((x) => [x.sum(), x.var(), x.logsumexp(0), x.cumsum(0), x.norm()], draw(size)),
      ),
      partialSums: over(
        [[3, 40_001], [40_001, 3], [257, 513], [1, 70_000], [70_000, 1]],
        (rows, columns) => [both((x) => [x.sum({ dim: 0 }), x.mean({ dim: 1 }), x.amax({ dim: 0 })], draw(rows, columns)), both((x) => [x.softmax(1), x.softmax(0), x.logSoftmax(1)], draw(rows, columns))],
      ),
      normalised: over(
        [[2, 3, 1000], [33, 65, 17], [257, 8, 1], [4, 129, 63]],
        (images, channels, size) => [
          both((x) => nn.functional.batchNorm(x, undefined, undefined, { training: true }), draw(images, channels, size)),
          both((x) => nn.functional.layerNorm(x, [channels, size]), draw(images, channels, size)),
        ],
      ),
      sorted: over([[70_001], [262_143]], (size) => both((x) => x.sort().values, draw(size))),
    };
  },

  /** Boltzmann machines: steps by persistent chains, samples, and the greedy training of a stack. */
  boltzmann() {
    manualSeed(9);
    const data = bernoulli(rand([257, 129]));
    const machine = new nn.models.RBM(129, 67);
    const optimizer = new optim.SGD(machine.parameters(), { lr: 0.1 });
    let chain;
    for (let step = 0; step < 5; step++) {
      const found = machine.contrastiveDivergence(data, { k: 3, ...(chain && { chain }) });
      chain = found.chain;
      optimizer.zeroGrad();
      found.loss.backward();
      optimizer.step();
    }
    const stack = new nn.models.DBN([129, 65, 33], 10);
    stack.pretrain([data], { epochs: 3, optimizer: (parameters) => new optim.SGD(parameters, { lr: 0.1 }) });
    return {
      weights: hash(machine.weight.detach()), chain: hash(chain), samples: hash(machine.gibbs(data, 20)),
      likelihood: hash(machine.pseudoLogLikelihood(data, { bit: "all" })), stack: hash(cat(stack.classifierParameters().map((each) => each.detach().flatten()))),
      dreams: hash(stack.sample(65, { steps: 20 })),
    };
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
