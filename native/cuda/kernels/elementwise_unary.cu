// Kernels of the elementwise ops of one input.
#include "cuda/kernels/elementwise.cuh"
#include "cuda/kernels/elementwise_table.h"

namespace nabla::cuda {

#define NABLA_UNARY_KERNEL(op, Function, type) \
  NABLA_KERNEL(op##_##type, ElementwiseParameters) { elementwise<Function, type, type>(p); }
NABLA_UNARY_OPS(NABLA_UNARY_KERNEL)

#define NABLA_NOT_KERNEL(op, Function, type) \
  NABLA_KERNEL(op##_##type, ElementwiseParameters) { elementwise<Function, uint8_t, type>(p); }
NABLA_NUMBERS(NABLA_NOT_KERNEL, logicalNot, NotTrue)

}  // namespace nabla::cuda
