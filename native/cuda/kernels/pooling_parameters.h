// What the host tells the kernels of pooling.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** The windows along one dimension of a plane: of a fixed size and stride, or as even as `outputs` parts can be (adaptive). */
struct PoolingAxis {
  int64_t size, outputs, kernel, stride, padding, dilation;
};

struct PoolingParameters {
  const void* from;
  void* to;
  /** Where the largest lie; or where elements are to be read or placed. */
  int32_t* positions;
  int64_t planes;
  PoolingAxis rows, columns;
  int32_t adaptive;
  /** What a mean divides by: a number, or if it is 0 the count of elements, with or without the padding. */
  int32_t with_padding;
  double divisor;
  /** Of several elements placed at one position the last stays; else they are added. */
  int32_t replace;
};

}  // namespace nabla::cuda
