/** The data sets of the course and their loaders. */
export { batches } from "./batches.ts";
export type { Batches, BatchesOptions } from "./batches.ts";
export { collate } from "./collate.ts";
export type { Collated } from "./collate.ts";
export { CorruptedDataFile } from "./corrupted-data-file.ts";
export { CsvTable, parseCsv, readCsv } from "./csv.ts";
export type { CsvOptions, NumberOptions } from "./csv.ts";
export { DataUnreachable } from "./data-file.ts";
export { DataLoader } from "./data-loader.ts";
export type { DataLoaderOptions, DataLoaderState } from "./data-loader.ts";
export { kFold, randomSplit, Subset, TensorDataset } from "./dataset.ts";
export type { Dataset, Fold, OrderOptions } from "./dataset.ts";
export { mnist } from "./mnist.ts";
export type { DigitTensors, MnistTensors } from "./mnist.ts";
export { loadMnist } from "./mnist-files.ts";
export type { DigitPart, MnistFiles, MnistOptions } from "./mnist-files.ts";
export { nextTokenWindows, ngrams, padSequences, tokenise, Vocabulary } from "./vocabulary.ts";
export type { NextTokenWindows, PaddedSequences, PadOptions, TokeniseOptions, VocabularyOptions } from "./vocabulary.ts";
