// What the host tells an optimiser's kernel, which changes several parameters at once.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** Parameters of a network that one kernel changes, and their gradients, values and states all together. */
inline constexpr int kOptimiserGroups = 96;  // fewer than 128: the kernel looks for an element's by halves
inline constexpr int kOptimiserOperands = 288;

struct OptimiserParameters {
  /** Gradients of all parameters, then the parameters, then each state. */
  void* data[kOptimiserOperands];
  int32_t groups;
  /** Where the elements of each parameter end, counted over all. */
  int64_t ends[kOptimiserGroups];
  /** The rule's own numbers; see optimisers.cpp. */
  double numbers[8];
};
static_assert(sizeof(OptimiserParameters) <= 4096, "the parameters of a kernel are at most 4 KiB");

}  // namespace nabla::cuda
