// A square of numbers, as many as a vector has lanes in each direction, transposed in registers.
//
// In each of log2(lanes) steps, pairs of rows exchange halves, quarters, ... (Eklundh, "A Fast Computer Method for Matrix
// Transposing", IEEE Transactions on Computers 21, 1972).
#pragma once

#include <utility>

#include "cpu/simd.h"

NABLA_BEGIN_ISA

template <class T, int kStep, int... kLane>
NABLA_INLINE void exchange(Vector<T>& a, Vector<T>& b, std::integer_sequence<int, kLane...>) {
  constexpr int kWidth = kLanes<T>;
  const Vector<T> first = __builtin_shufflevector(a, b, ((kLane & kStep) == 0 ? kLane : kWidth + kLane - kStep)...);
  b = __builtin_shufflevector(a, b, ((kLane & kStep) == 0 ? kLane + kStep : kWidth + kLane)...);
  a = first;
}

template <class T, int kStep>
NABLA_INLINE void exchange_rows(Vector<T>* rows) {
  NABLA_UNROLL
  for (int i = 0; i < kLanes<T>; ++i) {
    if ((i & kStep) == 0) exchange<T, kStep>(rows[i], rows[i + kStep], std::make_integer_sequence<int, kLanes<T>>{});
  }
  if constexpr (kStep > 1) exchange_rows<T, kStep / 2>(rows);
}

/** Transposes `rows`, one vector a row, in place. */
template <class T>
NABLA_INLINE void transpose(Vector<T>* rows) {
  exchange_rows<T, kLanes<T> / 2>(rows);
}

/** to[j * to_stride + i] = from[i * from_stride + j] for `rows` x `columns` numbers. */
template <class T>
void transpose_matrix(int64_t rows, int64_t columns, const T* from, int64_t from_stride, T* to, int64_t to_stride) {
  constexpr int kWidth = kLanes<T>;
  if (rows < kWidth / 4) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) to[j * to_stride + i] = from[i * from_stride + j];
    }
    return;
  }
  for (int64_t i = 0; i < rows; i += kWidth) {
    const int height = static_cast<int>(smaller(kWidth, rows - i));
    for (int64_t j = 0; j < columns; j += kWidth) {
      const int width = static_cast<int>(smaller(kWidth, columns - j));
      Vector<T> square[kWidth];
      const T* corner = from + i * from_stride + j;
      for (int q = 0; q < kWidth; ++q) {
        const T* row = corner + (q < height ? q : height - 1) * from_stride;
        square[q] = width == kWidth ? load(row) : load_part(row, width);
      }
      transpose<T>(square);
      for (int q = 0; q < width; ++q) {
        T* row = to + (j + q) * to_stride + i;
        if (height == kWidth) store(row, square[q]);
        else store_part(row, square[q], height);
      }
    }
  }
}

NABLA_END_ISA
