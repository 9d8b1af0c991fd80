// What the host tells the kernels that make tensors from nothing.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct CreationParameters {
  void* to;
  /** Of a vector only the rows count. */
  int64_t rows, columns;
  int64_t row_stride, column_stride;
  double start, step;
};

}  // namespace nabla::cuda
