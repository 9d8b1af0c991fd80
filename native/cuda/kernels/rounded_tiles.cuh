// Products in tiles whose factors are rounded, on tensor cores: a block computes 64 x 64 elements, a warp 16 x 32 of them, by products
// of a 16 x 8 (TF32) or 16 x 16 (bfloat16) matrix and one of 8 columns, which the 32 threads of a warp hold together (PTX ISA, "Matrix
// Fragments for mma.m16n8k8" and "mma.m16n8k16"). Sums are those of float32.
//
// Where there is no such instruction (cards before 8.0, the fibers of cuda/shim) the threads hand each other the same numbers: so what
// each of them holds of a matrix is tested without a card.
#pragma once

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/rounding.cuh"
#include "cuda/kernels/tiles.cuh"

namespace nabla::cuda {

/** Factors of eleven significant bits: a word of 32 bits holds one. */
struct Tf32 {
  static constexpr int kDepthOfProduct = 8;
  static NABLA_DEVICE float of(float value) { return to_tf32(value); }

  /** The word of a slot of depth: `numbers` has the product's first depth, `step` numbers before the next. */
  static NABLA_DEVICE uint32_t word(const float* numbers, int step, int slot) { return bits_of(numbers[slot * step]); }
  static NABLA_DEVICE float add(uint32_t a, uint32_t b, float sum) { return std::fma(float_of(a), float_of(b), sum); }

#if defined(__CUDACC__) && __CUDA_ARCH__ >= 800
  static NABLA_DEVICE void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
#endif
};

/** Factors of eight significant bits: a word holds two. */
struct BFloat16 {
  static constexpr int kDepthOfProduct = 16;
  static NABLA_DEVICE float of(float value) { return value != value ? float_of(bits_of(value) | 1u << 22) : to_bfloat16(value); }

  /** Two numbers that neighbour in depth, the first in the lower half. */
  static NABLA_DEVICE uint32_t word(const float* numbers, int step, int slot) {
    return bits_of(numbers[2 * slot * step]) >> 16 | (bits_of(numbers[(2 * slot + 1) * step]) & 0xffff0000u);
  }
  static NABLA_DEVICE float add(uint32_t a, uint32_t b, float sum) {
    sum = std::fma(float_of(a << 16), float_of(b << 16), sum);
    return std::fma(float_of(a & 0xffff0000u), float_of(b & 0xffff0000u), sum);
  }

#if defined(__CUDACC__) && __CUDA_ARCH__ >= 800
  static NABLA_DEVICE void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
#endif
};

/**
 * d += a b for matrices that a warp holds. Both have eight slots of depth; a thread's `group` is its number / 4 and its `member` its
 * number % 4. Of a it has the words of rows `group` and `group` + 8, at the slots `member` and then `member` + 4; of b those of column
 * `group` at the same slots; of d, rows `group` and `group` + 8, the columns 2 `member` and the next.
 */
template <class Rounding>
NABLA_DEVICE void multiply_together(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
#if defined(__CUDACC__) && __CUDA_ARCH__ >= 800
  Rounding::multiply(d, a, b);
#else
  const int lane = static_cast<int>(threadIdx.x) % kWarp, group = lane / 4, member = lane % 4;
  for (int slot = 0; slot < 8; ++slot) {
    const int half = slot / 4, holder = slot % 4;
    const uint32_t upper = __shfl_sync(kWholeWarp, a[2 * half], group * 4 + holder), lower = __shfl_sync(kWholeWarp, a[2 * half + 1], group * 4 + holder);
    const uint32_t first = __shfl_sync(kWholeWarp, b[half], 2 * member * 4 + holder), second = __shfl_sync(kWholeWarp, b[half], (2 * member + 1) * 4 + holder);
    d[0] = Rounding::add(upper, first, d[0]);
    d[1] = Rounding::add(upper, second, d[1]);
    d[2] = Rounding::add(lower, first, d[2]);
    d[3] = Rounding::add(lower, second, d[3]);
  }
#endif
}

/** What Tile<float> is, of factors that are rounded: `add` and `each` are used in the same way. */
template <class Rounding>
struct RoundedTile {
  /** Depth that lies in shared memory at once. */
  static constexpr int kStretch = 16;
  /** Products of 8 columns that a warp makes side by side. */
  static constexpr int kAcross = 4;
  static constexpr int kLine = kTile + 4;

  float sums[kAcross][4] = {};

  template <class Left, class Right>
  NABLA_DEVICE void add(int64_t begin, int64_t end, Along left_along, Left left, Along right_along, Right right) {
    __shared__ float rows[2][kStretch][kLine];
    __shared__ float columns[2][kStretch][kLine];
    using Own = Share<kStretch>;
    const Own left_share = Own::of(left_along), right_share = Own::of(right_along);
    float next_left[Own::kCount], next_right[Own::kCount];
    const auto fetch = [&](int64_t from) {
      for (int i = 0; i < Own::kCount; ++i) {
        const int64_t k = from + left_share.k(i);
        next_left[i] = k < end ? left(left_share.side(i), k) : 0.0f;
      }
      for (int i = 0; i < Own::kCount; ++i) {
        const int64_t k = from + right_share.k(i);
        next_right[i] = k < end ? right(right_share.side(i), k) : 0.0f;
      }
    };
    if (begin < end) fetch(begin);
    int now = 0;
#pragma unroll 1
    for (int64_t from = begin; from < end; from += kStretch, now ^= 1) {
      for (int i = 0; i < Own::kCount; ++i) rows[now][left_share.k(i)][left_share.side(i)] = Rounding::of(next_left[i]);
      for (int i = 0; i < Own::kCount; ++i) columns[now][right_share.k(i)][right_share.side(i)] = Rounding::of(next_right[i]);
      __syncthreads();
      // The next stretch is on its way while this one is multiplied.
      if (from + kStretch < end) fetch(from + kStretch);
      for (int k = 0; k < kStretch; k += Rounding::kDepthOfProduct) multiply(&rows[now][k][0], &columns[now][k][0]);
    }
    // Whoever adds more fills the first one again.
    __syncthreads();
  }

  /** Calls `put(row, column, sum)` for this thread's elements of the tile. */
  template <class Put>
  NABLA_DEVICE void each(Put put) const {
    for (int j = 0; j < kAcross; ++j) {
      for (int i = 0; i < 4; ++i) put(first_row() + group() + i / 2 * 8, first_column() + 8 * j + 2 * member() + i % 2, sums[j][i]);
    }
  }

 private:
  NABLA_DEVICE void multiply(const float* rows, const float* columns) {
    const float* const mine = rows + first_row() + group();
    uint32_t a[4];
    for (int i = 0; i < 4; ++i) a[i] = Rounding::word(mine + i % 2 * 8, kLine, member() + i / 2 * 4);
    for (int j = 0; j < kAcross; ++j) {
      const float* const own = columns + first_column() + 8 * j + group();
      const uint32_t b[2] = {Rounding::word(own, kLine, member()), Rounding::word(own, kLine, member() + 4)};
      multiply_together<Rounding>(sums[j], a, b);
    }
  }

  static NABLA_DEVICE int group() { return static_cast<int>(threadIdx.x) % kWarp / 4; }
  static NABLA_DEVICE int member() { return static_cast<int>(threadIdx.x) % 4; }
  /** Eight warps: four below each other, two side by side. */
  static NABLA_DEVICE int first_row() { return static_cast<int>(threadIdx.x) / kWarp % 4 * 16; }
  static NABLA_DEVICE int first_column() { return static_cast<int>(threadIdx.x) / kWarp / 4 * (8 * kAcross); }
};

}  // namespace nabla::cuda
