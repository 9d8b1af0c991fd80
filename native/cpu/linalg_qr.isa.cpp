// qr: input A [..., M, N]; outputs Q [..., M, K], R [..., K, N] with K = min(M, N), or M in mode "complete". Attribute [with Q]:
// without it Q is [..., 0, 0]. Householder's reflections (Golub and Van Loan, Matrix Computations, 5.2) with LAPACK's signs.
//
// The matrix lies transposed in scratch memory, so that every column and every reflection is a row. A block of reflections
// goes over each later column while that column is in the first cache.
#include "cpu/linalg_qr.h"

#include "cpu/linalg_matrix.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** Columns whose reflections go over the rest of the matrix together. */
constexpr int64_t kQrBlock = 16;

}  // namespace

void householder_qr(int64_t rows, int64_t count, double* columns, double* taus, double* upper) {
  const int64_t rank = smaller(rows, count);
  for (int64_t start = 0; start < count && !interrupted(); start += kQrBlock) {
    const int64_t end = smaller(count, start + kQrBlock);
    for (int64_t j = start; j < end; ++j) {
      double* column = columns + j * rows;
      for (int64_t k = start; k < smaller(j, rank); ++k) reflect(column + k, columns + k * rows + k, taus[k], rows - k);
      if (j >= rank) continue;
      const Reflection made = make_reflection(column + j, rows - j);
      taus[j] = made.tau;
      upper[j * count + j] = made.beta;
    }
    // The reflections of this block, applied to every later column.
    const int64_t known = smaller(end, rank);
    share_rows(count - end, rows * kQrBlock, [&](int64_t first, int64_t last) {
      for (int64_t j = end + first; j < end + last; ++j) {
        for (int64_t k = start; k < known; ++k) reflect(columns + j * rows + k, columns + k * rows + k, taus[k], rows - k);
      }
    });
  }
  for (int64_t i = 0; i < rank; ++i) {
    for (int64_t j = 0; j < count; ++j) {
      if (j != i) upper[i * count + j] = j < i ? 0 : columns[j * rows + i];
    }
  }
}

void multiply_by_q(int64_t rows, int64_t reflections, const double* columns, const double* taus, double* vectors, int64_t count) {
  apply_reflections(vectors, count, rows, columns, rows, taus, 0, [&](int64_t) { return reflections; });
}

namespace {

template <class T>
void qr(const OpCall& call) {
  const Operand& input = call.input(0);
  const Operand& q = call.output(0);
  const Operand& r = call.output(1);
  const bool with_q = call.attributes[0] != 0;
  const int64_t rows = rows_of(input), count = columns_of(input), rank = smaller(rows, count);
  const int64_t q_columns = with_q ? columns_of(q) : 0, r_rows = rows_of(r);
  const double work = 2.0 * static_cast<double>(rows) * static_cast<double>(count) * static_cast<double>(rank);
  each_matrix(batch_count(input, 2), work, [&](int64_t batch) {
    Scratch scratch(Scratch::rounded(rows * count) + Scratch::rounded(rank) + Scratch::rounded(r_rows * count) + rows * q_columns);
    double* columns = scratch.take(rows * count);
    double* taus = scratch.take(rank);
    double* upper = scratch.take(r_rows * count);
    double* vectors = scratch.take(rows * q_columns);
    load_transposed<T>(input, batch, columns);
    for (int64_t i = rank * count; i < r_rows * count; ++i) upper[i] = 0;
    householder_qr(rows, count, columns, taus, upper);
    store_matrix<T>(upper, count, r, batch);
    if (!with_q) return;
    for (int64_t i = 0; i < rows * q_columns; ++i) vectors[i] = 0;
    for (int64_t j = 0; j < q_columns; ++j) vectors[j * rows + j] = 1;
    // Reflections after the j-th leave the j-th unit vector alone.
    apply_reflections(vectors, q_columns, rows, columns, rows, taus, 0, [&](int64_t j) { return smaller(rank, j + 1); });
    store_transposed<T>(vectors, rows, q, batch);
  });
}

}  // namespace

void register_linalg_qr(KernelTable& table) {
  table.set("qr", DType::Float32, qr<float>);
  table.set("qr", DType::Float64, qr<double>);
}

NABLA_END_ISA
