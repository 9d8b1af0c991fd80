/** Optimisers, imported as `optim`. */
export { Adam, AdamW } from "./adam.ts";
export type { AdamOptions } from "./adam.ts";
export { SGD } from "./sgd.ts";
export type { SGDOptions } from "./sgd.ts";
