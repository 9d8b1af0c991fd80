/**
 * All rows of the benchmark, in the order they are measured.
 */
import { elementwise } from "./elementwise.mjs";
import { matrixProducts } from "./matrix-products.mjs";
import { trainingSteps } from "./training.mjs";

/** @type {readonly import("./row.mjs").Row[]} */
export const rows = [...matrixProducts, ...trainingSteps, ...elementwise];
