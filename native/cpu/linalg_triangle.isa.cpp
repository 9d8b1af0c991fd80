// Products subtracted and triangular systems in blocks (Golub and Van Loan, Matrix Computations, 3.1 and 3.2), and the kernel
// of solveTriangular: inputs T [..., N, N], B [..., N, K], of one batch shape (stride 0 where one is repeated); output [..., N,
// K]. Attributes [upper, unit diagonal]. A zero on the diagonal gives infinities and NaN, as in PyTorch.
#include "cpu/linalg_triangle.h"

#include "cpu/linalg_matrix.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** Four rows of c at once, two vectors wide: eight sums in registers. */
NABLA_INLINE void four_rows(int64_t columns, int64_t depth, const double* a, int64_t a_stride, const double* b, int64_t b_stride,
                            double* c, int64_t c_stride) {
  int64_t j = 0;
  for (; j + 2 * kDoubles <= columns; j += 2 * kDoubles) {
    Vector<double> sums[4][2];
    NABLA_UNROLL
    for (int r = 0; r < 4; ++r) {
      sums[r][0] = load(c + r * c_stride + j);
      sums[r][1] = load(c + r * c_stride + j + kDoubles);
    }
    for (int64_t p = 0; p < depth; ++p) {
      const Vector<double> left = load(b + p * b_stride + j), right = load(b + p * b_stride + j + kDoubles);
      NABLA_UNROLL
      for (int r = 0; r < 4; ++r) {
        const Vector<double> factor = splat<double>(-a[r * a_stride + p]);
        sums[r][0] = fused_multiply_add(factor, left, sums[r][0]);
        sums[r][1] = fused_multiply_add(factor, right, sums[r][1]);
      }
    }
    NABLA_UNROLL
    for (int r = 0; r < 4; ++r) {
      store(c + r * c_stride + j, sums[r][0]);
      store(c + r * c_stride + j + kDoubles, sums[r][1]);
    }
  }
  if (j == columns) return;
  for (int64_t r = 0; r < 4; ++r) {
    for (int64_t p = 0; p < depth; ++p) add_multiple(c + r * c_stride + j, -a[r * a_stride + p], b + p * b_stride + j, columns - j);
  }
}

}  // namespace

void subtract_product(int64_t rows, int64_t columns, int64_t depth, const double* a, int64_t a_stride, const double* b,
                      int64_t b_stride, double* c, int64_t c_stride) {
  if (rows <= 0 || columns <= 0 || depth <= 0) return;
  share_rows(divide_up(rows, 4), 4 * columns * divide_up(depth, 4), [&](int64_t begin, int64_t end) {
    for (int64_t i = 4 * begin; i < smaller(4 * end, rows); i += 4) {
      if (i + 4 <= rows) {
        four_rows(columns, depth, a + i * a_stride, a_stride, b, b_stride, c + i * c_stride, c_stride);
        continue;
      }
      for (int64_t r = i; r < rows; ++r) {
        for (int64_t p = 0; p < depth; ++p) add_multiple(c + r * c_stride, -a[r * a_stride + p], b + p * b_stride, columns);
      }
    }
  });
}

void solve_lower(int64_t size, int64_t columns, const double* t, int64_t t_stride, bool unit_diagonal, double* b, int64_t b_stride) {
  for (int64_t start = 0; start < size; start += kBlock) {
    const int64_t end = smaller(size, start + kBlock);
    for (int64_t i = start; i < end; ++i) {
      double* row = b + i * b_stride;
      for (int64_t p = start; p < i; ++p) add_multiple(row, -t[i * t_stride + p], b + p * b_stride, columns);
      if (unit_diagonal) continue;
      for (int64_t j = 0; j < columns; ++j) row[j] /= t[i * t_stride + i];
    }
    subtract_product(size - end, columns, end - start, t + end * t_stride + start, t_stride, b + start * b_stride, b_stride,
                     b + end * b_stride, b_stride);
  }
}

void solve_upper(int64_t size, int64_t columns, const double* t, int64_t t_stride, bool unit_diagonal, double* b, int64_t b_stride) {
  for (int64_t end = size; end > 0; end -= kBlock) {
    const int64_t start = larger(0, end - kBlock);
    for (int64_t i = end - 1; i >= start; --i) {
      double* row = b + i * b_stride;
      for (int64_t p = i + 1; p < end; ++p) add_multiple(row, -t[i * t_stride + p], b + p * b_stride, columns);
      if (unit_diagonal) continue;
      for (int64_t j = 0; j < columns; ++j) row[j] /= t[i * t_stride + i];
    }
    subtract_product(start, columns, end - start, t + start, t_stride, b + start * b_stride, b_stride, b, b_stride);
  }
}

namespace {

template <class T>
void solve_triangular(const OpCall& call) {
  const Operand& triangle = call.input(0);
  const Operand& right = call.input(1);
  const Operand& result = call.output(0);
  const bool upper = call.attributes[0] != 0, unit = call.attributes[1] != 0;
  const int64_t size = rows_of(result), columns = columns_of(result);
  if (size == 0 || columns == 0) return;
  const double work = static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(columns);
  each_matrix(batch_count(result, 2), work, [&](int64_t batch) {
    Scratch scratch(Scratch::rounded(size * size) + size * columns);
    double* t = scratch.take(size * size);
    double* b = scratch.take(size * columns);
    load_matrix<T>(triangle, batch, t);
    load_matrix<T>(right, batch, b);
    (upper ? solve_upper : solve_lower)(size, columns, t, size, unit, b, columns);
    store_matrix<T>(b, columns, result, batch);
  });
}

}  // namespace

void register_linalg_triangle(KernelTable& table) {
  table.set("solveTriangular", DType::Float32, solve_triangular<float>);
  table.set("solveTriangular", DType::Float64, solve_triangular<double>);
}

NABLA_END_ISA
