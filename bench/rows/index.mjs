/**
 * All rows of the benchmark, in the order they are measured.
 */
import { compiledFunctions } from "./compiled.mjs";
import { convolutions } from "./convolution.mjs";
import { elementwise } from "./elementwise.mjs";
import { matrixProducts } from "./matrix-products.mjs";
import { sequences } from "./sequences.mjs";
import { trainingSteps } from "./training.mjs";

/** @type {readonly import("./row.mjs").Row[]} */
export const rows = [...matrixProducts, ...convolutions, ...trainingSteps, ...compiledFunctions, ...sequences, ...elementwise];
