/**
 * NumPy's legacy random stream (`numpy.random.RandomState`), number for number.
 *
 * Many books print values that came from this stream, so a chapter that reproduces a printed number needs the same
 * generator, the same conversion to doubles and the same rejection rules. The generator is the Mersenne Twister of
 * Matsumoto and Nishimura (1998), "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
 * generator"; the distributions follow NumPy's documented promise that `RandomState` is frozen (NEP 19).
 *
 * Integers, uniforms, permutations and choices are equal bit for bit. Normals use this platform's `Math.log`, whose last
 * bit may differ from the C library under NumPy: they are equal to within two units in the last place.
 *
 * For new work use the library's own counter-based generator; this one is sequential and slow to skip ahead.
 */

/** Length of the twister's state in 32-bit words. */
const STATE_LENGTH = 624;
/** Distance of the word that is mixed in by the recurrence. */
const SHIFT = 397;
const TWIST_MATRIX = 0x9908b0df;
const TWO_POW_32 = 2 ** 32;

/** The shape of a drawn array: a length, or the lengths of two dimensions. */
export type SampleSize = number | readonly [rows: number, columns: number];

/** What a draw of the given size returns: one number, a list, or a list of rows. */
export type Sample<Size extends SampleSize | undefined> = Size extends undefined ? number
  : Size extends number ? number[]
  : number[][];

/** Options of {@link MT19937.choice}. */
export interface ChoiceOptions<Size extends number | undefined> {
  /** How many elements to draw; left out, one element is returned by itself. */
  size?: Size;
  /** Whether an element may be drawn twice. Default true. */
  replace?: boolean;
  /** The probability of each element; they sum to 1. Default: all equal. */
  p?: readonly number[];
}

/**
 * A seeded generator that yields what `numpy.random.RandomState(seed)` yields.
 *
 * @example
 * const generator = new MT19937(234);
 * generator.randint(2 ** 30); // as numpy.random.RandomState(234).randint(2 ** 30)
 */
export class MT19937 {
  readonly #state = new Uint32Array(STATE_LENGTH);
  #position = STATE_LENGTH;
  /** The second number of the last polar pair, kept for the next call. */
  #spareNormal: number | undefined;

  /**
   * @param seed a whole number from 0 to 2^32 - 1, or a non-empty list of them.
   * @throws RangeError when the seed is none of these.
   */
  constructor(seed: number | readonly number[]) {
    if (typeof seed === "number") {
      this.#seedWithNumber(checkSeed(seed));
    } else {
      if (seed.length === 0) throw new RangeError("MT19937: a list of seeds must not be empty; write new MT19937([1, 2])");
      this.#seedWithList(seed.map(checkSeed));
    }
  }

