// Products subtracted and triangular systems solved in blocks (Golub and Van Loan, Matrix Computations, 3.1 and 3.2): what the
// factorisations and their solvers share.
#include "cuda/kernels/linalg_block.cuh"
#include "cuda/kernels/linalg_parameters.h"
#include "cuda/kernels/tiles.cuh"

namespace nabla::cuda {

NABLA_KERNEL(subtractProduct_f64, SubtractionParameters) {
  const int64_t first_row = static_cast<int64_t>(blockIdx.x) * kTile, first_column = static_cast<int64_t>(blockIdx.y) * kTile;
  if (p.lower != 0 && first_column > first_row) return;
  const Along left_along = p.a.column == 1 ? Along::Depth : Along::Side, right_along = p.b.column == 1 ? Along::Side : Along::Depth;
  for (int64_t batch = blockIdx.z; batch < p.batches; batch += gridDim.z) {
    const double* const a = matrix_at(p.a, batch);
    const double* const b = matrix_at(p.b, batch);
    double* const c = matrix_at(p.c, batch);
    Tile<double> tile;
    tile.add(
        0, p.depth, left_along, [&](int r, int64_t k) { return first_row + r < p.rows ? a[(first_row + r) * p.a.row + k * p.a.column] : 0.0; },
        right_along, [&](int s, int64_t k) { return first_column + s < p.columns ? b[k * p.b.row + (first_column + s) * p.b.column] : 0.0; });
    tile.each([&](int r, int s, double sum) {
      if (first_row + r < p.rows && first_column + s < p.columns) c[(first_row + r) * p.c.row + (first_column + s) * p.c.column] -= sum;
    });
  }
}

/** A thread solves for one column, whose numbers it keeps in registers. An upper triangle is a lower one read backwards. */
NABLA_KERNEL(triangleBlock_f64, TriangleParameters) {
  __shared__ double t[kMatrixBlock][kMatrixBlock + 1];
  const int size = p.size;
  const auto turned = [&](int i) { return p.upper != 0 ? size - 1 - i : i; };
  for (int64_t batch = blockIdx.z; batch < p.batches; batch += gridDim.z) {
    const double* const triangle = matrix_at(p.t, batch);
    double* const b = matrix_at(p.b, batch);
    for (int e = static_cast<int>(threadIdx.x); e < kMatrixBlock * kMatrixBlock; e += kThreads) {
      const int i = e / kMatrixBlock, j = e % kMatrixBlock;
      // What is missing is filled with the identity.
      double value = i == j ? 1 : 0;
      if (i < size && (j < i || (i == j && p.unit == 0))) value = triangle[turned(i) * p.t.row + turned(j) * p.t.column];
      t[i][j] = value;
    }
    __syncthreads();
    const int64_t column = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (column < p.columns) {
      double* const own = b + column * p.b.column;
      double x[kMatrixBlock];
      NABLA_UNROLLED for (int i = 0; i < kMatrixBlock; ++i) x[i] = i < size ? own[turned(i) * p.b.row] : 0;
      NABLA_UNROLLED for (int i = 0; i < kMatrixBlock; ++i) {
        NABLA_UNROLLED for (int j = 0; j < i; ++j) x[i] = std::fma(-t[i][j], x[j], x[i]);
        if (p.unit == 0) x[i] /= t[i][i];
      }
      NABLA_UNROLLED for (int i = 0; i < kMatrixBlock; ++i) {
        if (i < size) own[turned(i) * p.b.row] = x[i];
      }
    }
    __syncthreads();
  }
}

/** The identity, or its first rows or columns. */
NABLA_KERNEL(identity_f64, PatternParameters) {
  for (int64_t i = thread_number(); i < p.batches * p.rows * p.columns; i += thread_count()) {
    const int64_t batch = i / (p.rows * p.columns), row = i / p.columns % p.rows, column = i % p.columns;
    matrix_at(p.to, batch)[row * p.to.row + column * p.to.column] = row == column ? 1 : 0;
  }
}

NABLA_KERNEL(zeroAboveDiagonal_f64, PatternParameters) {
  for (int64_t i = thread_number(); i < p.batches * p.rows * p.columns; i += thread_count()) {
    const int64_t batch = i / (p.rows * p.columns), row = i / p.columns % p.rows, column = i % p.columns;
    if (column > row) matrix_at(p.to, batch)[row * p.to.row + column * p.to.column] = 0;
  }
}

NABLA_KERNEL(zero_f64, PatternParameters) {
  for (int64_t i = thread_number(); i < p.batches * p.rows * p.columns; i += thread_count()) {
    const int64_t batch = i / (p.rows * p.columns), row = i / p.columns % p.rows, column = i % p.columns;
    matrix_at(p.to, batch)[row * p.to.row + column * p.to.column] = 0;
  }
}

}  // namespace nabla::cuda
