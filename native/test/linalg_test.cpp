// Decompositions by what defines them: factors multiplied give the matrix again, on sizes round the blocks, batches, turned
// input, and matrices that have no such factors.
#include <algorithm>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** Sizes round a block of 32 and round the vectors of every instruction set. */
const int64_t kSizes[] = {1, 2, 3, 8, 9, 31, 32, 33, 50};

template <class T>
double tolerance() {
  return sizeof(T) == 4 ? 2e-4 : 1e-9;
}

/** One matrix in row-major order. */
struct Matrix {
  int64_t rows, columns;
  std::vector<double> values;

  Matrix(int64_t r, int64_t c) : rows(r), columns(c), values(static_cast<size_t>(r * c)) {}
  double& at(int64_t i, int64_t j) { return values[static_cast<size_t>(i * columns + j)]; }
  double at(int64_t i, int64_t j) const { return values[static_cast<size_t>(i * columns + j)]; }
};

/** Matrix number `batch` of a tensor. */
template <class T>
Matrix matrix_of(const Tensor<T>& tensor, int64_t batch = 0) {
  const size_t rank = tensor.sizes.size();
  Matrix m(tensor.sizes[rank - 2], tensor.sizes[rank - 1]);
  for (int64_t i = 0; i < m.rows * m.columns; ++i) m.values[static_cast<size_t>(i)] = static_cast<double>(tensor[batch * m.rows * m.columns + i]);
  return m;
}

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < b.columns; ++j)
      for (int64_t k = 0; k < a.columns; ++k) c.at(i, j) += a.at(i, k) * b.at(k, j);
  return c;
}

Matrix turned(const Matrix& a) {
  Matrix t(a.columns, a.rows);
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < a.columns; ++j) t.at(j, i) = a.at(i, j);
  return t;
}

Matrix identity(int64_t size) {
  Matrix m(size, size);
  for (int64_t i = 0; i < size; ++i) m.at(i, i) = 1;
  return m;
}

double furthest(const Matrix& a, const Matrix& b) {
  double worst = a.values.size() == b.values.size() ? 0 : 1e300;
  for (size_t i = 0; i < a.values.size(); ++i) {
    const double off = std::fabs(a.values[i] - b.values[i]);
    worst = off <= worst ? worst : (std::isnan(off) ? 1e300 : off);
  }
  return worst;
}

template <class T>
void expect_same(const Matrix& a, const Matrix& b, const std::string& what) {
  const double off = furthest(a, b);
  CHECK_MESSAGE(off <= tolerance<T>() * (1 + static_cast<double>(a.columns)), what + ", off by " + std::to_string(off));
}

template <class T>
Tensor<T> empty(const Sizes& sizes) {
  return arrange<T>(sizes, Arrangement::contiguous, T(7));
}

/** Random matrices with a multiple of the identity added. */
template <class T>
Tensor<T> matrices(const Sizes& sizes, Arrangement arrangement, double diagonal, uint32_t seed = 5) {
  Numbers numbers(seed);
  Tensor<T> a = arrange<T>(sizes, arrangement, T(99));
  const int64_t columns = sizes.back(), rows = sizes[sizes.size() - 2];
  for (int64_t i = 0; i < a.count(); ++i) a[i] = static_cast<T>(numbers.next() + (i / columns % rows == i % columns ? diagonal : 0));
  return a;
}

template <class T>
void check_linear_systems(Isa isa, int64_t n, Arrangement arrangement) {
  const std::string where = describe(isa, {n, n}, arrangement);
  Tensor<T> a = matrices<T>({2, n, n}, arrangement, 0.5 + static_cast<double>(n) / 4), b = matrices<T>({2, n, 3}, arrangement, 0, 6);
  Tensor<T> inverse = empty<T>({2, n, n}), x = empty<T>({2, n, 3}), determinant = empty<T>({2}), sign = empty<T>({2}), logarithm = empty<T>({2});
  std::vector<int32_t> info(2, 9);
  CHECK(run(isa, OpCode::inv, build_call({a.as_operand()}, {inverse.as_operand(), operand(info, {2})})));
  CHECK(run(isa, OpCode::solve, build_call({a.as_operand(), b.as_operand()}, {x.as_operand(), operand(info, {2})})));
  CHECK(run(isa, OpCode::det, build_call({a.as_operand()}, {determinant.as_operand()})));
  CHECK(run(isa, OpCode::slogdet, build_call({a.as_operand()}, {sign.as_operand(), logarithm.as_operand()})));
  CHECK(info[0] == 0 && info[1] == 0);
  for (int64_t i = 0; i < 2; ++i) {
    expect_same<T>(times(matrix_of(a, i), matrix_of(inverse, i)), identity(n), "inv " + where);
    expect_same<T>(times(matrix_of(a, i), matrix_of(x, i)), matrix_of(b, i), "solve " + where);
    const double again = static_cast<double>(sign[i]) * std::exp(static_cast<double>(logarithm[i]));
    if (n < 20) CHECK_MESSAGE(std::fabs(again / static_cast<double>(determinant[i]) - 1) < 100 * tolerance<T>(), "det " + where);
  }
}

