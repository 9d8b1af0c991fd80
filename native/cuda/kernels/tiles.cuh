// Products in tiles: a block computes 64 x 64 elements, a thread 4 x 4 of them, from stretches of 8 of the depth that lie in shared
// memory (CUDA C++ Programming Guide, "Shared Memory"). Where the factors' elements come from, whoever multiplies says: matrices
// in memory, or the windows of an image that no matrix holds (implicit convolution; Chetlur et al., "cuDNN", 2014).
#pragma once

#include <cmath>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

inline constexpr int kTile = 64, kDepth = 8, kOwn = 4;

template <class T>
NABLA_DEVICE T multiply_add(T a, T b, T sum) {
  if constexpr (std::is_floating_point_v<T>) return std::fma(a, b, sum);
  else return static_cast<T>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b) + static_cast<uint32_t>(sum));
}

/** Neighbouring threads load elements of one row of the tile that neighbour in depth; else of one depth, in neighbouring rows. */
enum class Along { Depth, Side };

/** What a thread loads of a tile of a factor: the first number's depth and side, and how far it is to the next. */
template <int depth>
struct Share {
  static constexpr int kCount = kTile * depth / kThreads;

  int first_k, first_side, k_step, side_step;

  static NABLA_DEVICE Share of(Along along) {
    const int thread = static_cast<int>(threadIdx.x);
    if (along == Along::Depth) return {thread % depth, thread / depth, 0, kThreads / depth};
    return {thread / kTile, thread % kTile, kThreads / kTile, 0};
  }
  NABLA_DEVICE int k(int i) const { return first_k + i * k_step; }
  NABLA_DEVICE int side(int i) const { return first_side + i * side_step; }
};

/** How many of what is left lie within a tile. */
NABLA_DEVICE int within_tile(int64_t left) { return static_cast<int>(left < kTile ? left : kTile); }

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
    // Two of each: one is filled while the other is read. Four numbers beyond a tile's side keep what neighbours write in different
    // banks, and a thread's own four where one load takes them.
    alignas(4 * sizeof(T)) __shared__ T rows[2][kDepth][kTile + kOwn];
    alignas(4 * sizeof(T)) __shared__ T columns[2][kDepth][kTile + kOwn];
    const int row = first_row(), column = first_column();
    using Own = Share<kDepth>;
    const Own left_share = Own::of(left_along), right_share = Own::of(right_along);
    T next_left[Own::kCount], next_right[Own::kCount];
    const auto fetch = [&](int64_t from) {
      for (int i = 0; i < Own::kCount; ++i) {
        const int64_t k = from + left_share.k(i);
        next_left[i] = k < end ? left(left_share.side(i), k) : T(0);
      }
      for (int i = 0; i < Own::kCount; ++i) {
        const int64_t k = from + right_share.k(i);
        next_right[i] = k < end ? right(right_share.side(i), k) : T(0);
      }
    };
    if (begin < end) fetch(begin);
    int now = 0;
#pragma unroll 1
    for (int64_t from = begin; from < end; from += kDepth, now ^= 1) {
      for (int i = 0; i < Own::kCount; ++i) rows[now][left_share.k(i)][left_share.side(i)] = next_left[i];
      for (int i = 0; i < Own::kCount; ++i) columns[now][right_share.k(i)][right_share.side(i)] = next_right[i];
      __syncthreads();
      // The next stretch is on its way while this one is multiplied.
      if (from + kDepth < end) fetch(from + kDepth);
      for (int k = 0; k < kDepth; ++k) {
        T x[kOwn], y[kOwn];
        for (int i = 0; i < kOwn; ++i) x[i] = rows[now][k][row + i];
        for (int j = 0; j < kOwn; ++j) y[j] = columns[now][k][column + j];
        for (int i = 0; i < kOwn; ++i) {
          for (int j = 0; j < kOwn; ++j) sums[i][j] = multiply_add(x[i], y[j], sums[i][j]);
        }
      }
    }
    // Whoever adds more fills the first one again.
    __syncthreads();
  }

  /** Calls `put(row, column, sum)` for this thread's elements of the tile. */
  template <class Put>
  NABLA_DEVICE void each(Put put) const {
    for (int i = 0; i < kOwn; ++i) {
      for (int j = 0; j < kOwn; ++j) put(first_row() + i, first_column() + j, sums[i][j]);
    }
  }

 private:
  static NABLA_DEVICE int first_row() { return static_cast<int>(threadIdx.x) / 16 * kOwn; }
  static NABLA_DEVICE int first_column() { return static_cast<int>(threadIdx.x) % 16 * kOwn; }
};

}  // namespace nabla::cuda
