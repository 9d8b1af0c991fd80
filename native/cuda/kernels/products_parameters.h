// What the host tells a kernel that multiplies matrices.
#pragma once

#include <cstdint>

namespace nabla::cuda {

inline constexpr int kBatchDimensions = 6;

/** A matrix in memory, and how its batches lie; strides in elements. */
struct MatrixWindow {
  void* data;
  int64_t row, column;
  int64_t batch[kBatchDimensions];
};

/** Batch dimensions, row-major. */
struct BatchSizes {
  int32_t rank;
  int64_t count;
  int64_t sizes[kBatchDimensions];
};

struct ProductParameters {
  MatrixWindow a, b, c;
  /** Added to each row of the result; null for none. */
  const void* bias;
  int64_t rows, columns, depth;
  BatchSizes kept;
  /** Batches whose products are added up. The windows' strides for them follow those of the kept ones. */
  BatchSizes summed;
  /** Stretches of the depth that blocks of their own add up, and where their sums lie until they are joined: all batches of the first, then … */
  int32_t part_count;
  void* parts;
};

}  // namespace nabla::cuda
