// Products of matrices with any strides, in tiles: a block computes 64 x 64 elements, a thread 4 x 4 of them, from stretches of
// 16 of the depth that lie in shared memory (CUDA C++ Programming Guide, "Shared Memory"). It is what there is where cuBLAS is
// not; each element is summed in one order, whatever the grid.
#include <cmath>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/products_parameters.h"

namespace nabla::cuda {

inline constexpr int kTile = 64, kDepth = 16, kOwn = 4;

template <class T>
NABLA_DEVICE T multiply_add(T a, T b, T sum) {
  if constexpr (std::is_floating_point_v<T>) return std::fma(a, b, sum);
  else return static_cast<T>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b) + static_cast<uint32_t>(sum));
}

template <class T>
NABLA_DEVICE void product(const ProductParameters& p) {
  __shared__ T left[kDepth][kTile + 1];
  __shared__ T right[kDepth][kTile + 1];
  const int thread = static_cast<int>(threadIdx.x);
  const int own_row = thread / 16 * kOwn, own_column = thread % 16;
  const int64_t first_row = static_cast<int64_t>(blockIdx.x) * kTile, first_column = static_cast<int64_t>(blockIdx.y) * kTile;
  for (int64_t batch = blockIdx.z; batch < p.kept.count; batch += gridDim.z) {
    const T* const a0 = static_cast<const T*>(p.a.data) + place_of(p.kept.rank, p.kept.sizes, p.a.batch, batch);
    const T* const b0 = static_cast<const T*>(p.b.data) + place_of(p.kept.rank, p.kept.sizes, p.b.batch, batch);
    T sums[kOwn][kOwn] = {};
    for (int64_t s = 0; s < p.summed.count; ++s) {
      const T* const a = a0 + place_of(p.summed.rank, p.summed.sizes, p.a.batch + p.kept.rank, s);
      const T* const b = b0 + place_of(p.summed.rank, p.summed.sizes, p.b.batch + p.kept.rank, s);
      for (int64_t from = 0; from < p.depth; from += kDepth) {
        // Neighbouring threads read neighbouring elements, whichever way a matrix lies.
        for (int i = thread; i < kTile * kDepth; i += kThreads) {
          const int k = p.a.column == 1 ? i % kDepth : i / kTile, r = p.a.column == 1 ? i / kDepth : i % kTile;
          const bool inside = first_row + r < p.rows && from + k < p.depth;
          left[k][r] = inside ? a[(first_row + r) * p.a.row + (from + k) * p.a.column] : T(0);
        }
        for (int i = thread; i < kTile * kDepth; i += kThreads) {
          const int k = p.b.column == 1 ? i / kTile : i % kDepth, c = p.b.column == 1 ? i % kTile : i / kDepth;
          const bool inside = first_column + c < p.columns && from + k < p.depth;
          right[k][c] = inside ? b[(from + k) * p.b.row + (first_column + c) * p.b.column] : T(0);
        }
        __syncthreads();
        for (int k = 0; k < kDepth; ++k) {
          T x[kOwn], y[kOwn];
          for (int i = 0; i < kOwn; ++i) x[i] = left[k][own_row + i];
          for (int j = 0; j < kOwn; ++j) y[j] = right[k][own_column + 16 * j];
          for (int i = 0; i < kOwn; ++i) {
            for (int j = 0; j < kOwn; ++j) sums[i][j] = multiply_add(x[i], y[j], sums[i][j]);
          }
        }
        __syncthreads();
      }
    }
    T* const c = static_cast<T*>(p.c.data) + place_of(p.kept.rank, p.kept.sizes, p.c.batch, batch);
    for (int i = 0; i < kOwn; ++i) {
      for (int j = 0; j < kOwn; ++j) {
        const int64_t row = first_row + own_row + i, column = first_column + own_column + 16 * j;
        if (row >= p.rows || column >= p.columns) continue;
        const T bias = p.bias == nullptr ? T(0) : static_cast<const T*>(p.bias)[column];
        c[row * p.c.row + column * p.c.column] = sums[i][j] + bias;
      }
    }
  }
}

NABLA_KERNEL(product_f32, ProductParameters) { product<float>(p); }
NABLA_KERNEL(product_f64, ProductParameters) { product<double>(p); }
NABLA_KERNEL(product_i32, ProductParameters) { product<int32_t>(p); }

}  // namespace nabla::cuda
