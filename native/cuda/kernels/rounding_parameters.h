// What the host tells the kernel that makes a matrix of bfloat16 from one of float32.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** Lines without gaps, of one matrix or a batch of them; steps in elements. */
struct RoundingParameters {
  const void* from;
  void* to;
  int64_t lines, length, batches;
  int64_t from_line, to_line, from_batch, to_batch;
};

}  // namespace nabla::cuda
