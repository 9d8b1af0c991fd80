// What the host tells the kernels that choose and place elements.
#pragma once

#include <cstdint>

namespace nabla::cuda {

inline constexpr int kIndexingDimensions = 8;

/**
 * Elements to be chosen: all of the result's. Elements to be placed: lines along one dimension, all others of the source's.
 * Strides are in elements; those of the tensor that positions point into are 0 along the dimension.
 */
struct IndexingParameters {
  const void* from;
  void* to;
  const int32_t* positions;
  int32_t rank;
  int64_t count;
  int64_t sizes[kIndexingDimensions], from_strides[kIndexingDimensions], to_strides[kIndexingDimensions], position_strides[kIndexingDimensions];
  /** The dimension that positions count: its stride, and its size. */
  int64_t step, limit;
  /** Along a line, where elements are placed. */
  int64_t length, from_step, position_step;
  /** The last of several for one place stays; else they are added. */
  int32_t replace;
};

}  // namespace nabla::cuda
