// Batches of matrices for the decompositions: reading one into scratch memory, writing one back, and sharing a batch.
//
// All decompositions compute in double precision, whatever the type of the tensor: a float32 matrix is widened when it is
// read, so that its result is the exact one rounded, and a few algorithms serve both types. Input may have any strides;
// outputs are contiguous.
#pragma once

#include "core/op_call.h"
#include "core/thread_pool.h"
#include "cpu/simd.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

/** Where matrix (or vector) number `batch` begins; the last `trailing` dimensions are those of one matrix. */
inline int64_t batch_offset(const Operand& operand, int trailing, int64_t batch) {
  int64_t offset = 0;
  for (int d = operand.rank - trailing - 1; d >= 0; --d) {
    offset += batch % operand.sizes[d] * operand.strides[d];
    batch /= operand.sizes[d];
  }
  return offset;
}

/** How many matrices a batch holds. */
inline int64_t batch_count(const Operand& operand, int trailing) {
  int64_t count = 1;
  for (int d = 0; d < operand.rank - trailing; ++d) count *= operand.sizes[d];
  return count;
}

inline int64_t rows_of(const Operand& operand) { return operand.sizes[operand.rank - 2]; }
inline int64_t columns_of(const Operand& operand) { return operand.sizes[operand.rank - 1]; }

/** Copies one matrix into row-major doubles. */
template <class T>
void load_matrix(const Operand& operand, int64_t batch, double* to) {
  const int64_t rows = rows_of(operand), columns = columns_of(operand);
  const int64_t row_stride = operand.strides[operand.rank - 2], column_stride = operand.strides[operand.rank - 1];
  const T* from = operand.as<T>() + batch_offset(operand, 2, batch);
  for (int64_t i = 0; i < rows; ++i, to += columns) {
    const T* row = from + i * row_stride;
    for (int64_t j = 0; j < columns; ++j) to[j] = static_cast<double>(row[j * column_stride]);
  }
}

/** Copies the transpose of one matrix into row-major doubles. */
template <class T>
void load_transposed(const Operand& operand, int64_t batch, double* to) {
  Operand turned = operand;
  const int row = operand.rank - 2, column = operand.rank - 1;
  turned.sizes[row] = operand.sizes[column];
  turned.sizes[column] = operand.sizes[row];
  turned.strides[row] = operand.strides[column];
  turned.strides[column] = operand.strides[row];
  load_matrix<T>(turned, batch, to);
}

/** Copies row-major doubles, `stride` apart from row to row, into one matrix of a contiguous output. */
template <class T>
void store_matrix(const double* from, int64_t stride, const Operand& operand, int64_t batch) {
  const int64_t rows = rows_of(operand), columns = columns_of(operand);
  T* to = operand.as<T>() + batch * rows * columns;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) to[i * columns + j] = static_cast<T>(from[i * stride + j]);
  }
}

/** As `store_matrix`, of the transpose of what lies at `from`. */
template <class T>
void store_transposed(const double* from, int64_t stride, const Operand& operand, int64_t batch) {
  const int64_t rows = rows_of(operand), columns = columns_of(operand);
  T* to = operand.as<T>() + batch * rows * columns;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) to[i * columns + j] = static_cast<T>(from[j * stride + i]);
  }
}

/** Copies a vector into row `batch` of a contiguous output. */
template <class T>
void store_vector(const double* from, const Operand& operand, int64_t batch) {
  const int64_t count = operand.sizes[operand.rank - 1];
  T* to = operand.as<T>() + batch * count;
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(from[i]);
}

/** Doubles of scratch memory, handed out one piece after the other, each on a cache line of its own. */
class Scratch {
 public:
  static int64_t rounded(int64_t count) { return (count + 7) / 8 * 8; }

  explicit Scratch(int64_t count) : next_(static_cast<double*>(workspace(static_cast<size_t>(count + 8) * sizeof(double)))) {}

  double* take(int64_t count) {
    double* taken = next_;
    next_ += rounded(count);
    return taken;
  }

 private:
  double* next_;
};

/** Runs `body(batch)` for each matrix; matrices of `work` multiplications are shared among threads in pieces of enough work. */
template <class Body>
void each_matrix(int64_t batches, double work, Body&& body) {
  constexpr double kPieceWork = 1 << 17;
  const int64_t size = work >= kPieceWork ? 1 : static_cast<int64_t>(kPieceWork / (work + 1)) + 1;
  if (batches <= size) {
    // Not from inside a piece, so that a single large matrix can share its own work.
    for (int64_t batch = 0; batch < batches && !interrupted(); ++batch) body(batch);
    return;
  }
  parallel_for(divide_up(batches, size), [&](int64_t piece) {
    for (int64_t batch = piece * size; batch < smaller(batches, (piece + 1) * size); ++batch) body(batch);
  });
}

NABLA_END_ISA
