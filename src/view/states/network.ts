/**
 * What the picture of a network needs: the table of its layers, and its graph laid out once for each way of folding it that
 * the saved notebook can show. Everything is JSON; a page draws it without a kernel behind it.
 */

/** A point of the drawing, in pixels from its upper left corner. */
export type Point = readonly [x: number, y: number];

/** The numbers of one tensor in short. Values that are no finite number are counted apart. */
export interface TensorStatistics {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** How much of it is exactly 0, from 0 to 1. */
  readonly zeros: number;
  /** Elements that are NaN or infinite. */
  readonly notFinite: number;
  /** How many elements fall into each of equal parts of the range from `min` to `max`. */
  readonly histogram: readonly number[];
  /** Given where the numbers are those of so many elements at equal distances, not of all. */
  readonly sampled?: number;
}

/** One parameter or buffer of a layer. */
export interface NetworkTensor extends TensorStatistics {
  readonly name: string;
  readonly kind: "parameter" | "frozen" | "buffer";
  /** Mean and standard deviation of the gradient that has been collected, if one has. */
  readonly gradient?: { readonly mean: number; readonly std: number };
}

/** One module of the table. */
export interface NetworkLayer {
  /** Its path in the model; `""` is the model itself. */
  readonly path: string;
  readonly label: string;
  readonly depth: number;
  /** True for a module with others inside. */
  readonly inner: boolean;
  /** How often one forward pass calls it; undefined where no pass was run. */
  readonly calls?: number;
  /** The shapes that its last call gave. */
  readonly outputShapes: readonly (readonly number[])[];
  /** Elements of the parameters it holds itself that no row above holds too. */
  readonly parameters: number;
  readonly trainable: number;
  /** What is known of its parameters and buffers. */
  readonly tensors: readonly NetworkTensor[];
  /** The first tensor that its last call gave. */
  readonly output?: TensorStatistics;
}

/** What a box stands for, which decides its colour. */
export type BoxRole = "input" | "output" | "weights" | "activation" | "normalisation" | "pooling" | "regular" | "shape" | "operation" | "group" | "frame";

/** A box of the drawing, or the frame around the boxes of an unfolded module. */
export interface NetworkBox {
  readonly id: string;
  readonly role: BoxRole;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** The module's path, which is its row in the table; undefined for an operation. */
  readonly path?: string;
  /** Which call of how many, where the module is called more than once. */
  readonly call?: readonly [number: number, of: number];
  /** True where nothing leads from it to the result. */
  readonly unused?: boolean;
}

export interface NetworkArrow {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

/** The graph, folded in one way. */
export interface NetworkDrawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly NetworkBox[];
  readonly arrows: readonly NetworkArrow[];
  /** The modules that are unfolded, by the ids of their frames. */
  readonly open: readonly string[];
}

export interface NetworkState {
  readonly name: string;
  readonly parameters: number;
  readonly trainable: number;
  /** Memory of parameters and buffers. */
  readonly bytes: number;
  readonly layers: readonly NetworkLayer[];
  /** From all folded to all unfolded, as far as there is room; empty where no forward pass was run. */
  readonly levels: readonly NetworkDrawing[];
  /** Which of the levels is shown first. */
  readonly level: number;
  /** Why there is no graph, or not all of it. */
  readonly note?: "no-example" | "too-large";
}
