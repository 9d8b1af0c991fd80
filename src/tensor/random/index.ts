/** Sources of random numbers, imported as `random`. */
export { defaultGenerator, Generator } from "./stream.ts";
export type { GeneratorState } from "./stream.ts";
export { MT19937 } from "./mt19937.ts";
