/** The texts of the page's side in English. `{name}` is filled in where the text is used. */
export const en = {
  "channel.saved": "Needs a running kernel: run the cell to use this",
  "channel.gone": "The kernel that drew this has stopped or restarted: run the cell again",
  "channel.disconnected": "The connection to the kernel is interrupted",
  "channel.released": "The kernel no longer holds this: run the cell again",
  "channel.closed": "nothing answers: {why}",
  "view.unknown": "This version of the Nabla extension has no view of the kind “{kind}”.",
  "view.failed": "This view could not be drawn: {why}",
} as const;
