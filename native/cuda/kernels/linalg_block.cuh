// What the threads of a warp or a block find together: sums and largest magnitudes, in an order that their numbers give.
#pragma once

#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/linalg_parameters.h"

#if defined(__CUDACC__)
#define NABLA_UNROLLED _Pragma("unroll")
#else
#define NABLA_UNROLLED
#endif

namespace nabla::cuda {

inline constexpr int kWarps = kThreads / kWarp;

NABLA_DEVICE int own_lane() { return static_cast<int>(threadIdx.x) % kWarp; }
NABLA_DEVICE int own_warp() { return static_cast<int>(threadIdx.x) / kWarp; }

/** The matrix of a number. */
NABLA_DEVICE double* matrix_at(const Matrices& matrices, int64_t batch) { return matrices.data + batch * matrices.batch; }

NABLA_DEVICE double sum_of_warp(double x) {
  for (int by = kWarp / 2; by > 0; by /= 2) x += __shfl_xor_sync(kWholeWarp, x, by);
  return x;
}

/** All threads of the block come here, and in the functions below, and all get the result. */
NABLA_DEVICE double sum_of_block(double x) {
  __shared__ double sums[kWarps];
  x = sum_of_warp(x);
  __syncthreads();
  if (own_lane() == 0) sums[own_warp()] = x;
  __syncthreads();
  double all = 0;
  for (int i = 0; i < kWarps; ++i) all += sums[i];
  return all;
}

/** NaN counts as larger than any number. */
NABLA_DEVICE double larger_magnitude(double a, double b) { return a >= b || a != a ? a : b; }

NABLA_DEVICE double largest_of_block(double x) {
  __shared__ double largest[kWarps];
  for (int by = kWarp / 2; by > 0; by /= 2) x = larger_magnitude(x, __shfl_xor_sync(kWholeWarp, x, by));
  __syncthreads();
  if (own_lane() == 0) largest[own_warp()] = x;
  __syncthreads();
  for (int i = 0; i < kWarps; ++i) x = larger_magnitude(x, largest[i]);
  return x;
}

}  // namespace nabla::cuda
