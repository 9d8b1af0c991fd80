// LU with partial pivoting (Golub and Van Loan, Matrix Computations, 3.4): a panel of columns, a block of threads a matrix; the
// exchanges of rows elsewhere; determinants from what is on the diagonal. Of pivots of one magnitude the first is taken, as on the
// CPU, and NaN never unless it stands there already.
#include "cuda/kernels/linalg_block.cuh"
#include "cuda/kernels/linalg_parameters.h"

namespace nabla::cuda {

struct Pivot {
  double magnitude;
  int32_t row;

  NABLA_DEVICE Pivot better(const Pivot& other) const {
    return other.magnitude > magnitude || (other.magnitude == magnitude && other.row < row) ? other : *this;
  }
};

NABLA_DEVICE Pivot best_of_block(Pivot own) {
  __shared__ Pivot best[kWarps];
  for (int by = kWarp / 2; by > 0; by /= 2) own = own.better({__shfl_xor_sync(kWholeWarp, own.magnitude, by), __shfl_xor_sync(kWholeWarp, own.row, by)});
  __syncthreads();
  if (own_lane() == 0) best[own_warp()] = own;
  __syncthreads();
  for (int i = 0; i < kWarps; ++i) own = own.better(best[i]);
  return own;
}

NABLA_KERNEL(luPanel_f64, FactorParameters) {
  __shared__ double pivot_row[kMatrixBlock];
  const int64_t end = p.size - p.start < kMatrixBlock ? p.size : p.start + kMatrixBlock, own = threadIdx.x;
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    double* const a = matrix_at(p.a, batch);
    const auto at = [&](int64_t i, int64_t j) -> double& { return a[i * p.a.row + j * p.a.column]; };
    int32_t info = 0;
    for (int64_t k = p.start; k < end; ++k) {
      Pivot found{-1, static_cast<int32_t>(k)};
      for (int64_t i = k + own; i < p.size; i += kThreads) {
        double magnitude = std::fabs(at(i, k));
        if (magnitude != magnitude) magnitude = i == k ? static_cast<double>(INFINITY) : -1.0;
        found = found.better({magnitude, static_cast<int32_t>(i)});
      }
      const int64_t pivot = best_of_block(found).row;
      if (own == 0) p.pivots[batch * p.size + k] = static_cast<int32_t>(pivot);
      if (p.start + own < end) {
        const int64_t j = p.start + own;
        const double kept = at(k, j);
        at(k, j) = pivot_row[own] = at(pivot, j);
        if (pivot != k) at(pivot, j) = kept;
      }
      __syncthreads();
      const double divisor = pivot_row[k - p.start];
      if (divisor == 0) {
        if (info == 0) info = static_cast<int32_t>(k + 1);
        continue;
      }
      for (int64_t i = k + 1 + own; i < p.size; i += kThreads) {
        const double factor = at(i, k) / divisor;
        at(i, k) = factor;
        if (factor == 0) continue;
        for (int64_t j = k + 1; j < end; ++j) at(i, j) = std::fma(-factor, pivot_row[j - p.start], at(i, j));
      }
      __syncthreads();
    }
    if (own == 0 && (p.start == 0 || p.info[batch] == 0)) p.info[batch] = info;
    __syncthreads();
  }
}

/** A thread a column. */
NABLA_KERNEL(exchangeRows_f64, ExchangeParameters) {
  for (int64_t i = thread_number(); i < p.batches * p.columns; i += thread_count()) {
    const int64_t batch = i / p.columns, column = i % p.columns;
    if (column >= p.skip && column < p.skip_end) continue;
    double* const own = matrix_at(p.b, batch) + column * p.b.column;
    const int32_t* const pivots = p.pivots + batch * p.size;
    for (int64_t k = p.first; k < p.last; ++k) {
      const int64_t other = pivots[k];
      if (other == k) continue;
      const double kept = own[k * p.b.row];
      own[k * p.b.row] = own[other * p.b.row];
      own[other * p.b.row] = kept;
    }
  }
}

/** A thread a matrix. */
template <class T>
NABLA_DEVICE void determinant(const DeterminantParameters& p) {
  for (int64_t batch = thread_number(); batch < p.batches; batch += thread_count()) {
    const double* const a = matrix_at(p.a, batch);
    const int32_t* const pivots = p.pivots + batch * p.size;
    double product = 1, sign = 1, sum = 0;
    for (int64_t i = 0; i < p.size; ++i) {
      if (pivots[i] != i) {
        product = -product;
        sign = -sign;
      }
      const double pivot = a[i * (p.a.row + p.a.column)];
      product *= pivot;
      if (p.logarithms == nullptr) continue;
      sign = pivot > 0 ? sign : pivot < 0 ? -sign : pivot == 0 ? 0 : pivot;
      sum += std::log(std::fabs(pivot));
    }
    static_cast<T*>(p.values)[batch] = static_cast<T>(p.logarithms == nullptr ? product : sign);
    if (p.logarithms != nullptr) static_cast<T*>(p.logarithms)[batch] = static_cast<T>(sum);
  }
}
NABLA_KERNEL(determinant_f32, DeterminantParameters) { determinant<float>(p); }
NABLA_KERNEL(determinant_f64, DeterminantParameters) { determinant<double>(p); }

}  // namespace nabla::cuda
