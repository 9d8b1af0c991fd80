// The innermost loop of matrix multiplication: one tile of C held in registers while A and B stream past.
//
// A tile is up to kTileRows rows by two vectors of columns. Each step of the depth loads two vectors of B, broadcasts one
// number of A per row, and does one fused multiply-add per row and vector; the tile is as large as the registers
// allow, so that loads hide behind arithmetic. (Van Zee and van de Geijn, "BLIS", ACM TOMS 41, 2015; the shape 12 x 32
// for AVX-512 was measured against 14 x 32, 8 x 48 and 6 x 64.) There is one function for every number of rows, so edges
// cost what they compute. Only the last vector of a tile may be partial.
#pragma once

#include "cpu/simd.h"

NABLA_BEGIN_ISA

#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int kTileRows = 12;  // 24 sums + 2 of B + 1 of A in 32 registers
#else
inline constexpr int kTileRows = 6;  // 12 sums + 2 of B + 1 of A in 16 registers
#endif

template <class T>
inline constexpr int kTileColumns = 2 * kLanes<T>;

/** Where the tile's operands lie. Strides count elements. */
template <class T>
struct TileCall {
  int64_t depth;
  const T* a;
  int64_t a_row_stride;
  int64_t a_depth_stride;
  const T* b;
  int64_t b_depth_stride;
  T* c;
  int64_t c_row_stride;
  /** Columns of the tile's last vector that belong to C. */
  int last_width;
  /** Add to what C holds (a later block of the depth) instead of replacing it. */
  bool accumulate;
  /** Null, or a number for each of the tile's columns, added to the finished sum. */
  const T* bias = nullptr;
};

template <class T, int kRows, int kVectors, bool kPacked>
void multiply_tile(const TileCall<T>& call) {
  constexpr int kWidth = kLanes<T>;
  Vector<T> sums[kRows][kVectors];
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) sums[i][j] = Vector<T>{};
  }

  const int64_t row_stride = kPacked ? 1 : call.a_row_stride;
  const int64_t a_step = kPacked ? kRows : call.a_depth_stride;
  const int64_t b_step = call.b_depth_stride;
  const T* b = call.b;
  // Rows are addressed as base, base + stride, base + 2 * stride: three rows per base pointer need no further register.
  constexpr int kBases = kPacked ? 1 : (kRows + 2) / 3;
  const T* a[kBases];
  NABLA_UNROLL
  for (int g = 0; g < kBases; ++g) a[g] = call.a + 3 * g * row_stride;

  // What will be read or written at the end comes closer while the sums are made.
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) __builtin_prefetch(call.c + i * call.c_row_stride + j * kWidth, 1);
  }

  for (int64_t k = call.depth; k > 0; --k) {
    Vector<T> columns[kVectors];
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) columns[j] = load(b + j * kWidth);
    if constexpr (kPacked) __builtin_prefetch(b + 8 * b_step);
    NABLA_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vector<T> row = splat(kPacked ? a[0][i] : a[i / 3][(i % 3) * row_stride]);
      NABLA_UNROLL
      for (int j = 0; j < kVectors; ++j) sums[i][j] = fused_multiply_add(row, columns[j], sums[i][j]);
    }
    b += b_step;
    NABLA_UNROLL
    for (int g = 0; g < kBases; ++g) a[g] += a_step;
  }

  if (call.accumulate) {
    NABLA_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const T* c = call.c + i * call.c_row_stride;
      NABLA_UNROLL
      for (int j = 0; j < kVectors; ++j) {
        const bool whole = j + 1 < kVectors || call.last_width == kWidth;
        sums[i][j] = (whole ? load(c + j * kWidth) : load_part(c + j * kWidth, call.last_width)) + sums[i][j];
      }
    }
  }
  if (call.bias != nullptr) {
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      const bool whole = j + 1 < kVectors || call.last_width == kWidth;
      const Vector<T> bias = whole ? load(call.bias + j * kWidth) : load_part(call.bias + j * kWidth, call.last_width);
      NABLA_UNROLL
      for (int i = 0; i < kRows; ++i) sums[i][j] = sums[i][j] + bias;
    }
  }
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    T* c = call.c + i * call.c_row_stride;
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      if (j + 1 < kVectors || call.last_width == kWidth) store(c + j * kWidth, sums[i][j]);
      else store_part(c + j * kWidth, sums[i][j], call.last_width);
    }
  }
}

template <class T>
using TileFunction = void (*)(const TileCall<T>&);

template <class T, bool kPacked>
struct TileTable {
  TileFunction<T> functions[2][kTileRows + 1];

  constexpr TileTable() : functions{} { fill<kTileRows>(); }

  template <int kRows>
  constexpr void fill() {
    if constexpr (kRows > 0) {
      functions[0][kRows] = multiply_tile<T, kRows, 1, kPacked>;
      functions[1][kRows] = multiply_tile<T, kRows, 2, kPacked>;
      fill<kRows - 1>();
    }
  }
};

/** The function for a number of rows (second index, 1 to kTileRows) and of vectors (first index, 0 for one, 1 for two). */
template <class T, bool kPacked>
inline constexpr TileTable<T, kPacked> kTiles{};

NABLA_END_ISA
