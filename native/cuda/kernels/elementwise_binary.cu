// Kernels of the elementwise ops of two inputs.
#include "cuda/kernels/elementwise.cuh"
#include "cuda/kernels/elementwise_table.h"

namespace nabla::cuda {

#define NABLA_BINARY_KERNEL(op, Function, type) \
  NABLA_KERNEL(op##_##type, ElementwiseParameters) { elementwise<Function, type, type, type>(p); }
NABLA_BINARY_OPS(NABLA_BINARY_KERNEL)

#define NABLA_COMPARISON_KERNEL(op, Function, type) \
  NABLA_KERNEL(op##_##type, ElementwiseParameters) { elementwise<Function, uint8_t, type, type>(p); }
NABLA_COMPARISON_OPS(NABLA_COMPARISON_KERNEL)

}  // namespace nabla::cuda
