// Eigenvalues and singular values on the card against the CPU: sizes round a warp and round what a block does alone, batches, turned
// input, equal values, matrices of NaN, none. Which of a vector's two signs comes out hangs on how many sweeps an iteration takes,
// which rounding may decide: vectors are compared up to their signs, those of a pair of singular vectors up to one for both.
#include <algorithm>

#include "cuda/matrices.h"

namespace nabla::test {
namespace {

/** Vectors in a result: its number, and whether they are columns. */
struct Vectors {
  size_t result;
  bool columns;
};

/** Vectors from number `first` on, whose signs go together. */
struct Pairs {
  std::vector<Vectors> sides;
  int64_t first = 0;
};

/** Turns vector k of each side round where it points away from the expected one on the first. */
template <class T>
void align(std::vector<std::vector<T>>& found, const std::vector<std::vector<T>>& expected, const std::vector<Operand>& shapes, const Pairs& pairs) {
  const std::vector<Vectors>& sides = pairs.sides;
  const Operand& first = shapes[sides[0].result];
  const int64_t matrices = first.rank > 2 ? first.sizes[0] : 1;
  for (int64_t matrix = 0; matrix < matrices; ++matrix) {
    const auto each = [&](const Vectors& side, int64_t k, const auto& visit) {
      const Operand& shape = shapes[side.result];
      const int64_t rows = shape.sizes[shape.rank - 2], columns = shape.sizes[shape.rank - 1];
      if (k >= (side.columns ? columns : rows)) return;
      for (int64_t i = 0; i < (side.columns ? rows : columns); ++i) {
        const auto at = static_cast<size_t>(matrix * rows * columns + (side.columns ? i * columns + k : k * columns + i));
        visit(found[side.result][at], expected[side.result][at]);
      }
    };
    for (int64_t k = pairs.first; k < std::max(first.sizes[first.rank - 1], first.sizes[first.rank - 2]); ++k) {
      double product = 0;
      each(sides[0], k, [&](T x, T y) { product += static_cast<double>(x) * static_cast<double>(y); });
      if (product >= 0) continue;
      for (const Vectors& side : sides) each(side, k, [&](T& x, T) { x = -x; });
    }
  }
}

/** A call on the card beside the CPU. */
template <class T>
void check_vectors(OpCode op, Tensor<T>& a, Results<T> results, double attribute, const std::vector<Pairs>& all_pairs, const std::string& what) {
  const std::string name = std::string(kOpNames[static_cast<size_t>(op)]) + " of " + what;
  const OpCall call = build_call({a.as_operand()}, results.operands, {attribute});
  kernel_for(op, call.operands[0].dtype)(call);
  const std::vector<std::vector<T>> expected = results.numbers;
  for (std::vector<T>& each : results.numbers) std::fill(each.begin(), each.end(), T(7));
  bool own = true;
  CHECK_MESSAGE(run_on_card(op, call, results.memories, 0, own) && own, name);
  for (const Pairs& pairs : all_pairs) align(results.numbers, expected, results.operands, pairs);
  for (size_t i = 0; i < expected.size(); ++i) {
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-8;
    CHECK_MESSAGE(near<T>(results.numbers[i].data(), expected[i].data(), expected[i].size() * sizeof(T), tolerance), name + ": result " + std::to_string(i) + " differs");
  }
  for (const int32_t info : results.wholes[0]) CHECK_MESSAGE(info == 0, name + " says " + std::to_string(info));
}

template <class T>
void check_eigh(const Sizes& batch, int64_t n, bool upper, Arrangement layout) {
  Tensor<T> a = symmetric<T>(batch, n, 0.3, upper, layout);
  Results<T> results;
  results.input(a).add(with(batch, {n})).add(with(batch, {n, n})).info(batch);
  check_vectors(OpCode::eigh, a, std::move(results), upper ? 1 : 0, {{{{1, true}}}}, std::to_string(n));
}

TEST_THAT("eigenvalues of symmetric matrices and their vectors are the CPU's, in its order") {
  for (const int64_t n : {0, 1, 2, 3, 31, 33}) {
    check_eigh<float>({2}, n, n % 2 == 0, layout_for(n));
    check_eigh<double>({}, n, n % 2 != 0, Arrangement::transposed);
  }
  check_eigh<double>({2}, 129, false, Arrangement::contiguous);
  check_eigh<float>({0}, 4, false, Arrangement::contiguous);
}

template <class T>
void check_svd(const Sizes& batch, int64_t rows, int64_t columns, Arrangement layout, bool all_vectors) {
  Tensor<T> a = matrices<T>(with(batch, {rows, columns}), layout, 0.3);
  const int64_t less = std::min(rows, columns);
  Results<T> results;
  results.input(a).add(with(batch, {rows, all_vectors ? rows : less})).add(with(batch, {less})).add(with(batch, {all_vectors ? columns : less, columns})).info(batch);
  check_vectors(OpCode::svd, a, std::move(results), all_vectors ? 1 : 0, {{{{0, true}, {2, false}}}, {{{2, false}}, less}}, std::to_string(rows) + " x " + std::to_string(columns));
}

template <class T>
void check_least_squares(const Sizes& batch, int64_t rows, int64_t columns, Arrangement layout, double rtol) {
  Tensor<T> a = matrices<T>(with(batch, {rows, columns}), layout, 0.3), b = matrices<T>(with(batch, {rows, 3}), layout, 0, 8);
  const int64_t less = std::min(rows, columns);
  const std::string what = std::to_string(rows) + " x " + std::to_string(columns);
  check_results(OpCode::pinv, {a.as_operand()}, Results<T>().input(a).add(with(batch, {columns, rows})).info(batch), {1e-3, rtol}, what, 1e-5);
  check_results(OpCode::lstsq, {a.as_operand(), b.as_operand()}, Results<T>().input(a).input(b).add(with(batch, {columns, 3})).info(batch).add(with(batch, {less})).info(batch), {1e-3, rtol},
                what, 1e-5);
}

TEST_THAT("singular values and their vectors, pseudo-inverses and least squares are the CPU's, in its order") {
  for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{1, 1}, {5, 3}, {3, 5}, {33, 33}, {40, 9}, {9, 40}, {1, 7}, {7, 1}, {0, 3}, {3, 0}}) {
    for (const bool all_vectors : {false, true}) {
      check_svd<float>({2}, rows, columns, layout_for(rows), all_vectors);
      check_svd<double>({}, rows, columns, Arrangement::transposed, all_vectors);
    }
    check_least_squares<float>({2}, rows, columns, layout_for(rows), 1e-6);
    // A limit inside of the values.
    check_least_squares<double>({}, rows, columns, Arrangement::transposed, 0.4);
  }
  check_svd<double>({2}, 130, 129, Arrangement::contiguous, true);
  check_svd<float>({0}, 3, 2, Arrangement::contiguous, false);
  check_least_squares<float>({0}, 3, 2, Arrangement::contiguous, 0);
}

