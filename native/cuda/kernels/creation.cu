// Numbers at equal distances, and ones on a diagonal.
#include "cuda/kernels/creation_parameters.h"
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"

namespace nabla::cuda {

template <class T>
NABLA_DEVICE void arange(const CreationParameters& p) {
  for (int64_t i = thread_number(); i < p.rows; i += thread_count()) {
    static_cast<T*>(p.to)[i * p.row_stride] = static_cast<T>(p.start + static_cast<double>(i) * p.step);
  }
}

template <class T>
NABLA_DEVICE void eye(const CreationParameters& p) {
  for (int64_t i = thread_number(); i < p.rows * p.columns; i += thread_count()) {
    const int64_t row = i / p.columns, column = i % p.columns;
    static_cast<T*>(p.to)[row * p.row_stride + column * p.column_stride] = static_cast<T>(row == column ? 1 : 0);
  }
}

#define NABLA_CREATION_KERNELS(op, Function, type)                         \
  NABLA_KERNEL(arange_##type, CreationParameters) { arange<type>(p); }     \
  NABLA_KERNEL(eye_##type, CreationParameters) { eye<type>(p); }
NABLA_NUMBERS(NABLA_CREATION_KERNELS, , )

}  // namespace nabla::cuda
