// What the host tells the kernels of linear algebra. They compute in float64 on matrices in scratch memory, whatever the type of the
// tensors, as the CPU's do (cpu/linalg_matrix.h).
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** Rows and columns that are factored, or solved for, at a time. */
inline constexpr int kMatrixBlock = 32;

/** Matrices in scratch memory: strides in elements from row to row, from column to column, from matrix to matrix. */
struct Matrices {
  double* data;
  int64_t row, column, batch;

  /** The same matrices without their first rows and columns. */
  Matrices from(int64_t first_row, int64_t first_column) const { return {data + first_row * row + first_column * column, row, column, batch}; }
  Matrices transposed() const { return {data, column, row, batch}; }
};

/** c -= a b, of c all or the lower triangle and some of the rest. */
struct SubtractionParameters {
  Matrices a, b, c;
  int64_t rows, columns, depth, batches;
  int32_t lower;
};

/** T x = b for a triangle of at most kMatrixBlock rows, which begins where `t` does. */
struct TriangleParameters {
  Matrices t, b;
  int32_t size, upper, unit;
  int64_t columns, batches;
};

/** Matrices that are written whole, or in the triangle above the diagonal alone. */
struct PatternParameters {
  Matrices to;
  int64_t rows, columns, batches;
};

/** The block of a square matrix that begins on its diagonal at `start`. `info` has a number for each matrix. */
struct FactorParameters {
  Matrices a;
  int64_t size, start, batches;
  int32_t* info;
  /** Of LU: for each matrix the rows that rows 0, 1, ... were exchanged with, one after the other. */
  int32_t* pivots;
};

/** Rows exchanged as pivots from `first` to `last` say, in the columns outside of those from `skip` to `skip_end`. */
struct ExchangeParameters {
  Matrices b;
  int64_t size, columns, first, last, skip, skip_end, batches;
  const int32_t* pivots;
};

/** Signs and logarithms of determinants, or (`logarithms` null) determinants, from LU. */
struct DeterminantParameters {
  Matrices a;
  int64_t size, batches;
  const int32_t* pivots;
  void *values, *logarithms;
};

/**
 * Reflections I - tau v v', found in columns `start` to `end` of matrices that have `rows` rows. Reflection k has its v in column k
 * from row k on, where 1 is first; what stood there goes to `betas`. Both lists have `count` numbers a matrix.
 */
struct PanelParameters {
  Matrices a;
  int64_t rows, start, end, count, batches;
  double *taus, *betas;
};

/**
 * Reflections `first` to `last` carried out on `count` vectors, columns of matrices, forwards or backwards. Element i of reflection k
 * is in row i of column k, from row k + shift on. With `growing`, vector j is left alone by reflections after number j - shift.
 */
struct ReflectionParameters {
  Matrices reflections, vectors;
  const double* taus;
  int64_t taus_batch, length, shift, first, last, count, batches;
  int32_t forwards, growing;
};

/** R of Q R, `rows` x `columns`, from what is left of the matrices. */
struct UpperParameters {
  Matrices a, upper;
  const double* betas;
  int64_t rows, columns, rank, batches;
};

}  // namespace nabla::cuda
