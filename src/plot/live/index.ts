/** The live panel of a run: `plot.live`. */
export { live, LivePanel } from "./panel.ts";
export type { LiveOptions } from "./panel.ts";
export type { PaneChoice } from "./panes.ts";
export type { LiveRow, RunPlan } from "./run-state.ts";
export { duration } from "./words.ts";
