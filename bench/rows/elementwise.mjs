/**
 * Ops on single elements: a million of them, where the work counts, and four, where only the call does.
 */
import { numbers, sampled } from "../inputs.mjs";

const million = 1_000_000;

/**
 * @param {"tanh" | "sigmoid" | "exp"} op
 * @param {number} atLeast times PyTorch
 * @returns {import("./row.mjs").Row}
 */
const onAMillion = (op, atLeast) => ({
  name: `${op}-1m`,
  work: `${op} of 1,000,000 floats`,
  bytes: 8 * million,
  tolerance: 1e-6,
  peers: ["pytorch"],
  atLeast: { pytorch: atLeast },
  prepare({ tensor }) {
    const x = tensor(numbers(million, 1, 8));
    return { step: () => x[op](), result: () => sampled(x[op]().data()) };
  },
});

/** Mean, deviation, and the part within one deviation: what two streams of normal numbers have in common. @param {ArrayLike<number>} values */
function moments(values) {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return [mean, Math.sqrt(variance), list.filter((value) => Math.abs(value) < 1).length / list.length];
}

const chain = 100;

/** @type {readonly import("./row.mjs").Row[]} */
export const elementwise = [
  {
    name: "add-chain",
    work: `one of ${chain} additions of four floats, each to the sum before`,
    repeats: chain,
    tolerance: 1e-6,
    peers: ["pytorch"],
    atLeast: { seconds: 0.2e-6 },
    prepare({ tensor }) {
      const start = tensor(numbers(4, 1));
      const y = tensor(numbers(4, 2));
      const step = () => {
        let x = start;
        for (let i = 0; i < chain; i++) x = x.add(y);
        return x;
      };
      return { step, result: () => sampled(step().data()) };
    },
  },
  onAMillion("tanh", 8),
  onAMillion("sigmoid", 3),
  onAMillion("exp", 3),
  {
    name: "normal-1m",
    work: "1,000,000 normal random floats",
    // Only written: half of what a copy moves.
    bytes: 4 * million,
    tolerance: 0.005,
    peers: ["pytorch"],
    atLeast: { pytorch: 8 },
    prepare({ manualSeed, randn }) {
      manualSeed(1);
      return { step: () => randn([million]), result: () => moments(randn([million]).data()) };
    },
  },
];
