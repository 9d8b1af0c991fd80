// What the host tells the kernels that standardise groups of elements.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct StandardizeParameters {
  /** x; on the way back the gradient of the result. */
  const void* from;
  /** What the way back reads: the result. */
  const void* standardised;
  void *to, *means, *variances;
  /** The input is [outer, groups, inner]. */
  int64_t outer, groups, inner;
  double epsilon;
  /** How many threads, a power of two up to 256, share a group. */
  int32_t lanes;
};

}  // namespace nabla::cuda
