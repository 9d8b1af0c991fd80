// Cholesky's factorisation of a block on the diagonal (Golub and Van Loan, Matrix Computations, 4.2). A block of threads takes a
// matrix.
#include "cuda/kernels/linalg_block.cuh"
#include "cuda/kernels/linalg_parameters.h"

namespace nabla::cuda {

NABLA_KERNEL(choleskyBlock_f64, FactorParameters) {
  __shared__ double block[kMatrixBlock][kMatrixBlock + 1];
  const int width = p.size - p.start < kMatrixBlock ? static_cast<int>(p.size - p.start) : kMatrixBlock;
  const int own = static_cast<int>(threadIdx.x);
  for (int64_t batch = blockIdx.x; batch < p.batches; batch += gridDim.x) {
    // What is not positive has been found in an earlier block.
    if (p.start > 0 && p.info[batch] != 0) continue;
    double* const corner = matrix_at(p.a, batch) + p.start * (p.a.row + p.a.column);
    for (int e = own; e < width * kMatrixBlock; e += kThreads) {
      const int i = e % kMatrixBlock, j = e / kMatrixBlock;
      if (j <= i && i < width) block[i][j] = corner[i * p.a.row + j * p.a.column];
    }
    __syncthreads();
    int32_t info = 0;
    for (int j = 0; j < width; ++j) {
      const double rest = block[j][j];
      if (!(rest > 0)) {
        info = static_cast<int32_t>(p.start + j + 1);
        break;
      }
      const double root = std::sqrt(rest);
      __syncthreads();
      if (own >= j && own < width) block[own][j] = own == j ? root : block[own][j] / root;
      __syncthreads();
      for (int e = own; e < width * kMatrixBlock; e += kThreads) {
        const int i = e % kMatrixBlock, k = e / kMatrixBlock;
        if (k > j && k <= i && i < width) block[i][k] = std::fma(-block[i][j], block[k][j], block[i][k]);
      }
      __syncthreads();
    }
    if (own == 0) p.info[batch] = info;
    for (int e = own; e < width * kMatrixBlock; e += kThreads) {
      const int i = e % kMatrixBlock, j = e / kMatrixBlock;
      if (j <= i && i < width) corner[i * p.a.row + j * p.a.column] = block[i][j];
    }
    __syncthreads();
  }
}

}  // namespace nabla::cuda
