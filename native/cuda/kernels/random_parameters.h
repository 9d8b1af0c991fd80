// What the host tells a kernel that draws.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct RandomParameters {
  void* to;
  int64_t count;
  uint64_t seed;
  /** The first block of the stream. */
  uint64_t block;
  /** From and to; mean and deviation; low, and how many numbers there are. */
  double a, b;
  uint64_t range;
  /** The largest number below `b`. */
  double below;
  /** Probabilities, one an element or one for all (step 0); null for `a`. */
  const void* probabilities;
  int64_t step;
};

}  // namespace nabla::cuda
