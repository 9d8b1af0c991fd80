// Eigenvalues and singular values on the card against the CPU: sizes round a warp and round what a block does alone, batches, turned
// input, equal values, matrices of nothing, of NaN, none.
#include "cuda/matrices.h"

namespace nabla::test {
namespace {

template <class T>
void check_eigh(const Sizes& batch, int64_t n, bool upper, Arrangement layout) {
  Tensor<T> a = symmetric<T>(batch, n, 0.3, upper, layout);
  check_results(OpCode::eigh, {a.as_operand()}, Results<T>().input(a).add(with(batch, {n})).add(with(batch, {n, n})).info(batch), {upper ? 1.0 : 0.0}, std::to_string(n), 1e-5);
}

TEST_THAT("eigenvalues of symmetric matrices and their vectors are the CPU's, with its order and signs") {
  for (const int64_t n : {0, 1, 2, 3, 31, 33, 70}) {
    check_eigh<float>({2}, n, n % 2 == 0, layout_for(n));
    check_eigh<double>({}, n, n % 2 != 0, Arrangement::transposed);
  }
  check_eigh<double>({2}, 161, false, Arrangement::contiguous);
  check_eigh<float>({0}, 4, false, Arrangement::contiguous);
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

TEST_THAT("diagonal matrices are decomposed as on the CPU") {
  for (Tensor<double>& a : diagonals()) {
    const int64_t n = a.sizes[0];
    check_results(OpCode::eigh, {a.as_operand()}, Results<double>().input(a).add({n}).add({n, n}).info({}), {0}, "of " + std::to_string(n));
  }
}

TEST_THAT("matrices that hold NaN or infinity are reported, and those beside them are well") {
  for (const double strange : {static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    for (const int64_t n : {3, 161}) {
      Tensor<double> a = matrices<double>({2, n, n}, Arrangement::contiguous, 1);
      a[n * n + n] = strange;
      check_info(OpCode::eigh, {a.as_operand()}, Results<double>().input(a).add({2, n}).add({2, n, n}).info({2}), {0}, "eigh", 1);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
