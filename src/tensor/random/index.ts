/** Sources of random numbers, imported as `random`. */
export { Generator } from "./stream.ts";
export { MT19937 } from "./mt19937.ts";
