// Products of matrices with any strides, in tiles. It is what there is where cuBLAS is not.
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/products_parameters.h"
#include "cuda/kernels/tiles.cuh"

namespace nabla::cuda {

template <class T>
NABLA_DEVICE void product(const ProductParameters& p) {
  const int64_t first_row = static_cast<int64_t>(blockIdx.x) * kTile, first_column = static_cast<int64_t>(blockIdx.y) * kTile;
  const Along left_along = p.a.column == 1 ? Along::Depth : Along::Side, right_along = p.b.column == 1 ? Along::Side : Along::Depth;
  for (int64_t batch = blockIdx.z; batch < p.kept.count; batch += gridDim.z) {
    const T* const a0 = static_cast<const T*>(p.a.data) + place_of(p.kept.rank, p.kept.sizes, p.a.batch, batch);
    const T* const b0 = static_cast<const T*>(p.b.data) + place_of(p.kept.rank, p.kept.sizes, p.b.batch, batch);
    Tile<T> tile;
    for (int64_t s = 0; s < p.summed.count; ++s) {
      const T* const a = a0 + place_of(p.summed.rank, p.summed.sizes, p.a.batch + p.kept.rank, s);
      const T* const b = b0 + place_of(p.summed.rank, p.summed.sizes, p.b.batch + p.kept.rank, s);
      tile.add(
          0, p.depth, left_along,
          [&](int r, int64_t k) { return first_row + r < p.rows ? a[(first_row + r) * p.a.row + k * p.a.column] : T(0); }, right_along,
          [&](int c, int64_t k) { return first_column + c < p.columns ? b[k * p.b.row + (first_column + c) * p.b.column] : T(0); });
    }
    T* const to = static_cast<T*>(p.c.data) + place_of(p.kept.rank, p.kept.sizes, p.c.batch, batch);
    tile.each([&](int r, int c, T sum) {
      const int64_t row = first_row + r, column = first_column + c;
      if (row >= p.rows || column >= p.columns) return;
      const T bias = p.bias == nullptr ? T(0) : static_cast<const T*>(p.bias)[column];
      to[row * p.c.row + column * p.c.column] = sum + bias;
    });
  }
}

NABLA_KERNEL(product_f32, ProductParameters) { product<float>(p); }
NABLA_KERNEL(product_f64, ProductParameters) { product<double>(p); }
NABLA_KERNEL(product_i32, ProductParameters) { product<int32_t>(p); }

}  // namespace nabla::cuda
