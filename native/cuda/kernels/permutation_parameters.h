// What the host tells the kernels of a random order.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** The lists have `count` numbers each. */
struct PermutationParameters {
  int32_t* to;
  int64_t count;
  uint64_t seed, block;
  /** The place that each step exchanges with its own. */
  int32_t* choices;
  /** The choices sorted, and the steps that made them. */
  const int32_t *sorted, *steps;
  /** For each step the one before it with the same choice, and for each place the last step that chose it from another; -1 is none. */
  int32_t *before, *last;
};

}  // namespace nabla::cuda
