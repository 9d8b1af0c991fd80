// Householder's reflections (Golub and Van Loan, Matrix Computations, 5.1): made by a block of threads, carried out by a warp.
#pragma once

#include "cuda/kernels/linalg_block.cuh"

namespace nabla::cuda {

/** The Euclidean length, safe from overflow. All threads of the block come here, and in the function below, and get the result. */
NABLA_DEVICE double length_of_block(const double* x, int64_t step, int64_t count) {
  double sum = 0;
  for (int64_t i = threadIdx.x; i < count; i += kThreads) sum = std::fma(x[i * step], x[i * step], sum);
  const double plain = sum_of_block(sum);
  if (plain > 1e-280 && plain < 1e280) return std::sqrt(plain);
  double largest = 0;
  for (int64_t i = threadIdx.x; i < count; i += kThreads) largest = larger_magnitude(largest, std::fabs(x[i * step]));
  largest = largest_of_block(largest);
  if (!(largest > 0) || largest == static_cast<double>(INFINITY)) return largest;
  sum = 0;
  for (int64_t i = threadIdx.x; i < count; i += kThreads) sum = std::fma(x[i * step] / largest, x[i * step] / largest, sum);
  return largest * std::sqrt(sum_of_block(sum));
}

struct Reflection {
  double beta, tau;
};

/** Makes of x the reflection that takes it to (beta, 0, ..., 0): x is replaced by v. Signs are LAPACK's, as on the CPU. */
NABLA_DEVICE Reflection make_reflection(double* x, int64_t step, int64_t count) {
  const double head = x[0], tail = length_of_block(x + step, step, count - 1);
  __syncthreads();
  if (threadIdx.x == 0) x[0] = 1;
  if (tail == 0) {
    __syncthreads();
    return {head, 0};
  }
  const double length = std::hypot(head, tail), beta = head >= 0 ? -length : length, below = head - beta;
  for (int64_t i = 1 + threadIdx.x; i < count; i += kThreads) x[i * step] /= below;
  __syncthreads();
  return {beta, (beta - head) / beta};
}

/** x (I - tau v v') on the elements from `first` to `count`. A lane has the same elements whatever `first` is. */
NABLA_DEVICE void reflect(double* x, int64_t step, const double* v, int64_t v_step, double tau, int64_t first, int64_t count) {
  if (tau == 0) return;
  double sum = 0;
  const int64_t begin = first / kWarp * kWarp + own_lane();
  for (int64_t i = begin; i < count; i += kWarp) {
    if (i >= first) sum = std::fma(x[i * step], v[i * v_step], sum);
  }
  const double factor = -tau * sum_of_warp(sum);
  for (int64_t i = begin; i < count; i += kWarp) {
    if (i >= first) x[i * step] = std::fma(factor, v[i * v_step], x[i * step]);
  }
}

}  // namespace nabla::cuda