template <class T>
void check_triangles(Isa isa, int64_t n, bool upper) {
  const std::string where = describe(isa, {n, n}, Arrangement::contiguous) + (upper ? " upper" : " lower");
  Tensor<T> t = matrices<T>({n, n}, Arrangement::contiguous, 0.5 + static_cast<double>(n) / 4), b = matrices<T>({n, 5}, Arrangement::transposed, 0, 7);
  Tensor<T> x = empty<T>({n, 5});
  Matrix triangle = matrix_of(t);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      if (i == j || (i < j) == upper) continue;
      triangle.at(i, j) = 0;
      // It must not be read.
      t[i * n + j] = std::numeric_limits<T>::quiet_NaN();
    }
  }
  CHECK(run(isa, OpCode::solveTriangular, build_call({t.as_operand(), b.as_operand()}, {x.as_operand()}, {upper ? 1.0 : 0.0, 0})));
  expect_same<T>(times(triangle, matrix_of(x)), matrix_of(b), "solveTriangular " + where);
}

template <class T>
void check_symmetric(Isa isa, int64_t n) {
  const std::string where = describe(isa, {n, n}, Arrangement::contiguous);
  Tensor<T> half = matrices<T>({n, n}, Arrangement::contiguous, 0.5 + static_cast<double>(n)), a = half;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) a[i * n + j] = (half[i * n + j] + half[j * n + i]) / 2;
  Tensor<T> lower = empty<T>({n, n}), values = empty<T>({n}), vectors = empty<T>({n, n});
  std::vector<int32_t> info(1, 9);
  CHECK(run(isa, OpCode::cholesky, build_call({a.as_operand()}, {lower.as_operand(), operand(info, {})})));
  CHECK(info[0] == 0);
  expect_same<T>(times(matrix_of(lower), turned(matrix_of(lower))), matrix_of(a), "cholesky " + where);
  CHECK(run(isa, OpCode::eigh, build_call({a.as_operand()}, {values.as_operand(), vectors.as_operand(), operand(info, {})}, {0})));
  CHECK(info[0] == 0 && std::is_sorted(values.memory.begin(), values.memory.end()));
  Matrix scaled = matrix_of(vectors);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) scaled.at(i, j) *= static_cast<double>(values[j]);
  expect_same<T>(times(scaled, turned(matrix_of(vectors))), matrix_of(a), "eigh " + where);
}

template <class T>
void check_rectangular(Isa isa, int64_t rows, int64_t columns, Arrangement arrangement) {
  const std::string where = describe(isa, {rows, columns}, arrangement);
  const int64_t less = std::min(rows, columns);
  Tensor<T> a = matrices<T>({rows, columns}, arrangement, 3), b = matrices<T>({rows, 2}, arrangement, 0, 8);
  Tensor<T> q = empty<T>({rows, less}), r = empty<T>({less, columns}), u = empty<T>({rows, less}), s = empty<T>({less}), vh = empty<T>({less, columns});
  Tensor<T> inverse = empty<T>({columns, rows}), x = empty<T>({columns, 2});
  std::vector<int32_t> info(1, 9), rank(1, -1);
  CHECK(run(isa, OpCode::qr, build_call({a.as_operand()}, {q.as_operand(), r.as_operand()}, {1})));
  expect_same<T>(times(matrix_of(q), matrix_of(r)), matrix_of(a), "qr " + where);
  expect_same<T>(times(turned(matrix_of(q)), matrix_of(q)), identity(less), "q'q " + where);
  CHECK(run(isa, OpCode::svd, build_call({a.as_operand()}, {u.as_operand(), s.as_operand(), vh.as_operand(), operand(info, {})}, {0})));
  Matrix scaled = matrix_of(u);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < less; ++j) scaled.at(i, j) *= static_cast<double>(s[j]);
  expect_same<T>(times(scaled, matrix_of(vh)), matrix_of(a), "svd " + where);
  CHECK(std::is_sorted(s.memory.rbegin(), s.memory.rend()));
  CHECK(run(isa, OpCode::pinv, build_call({a.as_operand()}, {inverse.as_operand(), operand(info, {})}, {0, 1e-6})));
  expect_same<T>(times(times(matrix_of(a), matrix_of(inverse)), matrix_of(a)), matrix_of(a), "pinv " + where);
  CHECK(run(isa, OpCode::lstsq, build_call({a.as_operand(), b.as_operand()}, {x.as_operand(), operand(rank, {}), s.as_operand(), operand(info, {})}, {0, 1e-6})));
  // What is left over is at right angles to every column.
  Matrix rest = times(matrix_of(a), matrix_of(x));
  for (size_t i = 0; i < rest.values.size(); ++i) rest.values[i] -= matrix_of(b).values[i];
  expect_same<T>(times(turned(matrix_of(a)), rest), Matrix(columns, 2), "lstsq " + where);
  CHECK(rank[0] == static_cast<int32_t>(less));
}

