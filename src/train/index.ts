/** Training, measuring and using models, imported as `train`. */
export type { Callback, Mode, Monitored } from "./callback.ts";
export { Checkpoint } from "./checkpointing.ts";
export type { CheckpointOptions } from "./checkpointing.ts";
export { EarlyStopping, GrowingPatience } from "./early-stopping.ts";
export type { EarlyStoppingOptions, GrowingPatienceOptions } from "./early-stopping.ts";
export { evaluate, predict } from "./evaluate.ts";
export type { EvaluateOptions, PredictOptions } from "./evaluate.ts";
export { fit } from "./fit.ts";
export type { FitOptions } from "./fit.ts";
export { History } from "./history.ts";
export type { EpochRecord, HistoryState } from "./history.ts";
export type { ProgressSink } from "./progress.ts";
export type { BatchedDataset, TrainingData } from "./source.ts";
export type { Forward, LossFunction, TrainingOptimizer } from "./step.ts";
export type { TrainingRun, TrainingSchedule, TrainingState } from "./training-run.ts";
