/**
 * Fourier transforms: lengths of every radix, of primes, longer and shorter than the input, along any dimension, in every norm.
 */
import { fft } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import { inverseOfHalf, transform } from "../../reference/fourier.ts";

const pair = ({ real, imaginary }: { real: Tensor; imaginary: Tensor }): Tensor[] => [real, imaginary];

const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17, 34];

export const cases: Case[] = [
  ...lengths.flatMap((n): Case[] => [
    { name: `fft of ${n}`, ops: ["dft"], inputs: [[2, n], [2, n]], run: (x, y) => pair(fft.fft({ real: x!, imaginary: y! })), reference: (x, y) => transform(x!, y, -1, n) },
    { name: `ifft of ${n}`, ops: ["dft"], inputs: [[n], [n]], run: (x, y) => pair(fft.ifft({ real: x!, imaginary: y! })), reference: (x, y) => transform(x!, y, 1, n) },
    { name: `rfft of ${n}`, ops: ["rdft"], inputs: [[2, n]], run: (x) => pair(fft.rfft(x!)), reference: (x) => transform(x!, undefined, -1, Math.floor(n / 2) + 1) },
    { name: `irfft to ${n}`, ops: ["irdft"], inputs: [[2, Math.floor(n / 2) + 1], [2, Math.floor(n / 2) + 1]], run: (x, y) => fft.irfft({ real: x!, imaginary: y! }, { n }), reference: (x, y) => inverseOfHalf(x!, y!, n) },
  ]),
  { name: "fft of real numbers", ops: ["dft"], inputs: [[6]], run: (x) => pair(fft.fft(x!)) },
  { name: "fft cut to 4", ops: ["dft"], inputs: [[6], [6]], run: (x, y) => pair(fft.fft({ real: x!, imaginary: y! }, { n: 4 })) },
  { name: "fft filled to 9", ops: ["dft"], inputs: [[6], [6]], run: (x, y) => pair(fft.fft({ real: x!, imaginary: y! }, { n: 9 })) },
  { name: "rfft cut to 5", ops: ["rdft"], inputs: [[8]], run: (x) => pair(fft.rfft(x!, { n: 5 })) },
  { name: "rfft filled to 11", ops: ["rdft"], inputs: [[8]], run: (x) => pair(fft.rfft(x!, { n: 11 })) },
  { name: "irfft cut to 4", ops: ["irdft"], inputs: [[6], [6]], run: (x, y) => fft.irfft({ real: x!, imaginary: y! }, { n: 4 }) },
  { name: "irfft filled to 16", ops: ["irdft"], inputs: [[6], [6]], run: (x, y) => fft.irfft({ real: x!, imaginary: y! }, { n: 16 }) },
  { name: "irfft without n", ops: ["irdft"], inputs: [[5], [5]], run: (x, y) => fft.irfft({ real: x!, imaginary: y! }) },
  { name: "fft along the first dimension", ops: ["dft"], inputs: [[6, 2], [6, 2]], run: (x, y) => pair(fft.fft({ real: x!, imaginary: y! }, { dim: 0 })) },
  { name: "rfft along the middle", ops: ["rdft"], inputs: [[2, 5, 3]], run: (x) => pair(fft.rfft(x!, { dim: 1 })) },
  ...(["ortho", "forward"] as const).flatMap((norm): Case[] => [
    { name: `fft, norm ${norm}`, ops: ["dft"], inputs: [[6], [6]], run: (x, y) => pair(fft.fft({ real: x!, imaginary: y! }, { norm })) },
    { name: `ifft, norm ${norm}`, ops: ["dft"], inputs: [[6], [6]], run: (x, y) => pair(fft.ifft({ real: x!, imaginary: y! }, { norm })) },
    { name: `rfft, norm ${norm}`, ops: ["rdft"], inputs: [[6]], run: (x) => pair(fft.rfft(x!, { norm })) },
    { name: `irfft, norm ${norm}`, ops: ["irdft"], inputs: [[4], [4]], run: (x, y) => fft.irfft({ real: x!, imaginary: y! }, { norm }) },
  ]),
  { name: "fft of nothing", ops: ["dft"], pytorch: false, inputs: [[0, 4], [0, 4]], run: (x, y) => pair(fft.fft({ real: x!, imaginary: y! })) },
];
