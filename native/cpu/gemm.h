// Matrix multiplication C = A B for float32, float64 and int32, with any strides of A and B.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

/** Element (i, j) lies at data[i * row_stride + j * column_stride]. */
template <class T>
struct Matrix {
  T* data;
  int64_t row_stride;
  int64_t column_stride;
};

/** What happens to a finished sum beside being stored. */
template <class T>
struct Finish {
  /** Null, or one number a column that is added to the sum. */
  const T* bias = nullptr;
  /** The sum is added to what C holds. */
  bool accumulate = false;
};

/**
 * C (rows x columns) = A (rows x depth) B (depth x columns). C's column stride must be 1. C is replaced, unless `finish`
 * says otherwise, and must not overlap A or B. The order in which products are summed depends on the sizes, strides and instruction set alone.
 * Returns false when interrupted; C is then unfinished.
 */
template <class T>
bool gemm(int64_t rows, int64_t columns, int64_t depth, Matrix<const T> a, Matrix<const T> b, Matrix<T> c,
          Finish<T> finish = {});

extern template bool gemm<float>(int64_t, int64_t, int64_t, Matrix<const float>, Matrix<const float>, Matrix<float>,
                                 Finish<float>);
extern template bool gemm<double>(int64_t, int64_t, int64_t, Matrix<const double>, Matrix<const double>, Matrix<double>,
                                  Finish<double>);
template <>
bool gemm<int32_t>(int64_t, int64_t, int64_t, Matrix<const int32_t>, Matrix<const int32_t>, Matrix<int32_t>, Finish<int32_t>);

NABLA_END_ISA
