/**
 * The channel between a view in the notebook's page and the library: a view's saved state, its comm, and what is shown
 * where no page draws it. The renderers are in lab/src/views.
 */
export { ViewError } from "./errors.ts";
export { pollViews, View } from "./view.ts";
export type { ViewAnswer, ViewFallback, ViewOptions } from "./view.ts";
export type { Json, SavedView } from "./wire.ts";
