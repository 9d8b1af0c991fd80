/**
 * Fourier transforms: lengths of every radix, of primes, longer and shorter than the input, along any dimension, in every norm.
 */
import { fft } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import { build, get } from "../../reference/array.ts";

const pair = ({ real, imaginary }: { real: Tensor; imaginary: Tensor }): Tensor[] => [real, imaginary];

/** The definition: a sum of n products for each of `length` results, along the last dimension. */
function transform(re: ReferenceArray, im: ReferenceArray | undefined, sign: number, length: number): [ReferenceArray, ReferenceArray] {
  const n = re.shape.at(-1)!;
  const sum = (index: readonly number[], part: "re" | "im"): number => {
    let total = 0;
    for (let j = 0; j < n; j++) {
      const at = [...index.slice(0, -1), j];
      const angle = (sign * 2 * Math.PI * ((j * index.at(-1)!) % n)) / n;
      const [x, y] = [get(re, at), im === undefined ? 0 : get(im, at)];
      total += part === "re" ? x * Math.cos(angle) - y * Math.sin(angle) : x * Math.sin(angle) + y * Math.cos(angle);
    }
    return sign > 0 ? total / n : total;
  };
  const shape = [...re.shape.slice(0, -1), length];
  return [build(shape, (index) => sum(index, "re")), build(shape, (index) => sum(index, "im"))];
}

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

function inverseOfHalf(re: ReferenceArray, im: ReferenceArray, n: number): ReferenceArray {
  const whole = (part: ReferenceArray, sign: number): ReferenceArray =>
    build([...part.shape.slice(0, -1), n], (index) => {
      const k = index.at(-1)!;
      const mirrored = 2 * k > n;
      const own = sign < 0 && (k === 0 || 2 * k === n) ? 0 : get(part, [...index.slice(0, -1), mirrored ? n - k : k]);
      return mirrored ? sign * own : own;
    });
  return transform(whole(re, 1), whole(im, -1), 1, n)[0];
}
