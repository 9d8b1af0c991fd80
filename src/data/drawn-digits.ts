/**
 * Digits drawn by the package itself, for a chapter without a network: strokes through jittered points, put through a
 * random slant, turn, size and shift, drawn with pens of different width on speckled paper. They are made hard on purpose:
 * a linear classifier misses about one in ten, so that a better model shows.
 *
 * Only additions, multiplications, divisions and square roots are used, all of which IEEE 754 rounds the same way
 * everywhere: a seed gives the same bytes on every machine.
 */
import { MT19937 } from "../tensor/random/mt19937.ts";
import { md5 } from "./checksum.ts";
import { DIGIT_VARIANTS } from "./drawn-digit-strokes.ts";
import type { Stroke, StrokePoint } from "./drawn-digit-strokes.ts";
import type { DigitPart, MnistFiles } from "./mnist-files.ts";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Straight pieces that stand for one bend between two points. */
const PIECES = 6;
const TRAIN_COUNT = 12_000;
const TEST_COUNT = 2_000;

/** How far a digit may stray from its pattern; each number is the end of a uniform range around the pattern. */
const HAND = {
  /** Of a point, in units of the digit's box. */
  jitter: 0.06,
  /** Tangent of half the angle of turning. */
  halfTurn: 0.1,
  slant: 0.25,
  /** Of the box, in pixels. */
  size: [13, 21],
  /** Of the box's centre, in pixels. */
  shift: 2.1,
  /** Half the width of the pen, in pixels. */
  penRadius: [0.6, 1.7],
  /** Darkness of the ink. */
  ink: [0.65, 1],
  /** Darkest speck of the paper. */
  speckle: 0.12,
} as const;

/** Options of {@link drawDigits}. */
export interface DrawnDigitsOptions {
  seed?: number;
  trainCount?: number;
  testCount?: number;
}

/** Draws a set of digits; each label is as frequent as the others, in random order. */
export function drawDigits(options: DrawnDigitsOptions = {}): MnistFiles {
  const { seed = 28, trainCount = TRAIN_COUNT, testCount = TEST_COUNT } = options;
  const random = new MT19937(seed);
  const train = drawPart(trainCount, random);
  const test = drawPart(testCount, random);
  return {
    name: "drawn digits",
    checksum: md5(train.images, train.labels, test.images, test.labels),
    train,
    test,
    height: SIDE,
    width: SIDE,
  };
}

function drawPart(count: number, random: MT19937): DigitPart {
  const images = new Uint8Array(count * PIXELS);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  random.shuffle(labels);
  const ink = new Float64Array(PIXELS);
  for (let i = 0; i < count; i++) {
    drawDigit(labels[i]!, random, ink);
    const first = i * PIXELS;
    for (let p = 0; p < PIXELS; p++) {
      // The product of two uniform numbers, each from half of a word: many faint specks, few dark ones.
      const word = random.nextUint32();
      const grey = ink[p]! + (HAND.speckle * (word >>> 16) * (word & 0xffff)) / 2 ** 32;
      images[first + p] = Math.min(255, Math.floor(256 * grey));
    }
  }
  return { images, labels, count };
}

/** Draws one digit into `ink`, the darkness of each pixel from 0 to 1. */
function drawDigit(digit: number, random: MT19937, ink: Float64Array): void {
  const variant = random.choice(DIGIT_VARIANTS[digit]!);
  const place = randomPlacement(random);
  const radius = random.uniform(...HAND.penRadius);
  const darkness = random.uniform(...HAND.ink);
  ink.fill(0);
  for (const stroke of variant) {
    const points = stroke.points.map(([x, y]) => place([
      x + random.uniform(-HAND.jitter, HAND.jitter),
      y + random.uniform(-HAND.jitter, HAND.jitter),
    ]));
    const path = stroke.bent ? bend(points) : points;
    for (let i = 1; i < path.length; i++) drawPiece(path[i - 1]!, path[i]!, radius, darkness, ink);
  }
}

/** A random map from the digit's box to pixels: slant, size, turn, shift. */
function randomPlacement(random: MT19937): (point: StrokePoint) => StrokePoint {
  const slant = random.uniform(-HAND.slant, HAND.slant);
  const width = random.uniform(...HAND.size);
  const height = random.uniform(...HAND.size);
  const halfTurn = random.uniform(-HAND.halfTurn, HAND.halfTurn);
  // Cosine and sine from the tangent of half the angle: exact arithmetic only, unlike Math.cos.
  const cosine = (1 - halfTurn * halfTurn) / (1 + halfTurn * halfTurn);
  const sine = (2 * halfTurn) / (1 + halfTurn * halfTurn);
  const centreX = SIDE / 2 + random.uniform(-HAND.shift, HAND.shift);
  const centreY = SIDE / 2 + random.uniform(-HAND.shift, HAND.shift);
  return ([x, y]) => {
    const v = (y - 0.5) * height;
    const u = (x - 0.5) * width - slant * v;
    return [centreX + cosine * u - sine * v, centreY + sine * u + cosine * v];
  };
}

/** Puts a smooth curve through the points (a Catmull-Rom spline) and returns it as short straight pieces. */
function bend(points: readonly StrokePoint[]): Stroke["points"] {
  const last = points.length - 1;
  const path: StrokePoint[] = [points[0]!];
  for (let i = 0; i < last; i++) {
    const [before, from, to, after] = [points[Math.max(i - 1, 0)]!, points[i]!, points[i + 1]!, points[Math.min(i + 2, last)]!];
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      path.push([
        spline(before[0], from[0], to[0], after[0], t),
        spline(before[1], from[1], to[1], after[1], t),
      ]);
    }
  }
  return path;
}

function spline(before: number, from: number, to: number, after: number, t: number): number {
  const slopeTerm = to - before;
  const squareTerm = 2 * before - 5 * from + 4 * to - after;
  const cubeTerm = 3 * from - before - 3 * to + after;
  return from + 0.5 * t * (slopeTerm + t * (squareTerm + t * cubeTerm));
}

/** Inks every pixel near a straight piece; the edge of the pen is one pixel soft. */
function drawPiece(from: StrokePoint, to: StrokePoint, radius: number, darkness: number, ink: Float64Array): void {
  const reach = radius + 1;
  const firstColumn = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach));
  const lastColumn = Math.min(SIDE - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
  const firstRow = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach));
  const lastRow = Math.min(SIDE - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const squaredLength = dx * dx + dy * dy;
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const px = column + 0.5 - from[0];
      const py = row + 0.5 - from[1];
      const along = squaredLength === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squaredLength));
      const ox = px - along * dx;
      const oy = py - along * dy;
      const covered = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(ox * ox + oy * oy)));
      const pixel = row * SIDE + column;
      ink[pixel] = Math.max(ink[pixel]!, darkness * covered);
    }
  }
}
