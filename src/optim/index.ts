/** Optimisers, imported as `optim`. */
export { Adadelta } from "./adadelta.ts";
export type { AdadeltaOptions } from "./adadelta.ts";
export { Adagrad } from "./adagrad.ts";
export type { AdagradOptions } from "./adagrad.ts";
export { Adam, AdamW } from "./adam.ts";
export type { AdamOptions } from "./adam.ts";
export { Adamax } from "./adamax.ts";
export type { AdamaxOptions } from "./adamax.ts";
export { NAdam } from "./nadam.ts";
export type { NAdamOptions } from "./nadam.ts";
export { RMSprop } from "./rmsprop.ts";
export type { RMSpropOptions } from "./rmsprop.ts";
export { SGD } from "./sgd.ts";
export type { SGDOptions } from "./sgd.ts";
export { Optimizer } from "./optimizer.ts";
export type { GroupOf, Hyperparameters, ParameterGroup, ParametersOrGroups } from "./groups.ts";
export type { OptimizerState, OptionValue } from "./state.ts";
