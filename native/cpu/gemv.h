// Products of a matrix and a vector: memory-bound, so the matrix is read once, in the order in which it lies.
#pragma once

#include "core/thread_pool.h"
#include "cpu/gemm.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Sums the lanes of a vector in a fixed tree order. */
template <class T>
NABLA_INLINE T sum_lanes(Vector<T> v) {
  T lanes[kLanes<T>];
  store(lanes, v);
  NABLA_UNROLL
  for (int half = kLanes<T> / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

/** Rows of the matrix lie contiguously: `kRows` scalar products at once, each in two interleaved sums. */
template <class T, int kRows>
NABLA_INLINE void multiply_rows(int64_t depth, const T* matrix, int64_t row_stride, const T* x, T* y, int64_t y_stride) {
  constexpr int kWidth = kLanes<T>;
  Vector<T> even[kRows], odd[kRows];
  for (int i = 0; i < kRows; ++i) even[i] = odd[i] = Vector<T>{};
  int64_t k = 0;
  for (; k + 2 * kWidth <= depth; k += 2 * kWidth) {
    const Vector<T> x_even = load(x + k), x_odd = load(x + k + kWidth);
    NABLA_UNROLL
    for (int i = 0; i < kRows; ++i) {
      even[i] = fused_multiply_add(load(matrix + i * row_stride + k), x_even, even[i]);
      odd[i] = fused_multiply_add(load(matrix + i * row_stride + k + kWidth), x_odd, odd[i]);
    }
  }
  for (; k < depth; k += kWidth) {
    const int count = static_cast<int>(smaller(kWidth, depth - k));
    const Vector<T> x_part = load_part(x + k, count);
    for (int i = 0; i < kRows; ++i) {
      even[i] = fused_multiply_add(load_part(matrix + i * row_stride + k, count), x_part, even[i]);
    }
  }
  for (int i = 0; i < kRows; ++i) y[i * y_stride] = sum_lanes<T>(even[i] + odd[i]);
}

/** Columns of the matrix lie contiguously: `kVectors` vectors of outputs kept in registers. */
template <class T, int kVectors>
NABLA_INLINE void multiply_columns(int64_t depth, const T* matrix, int64_t column_stride, const T* x, int64_t x_stride, T* y) {
  Vector<T> sums[kVectors];
  for (int j = 0; j < kVectors; ++j) sums[j] = Vector<T>{};
  for (int64_t k = 0; k < depth; ++k) {
    const Vector<T> factor = splat(x[k * x_stride]);
    NABLA_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      sums[j] = fused_multiply_add(load(matrix + k * column_stride + j * kLanes<T>), factor, sums[j]);
    }
  }
  for (int j = 0; j < kVectors; ++j) store(y + j * kLanes<T>, sums[j]);
}

template <class T>
NABLA_INLINE void multiply_columns_part(int64_t depth, const T* matrix, int64_t column_stride, const T* x, int64_t x_stride,
                                        T* y, int count) {
  Vector<T> sum{};
  for (int64_t k = 0; k < depth; ++k) {
    sum = fused_multiply_add(load_part(matrix + k * column_stride, count), splat(x[k * x_stride]), sum);
  }
  store_part(y, sum, count);
}

/**
 * y = matrix x for a matrix (outputs x depth) whose rows or columns lie contiguously; sets `*done` to false, and does
 * nothing, for other strides. Returns false when interrupted.
 */
template <class T>
bool multiply_vector(int64_t outputs, int64_t depth, Matrix<const T> matrix, const T* x, int64_t x_stride, T* y,
                     int64_t y_stride, bool* done) {
  constexpr int64_t kPieceBytes = 1 << 18;
  const int64_t outputs_a_piece = larger(1, divide_up(kPieceBytes, depth * int64_t{sizeof(T)}));
  *done = true;
  if (matrix.column_stride == 1 && x_stride == 1) {
    const int64_t step = divide_up(outputs_a_piece, 4) * 4;
    return parallel_for(divide_up(outputs, step), [&](int64_t piece) {
      const int64_t end = smaller(outputs, (piece + 1) * step);
      int64_t i = piece * step;
      for (; i + 4 <= end; i += 4) {
        multiply_rows<T, 4>(depth, matrix.data + i * matrix.row_stride, matrix.row_stride, x, y + i * y_stride, y_stride);
      }
      for (; i < end; ++i) multiply_rows<T, 1>(depth, matrix.data + i * matrix.row_stride, 0, x, y + i * y_stride, 0);
    });
  }
  if (matrix.row_stride == 1 && y_stride == 1) {
    constexpr int64_t kWide = 8 * kLanes<T>;
    const int64_t step = divide_up(outputs_a_piece, kWide) * kWide;
    return parallel_for(divide_up(outputs, step), [&](int64_t piece) {
      const int64_t end = smaller(outputs, (piece + 1) * step);
      int64_t j = piece * step;
      const int64_t column_stride = matrix.column_stride;
      for (; j + kWide <= end; j += kWide) {
        multiply_columns<T, 8>(depth, matrix.data + j, column_stride, x, x_stride, y + j);
      }
      for (; j + kLanes<T> <= end; j += kLanes<T>) {
        multiply_columns<T, 1>(depth, matrix.data + j, column_stride, x, x_stride, y + j);
      }
      if (j < end) {
        multiply_columns_part<T>(depth, matrix.data + j, column_stride, x, x_stride, y + j, static_cast<int>(end - j));
      }
    });
  }
  *done = false;
  return true;
}

NABLA_END_ISA
