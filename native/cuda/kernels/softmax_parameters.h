// What the host tells kernels that work on rows of scores.
#pragma once

#include <cstdint>

namespace nabla::cuda {

inline constexpr int kRowDimensions = 8;

struct SoftmaxParameters {
  const void* from;
  void* to;
  /** The rows' dimensions, row-major, and their strides. */
  int32_t rank;
  int64_t rows;
  int64_t sizes[kRowDimensions], from_strides[kRowDimensions], to_strides[kRowDimensions];
  /** Along a row. */
  int64_t columns, from_step, to_step;
};

struct CrossEntropyParameters {
  const void* scores;
  const int32_t* labels;
  /** The losses' gradient, null where it is `number` for all; unused for the losses themselves. */
  const void* gradient;
  double number;
  void* to;
  int64_t rows, columns;
  int64_t score_row, score_column, label_step, gradient_step, to_row, to_column;
  double scale;
  /** Of the kernel that adds the losses up: how many threads, a power of two up to a warp, share a row; what the sum is divided by. */
  int32_t lanes;
  double divisor;
};

}  // namespace nabla::cuda
