/** Metrics: measurements over batches, imported as `metrics`. */
export { Accuracy, TopKAccuracy } from "./accuracy.ts";
export { ConfusionMatrix, F1Score, Precision, Recall } from "./confusion.ts";
export type { Average, AveragedOptions, ConfusionMatrixOptions } from "./confusion.ts";
export type { DecisionOptions } from "./decisions.ts";
export { Mean, Perplexity, RootMeanSquaredError } from "./means.ts";
export type { Metric, MetricState } from "./metric.ts";
export { Bleu, editDistance, EditDistance } from "./sequences.ts";
export type { BleuOptions, TokenSequence } from "./sequences.ts";