  /** The next 32 random bits, as a whole number from 0 to 2^32 - 1. */
  nextUint32(): number {
    if (this.#position === STATE_LENGTH) this.#refill();
    let word = this.#state[this.#position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }

  /** Uniform numbers in [0, 1) with 53 random bits: `random_sample(size)`. */
  randomSample<Size extends SampleSize | undefined = undefined>(size?: Size): Sample<Size> {
    return fill(size, () => this.#nextDouble());
  }

  /** Uniform numbers in [0, 1): `rand()`, `rand(n)`, `rand(rows, columns)`. */
  rand(): number;
  rand(length: number): number[];
  rand(rows: number, columns: number): number[][];
  rand(...size: number[]): number | number[] | number[][] {
    return fill(asSize(size), () => this.#nextDouble());
  }

  /** Uniform numbers in [low, high): `uniform(low, high, size)`. */
  uniform<Size extends SampleSize | undefined = undefined>(low = 0, high = 1, size?: Size): Sample<Size> {
    const range = high - low;
    if (!Number.isFinite(range)) throw new RangeError(`MT19937.uniform: low (${low}) and high (${high}) must be finite numbers`);
    return fill(size, () => low + range * this.#nextDouble());
  }

  /**
   * Whole numbers in [low, high), or in [0, low) when `high` is left out: `randint(low, high, size)`.
   *
   * @throws RangeError when a bound is not a safe integer or the range is empty.
   */
  randint<Size extends SampleSize | undefined = undefined>(low: number, high?: number, size?: Size): Sample<Size> {
    const [from, to] = high === undefined ? [0, low] : [low, high];
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !Number.isSafeInteger(to - from)) {
      throw new RangeError(`MT19937.randint: bounds must be whole numbers below 2^53, but were ${from} and ${to}`);
    }
    if (from >= to) throw new RangeError(`MT19937.randint: low (${from}) must be below high (${to})`);
    return fill(size, () => from + this.#nextAtMost(to - from - 1));
  }

  /** Standard normal numbers: `randn()`, `randn(n)`, `randn(rows, columns)`. */
  randn(): number;
  randn(length: number): number[];
  randn(rows: number, columns: number): number[][];
  randn(...size: number[]): number | number[] | number[][] {
    return fill(asSize(size), () => this.#nextNormal());
  }

  /** Normal numbers with the given mean and standard deviation: `normal(loc, scale, size)`. */
  normal<Size extends SampleSize | undefined = undefined>(mean = 0, standardDeviation = 1, size?: Size): Sample<Size> {
    if (!(standardDeviation >= 0)) {
      throw new RangeError(`MT19937.normal: the standard deviation must not be negative, but was ${standardDeviation}`);
    }
    return fill(size, () => mean + standardDeviation * this.#nextNormal());
  }

  /**
   * How many of `trials` succeed when each does with the given probability: `binomial(n, p, size)`.
   *
   * @throws RangeError when an argument is out of range, or when `trials * min(p, 1 - p)` is above 30: there NumPy
   * changes to another algorithm, which is not reproduced here.
   */
  binomial<Size extends SampleSize | undefined = undefined>(trials: number, probability: number, size?: Size): Sample<Size> {
    if (!Number.isSafeInteger(trials) || trials < 0) {
      throw new RangeError(`MT19937.binomial: the number of trials must be a whole number from 0, but was ${trials}`);
    }
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`MT19937.binomial: the probability must lie between 0 and 1, but was ${probability}`);
    }
    const rare = probability <= 0.5 ? probability : 1 - probability;
    if (trials * rare > 30) {
      throw new RangeError(
        `MT19937.binomial: ${trials} trials at ${probability} expect more than 30 of the rarer outcome; sum smaller draws instead`,
      );
    }
    return fill(size, () => {
      if (trials === 0 || probability === 0) return 0;
      const count = this.#binomialByInversion(trials, rare);
      return probability <= 0.5 ? count : trials - count;
    });
  }

  /** Shuffles a list in place, as `shuffle` does. */
  shuffle(list: { [index: number]: unknown; readonly length: number }): void {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#nextAtMost(i);
      const kept = list[i];
      list[i] = list[j];
      list[j] = kept;
    }
  }

  /** A shuffled copy of a list, or of 0, 1, …, n - 1: `permutation(x)`. */
  permutation(length: number): number[];
  permutation<T>(list: readonly T[]): T[];
  permutation<T>(source: number | readonly T[]): (number | T)[] {
    const copy: (number | T)[] = typeof source === "number"
      ? Array.from({ length: checkLength(source) }, (_, i) => i)
      : [...source];
    this.shuffle(copy);
    return copy;
  }

  /**
   * Elements drawn from a list, or from 0, 1, …, n - 1: `choice(a, size, replace, p)`.
   *
   * @throws RangeError when there is nothing to draw from, when the probabilities do not fit, or when more elements are
   * asked for than there are (without replacement).
   */
  choice<Size extends number | undefined = undefined>(
    population: number,
    options?: ChoiceOptions<Size>,
  ): Size extends number ? number[] : number;
  choice<T, Size extends number | undefined = undefined>(
    population: readonly T[],
    options?: ChoiceOptions<Size>,
  ): Size extends number ? T[] : T;
  choice<T>(population: number | readonly T[], options: ChoiceOptions<number | undefined> = {}): unknown {
    const count = typeof population === "number" ? checkLength(population) : population.length;
    if (count === 0) throw new RangeError("MT19937.choice: there is nothing to choose from; give at least one element");
    const { size, replace = true, p } = options;
    if (p !== undefined) checkProbabilities(p, count);
    const drawn = replace
      ? this.#chooseWithReplacement(count, size ?? 1, p)
      : this.#chooseWithoutReplacement(count, size ?? 1, p);
    const chosen = typeof population === "number" ? drawn : drawn.map((index) => population[index]);
    return size === undefined ? chosen[0] : chosen;
  }

  #chooseWithReplacement(count: number, size: number, p: readonly number[] | undefined): number[] {
    if (p === undefined) return this.randint(0, count, size);
    const cumulative = cumulativeProbabilities(p);
    return this.rand(size).map((u) => firstAbove(cumulative, u));
  }

  #chooseWithoutReplacement(count: number, size: number, p: readonly number[] | undefined): number[] {
    const possible = p === undefined ? count : p.filter((value) => value > 0).length;
    if (size > possible) {
      throw new RangeError(`MT19937.choice: cannot draw ${size} different elements from ${possible}; draw fewer, or with replacement`);
    }
    if (p === undefined) return this.permutation(count).slice(0, size);
    // NumPy draws all missing elements at once, keeps the first occurrence of each, and repeats without those found.
    const remaining = [...p];
    const found: number[] = [];
    while (found.length < size) {
      const uniforms = this.rand(size - found.length);
      for (const index of found) remaining[index] = 0;
      const cumulative = cumulativeProbabilities(remaining);
      found.push(...new Set(uniforms.map((u) => firstAbove(cumulative, u))));
    }
    return found;
  }

  #nextDouble(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number from 0 to `maximum`, by masking random bits and rejecting what is too large. */
  #nextAtMost(maximum: number): number {
    if (maximum === 0) return 0;
    if (maximum < TWO_POW_32) {
      const mask = maskOf(maximum);
      for (;;) {
        const value = (this.nextUint32() & mask) >>> 0;
        if (value <= maximum) return value;
      }
    }
    const highMask = maskOf(Math.floor(maximum / TWO_POW_32));
    for (;;) {
      const high = (this.nextUint32() & highMask) >>> 0;
      const value = high * TWO_POW_32 + this.nextUint32();
      if (value <= maximum) return value;
    }
  }

  /** Marsaglia's polar method: two uniforms in the unit disc give two normals, the second of which waits for its turn. */
  #nextNormal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x1 = 2 * this.#nextDouble() - 1;
      const x2 = 2 * this.#nextDouble() - 1;
      const squaredRadius = x1 * x1 + x2 * x2;
      if (squaredRadius >= 1 || squaredRadius === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squaredRadius)) / squaredRadius);
      this.#spareNormal = factor * x1;
      return factor * x2;
    }
  }

  #binomialByInversion(trials: number, probability: number): number {
    const complement = 1 - probability;
    const none = Math.exp(trials * Math.log(complement));
    const mean = trials * probability;
    const bound = Math.trunc(Math.min(trials, mean + 10 * Math.sqrt(mean * complement + 1)));
    let count = 0;
    let mass = none;
    let uniform = this.#nextDouble();
    while (uniform > mass) {
      count++;
      if (count > bound) {
        count = 0;
        mass = none;
        uniform = this.#nextDouble();
      } else {
        uniform -= mass;
        mass = ((trials - count + 1) * probability * mass) / (count * complement);
      }
    }
    return count;
  }

  #seedWithNumber(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < STATE_LENGTH; i++) {
      const previous = state[i - 1]!;
      state[i] = Math.imul(previous ^ (previous >>> 30), 1812433253) + i;
    }
  }

  #seedWithList(seeds: readonly number[]): void {
    this.#seedWithNumber(19650218);
    const state = this.#state;
    let i = 1;
    let j = 0;
    const advance = (): void => {
      if (++i < STATE_LENGTH) return;
      state[0] = state[STATE_LENGTH - 1]!;
      i = 1;
    };
    for (let k = Math.max(STATE_LENGTH, seeds.length); k > 0; k--) {
      const previous = state[i - 1]!;
      state[i] = (state[i]! ^ Math.imul(previous ^ (previous >>> 30), 1664525)) + seeds[j]! + j;
      advance();
      j = (j + 1) % seeds.length;
    }
    for (let k = STATE_LENGTH - 1; k > 0; k--) {
      const previous = state[i - 1]!;
      state[i] = (state[i]! ^ Math.imul(previous ^ (previous >>> 30), 1566083941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_LENGTH; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % STATE_LENGTH]! & 0x7fffffff);
      state[i] = state[(i + SHIFT) % STATE_LENGTH]! ^ (joined >>> 1) ^ (joined & 1 ? TWIST_MATRIX : 0);
    }
    this.#position = 0;
  }
}

