// The innermost loop of convolution: one tile of the result, some channels by some vectors of pixels, held in registers.
//
// It is the tile of matrix multiplication (gemm_tile.h) with one difference: the row of B that a step reads is not at a
// fixed distance from the one before, but where a table of offsets says, so that the taps of a kernel are read from an
// image as it lies and no matrix of patches is ever written (Dukhan, "The Indirect Convolution Algorithm", 2019, has
// pointers where this has offsets). Eight channels by three vectors were chosen because channels come in eights.
#pragma once

#include "cpu/simd.h"

NABLA_BEGIN_ISA

#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int kConvolutionRows = 8;  // 24 sums + 3 of pixels + 1 weight in 32 registers
#else
inline constexpr int kConvolutionRows = 4;  // 12 sums + 3 of pixels + 1 weight in 16 registers
#endif
inline constexpr int kConvolutionVectors = 3;

/** A range cut into parts whose sizes differ by at most one. */
struct EvenCut {
  int64_t size;
  int64_t parts;

  NABLA_INLINE int64_t start(int64_t part) const { return part * (size / parts) + smaller(part, size % parts); }
};

template <class T>
struct ConvolutionTile {
  int64_t depth;
  /** [depth][rows of the tile]. */
  const T* weights;
  const T* pixels;
  /** Where each step's pixels lie, counted from `pixels`. */
  const int32_t* offsets;
  /** What the sums begin with, one number a row, or null for zero. */
  const T* bias;
  T* to;
  int64_t row_stride;
  /** Pixels of the last vector that belong to the result. */
  int last_width;
  /** Add to what the result holds (a later block of the depth) instead of replacing it. */
  bool accumulate;
};

template <class T, int kRows, int kVectors>
void convolve_tile(const ConvolutionTile<T>& call) {
  constexpr int kWidth = kLanes<T>;
  Vector<T> sums[kRows][kVectors];
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) sums[i][j] = call.bias == nullptr ? Vector<T>{} : splat(call.bias[i]);
  }
  const T* weights = call.weights;
  const T* const pixels = call.pixels;
  const int32_t* const offsets = call.offsets;
  const int64_t depth = call.depth;
  for (int64_t k = 0; k < depth; ++k) {
    const T* at = pixels + offsets[k];
    Vector<T> columns[kVectors];
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) columns[j] = load(at + j * kWidth);
    NABLA_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vector<T> row = splat(weights[i]);
      NABLA_UNROLL
      for (int j = 0; j < kVectors; ++j) sums[i][j] = fused_multiply_add(row, columns[j], sums[i][j]);
    }
    weights += kRows;
  }
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    T* to = call.to + i * call.row_stride;
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j, to += kWidth) {
      if (j + 1 < kVectors || call.last_width == kWidth) {
        store(to, call.accumulate ? load(to) + sums[i][j] : sums[i][j]);
      } else {
        const Vector<T> value = call.accumulate ? load_part(to, call.last_width) + sums[i][j] : sums[i][j];
        store_part(to, value, call.last_width);
      }
    }
  }
}

/** The function for each number of rows (second index, from 1) and of vectors (first index, from 1). */
template <class T>
struct ConvolutionTiles {
  using Function = void (*)(const ConvolutionTile<T>&);
  Function functions[kConvolutionVectors + 1][kConvolutionRows + 1];

  constexpr ConvolutionTiles() : functions{} { fill<kConvolutionRows>(); }

  template <int kRows>
  constexpr void fill() {
    if constexpr (kRows > 0) {
      functions[1][kRows] = convolve_tile<T, kRows, 1>;
      functions[2][kRows] = convolve_tile<T, kRows, 2>;
      functions[3][kRows] = convolve_tile<T, kRows, 3>;
      fill<kRows - 1>();
    }
  }
};

template <class T>
inline constexpr ConvolutionTiles<T> kConvolutionTiles{};

NABLA_END_ISA
