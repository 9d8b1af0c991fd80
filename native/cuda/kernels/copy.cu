// Kernels that move elements: copies between any strides and types, the choice between two tensors. A fill is a copy of one
// number.
#include "cuda/kernels/elementwise.cuh"
#include "cuda/kernels/elementwise_table.h"

namespace nabla::cuda {

#define NABLA_COPY_KERNEL(from, to) \
  NABLA_KERNEL(copy_##from##_##to, ElementwiseParameters) { elementwise<Convert<to>, to, from>(p); }
NABLA_COPIES(NABLA_COPY_KERNEL)

#define NABLA_WHERE_KERNEL(op, Function, type) \
  NABLA_KERNEL(op##_##type, ElementwiseParameters) { elementwise<Function, type, uint8_t, type, type>(p); }
NABLA_NUMBERS(NABLA_WHERE_KERNEL, where, Choose)

}  // namespace nabla::cuda
