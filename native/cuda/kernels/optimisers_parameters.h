// What the host tells an optimiser's kernel, which changes several parameters at once.
#pragma once

#include <cstdint>

namespace nabla::cuda {

inline constexpr int kOptimiserOperands = 16;

struct OptimiserParameters {
  /** Gradients of all parameters, then the parameters, then each state. */
  void* data[kOptimiserOperands];
  int32_t groups;
  /** Where the elements of each parameter end, counted over all. */
  int64_t ends[kOptimiserOperands];
  /** The rule's own numbers; see optimisers.cpp. */
  double numbers[8];
};

}  // namespace nabla::cuda
