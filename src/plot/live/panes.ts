/**
 * Which curves share a pair of axes. Losses are compared with losses; the norm of the gradients and the learning rate have
 * scales of their own; everything else that is measured is a metric.
 */

/** The panes that curves find by their names, in the order they are shown. */
export const PANES = ["loss", "metrics", "gradient norm", "learning rate"] as const;

/** Panes of one's own: the name of each, and the curves in it. */
export type PaneChoice = Readonly<Record<string, readonly string[]>>;

/** The pane of a curve. */
export function paneOf(name: string, chosen: PaneChoice): string {
  const own = Object.entries(chosen).find(([, names]) => names.includes(name));
  if (own !== undefined) return own[0];
  if (/loss|perplexity|energy/i.test(name)) return "loss";
  if (/^grad(ient)?s?_?norm$/i.test(name)) return "gradient norm";
  if (/^(lr|learning_?rate)$/i.test(name)) return "learning rate";
  return "metrics";
}

/** Panes in the order they are shown: the known ones, then those of one's own as they were given. */
export function inOrder(panes: Iterable<string>): string[] {
  const present = [...new Set(panes)];
  const known = PANES.filter((pane) => present.includes(pane));
  const own = present.filter((pane) => !(PANES as readonly string[]).includes(pane));
  // The loss comes first, and what is shown beside it last.
  return [...known.filter((pane) => pane === "loss"), ...own, ...known.filter((pane) => pane !== "loss")];
}
