/**
 * What a metric is: something that is told of one batch after the other and can be asked at any time for its value over all
 * of them, without keeping them. The form (`update`, `compute`, `reset`) is TorchMetrics'.
 */

/** What a metric remembers, as plain data. */
export type MetricState = Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>;

/** A measurement over batches of outputs and targets. */
export interface Metric<Output, Target, Value = number> {
  /** Takes a batch in. */
  update(output: Output, target: Target): void;
  /** The value over all batches since the start or the last `reset`; NaN before the first one. */
  compute(): Value;
  /** Forgets all batches. */
  reset(): void;
  /** What has been counted, for a checkpoint. */
  stateDict(): MetricState;
  /** Goes on where `stateDict()` was taken. */
  loadStateDict(state: MetricState): void;
}
