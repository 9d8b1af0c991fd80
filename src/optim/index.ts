/** Optimisers, imported as `optim`. */
export { SGD } from "./sgd.ts";
export type { SGDOptions } from "./sgd.ts";
