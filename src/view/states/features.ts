/**
 * What the feature-map explorer draws: the layers of a run with their maps as pictures, one map opened, one of its numbers
 * and the arithmetic behind it. Types alone, for both sides. A number that is not finite is null, for JSON has none.
 */

/** The colours of values: `stops` at equal distances over the domain. */
export interface FeatureColours {
  readonly stops: readonly string[];
  readonly domain: readonly [low: number, high: number];
}

/** Maps side by side in one picture, row after row of them, all equally large. */
export interface MapSheet {
  readonly url: string;
  /** How many maps there are, and how many stand in a row. */
  readonly count: number;
  readonly across: number;
  /** Rows and columns of one map, of which the picture may show fewer. */
  readonly size: readonly [rows: number, columns: number];
  readonly colours: FeatureColours;
}

/** What one call of a layer gave. */
export interface FeatureLayer {
  /** The path of the module and how often it had run before: `features.conv1`, `features.conv1 (2)`. */
  readonly name: string;
  /** The layer's own name and sizes. */
  readonly label: string;
  readonly shape: readonly number[];
  readonly maps: number;
  /** Its maps, the first ones where they are very many; null where they are asked for. */
  readonly sheet: MapSheet | null;
  /** Whether its numbers come out of windows. */
  readonly windows: boolean;
}

/** Which number is looked at. */
export interface FeatureChoice {
  readonly layer: number;
  readonly map: number;
  readonly row: number;
  readonly column: number;
}

/** One map, row after row. A large one is saved as a picture, and its numbers are asked for. */
export interface FeatureMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly (number | null)[] | null;
  /** The map alone, where the numbers are not here. */
  readonly sheet: MapSheet | null;
  readonly colours: FeatureColours;
}

/** One input channel's part of a window. Beyond the input's edge there is nothing: null. */
export interface WindowPart {
  readonly channel: number;
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly weights?: readonly (readonly (number | null)[])[];
  readonly sum: number | null;
}

/** How a number came about. */
export interface FeatureArithmetic {
  readonly kind: "convolution" | "maximum" | "mean" | "elementwise" | "other";
  /** What the tensor holds. */
  readonly value: number | null;
  /** What the arithmetic gives. */
  readonly result?: number | null;
  /** Rows and columns of the layer's input under the window; outside it where the window reaches over the edge. */
  readonly rows?: readonly number[];
  readonly columns?: readonly number[];
  readonly inputSize?: readonly [rows: number, columns: number];
  /** The channels that count, those with the largest sums where they are many. */
  readonly parts?: readonly WindowPart[];
  /** How many channels are not among the parts, and the sum of theirs. */
  readonly rest?: { readonly channels: number; readonly sum: number | null };
  readonly sum?: number | null;
  readonly bias?: number | null;
  readonly divisor?: number;
  /** Where the largest number lies in the input. */
  readonly at?: readonly [row: number, column: number];
  /** What stood at the same place before. */
  readonly before?: number | null;
}

/** A number, and the layer's input with the window on it. */
export interface FeatureExplanation {
  readonly arithmetic: FeatureArithmetic;
  /** The channels of the layer's input; null where the layer has no windows. */
  readonly input: MapSheet | null;
}

export interface FeaturesState {
  readonly model: string;
  /** The channels of the example that ran. */
  readonly input: MapSheet | null;
  readonly layers: readonly FeatureLayer[];
  readonly choice: FeatureChoice;
  readonly map: FeatureMap;
  readonly explanation: FeatureExplanation;
  /** Of weights and products: both sides of zero. */
  readonly diverging: readonly string[];
}
