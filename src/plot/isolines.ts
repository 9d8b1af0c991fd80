/**
 * Lines of equal height over a grid, by marching squares: each square of four neighbours is crossed by the line where two of
 * its corners lie on different sides, at the place that a straight line between the corners gives (W. E. Lorensen and
 * H. E. Cline, "Marching Cubes", 1987, in two dimensions); the pieces are then joined end to end.
 */

/** A point in steps of the grid: column and row, both from 0. */
export type GridPlace = readonly [column: number, row: number];

/** The four sides of a square, each named by the edge of the grid that it is, so that neighbours share it. */
type Edge = string;

interface Piece {
  readonly ends: readonly [Edge, Edge];
}

/** The lines at one height. A square with a corner that is not finite is left out. */
export function isolines(heights: readonly (readonly number[])[], level: number): GridPlace[][] {
  const places = new Map<Edge, GridPlace>();
  const touching = new Map<Edge, Piece[]>();
  const add = (a: Edge, b: Edge): void => {
    const piece: Piece = { ends: [a, b] };
    for (const edge of piece.ends) touching.set(edge, [...(touching.get(edge) ?? []), piece]);
  };
  for (let row = 0; row + 1 < heights.length; row++) {
    for (let column = 0; column + 1 < heights[0]!.length; column++) {
      for (const [a, b] of crossings(heights, level, row, column, places)) add(a, b);
    }
  }
  return join(touching).map((edges) => edges.map((edge) => places.get(edge)!));
}

/** The pieces of line inside one square, as pairs of the edges they join. */
function crossings(heights: readonly (readonly number[])[], level: number, row: number, column: number, places: Map<Edge, GridPlace>): [Edge, Edge][] {
  // Corners counter-clockwise from the lower left; side k lies between corner k and the next.
  const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]] as const;
  const values = corners.map(([j, i]) => heights[i]![j]!);
  if (!values.every(Number.isFinite)) return [];
  const crossed: Edge[] = [];
  for (let side = 0; side < 4; side++) {
    const [from, to] = [values[side]!, values[(side + 1) % 4]!];
    if (from >= level === to >= level) continue;
    const [[x, y], [toX, toY]] = [corners[side]!, corners[(side + 1) % 4]!];
    const share = (level - from) / (to - from);
    const edge = `${Math.min(x, toX)},${Math.min(y, toY)},${y === toY ? "across" : "up"}`;
    places.set(edge, [x + (toX - x) * share, y + (toY - y) * share]);
    crossed.push(edge);
  }
  if (crossed.length < 4) return crossed.length === 2 ? [[crossed[0]!, crossed[1]!]] : [];
  // A saddle: the mean of the corners says which two lie together.
  const middle = values.reduce((sum, value) => sum + value, 0) / 4;
  const together = middle >= level === values[0]! >= level;
  const [bottom, right, top, left] = crossed as [Edge, Edge, Edge, Edge];
  return together ? [[bottom, right], [top, left]] : [[left, bottom], [right, top]];
}

/** The pieces joined into lines; a closed line ends where it began. */
function join(touching: ReadonlyMap<Edge, readonly Piece[]>): Edge[][] {
  const used = new Set<Piece>();
  const walk = (start: Edge): Edge[] => {
    const line = [start];
    for (;;) {
      const here = line.at(-1)!;
      const piece = touching.get(here)!.find((one) => !used.has(one));
      if (piece === undefined) return line;
      used.add(piece);
      line.push(piece.ends[0] === here ? piece.ends[1] : piece.ends[0]);
    }
  };
  // Open lines from their ends first; what is left after them is closed.
  const ends = [...touching].filter(([, pieces]) => pieces.length === 1).map(([edge]) => edge);
  return [...ends, ...touching.keys()].map(walk).filter((line) => line.length > 1);
}

/**
 * A line with fewer points, none farther from the old one than the tolerance (D. H. Douglas and T. K. Peucker, "Algorithms
 * for the reduction of the number of points required to represent a digitized line", 1973).
 */
export function simplified(line: readonly GridPlace[], tolerance: number): GridPlace[] {
  const kept = new Set([0, line.length - 1]);
  const stack: [first: number, last: number][] = [[0, line.length - 1]];
  for (let range = stack.pop(); range !== undefined; range = stack.pop()) {
    const [first, last] = range;
    let [farthest, distance] = [-1, tolerance];
    for (let i = first + 1; i < last; i++) {
      const here = distanceFrom(line[i]!, line[first]!, line[last]!);
      if (here > distance) [farthest, distance] = [i, here];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    stack.push([first, farthest], [farthest, last]);
  }
  return [...kept].sort((a, b) => a - b).map((i) => line[i]!);
}

/** Of a point from the straight piece between two others. */
function distanceFrom([x, y]: GridPlace, [fromX, fromY]: GridPlace, [toX, toY]: GridPlace): number {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / length));
  return Math.hypot(x - fromX - along * dx, y - fromY - along * dy);
}
