/** A tensor in the page: what it is, its numbers in short, and a coarse picture of its last two dimensions. */

/** What is counted and measured over all elements. */
export interface TensorNumbers {
  /** Of the finite elements; null where there is none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly nan: number;
  readonly inf: number;
}

/** Parts of equal length from the smallest to the largest finite element. */
export interface TensorHistogram {
  readonly counts: readonly number[];
  /** How many elements at equal distances were counted, where it was not all of them. */
  readonly sampled?: number;
}

/** The part of one matrix that is looked at: whole numbers of rows and columns. */
export type TensorWindow = {
  /** Indices in the dimensions before the last two. */
  readonly lead: readonly number[];
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
};

/** Which elements of a window are shown: every so many rows and columns. */
export interface TensorCells {
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

export interface TensorState {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly device: string;
  readonly bytes: number;
  readonly requiresGrad: boolean;
  readonly numbers: TensorNumbers;
  readonly histogram: TensorHistogram;
  /** The numbers at both ends of the colours. */
  readonly domain: readonly [low: number, high: number];
  /** Colours at equal distances from one end to the other, `#rrggbb`. */
  readonly colours: readonly string[];
  /** The first matrix, coarsely. A vector is a matrix of one row. */
  readonly preview: TensorCells & {
    /** A byte for each cell, row after row, base64: 0 to 254 over the domain, 255 where there is no number. */
    readonly levels: string;
  };
  /** The elements as text, the middle of long dimensions left out; not of many dimensions, where it is long. */
  readonly text?: string;
}
