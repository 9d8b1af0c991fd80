// What the host tells running sums, products and extremes.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** Lines along one dimension: an iteration over all others, and the way along a line, which may go backwards. */
struct CumulativeParameters {
  const void* from;
  void* to;
  /** Of extremes, else null. */
  int32_t* positions;
  int32_t rank;
  int64_t count;
  int64_t sizes[8], from_strides[8], to_strides[8], position_strides[8];
  int64_t length, from_step, to_step, position_step;
};

}  // namespace nabla::cuda
