// What the host tells a reduction.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct Dimensions {
  int32_t rank;
  int64_t count;
  int64_t sizes[8];
  /** Of the input, and of the output. */
  int64_t from[8], to[8];
};

struct ReductionParameters {
  const void* from;
  void* to;
  Dimensions kept, reduced;
  /** How many threads, a power of two up to 256, share a result. */
  int32_t lanes;
  /** Where blocks in y each take a part of what is reduced: memory for their results, parts x results. Null for one part. */
  void* parts;
  int32_t part_count;
  /** What a mean divides by. */
  double divisor;
};

}  // namespace nabla::cuda
