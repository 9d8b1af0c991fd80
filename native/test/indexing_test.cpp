// Choosing, placing and making elements, on every layout, against plain loops.
#include <algorithm>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

template <class T>
Tensor<T> numbered(const Sizes& sizes, Arrangement arrangement) {
  Tensor<T> tensor = arrange<T>(sizes, arrangement);
  for (size_t i = 0; i < tensor.memory.size(); ++i) tensor.memory[i] = static_cast<T>(i % 251);
  return tensor;
}

/** Row-major number of an element after its index along `dim` is replaced. */
int64_t replaced(int64_t number, const Sizes& sizes, int dim, int64_t position, int64_t size) {
  int64_t result = 0, stride = 1;
  for (int d = static_cast<int>(sizes.size()) - 1; d >= 0; --d) {
    const int64_t index = number % sizes[static_cast<size_t>(d)];
    number /= sizes[static_cast<size_t>(d)];
    result += (d == dim ? position : index) * stride;
    stride *= d == dim ? size : sizes[static_cast<size_t>(d)];
  }
  return result;
}

int64_t index_of(int64_t number, const Sizes& sizes, int dim) {
  for (int d = static_cast<int>(sizes.size()) - 1; d > dim; --d) number /= sizes[static_cast<size_t>(d)];
  return number % sizes[static_cast<size_t>(dim)];
}

template <class T>
void check_select_and_add(Isa isa, const Sizes& sizes, int dim, Arrangement arrangement) {
  const int64_t size = sizes[static_cast<size_t>(dim)];
  std::vector<int32_t> positions;
  for (int64_t k = 0; k < 2 * size + 1; ++k) positions.push_back(static_cast<int32_t>((k * 3 + 1) % size));
  const auto count = static_cast<int64_t>(positions.size());
  Sizes chosen_sizes = sizes;
  chosen_sizes[static_cast<size_t>(dim)] = count;
  Tensor<T> a = numbered<T>(sizes, arrangement), chosen = arrange<T>(chosen_sizes, Arrangement::contiguous, T(3));
  const std::vector<double> attributes{static_cast<double>(dim)};
  CHECK(run(isa, OpCode::indexSelect, build_call({a.as_operand(), operand(positions, {count})}, {chosen.as_operand()}, attributes)));
  int64_t wrong = 0;
  const auto source_of = [&](int64_t i) {
    return replaced(i, chosen_sizes, dim, positions[static_cast<size_t>(index_of(i, chosen_sizes, dim))], size);
  };
  for (int64_t i = 0; i < chosen.count(); ++i) wrong += chosen[i] != a[source_of(i)];
  CHECK_MESSAGE(wrong == 0, "indexSelect " + describe(isa, sizes, arrangement));
  if (repeats(arrangement)) return;
  Tensor<T> expected = a;
  for (int64_t i = 0; i < chosen.count(); ++i) expected[source_of(i)] = static_cast<T>(expected[source_of(i)] + chosen[i]);
  CHECK(run(isa, OpCode::indexAdd, build_call({operand(positions, {count}), chosen.as_operand()}, {a.as_operand()}, attributes)));
  CHECK_MESSAGE(a.memory == expected.memory, "indexAdd " + describe(isa, sizes, arrangement));
}

template <class T>
void check_gather_and_scatter(Isa isa, const Sizes& sizes, int dim, Arrangement arrangement) {
  const int64_t size = sizes[static_cast<size_t>(dim)];
  Sizes index_sizes = sizes;
  index_sizes[static_cast<size_t>(dim)] = size + 2;
  Tensor<T> a = numbered<T>(sizes, arrangement), taken = arrange<T>(index_sizes, Arrangement::transposed, T(3));
  Tensor<int32_t> positions = arrange<int32_t>(index_sizes, Arrangement::contiguous);
  Numbers numbers(43);
  for (int32_t& position : positions.memory) position = static_cast<int32_t>(numbers.below(size));
  const std::vector<double> attributes{static_cast<double>(dim)};
  CHECK(run(isa, OpCode::gather, build_call({a.as_operand(), positions.as_operand()}, {taken.as_operand()}, attributes)));
  int64_t wrong = 0;
  for (int64_t i = 0; i < taken.count(); ++i) wrong += taken[i] != a[replaced(i, index_sizes, dim, positions[i], size)];
  CHECK_MESSAGE(wrong == 0, "gather " + describe(isa, sizes, arrangement));
  if (repeats(arrangement)) return;
  Tensor<T> expected = a;
  for (int64_t i = 0; i < taken.count(); ++i) {
    T& to = expected[replaced(i, index_sizes, dim, positions[i], size)];
    to = static_cast<T>(to + taken[i]);
  }
  CHECK(run(isa, OpCode::scatterAdd, build_call({positions.as_operand(), taken.as_operand()}, {a.as_operand()}, attributes)));
  CHECK_MESSAGE(a.memory == expected.memory, "scatterAdd " + describe(isa, sizes, arrangement));
}

TEST_THAT("indexSelect, indexAdd, gather and scatterAdd follow their definitions in every layout and along every dimension") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : {Sizes{7}, Sizes{5, 9}, Sizes{1, 20}, Sizes{4, 3, 6}, Sizes{300, 130}}) {
      for (int dim = 0; dim < static_cast<int>(sizes.size()); ++dim) {
        for (Arrangement arrangement : kArrangements) {
          check_select_and_add<double>(isa, sizes, dim, arrangement);
          check_select_and_add<int32_t>(isa, sizes, dim, arrangement);
          check_gather_and_scatter<double>(isa, sizes, dim, arrangement);
          check_gather_and_scatter<float>(isa, {2, 9}, 1, arrangement);
        }
      }
    }
  }
}

