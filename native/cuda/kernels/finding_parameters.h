// What the host tells nonzero and searchsorted.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct NonzeroParameters {
  const void* from;
  int32_t* to;
  int64_t count;
  /** For each stretch of as many elements as a block has threads: how many are not 0, then how many before it are not. */
  int64_t* starts;
  /** Numbers of elements, or else indices in these sizes. */
  int32_t flat, rank;
  int64_t sizes[8];
};

/** Contiguous lines of `length` sorted elements, and `row` values for each; or one line for all values. */
struct SearchParameters {
  const void *sorted, *values;
  int32_t* to;
  int64_t count, length, row;
  int32_t one_line, right;
};

}  // namespace nabla::cuda
