/**
 * Finds the writing in a photo of a digit: grey levels become ink and paper. The light of a lamp, which falls off across
 * the sheet, is taken away as a plane; the threshold is N. Otsu's ("A Threshold Selection Method from Gray-Level
 * Histograms", 1979), which parts the levels into the two groups that differ most; the side of the threshold that prevails
 * along the edge is paper, so that chalk on a board is read as well as ink on a sheet; and specks are dropped, because one
 * of them would stretch the box that the digit is fitted in.
 */
import type { Ink } from "./centring.ts";

/** Levels that differ by less than this, of 255, are one colour with noise in it. */
const LEAST_CONTRAST = 24;
/** Of what hangs together, what is smaller than this part of the largest is a speck. */
const SPECK = 0.04;

/**
 * The ink in a photo.
 * @param grey square, from 0, black, to 255, white; row after row.
 */
export function inkInPhoto(side: number, grey: Uint8Array): Ink {
  const levels = new Float32Array(side * side);
  const flat = withoutSlope(side, grey);
  const threshold = otsuThreshold(flat);
  if (threshold !== undefined) {
    const paperIsLight = prevailsOnEdge(side, flat, threshold);
    flat.forEach((value, i) => (levels[i] = value > threshold === paperIsLight ? 0 : 1));
    dropSpecks(side, levels);
  }
  return { width: side, height: side, levels };
}

/** The levels less the plane that fits them best (by least squares), about their mean. */
function withoutSlope(side: number, grey: Uint8Array): Float32Array {
  const middle = (side - 1) / 2;
  let [across, down, spread] = [0, 0, 0];
  grey.forEach((value, i) => {
    const [x, y] = [(i % side) - middle, Math.floor(i / side) - middle];
    across += value * x;
    down += value * y;
    spread += x * x;
  });
  const [slopeX, slopeY] = spread === 0 ? [0, 0] : [across / spread, down / spread];
  return Float32Array.from(grey, (value, i) => value - slopeX * ((i % side) - middle) - slopeY * (Math.floor(i / side) - middle));
}

/** The level between ink and paper; undefined where all is one colour. */
function otsuThreshold(levels: Float32Array): number | undefined {
  const lowest = levels.reduce((a, b) => Math.min(a, b));
  const highest = levels.reduce((a, b) => Math.max(a, b));
  if (highest - lowest < LEAST_CONTRAST) return undefined;
  const bins = 256;
  const width = (highest - lowest) / bins;
  const histogram = new Float64Array(bins);
  for (const level of levels) histogram[Math.min(bins - 1, Math.floor((level - lowest) / width))]!++;
  const total = histogram.reduce((sum, count, bin) => sum + count * bin, 0);
  let [below, sumBelow, best, bestBin, bestGap] = [0, 0, -1, 0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += histogram[bin]!;
    sumBelow += histogram[bin]! * bin;
    const above = levels.length - below;
    if (below === 0 || above === 0) continue;
    const gap = (total - sumBelow) / above - sumBelow / below;
    const between = below * above * gap * gap;
    if (between > best) [best, bestBin, bestGap] = [between, bin, gap];
  }
  return bestGap * width < LEAST_CONTRAST ? undefined : lowest + (bestBin + 1) * width;
}

function prevailsOnEdge(side: number, levels: Float32Array, threshold: number): boolean {
  let light = 0;
  for (let i = 0; i < side; i++) {
    for (const place of [i, (side - 1) * side + i, i * side, i * side + side - 1]) if (levels[place]! > threshold) light++;
  }
  return light > 2 * side;
}

/** Turns to paper what hangs together and is much smaller than the largest such piece. Changes the levels in place. */
function dropSpecks(side: number, levels: Float32Array): void {
  const pieces: number[][] = [];
  const seen = new Uint8Array(levels.length);
  for (let start = 0; start < levels.length; start++) {
    if (levels[start] === 0 || seen[start] === 1) continue;
    const piece = [start];
    seen[start] = 1;
    for (const place of piece) {
      const [column, row] = [place % side, Math.floor(place / side)];
      for (let y = Math.max(0, row - 1); y <= Math.min(side - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(side - 1, column + 1); x++) {
          const next = y * side + x;
          if (levels[next] === 0 || seen[next] === 1) continue;
          seen[next] = 1;
          piece.push(next);
        }
      }
    }
    pieces.push(piece);
  }
  const largest = pieces.reduce((most, { length }) => Math.max(most, length), 0);
  for (const piece of pieces) if (piece.length < SPECK * largest) for (const place of piece) levels[place] = 0;
}
