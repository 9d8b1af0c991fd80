// What the host tells the kernels of connectionist temporal classification.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct SequenceLossParameters {
  /** [steps, batch, classes]. */
  const void* log_probs;
  /** [batch, symbols]. */
  const int32_t* targets;
  const int32_t *input_lengths, *target_lengths;
  /** The losses' gradient; of the way back alone. */
  const void* gradient;
  void *losses, *forward;
  /** The gradient of logProbs. */
  void* to;
  int64_t steps, batch, classes, symbols, rows, width;
  int32_t blank;
  /** For each sequence two rows of states, three on the way back; and for each state the next one of its symbol. */
  double* states;
  int32_t* next;
};

}  // namespace nabla::cuda
