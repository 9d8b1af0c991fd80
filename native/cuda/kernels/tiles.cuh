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

/** Numbers of a tile of a factor that each thread loads. */
inline constexpr int kShare = kTile * kDepth / kThreads;

/** Which ones a thread loads: the first one's depth and side, and how far it is to the next. */
struct Share {
  int first_k, first_side, k_step, side_step;

  static NABLA_DEVICE Share of(Along along) {
    const int thread = static_cast<int>(threadIdx.x);
    if (along == Along::Depth) return {thread % kDepth, thread / kDepth, 0, kThreads / kDepth};
    return {thread / kTile, thread % kTile, kThreads / kTile, 0};
  }
  NABLA_DEVICE int k(int i) const { return first_k + i * k_step; }
  NABLA_DEVICE int side(int i) const { return first_side + i * side_step; }
};

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
    const int row = first_row(), column = first_column();
    const Share left_share = Share::of(left_along), right_share = Share::of(right_along);
    for (int64_t from = begin; from < end; from += kDepth) {
      for (int i = 0; i < kShare; ++i) {
        const int k = left_share.k(i), r = left_share.side(i);
        rows[k][r] = from + k < end ? left(r, from + k) : T(0);
      }
      for (int i = 0; i < kShare; ++i) {
        const int k = right_share.k(i), c = right_share.side(i);
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
