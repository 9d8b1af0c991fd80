// Products in tiles: a block computes 64 x 64 elements, a thread 4 x 4 of them, from stretches of 16 of the depth that lie in shared
// memory (CUDA C++ Programming Guide, "Shared Memory"). Where the factors' elements come from, whoever multiplies says: matrices
// in memory, or the windows of an image that no matrix holds (implicit convolution; Chetlur et al., "cuDNN", 2014).
#pragma once

#include <cmath>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

inline constexpr int kTile = 64, kDepth = 16, kOwn = 4;

template <class T>
NABLA_DEVICE T multiply_add(T a, T b, T sum) {
  if constexpr (std::is_floating_point_v<T>) return std::fma(a, b, sum);
  else return static_cast<T>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b) + static_cast<uint32_t>(sum));
}

/** Neighbouring threads load elements of one row of the tile that neighbour in depth; else of one depth, in neighbouring rows. */
enum class Along { Depth, Side };

template <class T>
struct Tile {
  T sums[kOwn][kOwn] = {};

  /**
   * Adds the products of the depth from `begin` to `end`; each element is summed in one order. `left(r, k)` and `right(c, k)` give
   * the factors of the tile's row r and column c; with Along::Side a thread asks for one r, or c, alone: its number
   * modulo 64. All threads of the block come here.
   */
  template <class Left, class Right>
  NABLA_DEVICE void add(int64_t begin, int64_t end, Along left_along, Left left, Along right_along, Right right) {
    __shared__ T rows[kDepth][kTile + 1];
    __shared__ T columns[kDepth][kTile + 1];
    const int thread = static_cast<int>(threadIdx.x), row = first_row(), column = first_column();
    for (int64_t from = begin; from < end; from += kDepth) {
      for (int i = thread; i < kTile * kDepth; i += kThreads) {
        const int k = left_along == Along::Depth ? i % kDepth : i / kTile, r = left_along == Along::Depth ? i / kDepth : i % kTile;
        rows[k][r] = from + k < end ? left(r, from + k) : T(0);
      }
      for (int i = thread; i < kTile * kDepth; i += kThreads) {
        const int k = right_along == Along::Depth ? i % kDepth : i / kTile, c = right_along == Along::Depth ? i / kDepth : i % kTile;
        columns[k][c] = from + k < end ? right(c, from + k) : T(0);
      }
      __syncthreads();
      for (int k = 0; k < kDepth; ++k) {
        T x[kOwn], y[kOwn];
        for (int i = 0; i < kOwn; ++i) x[i] = rows[k][row + i];
        for (int j = 0; j < kOwn; ++j) y[j] = columns[k][column + 16 * j];
        for (int i = 0; i < kOwn; ++i) {
          for (int j = 0; j < kOwn; ++j) sums[i][j] = multiply_add(x[i], y[j], sums[i][j]);
        }
      }
      __syncthreads();
    }
  }

  /** Calls `put(row, column, sum)` for this thread's elements of the tile. */
  template <class Put>
  NABLA_DEVICE void each(Put put) const {
    for (int i = 0; i < kOwn; ++i) {
      for (int j = 0; j < kOwn; ++j) put(first_row() + i, first_column() + 16 * j, sums[i][j]);
    }
  }

 private:
  static NABLA_DEVICE int first_row() { return static_cast<int>(threadIdx.x) / 16 * kOwn; }
  static NABLA_DEVICE int first_column() { return static_cast<int>(threadIdx.x) % 16; }
};

}  // namespace nabla::cuda
