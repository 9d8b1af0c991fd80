/** What a drawing pad looks like on the wire and in a saved notebook. Types alone. */

/** A line of the pen. */
export interface PenStroke {
  readonly kind: "stroke";
  /** Names it while it grows. */
  readonly id: string;
  /** x and y of its points, one after the other; the pad reaches from 0 to 1, from left to right and from top to bottom. */
  readonly points: readonly number[];
}

/** The ink of a picture that was loaded, square. */
export interface LoadedPicture {
  readonly kind: "picture";
  readonly side: number;
  /** 0 for paper, 255 for ink, row after row, as base64. */
  readonly ink: string;
}

/** Something on the pad, in the order in which it was put there. */
export type PadMark = PenStroke | LoadedPicture;

/** How probable the model finds each class. */
export interface ClassProbabilities {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** The pad as it stands; also what the library tells the page after each change. */
export interface PadState {
  readonly title?: string;
  readonly marks: readonly PadMark[];
  /** Whether there is a step to take back. */
  readonly canUndo: boolean;
  /** How wide the pen is, as a part of the pad. */
  readonly penWidth: number;
  /** Whether the drawing is moved and sized as MNIST's digits were. */
  readonly centred: boolean;
  /** Pixels a side of `value`. */
  readonly side: number;
  /** The picture that code sees: `side` by `side` grey levels, 0 for paper and 255 for ink, row after row, as base64. */
  readonly value: string;
  readonly probabilities?: ClassProbabilities;
  /** Why the model could not read the drawing. */
  readonly problem?: string;
}