TEST_THAT("positions outside a dimension read NaN or 0 and are not written to") {
  for (Isa isa : supported_isas()) {
    std::vector<float> a = {1, 2, 3, 4}, chosen(6), ones(6, 1.0f);
    std::vector<int32_t> positions = {0, 2, -1}, whole = {5, 6}, whole_chosen(3);
    CHECK(run(isa, OpCode::indexSelect, build_call({operand(a, {2, 2}), operand(positions, {3})}, {operand(chosen, {3, 2})}, {0})));
    CHECK(chosen[1] == 2 && std::isnan(chosen[2]) && std::isnan(chosen[5]));
    CHECK(run(isa, OpCode::indexSelect, build_call({operand(a, {2, 2}, {1, 2}), operand(positions, {3})}, {operand(chosen, {2, 3})}, {1})));
    CHECK(chosen[0] == 1 && std::isnan(chosen[1]) && std::isnan(chosen[2]));
    CHECK(run(isa, OpCode::indexSelect, build_call({operand(whole, {2}), operand(positions, {3})}, {operand(whole_chosen, {3})}, {0})));
    CHECK((whole_chosen == std::vector<int32_t>{5, 0, 0}));
    CHECK(run(isa, OpCode::indexAdd, build_call({operand(positions, {3}), operand(ones, {3, 2})}, {operand(a, {2, 2})}, {0})));
    CHECK((a == std::vector<float>{2, 3, 3, 4}));
    std::vector<int32_t> far = {1, 7, -3, 0};
    std::vector<float> b = {1, 2}, taken(4);
    CHECK(run(isa, OpCode::gather, build_call({operand(b, {2}), operand(far, {4})}, {operand(taken, {4})}, {0})));
    CHECK(taken[0] == 2 && std::isnan(taken[1]) && std::isnan(taken[2]) && taken[3] == 1);
    CHECK(run(isa, OpCode::scatterAdd, build_call({operand(far, {4}), operand(ones, {4})}, {operand(b, {2})}, {0})));
    CHECK((b == std::vector<float>{2, 3}));
  }
}

template <class T>
void check_where(Isa isa, const Sizes& sizes, Arrangement condition, Arrangement left, Arrangement right) {
  Tensor<uint8_t> flag = arrange<uint8_t>(sizes, condition);
  for (size_t i = 0; i < flag.memory.size(); ++i) flag.memory[i] = i % 3 == 0;
  Tensor<T> a = numbered<T>(sizes, left), b = numbered<T>(sizes, right), c = arrange<T>(sizes, Arrangement::contiguous);
  for (T& value : b.memory) value = static_cast<T>(value + 1);
  Operand flag_operand = flag.as_operand();
  flag_operand.dtype = DType::Bool;
  CHECK(run(isa, OpCode::where, build_call({flag_operand, a.as_operand(), b.as_operand()}, {c.as_operand()})));
  int64_t wrong = 0;
  for (int64_t i = 0; i < c.count(); ++i) wrong += c[i] != (flag[i] ? a[i] : b[i]);
  CHECK_MESSAGE(wrong == 0, describe(isa, sizes, condition));
}

TEST_THAT("where chooses element by element in every layout") {
  for (Isa isa : supported_isas()) {
    for (Arrangement condition : kArrangements) {
      for (Arrangement left : kArrangements) {
        for (Arrangement right : kArrangements) {
          check_where<float>(isa, {6, 35}, condition, left, right);
          check_where<double>(isa, {6, 35}, condition, left, right);
          check_where<int32_t>(isa, {6, 35}, condition, left, right);
          check_where<uint8_t>(isa, {3, 70}, condition, left, right);
        }
      }
    }
  }
}

TEST_THAT("oneHot puts a single 1 into each row") {
  for (Isa isa : supported_isas()) {
    for (Arrangement arrangement : {Arrangement::contiguous, Arrangement::transposed, Arrangement::every_second}) {
      Tensor<int32_t> labels = numbered<int32_t>({4, 3}, arrangement);
      for (int32_t& label : labels.memory) label %= 5;
      Tensor<float> rows = arrange<float>({4, 3, 5}, Arrangement::contiguous, 9.0f);
      CHECK(run(isa, OpCode::oneHot, build_call({labels.as_operand()}, {rows.as_operand()}, {5})));
      for (int64_t i = 0; i < 60; ++i) CHECK(rows[i] == (labels[i / 5] == i % 5 ? 1.0f : 0.0f));
    }
  }
}

TEST_THAT("arange and eye write what they say") {
  for (Isa isa : supported_isas()) {
    std::vector<double> d(1000);
    std::vector<int32_t> n(7);
    std::vector<float> f(15, 9.0f);
    CHECK(run(isa, OpCode::arange, build_call({}, {operand(d, {1000})}, {-1, 0.1})));
    for (int64_t i = 0; i < 1000; ++i) CHECK(d[static_cast<size_t>(i)] == -1 + static_cast<double>(i) * 0.1);
    CHECK(run(isa, OpCode::arange, build_call({}, {operand(n, {7})}, {10, -3})));
    CHECK((n == std::vector<int32_t>{10, 7, 4, 1, -2, -5, -8}));
    CHECK(run(isa, OpCode::eye, build_call({}, {operand(f, {3, 5})})));
    for (int64_t i = 0; i < 15; ++i) CHECK(f[static_cast<size_t>(i)] == (i / 5 == i % 5 ? 1.0f : 0.0f));
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
