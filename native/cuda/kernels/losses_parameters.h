// What the host tells the kernels of the squared error.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct SquaredErrorParameters {
  const void *a, *b;
  void* to;
  int64_t count;
  /** Where each part of the sum goes when there are several; null for one. */
  double* parts;
  int32_t part_count;
  /** What the sum is divided by. */
  double divisor;
};

}  // namespace nabla::cuda