/** Calls `draw` once for each element, in row-major order, and arranges the results in the asked shape. */
function fill<Size extends SampleSize | undefined>(size: Size | undefined, draw: () => number): Sample<Size> {
  const list = (length: number): number[] => Array.from({ length: checkLength(length) }, draw);
  if (size === undefined) return draw() as Sample<Size>;
  if (typeof size === "number") return list(size) as Sample<Size>;
  const [rows, columns] = size;
  return Array.from({ length: checkLength(rows) }, () => list(columns)) as Sample<Size>;
}

function asSize(dimensions: readonly number[]): SampleSize | undefined {
  if (dimensions.length > 2) {
    throw new RangeError(`MT19937: at most two dimensions can be drawn at once, but ${dimensions.length} were given`);
  }
  return dimensions.length === 2 ? [dimensions[0]!, dimensions[1]!] : dimensions[0];
}

function checkSeed(seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= TWO_POW_32) {
    throw new RangeError(`MT19937: a seed must be a whole number from 0 to 2^32 - 1, but was ${seed}`);
  }
  return seed;
}

function checkLength(length: number): number {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`MT19937: a length must be a whole number from 0, but was ${length}`);
  }
  return length;
}

function checkProbabilities(p: readonly number[], count: number): void {
  if (p.length !== count) {
    throw new RangeError(`MT19937.choice: ${count} elements need ${count} probabilities, but ${p.length} were given`);
  }
  if (p.some((value) => !(value >= 0))) throw new RangeError("MT19937.choice: a probability must not be negative or NaN");
  const sum = p.reduce((total, value) => total + value, 0);
  // NumPy's own tolerance: the square root of the double's epsilon.
  if (Math.abs(sum - 1) > Math.sqrt(Number.EPSILON)) {
    throw new RangeError(`MT19937.choice: the probabilities must sum to 1, but sum to ${sum}; divide each by their sum`);
  }
}

/** Running sums of the probabilities, scaled so that the last is 1. */
function cumulativeProbabilities(p: readonly number[]): number[] {
  let total = 0;
  const sums = p.map((value) => (total += value));
  return sums.map((value) => value / total);
}

/** The index of the first entry of a rising list that is above the value (binary search). */
function firstAbove(rising: readonly number[], value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest 2^k - 1 that is not below the value (a whole number under 2^32). */
function maskOf(value: number): number {
  return value === 0 ? 0 : 0xffffffff >>> Math.clz32(value);
}
