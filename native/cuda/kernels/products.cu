// Products of matrices with any strides, in tiles. It is what there is where cuBLASLt is not, and for what that is not asked for.
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/products_parameters.h"
#include "cuda/kernels/rounded_tiles.cuh"
#include "cuda/kernels/tiles.cuh"

namespace nabla::cuda {

template <class T, class TileOfProducts = Tile<T>>
NABLA_DEVICE void product(const ProductParameters& p) {
  const int64_t first_row = static_cast<int64_t>(blockIdx.x) * kTile, first_column = static_cast<int64_t>(blockIdx.y) * kTile;
  const int rows = within_tile(p.rows - first_row), columns = within_tile(p.columns - first_column);
  const Along left_along = p.a.column == 1 ? Along::Depth : Along::Side, right_along = p.b.column == 1 ? Along::Side : Along::Depth;
  for (int64_t work = blockIdx.z; work < p.kept.count * p.part_count; work += gridDim.z) {
    const int64_t batch = work / p.part_count, part = work % p.part_count;
    const T* const a0 = static_cast<const T*>(p.a.data) + place_of(p.kept.rank, p.kept.sizes, p.a.batch, batch) + first_row * p.a.row;
    const T* const b0 = static_cast<const T*>(p.b.data) + place_of(p.kept.rank, p.kept.sizes, p.b.batch, batch) + first_column * p.b.column;
    TileOfProducts tile;
    for (int64_t s = 0; s < p.summed.count; ++s) {
      const T* const a = a0 + place_of(p.summed.rank, p.summed.sizes, p.a.batch + p.kept.rank, s);
      const T* const b = b0 + place_of(p.summed.rank, p.summed.sizes, p.b.batch + p.kept.rank, s);
      tile.add(
          p.depth * part / p.part_count, p.depth * (part + 1) / p.part_count, left_along, [&](int r, int64_t k) { return r < rows ? a[r * p.a.row + k * p.a.column] : T(0); }, right_along,
          [&](int c, int64_t k) { return c < columns ? b[k * p.b.row + c * p.b.column] : T(0); });
    }
    if (p.parts != nullptr) {
      T* const to = static_cast<T*>(p.parts) + ((part * p.kept.count + batch) * p.rows + first_row) * p.columns + first_column;
      tile.each([&](int r, int c, T sum) {
        if (r < rows && c < columns) to[r * p.columns + c] = sum;
      });
      continue;
    }
    T* const to = static_cast<T*>(p.c.data) + place_of(p.kept.rank, p.kept.sizes, p.c.batch, batch) + first_row * p.c.row + first_column * p.c.column;
    const T* const bias = static_cast<const T*>(p.bias) + (p.bias == nullptr ? 0 : first_column);
    tile.each([&](int r, int c, T sum) {
      if (r < rows && c < columns) to[r * p.c.row + c * p.c.column] = sum + (bias == nullptr ? T(0) : bias[c]);
    });
  }
}

/** Joins the parts of each element in their order. */
template <class T>
NABLA_DEVICE void join_product(const ProductParameters& p) {
  const int64_t size = p.rows * p.columns, count = p.kept.count * size;
  const T* const parts = static_cast<const T*>(p.parts);
  for (int64_t i = thread_number(); i < count; i += thread_count()) {
    double sum = 0;
    for (int part = 0; part < p.part_count; ++part) sum += parts[part * count + i];
    const int64_t batch = i / size, row = i % size / p.columns, column = i % p.columns;
    const T bias = p.bias == nullptr ? T(0) : static_cast<const T*>(p.bias)[column];
    T* const to = static_cast<T*>(p.c.data) + place_of(p.kept.rank, p.kept.sizes, p.c.batch, batch);
    to[row * p.c.row + column * p.c.column] = static_cast<T>(sum) + bias;
  }
}

NABLA_KERNEL(product_f32, ProductParameters) { product<float>(p); }
NABLA_ROOMY_KERNEL(product_tf32, ProductParameters) { product<float, RoundedTile<Tf32>>(p); }
NABLA_ROOMY_KERNEL(product_bf16, ProductParameters) { product<float, RoundedTile<BFloat16>>(p); }
NABLA_KERNEL(product_f64, ProductParameters) { product<double>(p); }
NABLA_KERNEL(product_i32, ProductParameters) { product<int32_t>(p); }
NABLA_KERNEL(product_join_f32, ProductParameters) { join_product<float>(p); }
NABLA_KERNEL(product_join_f64, ProductParameters) { join_product<double>(p); }

}  // namespace nabla::cuda
