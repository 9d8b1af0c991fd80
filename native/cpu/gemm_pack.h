// Packing: blocks of A and B copied into the order in which a tile reads them.
//
// A's block becomes tiles of rows, each [depth][rows of the tile]; B's block becomes panels of kTileColumns columns,
// each [depth][kTileColumns], the last filled up with zeros. A transposed operand is packed like any other, so it is
// never copied into a matrix of its own.
#pragma once

#include "cpu/gemm.h"
#include "cpu/gemm_tile.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Transposes 4 x 4 numbers: to[j * to_stride + i] = from[i * from_stride + j]. */
NABLA_INLINE void transpose_square(const float* from, int64_t from_stride, float* to, int64_t to_stride) {
  typedef float Four __attribute__((vector_size(16)));
  typedef int32_t Order __attribute__((vector_size(16)));
  Four r[4];
  for (int i = 0; i < 4; ++i) __builtin_memcpy(&r[i], from + i * from_stride, 16);
#if defined(__clang__)
#define NABLA_SHUFFLE(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d)
#else
#define NABLA_SHUFFLE(x, y, a, b, c, d) __builtin_shuffle(x, y, (Order{a, b, c, d}))
#endif
  const Four low01 = NABLA_SHUFFLE(r[0], r[1], 0, 4, 1, 5), high01 = NABLA_SHUFFLE(r[0], r[1], 2, 6, 3, 7);
  const Four low23 = NABLA_SHUFFLE(r[2], r[3], 0, 4, 1, 5), high23 = NABLA_SHUFFLE(r[2], r[3], 2, 6, 3, 7);
  r[0] = NABLA_SHUFFLE(low01, low23, 0, 1, 4, 5);
  r[1] = NABLA_SHUFFLE(low01, low23, 2, 3, 6, 7);
  r[2] = NABLA_SHUFFLE(high01, high23, 0, 1, 4, 5);
  r[3] = NABLA_SHUFFLE(high01, high23, 2, 3, 6, 7);
#undef NABLA_SHUFFLE
  for (int j = 0; j < 4; ++j) __builtin_memcpy(to + j * to_stride, &r[j], 16);
}

NABLA_INLINE void transpose_square(const double* from, int64_t from_stride, double* to, int64_t to_stride) {
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) to[j * to_stride + i] = from[i * from_stride + j];
  }
}

/** Copies `lines` x `length` numbers, to[k * to_stride + i] = from[i * line_stride + k * stride]. */
template <class T>
void pack_lines(int64_t lines, int64_t length, const T* from, int64_t line_stride, int64_t stride, T* to, int64_t to_stride) {
  if (line_stride == 1) {
    for (int64_t k = 0; k < length; ++k) {
      for (int64_t i = 0; i < lines; ++i) to[k * to_stride + i] = from[k * stride + i];
    }
    return;
  }
  int64_t i = 0;
  if (stride == 1) {
    for (; i + 4 <= lines; i += 4) {
      int64_t k = 0;
      for (; k + 4 <= length; k += 4) {
        transpose_square(from + i * line_stride + k, line_stride, to + k * to_stride + i, to_stride);
      }
      for (; k < length; ++k) {
        for (int q = 0; q < 4; ++q) to[k * to_stride + i + q] = from[(i + q) * line_stride + k];
      }
    }
  }
  for (; i < lines; ++i) {
    for (int64_t k = 0; k < length; ++k) to[k * to_stride + i] = from[i * line_stride + k * stride];
  }
}

/** One tile of A: [depth][rows]. */
template <class T>
void pack_tile(int64_t rows, int64_t depth, Matrix<const T> a, T* to) {
  pack_lines(rows, depth, a.data, a.row_stride, a.column_stride, to, rows);
}

/** One panel of B: [depth][kTileColumns], zeros beyond `columns`. */
template <class T>
void pack_panel(int64_t depth, int64_t columns, Matrix<const T> b, T* to) {
  constexpr int kWidth = kLanes<T>;
  if (columns == kTileColumns<T> && b.column_stride == 1) {
    for (int64_t k = 0; k < depth; ++k) {
      const T* from = b.data + k * b.row_stride;
      store(to + k * kTileColumns<T>, load(from));
      store(to + k * kTileColumns<T> + kWidth, load(from + kWidth));
    }
    return;
  }
  pack_lines(columns, depth, b.data, b.column_stride, b.row_stride, to, kTileColumns<T>);
  if (columns == kTileColumns<T>) return;
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t j = columns; j < kTileColumns<T>; ++j) to[k * kTileColumns<T> + j] = 0;
  }
}

NABLA_END_ISA
