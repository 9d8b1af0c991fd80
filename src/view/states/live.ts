/**
 * What a live panel's page side draws from: types alone, which both sides import. Numbers go as JSON has them; a value that
 * is not finite is null among the points, where it is a gap, and a word where it is the latest value.
 */

/** Where a run stands. `waiting`: its cell has ended without an end of the run. */
export type LiveStatus = "ready" | "running" | "paused" | "waiting" | "finished" | "stopped" | "interrupted" | "failed";

/** A value as it is told in words: JSON has no NaN. */
export type LiveValue = number | "NaN" | "Infinity" | "-Infinity";

/** The numbers of a run, as text beside the curves. */
export interface LiveProgress {
  readonly status: LiveStatus;
  /** Why the run ended before its time, where it did. */
  readonly reason?: string;
  /** How many rows were added. */
  readonly rows: number;
  readonly step?: number;
  readonly steps?: number;
  readonly epoch?: number;
  readonly epochs?: number;
  /** How long the run has been at work, pauses left out. */
  readonly seconds: number;
  /** Per second, while that is known. */
  readonly rate?: { readonly value: number; readonly unit: "samples" | "steps" };
  readonly secondsLeft?: number;
}

/** Means of equal stretches of a curve, as they follow after the first `keep` of them; null where none of the values is finite. */
export interface LiveTrend {
  readonly keep: number;
  readonly steps: readonly (number | null)[];
  readonly values: readonly (number | null)[];
}

/** One curve. */
export interface LiveSeries {
  readonly name: string;
  readonly pane: string;
  /** The points to draw: all, or those that thinning has left. */
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  /** How many points there are in all. */
  readonly count: number;
  readonly last?: LiveValue;
  /** Empty while there are few points. */
  readonly trend: LiveTrend;
}

/** What is new of a curve: after its first `keep` points these follow. With `keep: 0` they take the place of all. */
export interface LivePiece extends LiveSeries {
  readonly keep: number;
}

/** Pictures that are shown beside the curves, the newest of their name. */
export interface LivePicture {
  readonly name: string;
  readonly step?: number;
  /** A data address with all pictures side by side. */
  readonly url: string;
  /** What is to be seen, in words. */
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** Everything: enough to draw the panel with no kernel behind it. */
export interface LiveState {
  readonly title?: string;
  /** What the horizontal axis counts. */
  readonly xTitle: string;
  /** The panes whose vertical axis is logarithmic at the start. */
  readonly log: readonly string[];
  /** The panes there are from the start, so that the panel does not grow. */
  readonly panes: readonly string[];
  readonly progress: LiveProgress;
  readonly series: readonly LiveSeries[];
  readonly pictures: readonly LivePicture[];
}

/** What is new since the message before. */
export interface LiveMessage {
  readonly progress: LiveProgress;
  readonly series: readonly LivePiece[];
  readonly pictures: readonly LivePicture[];
}
