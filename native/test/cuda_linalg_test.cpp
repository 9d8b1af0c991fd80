// Factorisations on the card against the CPU: sizes round a block, batches, turned input, matrices that have no such factors, none.
#include <algorithm>
#include <limits>

#include "cuda/matrices.h"

namespace nabla::test {
namespace {

template <class T>
void check_systems(const Sizes& batch, int64_t n, Arrangement layout) {
  const std::string what = std::to_string(n) + " layout " + std::to_string(static_cast<int>(layout));
  // Without a large diagonal, so that rows are exchanged.
  Tensor<T> a = matrices<T>(with(batch, {n, n}), layout, 0.3);
  check_results(OpCode::inv, {a.as_operand()}, Results<T>().input(a).add(with(batch, {n, n})).info(batch), {}, what, 1e-4);
  check_results(OpCode::det, {a.as_operand()}, Results<T>().input(a).add(batch), {}, what);
  check_results(OpCode::slogdet, {a.as_operand()}, Results<T>().input(a).add(batch).add(batch), {}, what);
  for (const int64_t columns : {0, 5}) {
    Tensor<T> b = matrices<T>(with(batch, {n, columns}), layout, 0, 6);
    check_results(OpCode::solve, {a.as_operand(), b.as_operand()}, Results<T>().input(a).input(b).add(with(batch, {n, columns})).info(batch), {}, what, 1e-4);
  }
}

TEST_THAT("inverses, solutions and determinants are the CPU's, of each matrix of a batch") {
  for (const int64_t n : kSizes) {
    check_systems<float>({2}, n, layout_for(n));
    check_systems<double>({}, n, Arrangement::transposed);
  }
  check_systems<double>({2, 3}, 5, Arrangement::reversed_dimensions_with_gap);
  check_systems<float>({0}, 5, Arrangement::contiguous);
}

template <class T>
void check_triangles(int64_t n, Arrangement layout) {
  Tensor<T> t = matrices<T>({2, n, n}, layout, 0.5 + static_cast<double>(n) / 4);
  for (const bool upper : {false, true}) {
    Tensor<T> half = t;
    for (int64_t i = 0; i < half.count(); ++i) {
      // It must not be read.
      const int64_t row = i / n % n, column = i % n;
      if (upper ? column < row : column > row) half[i] = std::numeric_limits<T>::quiet_NaN();
    }
    for (const bool unit : {false, true}) {
      // What is below 1 a unit diagonal leaves small.
      if (unit) for (T& each : half.memory) each *= T(0.1);
      for (const int64_t columns : {1, n == 33 ? 300 : 5}) {
        Tensor<T> b = matrices<T>({2, n, columns}, layout, 0, 7);
        check_results(OpCode::solveTriangular, {half.as_operand(), b.as_operand()}, Results<T>().input(half).input(b).add({2, n, columns}), {upper ? 1.0 : 0.0, unit ? 1.0 : 0.0},
              std::to_string(n) + (upper ? " upper" : " lower") + (unit ? " unit" : ""));
      }
    }
  }
}

TEST_THAT("triangular systems are solved from their own triangle alone, as on the CPU") {
  for (const int64_t n : kSizes) {
    check_triangles<float>(n, Arrangement::transposed);
    check_triangles<double>(n, Arrangement::contiguous);
  }
}

TEST_THAT("triangles of Cholesky's factorisation are the CPU's") {
  for (const int64_t n : kSizes) {
    Tensor<float> a = symmetric<float>({3}, n, 0.5 + static_cast<double>(n), false, layout_for(n));
    check_results(OpCode::cholesky, {a.as_operand()}, Results<float>().input(a).add({3, n, n}).info({3}), {}, std::to_string(n));
    Tensor<double> b = symmetric<double>({}, n, 0.5 + static_cast<double>(n), false, Arrangement::transposed);
    check_results(OpCode::cholesky, {b.as_operand()}, Results<double>().input(b).add({n, n}).info({}), {}, std::to_string(n));
  }
  Tensor<float> none = matrices<float>({0, 4, 4}, Arrangement::contiguous, 1);
  check_results(OpCode::cholesky, {none.as_operand()}, Results<float>().add({0, 4, 4}).info({0}), {}, "no matrices");
}

template <class T>
void check_qr(const Sizes& batch, int64_t rows, int64_t columns, Arrangement layout) {
  Tensor<T> a = matrices<T>(with(batch, {rows, columns}), layout, 0.5);
  // A column that is reflected already, and one of nothing.
  for (int64_t i = 0; i < a.count(); ++i) {
    if (columns > 1 && i / columns % rows > 0 && i % columns == 0) a[i] = 0;
    if (columns > 3 && i % columns == 2) a[i] = 0;
  }
  const int64_t less = std::min(rows, columns);
  const std::string what = std::to_string(rows) + " x " + std::to_string(columns);
  check_results(OpCode::qr, {a.as_operand()}, Results<T>().input(a).add(with(batch, {rows, less})).add(with(batch, {less, columns})), {1}, what, 1e-5);
  check_results(OpCode::qr, {a.as_operand()}, Results<T>().input(a).add(with(batch, {rows, rows})).add(with(batch, {rows, columns})), {1}, what + " complete", 1e-5);
  check_results(OpCode::qr, {a.as_operand()}, Results<T>().input(a).add(with(batch, {0, 0})).add(with(batch, {less, columns})), {0}, what + " without Q", 1e-5);
}

TEST_THAT("orthogonal and triangular factors are the CPU's, with its signs") {
  for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{1, 1}, {5, 3}, {3, 5}, {33, 33}, {70, 9}, {9, 70}, {40, 35}, {1, 7}, {7, 1}, {0, 3}, {3, 0}}) {
    check_qr<float>({2}, rows, columns, layout_for(rows));
    check_qr<double>({}, rows, columns, Arrangement::transposed);
  }
  check_qr<float>({0}, 3, 2, Arrangement::contiguous);
  // Lengths whose squares are out of range.
  for (const double size : {1e-200, 1e200}) {
    Tensor<double> a = matrices<double>({9, 4}, Arrangement::contiguous, 0);
    for (double& each : a.memory) each *= size;
    check_results(OpCode::qr, {a.as_operand()}, Results<double>().input(a).add({9, 4}).add({4, 4}), {1}, std::to_string(size));
  }
}

TEST_THAT("singular matrices and those that are not positive are reported as on the CPU, the first place of it") {
  for (const int64_t n : {2, 31, 70}) {
    for (const int64_t place : {int64_t{0}, n - 1}) {
      const std::string what = std::to_string(n) + " at " + std::to_string(place);
      // The first of two is well.
      Tensor<double> a = matrices<double>({2, n, n}, Arrangement::contiguous, static_cast<double>(n));
      a[n * n + place * (n + 1)] = -1;
      check_info(OpCode::cholesky, {a.as_operand()}, Results<double>().input(a).add({2, n, n}).info({2}), {}, what, static_cast<int32_t>(place + 1));
      for (int64_t i = 0; i < n; ++i) a[n * n + i * n + place] = 0;
      check_info(OpCode::inv, {a.as_operand()}, Results<double>().input(a).add({2, n, n}).info({2}), {}, what, static_cast<int32_t>(place + 1));
      check_results(OpCode::det, {a.as_operand()}, Results<double>().input(a).add({2}), {}, what);
      check_results(OpCode::slogdet, {a.as_operand()}, Results<double>().input(a).add({2}).add({2}), {}, what);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
