/**
 * What the classifier's playground looks like on the wire and in a saved notebook: the settings, and how far the training
 * is. Types alone.
 */
import type { PlaygroundState, SettingValues } from "./playground.ts";

/** Lowest and highest x, lowest and highest y. */
export type PlaneBounds = readonly [x0: number, x1: number, y0: number, y1: number];

/** A square of levels from 0 to 255, row after row from the top, as base64. */
export type GreyMap = string;

/** The points to learn from and to test on. */
export interface ClassifierPoints {
  /** x, y and label (0 or 1) of each, one after the other. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** What one hidden unit answers all over the plane. */
export interface UnitMap {
  /** Its smallest answer is 0, its largest 255. */
  readonly map: GreyMap;
  readonly low: number;
  readonly high: number;
}

/** The units of one layer. */
export interface UnitLayer {
  /** Where in the model the layer is. */
  readonly name: string;
  /** How many units it has; of a wide layer only the first are shown. */
  readonly units: number;
  readonly maps: readonly UnitMap[];
  /** The weights from the units (or inputs) before, shown ones alone, unit by unit; missing where the layer is no linear one. */
  readonly weights?: readonly number[];
}

/** A moment of the training. */
export interface ClassifierFrame {
  readonly running: boolean;
  readonly step: number;
  readonly trainLoss: number | null;
  readonly testLoss: number | null;
  /** The part of the test points that is classified rightly. */
  readonly accuracy: number | null;
  /** How probable class 1 is at each place, 0 to 255. */
  readonly field: GreyMap;
  readonly layers: readonly UnitLayer[];
  /** The weights from the last units to the output: what speaks for class 1. */
  readonly outputWeights?: readonly number[];
  /** The losses so far, thinned: step, train loss and test loss of each, one after the other. */
  readonly curve: readonly (number | null)[];
  /** What went wrong with the model or its loss, for the reader. */
  readonly problem?: string;
}

/** The whole. */
export interface ClassifierState extends PlaygroundState {
  /** The part of the plane that is shown: lowest and highest x, lowest and highest y. */
  readonly bounds: PlaneBounds;
  /** Cells a side of `field`, and of the units' maps. */
  readonly fieldSide: number;
  readonly mapSide: number;
  readonly points: ClassifierPoints;
  readonly frame: ClassifierFrame;
}

/** What the library tells the page; what is missing has not changed. */
export interface ClassifierMessage {
  readonly values?: SettingValues;
  /** Whether a page has set the values. */
  readonly isEcho?: boolean;
  readonly points?: ClassifierPoints;
  readonly bounds?: PlaneBounds;
  readonly frame?: ClassifierFrame;
}
