// What the host tells sort and topk.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** Entries that a block sorts by itself. */
inline constexpr int kSortedByBlock = 1024;

/** Lines along one dimension: an iteration over all others, and the way along a line. */
struct SortingParameters {
  const void* from;
  void* values;
  int32_t* positions;
  int32_t rank;
  int64_t count;
  int64_t sizes[8], from_strides[8], value_strides[8], position_strides[8];
  int64_t length, from_step, value_step, position_step;
  int32_t descending;
  /** How many of a line's first ones are wanted. */
  int64_t wanted;
  /** Entries of all lines, one line after the other, and where those of the next pass go. */
  void *entries, *merged;
  /** Entries that lie in order already, side by side. */
  int64_t run;
};

}  // namespace nabla::cuda
