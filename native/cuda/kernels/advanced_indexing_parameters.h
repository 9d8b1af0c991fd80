// What the host tells the kernels that read and write by several tensors of positions.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** A table of `indexed` dimensions whose entries are slices, and a list of entries with a slice for each. Strides are in elements. */
struct TableParameters {
  /** The table and the list, or the list and the table. */
  const void* from;
  void* to;
  int32_t indexed;
  const int32_t* positions[8];
  int64_t table_sizes[8], table_strides[8];
  /** Entries of the list, and how far apart their slices are. */
  int64_t count, list_stride;
  int32_t rank;
  int64_t slice_count;
  int64_t slice_sizes[8], in_list[8], in_table[8];
  /** What is written is added. */
  int32_t accumulate;
};

}  // namespace nabla::cuda
