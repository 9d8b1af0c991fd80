/**
 * How each digit is written by hand: strokes through a few points, in two or three variants a digit. Coordinates run from
 * 0 to 1, x to the right and y downwards.
 */

/** A point of a stroke. */
export type StrokePoint = readonly [x: number, y: number];

/** One stroke of the pen. */
export interface Stroke {
  readonly points: readonly StrokePoint[];
  /** Whether the pen bends through the points or goes straight from one to the next. */
  readonly bent: boolean;
}

function straight(...points: StrokePoint[]): Stroke {
  return { points, bent: false };
}

function bent(...points: StrokePoint[]): Stroke {
  return { points, bent: true };
}

/** For each digit, the ways to write it. */
export const DIGIT_VARIANTS: readonly (readonly (readonly Stroke[])[])[] = [
  [ // 0: round, narrow, and closed with a small overlap
    [bent([0.5, 0.05], [0.2, 0.22], [0.14, 0.55], [0.25, 0.85], [0.52, 0.95], [0.8, 0.8], [0.86, 0.45], [0.76, 0.15], [0.5, 0.05])],
    [bent([0.55, 0.05], [0.36, 0.2], [0.28, 0.55], [0.36, 0.87], [0.52, 0.95], [0.68, 0.8], [0.72, 0.45], [0.66, 0.15], [0.55, 0.05])],
    [bent([0.6, 0.08], [0.3, 0.12], [0.15, 0.5], [0.3, 0.9], [0.6, 0.92], [0.84, 0.6], [0.75, 0.2], [0.45, 0.04], [0.3, 0.16])],
  ],
  [ // 1: a bar, a bar with an upstroke, and one with a foot
    [straight([0.5, 0.05], [0.5, 0.95])],
    [straight([0.33, 0.25], [0.52, 0.05], [0.52, 0.95])],
    [straight([0.33, 0.22], [0.5, 0.06], [0.5, 0.94]), straight([0.28, 0.94], [0.72, 0.94])],
  ],
  [ // 2: with a corner, and with a loop at the bottom
    [bent([0.18, 0.26], [0.32, 0.08], [0.58, 0.05], [0.78, 0.2], [0.74, 0.42], [0.5, 0.66], [0.18, 0.93]), straight([0.18, 0.93], [0.85, 0.92])],
    [bent([0.2, 0.22], [0.42, 0.05], [0.72, 0.12], [0.76, 0.35], [0.55, 0.65], [0.28, 0.92], [0.16, 0.84], [0.3, 0.74], [0.55, 0.86], [0.86, 0.93])],
  ],
  [ // 3: two bows, and one with a flat top
    [bent([0.2, 0.15], [0.45, 0.04], [0.74, 0.14], [0.72, 0.38], [0.42, 0.48]), bent([0.42, 0.48], [0.76, 0.56], [0.82, 0.8], [0.52, 0.96], [0.18, 0.86])],
    [straight([0.2, 0.07], [0.78, 0.07], [0.45, 0.42]), bent([0.45, 0.42], [0.74, 0.5], [0.82, 0.76], [0.52, 0.96], [0.18, 0.88])],
  ],
  [ // 4: closed, open, and open with a short stem
    [straight([0.58, 0.05], [0.14, 0.62], [0.86, 0.62]), straight([0.64, 0.35], [0.64, 0.95])],
    [straight([0.22, 0.08], [0.18, 0.54], [0.82, 0.52]), straight([0.74, 0.06], [0.7, 0.95])],
    [bent([0.26, 0.1], [0.2, 0.42], [0.4, 0.55], [0.74, 0.5]), straight([0.78, 0.1], [0.68, 0.95])],
  ],
  [ // 5: with the roof drawn first, and in one bend
    [straight([0.78, 0.06], [0.3, 0.06], [0.25, 0.45]), bent([0.25, 0.45], [0.52, 0.37], [0.8, 0.52], [0.78, 0.8], [0.5, 0.96], [0.17, 0.86])],
    [straight([0.8, 0.08], [0.36, 0.1]), bent([0.36, 0.1], [0.3, 0.42], [0.62, 0.46], [0.74, 0.68], [0.56, 0.92], [0.2, 0.92])],
  ],
  [ // 6: with a bent back, and with a straight one
    [bent([0.72, 0.07], [0.4, 0.22], [0.2, 0.55], [0.26, 0.86], [0.52, 0.96], [0.78, 0.84], [0.74, 0.62], [0.5, 0.53], [0.24, 0.68])],
    [bent([0.5, 0.04], [0.3, 0.4], [0.24, 0.75], [0.42, 0.95], [0.68, 0.88], [0.7, 0.66], [0.5, 0.56], [0.28, 0.72])],
  ],
  [ // 7: plain, with a bar, and with a bent leg
    [straight([0.16, 0.08], [0.82, 0.08], [0.42, 0.95])],
    [straight([0.16, 0.08], [0.82, 0.08], [0.42, 0.95]), straight([0.36, 0.5], [0.76, 0.5])],
    [straight([0.18, 0.2], [0.2, 0.08], [0.8, 0.1]), bent([0.8, 0.1], [0.6, 0.4], [0.5, 0.65], [0.48, 0.95])],
  ],
  [ // 8: in one line, and as two rings
    [bent([0.7, 0.14], [0.46, 0.05], [0.26, 0.2], [0.36, 0.4], [0.64, 0.56], [0.78, 0.78], [0.52, 0.95], [0.24, 0.8], [0.36, 0.58], [0.66, 0.38], [0.74, 0.18], [0.6, 0.06])],
    [
      bent([0.5, 0.05], [0.28, 0.14], [0.3, 0.38], [0.5, 0.46], [0.7, 0.36], [0.72, 0.14], [0.5, 0.05]),
      bent([0.5, 0.46], [0.22, 0.6], [0.24, 0.86], [0.5, 0.96], [0.78, 0.86], [0.78, 0.6], [0.5, 0.46]),
    ],
  ],
  [ // 9: with a straight leg, and with a bent one
    [bent([0.72, 0.28], [0.58, 0.06], [0.3, 0.1], [0.26, 0.36], [0.48, 0.5], [0.72, 0.34]), straight([0.74, 0.14], [0.66, 0.95])],
    [bent([0.72, 0.22], [0.5, 0.05], [0.26, 0.22], [0.36, 0.48], [0.66, 0.42], [0.76, 0.2], [0.76, 0.6], [0.6, 0.9], [0.26, 0.92])],
  ],
];
