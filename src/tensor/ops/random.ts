/**
 * Random numbers by Philox, a generator without state: element i of a draw depends on the seed and its position alone, so
 * the numbers are the same for every number of threads and on every device.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011.
 */
import { primitive } from "./definition.ts";

export const randomOps = {
  uniform: primitive({ summary: "Uniform numbers in [0, 1).", internal: true }),
  normal: primitive({ summary: "Normal numbers with mean 0 and deviation 1.", internal: true }),
  randint: primitive({ summary: "Whole numbers from low to high - 1, each equally likely.", internal: true }),
  bernoulli: primitive({ summary: "1 with the given probability, else 0.", internal: true }),
  multinomial: primitive({ summary: "Categories drawn with probabilities in proportion to their weights.", internal: true }),
  truncatedNormal: primitive({ summary: "Normal numbers that lie between two limits.", internal: true }),
  randperm: primitive({ summary: "The numbers 0 to n - 1 in random order.", internal: true }),
};
