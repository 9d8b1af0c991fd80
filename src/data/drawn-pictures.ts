/**
 * Pictures drawn by the package itself, for a chapter without a network: ten kinds of shapes of any colour, size, turn and
 * place, on backgrounds that fade from one colour to another, with smaller blots that mean nothing, under speckles. They are
 * made hard on purpose: the colour says nothing and no pixel has a place of its own, so that a linear classifier is lost and
 * a network that looks for edges is not.
 *
 * Only additions, multiplications, divisions and square roots are used, all of which IEEE 754 rounds the same way
 * everywhere: a seed gives the same bytes on every machine.
 */
import { MT19937 } from "../tensor/random/mt19937.ts";
import { md5 } from "./checksum.ts";
import type { Cifar10Files, PicturePart } from "./cifar10-files.ts";

const TRAIN_COUNT = 6_000;
const TEST_COUNT = 1_000;

/** How far a picture may stray; each number is the end of a uniform range. */
const HAND = {
  /** Half the shape's width, as a part of the picture's side. */
  size: [0.26, 0.42],
  /** Of the shape's centre from the picture's, as a part of its side. */
  shift: 0.12,
  /** Tangent of a quarter of the turn, to either side; quarter turns come on top. */
  quarterTurn: 0.199,
  /** How different shape and background are at least, as the length of the difference of their colours. */
  contrast: 0.45,
  /** Blots, and their radius as a part of the side. */
  blots: 3,
  blotRadius: [0.03, 0.07],
  speckle: 0.12,
} as const;

/** True where a point of the square from -1 to 1 belongs to the shape. */
type Shape = (x: number, y: number) => boolean;

const square = (x: number, y: number, half: number): boolean => Math.max(Math.abs(x), Math.abs(y)) < half;
const round = (x: number, y: number, radius: number): boolean => x * x + y * y < radius * radius;

/** The classes in the order of their labels. */
const SHAPES: readonly (readonly [name: string, shape: Shape])[] = [
  ["disc", (x, y) => round(x, y, 0.85)],
  ["ring", (x, y) => round(x, y, 0.95) && !round(x, y, 0.55)],
  ["square", (x, y) => square(x, y, 0.75)],
  ["frame", (x, y) => square(x, y, 0.85) && !square(x, y, 0.5)],
  ["triangle", (x, y) => y < 0.75 && y > 1.8 * Math.abs(x) - 0.95],
  ["cross", (x, y) => (Math.abs(x) < 0.28 || Math.abs(y) < 0.28) && square(x, y, 0.95)],
  ["half disc", (x, y) => round(x, y + 0.35, 0.95) && y > -0.35],
  ["two bars", (x, y) => Math.abs(Math.abs(x) - 0.5) < 0.24 && Math.abs(y) < 0.9],
  ["crescent", (x, y) => round(x, y, 0.95) && !round(x - 0.42, y, 0.78)],
  ["corner", (x, y) => square(x, y, 0.8) && (x < -0.25 || y > 0.25)],
];

type Colour = readonly number[];

/** Options of {@link drawPictures}. */
export interface DrawnPicturesOptions {
  seed?: number;
  trainCount?: number;
  testCount?: number;
  /** Rows and columns. Default 32. */
  side?: number;
  /** 3 for colour, 1 for grey. Default 3. */
  channels?: 1 | 3;
}

/** Draws a set of pictures; each class is as frequent as the others, in random order. */
export function drawPictures(options: DrawnPicturesOptions = {}): Cifar10Files {
  const { seed = 32, trainCount = TRAIN_COUNT, testCount = TEST_COUNT, side = 32, channels = 3 } = options;
  const random = new MT19937(seed);
  const train = drawPart(trainCount, side, channels, random);
  const test = drawPart(testCount, side, channels, random);
  return {
    name: "drawn pictures",
    checksum: md5(train.images, train.labels, test.images, test.labels),
    classes: SHAPES.map(([name]) => name),
    train,
    test,
  };
}

function drawPart(count: number, side: number, channels: number, random: MT19937): PicturePart {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % SHAPES.length);
  random.shuffle(labels);
  const size = channels * side * side;
  const images = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) drawPicture(SHAPES[labels[i]!]![1], side, channels, random, images.subarray(i * size, (i + 1) * size));
  return { images, labels, count };
}

function drawPicture(shape: Shape, side: number, channels: number, random: MT19937, picture: Uint8Array): void {
  const colour = (): Colour => Array.from({ length: channels }, () => random.uniform(0, 1));
  const from = colour();
  const to = colour().map((value, c) => 0.6 * from[c]! + 0.4 * value);
  const different = (): Colour => {
    for (;;) {
      const other = colour();
      const distance = Math.sqrt(other.reduce((sum, value, c) => sum + (value - (from[c]! + to[c]!) / 2) ** 2, 0));
      if (distance > HAND.contrast) return other;
    }
  };
  const ink = different();
  const blots = Array.from({ length: HAND.blots }, () => ({
    x: random.uniform(0, side), y: random.uniform(0, side), radius: side * random.uniform(...HAND.blotRadius), ink: different(),
  }));
  const coverage = randomPlacement(shape, side, random);
  const [across, down] = [random.uniform(-1, 1), random.uniform(-1, 1)];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const covered = coverage(column, row);
      const blot = blots.find(({ x, y, radius }) => round(column + 0.5 - x, row + 0.5 - y, radius));
      const fade = Math.min(1, Math.max(0, 0.5 + (across * (column - side / 2) + down * (row - side / 2)) / side));
      for (let c = 0; c < channels; c++) {
        const ground = blot === undefined ? from[c]! + (to[c]! - from[c]!) * fade : blot.ink[c]!;
        // The sum of two uniform numbers, each from half of a word: many faint specks, few strong ones.
        const word = random.nextUint32();
        const speckle = HAND.speckle * (((word >>> 16) + (word & 0xffff)) / 2 ** 15 - 2);
        picture[(c * side + row) * side + column] = Math.min(255, Math.max(0, Math.floor(256 * (ground + (ink[c]! - ground) * covered + speckle))));
      }
    }
  }
}

/** A shape put down at random: how much of the pixel at a column and row it covers. */
function randomPlacement(shape: Shape, side: number, random: MT19937): (column: number, row: number) => number {
  const half = side * random.uniform(...HAND.size);
  const centreX = side * (0.5 + random.uniform(-HAND.shift, HAND.shift));
  const centreY = side * (0.5 + random.uniform(-HAND.shift, HAND.shift));
  const tangent = 2 * random.uniform(-HAND.quarterTurn, HAND.quarterTurn);
  // Cosine and sine from the tangent of half the angle: exact arithmetic only, unlike Math.cos.
  let [cosine, sine] = [(1 - tangent * tangent) / (1 + tangent * tangent), (2 * tangent) / (1 + tangent * tangent)];
  for (let turns = random.nextUint32() % 4; turns > 0; turns--) [cosine, sine] = [-sine, cosine];
  const belongs = (x: number, y: number): number => {
    const [u, v] = [(x - centreX) / half, (y - centreY) / half];
    return shape(cosine * u + sine * v, cosine * v - sine * u) ? 0.25 : 0;
  };
  // Four points of a pixel make the edge soft.
  return (x, y) => belongs(x + 0.25, y + 0.25) + belongs(x + 0.75, y + 0.25) + belongs(x + 0.25, y + 0.75) + belongs(x + 0.75, y + 0.75);
}