/** Diagonals with zeros, equal numbers and both signs, very small and very large ones. */
std::vector<Tensor<double>> diagonals() {
  std::vector<Tensor<double>> all;
  for (const std::vector<double>& diagonal : {std::vector<double>{0, 0, 0}, {1, 1, 1, 1}, {2, -3, 2, 0, -3}, {1e-300, 2e-300, 0}, {1e300, -2e300, 1}}) {
    const auto n = static_cast<int64_t>(diagonal.size());
    Tensor<double> a = arrange<double>({n, n}, Arrangement::contiguous);
    for (int64_t i = 0; i < n; ++i) a[i * (n + 1)] = diagonal[static_cast<size_t>(i)];
    all.push_back(a);
  }
  return all;
}

TEST_THAT("diagonal matrices are decomposed as on the CPU, signs and all") {
  for (Tensor<double>& a : diagonals()) {
    const int64_t n = a.sizes[0];
    check_results(OpCode::eigh, {a.as_operand()}, Results<double>().input(a).add({n}).add({n, n}).info({}), {0}, "of " + std::to_string(n));
    check_results(OpCode::svd, {a.as_operand()}, Results<double>().input(a).add({n, n}).add({n}).add({n, n}).info({}), {0}, "of " + std::to_string(n));
  }
}

TEST_THAT("matrices that hold NaN or infinity are reported, and those beside them are well") {
  for (const auto& [n, strange] : {std::pair<int64_t, double>{3, INFINITY}, {3, NAN}, {129, NAN}}) {
    Tensor<double> a = matrices<double>({2, n, n}, Arrangement::contiguous, 1);
    a[n * n + n] = strange;
    check_info(OpCode::eigh, {a.as_operand()}, Results<double>().input(a).add({2, n}).add({2, n, n}).info({2}), {0}, "eigh", 1);
    check_info(OpCode::svd, {a.as_operand()}, Results<double>().input(a).add({2, n, n}).add({2, n}).add({2, n, n}).info({2}), {0}, "svd", 1);
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
