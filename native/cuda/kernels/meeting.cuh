// Threads of a block that each hold a part of a result meet in shared memory, two and two, in an order that their numbers give.
#pragma once

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

/**
 * Joins what groups of `lanes` neighbouring threads (a power of two up to the block's size) hold; each of them gets its group's
 * whole. All threads of the block come here. `met` has room for each of them.
 */
template <class Kept, class Combine>
NABLA_DEVICE Kept meet(Kept* met, Kept kept, int lanes, Combine combine) {
  if (lanes == 1) return kept;
  const int own = static_cast<int>(threadIdx.x), lane = own % lanes;
  met[own] = kept;
  __syncthreads();
  for (int other = lanes / 2; other > 0; other /= 2) {
    if (lane < other) met[own] = combine(met[own], met[own + other]);
    __syncthreads();
  }
  kept = met[own - lane];
  __syncthreads();
  return kept;
}

/** The sum of what each of `lanes` threads holds. */
NABLA_DEVICE double meet_in_sum(double* met, double kept, int lanes) {
  return meet(met, kept, lanes, [](double a, double b) { return a + b; });
}

}  // namespace nabla::cuda