template <class T>
void check_eigenvectors(Isa isa, int64_t n) {
  Tensor<T> a = matrices<T>({n, n}, Arrangement::transposed, 0);
  Tensor<T> re = empty<T>({n}), im = empty<T>({n}), vre = empty<T>({n, n}), vim = empty<T>({n, n});
  std::vector<int32_t> info(1, 9);
  CHECK(run(isa, OpCode::eig, build_call({a.as_operand()}, {re.as_operand(), im.as_operand(), vre.as_operand(), vim.as_operand(), operand(info, {})})));
  CHECK(info[0] == 0);
  // A v = lambda v, real and imaginary parts apart.
  Matrix real = matrix_of(vre), imaginary = real;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      const double x = static_cast<double>(vre[i * n + j]), y = static_cast<double>(vim[i * n + j]);
      const double p = static_cast<double>(re[j]), q = static_cast<double>(im[j]);
      real.at(i, j) = p * x - q * y;
      imaginary.at(i, j) = p * y + q * x;
    }
  }
  const std::string where = describe(isa, {n, n}, Arrangement::transposed);
  expect_same<T>(times(matrix_of(a), matrix_of(vre)), real, "eig " + where);
  expect_same<T>(times(matrix_of(a), matrix_of(vim)), imaginary, "eig " + where);
}

TEST_THAT("inverses, solutions and determinants undo each matrix of a batch") {
  for (Isa isa : supported_isas()) {
    for (int64_t n : kSizes) {
      for (Arrangement arrangement : {Arrangement::contiguous, Arrangement::transposed, Arrangement::reversed_dimensions_with_gap}) {
        check_linear_systems<float>(isa, n, arrangement);
        check_linear_systems<double>(isa, n, arrangement);
      }
    }
  }
}

TEST_THAT("triangular systems are solved from their own triangle alone") {
  for (Isa isa : supported_isas()) {
    for (int64_t n : kSizes) {
      for (bool upper : {false, true}) {
        check_triangles<float>(isa, n, upper);
        check_triangles<double>(isa, n, upper);
      }
    }
  }
}

TEST_THAT("factors of symmetric matrices give them again") {
  for (Isa isa : supported_isas()) {
    for (int64_t n : kSizes) {
      check_symmetric<float>(isa, n);
      check_symmetric<double>(isa, n);
    }
  }
}

TEST_THAT("factors of matrices of every shape give them again, and least squares leave what is at right angles") {
  for (Isa isa : supported_isas()) {
    for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{1, 1}, {5, 3}, {3, 5}, {33, 33}, {40, 9}, {9, 40}, {1, 7}, {7, 1}}) {
      for (Arrangement arrangement : {Arrangement::contiguous, Arrangement::transposed}) {
        check_rectangular<float>(isa, rows, columns, arrangement);
        check_rectangular<double>(isa, rows, columns, arrangement);
      }
    }
  }
}

TEST_THAT("a matrix times its eigenvectors is its eigenvectors times their values") {
  for (Isa isa : supported_isas()) {
    for (int64_t n : kSizes) {
      check_eigenvectors<float>(isa, n);
      check_eigenvectors<double>(isa, n);
    }
  }
}

TEST_THAT("a singular matrix, one that is not positive, and NaN are reported") {
  for (Isa isa : supported_isas()) {
    std::vector<double> singular = {1, 2, 2, 4}, not_positive = {1, 2, 2, 1}, nan = {1, NAN, NAN, 1}, out(4), values(2), more(4);
    std::vector<int32_t> info(1, 0);
    CHECK(run(isa, OpCode::inv, build_call({operand(singular, {2, 2})}, {operand(out, {2, 2}), operand(info, {})})));
    CHECK(info[0] == 2);
    CHECK(run(isa, OpCode::cholesky, build_call({operand(not_positive, {2, 2})}, {operand(out, {2, 2}), operand(info, {})})));
    CHECK(info[0] == 2);
    CHECK(run(isa, OpCode::eigh, build_call({operand(nan, {2, 2})}, {operand(values, {2}), operand(out, {2, 2}), operand(info, {})}, {0})));
    CHECK(info[0] == 1);
    CHECK(run(isa, OpCode::svd, build_call({operand(nan, {2, 2})}, {operand(out, {2, 2}), operand(values, {2}), operand(more, {2, 2}), operand(info, {})}, {0})));
    CHECK(info[0] == 1);
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
