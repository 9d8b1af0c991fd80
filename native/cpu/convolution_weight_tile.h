// The innermost loop of a kernel's gradient: some maps by some vectors of (tap, channel), summed over the pixels of a band.
//
// The image lies with its channels innermost, so a vector is channels of one tap, or of neighbouring taps; the map is read
// number by number as it lies. Sums stay in registers for the whole band.
#pragma once

#include "cpu/convolution_tile.h"

NABLA_BEGIN_ISA

template <class T>
struct WeightTile {
  /** Pixels of the map. */
  int64_t rows, columns;
  const T* map;
  /** From one map to the next; pixels of a map lie gapless. */
  int64_t map_stride;
  const T* image;
  /** From a pixel of the map to the next, across and down. */
  int64_t column_step, row_step;
  /** Where each vector lies, seen from the first pixel. */
  const int64_t* offsets;
  T* sums;
  int64_t sums_stride;
};

template <class T, int kRows, int kVectors>
void add_weight_tile(const WeightTile<T>& call) {
  Vector<T> sums[kRows][kVectors];
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) sums[i][j] = Vector<T>{};
  }
  // Maps are addressed as base, base + stride, base + 2 * stride: three of them per register.
  constexpr int kBases = (kRows + 2) / 3;
  const int64_t stride = call.map_stride;
  const T* map[kBases];
  NABLA_UNROLL
  for (int g = 0; g < kBases; ++g) map[g] = call.map + 3 * g * stride;
  const int64_t step = call.column_step;
  for (int64_t y = 0; y < call.rows; ++y) {
    const T* at[kVectors];
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) at[j] = call.image + y * call.row_step + call.offsets[j];
    for (int64_t x = call.columns; x > 0; --x) {
      Vector<T> channels[kVectors];
      NABLA_UNROLL
      for (int j = 0; j < kVectors; ++j) {
        channels[j] = load(at[j]);
        at[j] += step;
      }
      NABLA_UNROLL
      for (int i = 0; i < kRows; ++i) {
        const Vector<T> number = splat(map[i / 3][(i % 3) * stride]);
        NABLA_UNROLL
        for (int j = 0; j < kVectors; ++j) sums[i][j] = fused_multiply_add(number, channels[j], sums[i][j]);
      }
      NABLA_UNROLL
      for (int g = 0; g < kBases; ++g) ++map[g];
    }
  }
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      T* to = call.sums + i * call.sums_stride + j * kLanes<T>;
      store(to, load(to) + sums[i][j]);
    }
  }
}

/** The function for each number of maps (second index, from 1) and of vectors (first index, from 1). */
template <class T>
struct WeightTiles {
  using Function = void (*)(const WeightTile<T>&);
  Function functions[kConvolutionVectors + 1][kConvolutionRows + 1];

  constexpr WeightTiles() : functions{} { fill<kConvolutionRows>(); }

  template <int kRows>
  constexpr void fill() {
    if constexpr (kRows > 0) {
      functions[1][kRows] = add_weight_tile<T, kRows, 1>;
      functions[2][kRows] = add_weight_tile<T, kRows, 2>;
      functions[3][kRows] = add_weight_tile<T, kRows, 3>;
      fill<kRows - 1>();
    }
  }
};

template <class T>
inline constexpr WeightTiles<T> kWeightTiles{};

NABLA_END_ISA
