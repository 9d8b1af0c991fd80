// QR by Householder's reflections (Golub and Van Loan, Matrix Computations, 5.2): a panel of columns, a block of threads a matrix; then
// its reflections on all other columns, a warp each.
#include "cuda/kernels/linalg_reflection.cuh"

namespace nabla::cuda {

NABLA_KERNEL(qrPanel_f64, PanelParameters) {
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    double* const a = matrix_at(p.a, batch);
    for (int64_t k = p.start; k < p.end; ++k) {
      double* const column = a + k * p.a.column;
      const Reflection made = make_reflection(column + k * p.a.row, p.a.row, p.rows - k);
      if (threadIdx.x == 0) {
        p.taus[batch * p.count + k] = made.tau;
        p.betas[batch * p.count + k] = made.beta;
      }
      for (int64_t j = k + 1 + own_warp(); j < p.end; j += kWarps) reflect(a + j * p.a.column, p.a.row, column, p.a.row, made.tau, k, p.rows);
      __syncthreads();
    }
  }
}

NABLA_KERNEL(reflectVectors_f64, ReflectionParameters) {
  const int64_t warps = thread_count() / kWarp;
  for (int64_t i = thread_number() / kWarp; i < p.batches * p.count; i += warps) {
    const int64_t batch = i / p.count, j = i % p.count;
    double* const vector = matrix_at(p.vectors, batch) + j * p.vectors.column;
    const double* const reflections = matrix_at(p.reflections, batch);
    int64_t last = p.last;
    if (p.growing != 0 && j + 1 - p.shift < last) last = j + 1 - p.shift;
    for (int64_t turn = p.first; turn < last; ++turn) {
      const int64_t k = p.forwards != 0 ? turn : last - 1 - (turn - p.first);
      reflect(vector, p.vectors.row, reflections + k * p.reflections.column, p.reflections.row, p.taus[batch * p.taus_batch + k], k + p.shift, p.length);
    }
  }
}

NABLA_KERNEL(qrUpper_f64, UpperParameters) {
  for (int64_t number = thread_number(); number < p.batches * p.rows * p.columns; number += thread_count()) {
    const int64_t batch = number / (p.rows * p.columns), i = number / p.columns % p.rows, j = number % p.columns;
    double value = 0;
    if (i < p.rank && j >= i) value = i == j ? p.betas[batch * p.rank + i] : matrix_at(p.a, batch)[i * p.a.row + j * p.a.column];
    matrix_at(p.upper, batch)[i * p.upper.row + j * p.upper.column] = value;
  }
}

}  // namespace nabla::cuda
