// Random choices and sorted orders are the same for every instruction set, bit for bit; corners of both.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "check.h"
#include "build_call.h"

namespace nabla::test {
namespace {

const std::vector<double> kSeed{123456789, 42, 7};

std::vector<double> with(std::vector<double> attributes, std::initializer_list<double> more) {
  attributes.insert(attributes.end(), more);
  return attributes;
}

/** The output of one op for each instruction set that runs here must be the same. */
template <class T, class Run>
void check_same_everywhere(const char* what, int64_t count, const Run& run_op) {
  std::vector<T> first;
  for (const Isa isa : supported_isas()) {
    std::vector<T> made(static_cast<size_t>(count), T(77));
    CHECK(run_op(isa, made));
    if (first.empty()) first = made;
    CHECK_MESSAGE(made == first, what);
  }
}

TEST_THAT("random choices are the same for every instruction set") {
  Numbers numbers(3);
  for (const int64_t count : {int64_t{1}, int64_t{31}, int64_t{1000}, int64_t{70001}}) {
    std::vector<float> probabilities = numbers.many<float>(count);
    for (float& p : probabilities) p = (p + 1) / 2;
    check_same_everywhere<uint8_t>("bernoulli", count, [&](Isa isa, std::vector<uint8_t>& made) {
      return run(isa, OpCode::bernoulli, build_call({operand(probabilities, {count})}, {flags(made, {count})}, kSeed));
    });
    const int64_t draws = std::min<int64_t>(count, 50);
    for (const double replacement : {0.0, 1.0}) {
      check_same_everywhere<int32_t>("multinomial", 2 * draws, [&](Isa isa, std::vector<int32_t>& made) {
        std::vector<float> rows = probabilities;
        rows.insert(rows.end(), probabilities.rbegin(), probabilities.rend());
        return run(isa, OpCode::multinomial,
                   build_call({operand(rows, {2, count})}, {operand(made, {2, draws})}, with(kSeed, {replacement})));
      });
    }
  }
}

TEST_THAT("weights of zero are never drawn, however small the others") {
  for (const Isa isa : supported_isas()) {
    std::vector<double> weights(1000, 0.0);
    weights[3] = 1e-300;
    weights[999] = 1e300;
    std::vector<int32_t> made(2, -1);
    CHECK(run(isa, OpCode::multinomial, build_call({operand(weights, {1, 1000})}, {operand(made, {1, 2})}, with(kSeed, {0}))));
    CHECK((made == std::vector<int32_t>{999, 3}));
  }
}

template <class T>
void check_sort(Isa isa, int64_t count, bool descending) {
  Numbers numbers(static_cast<uint32_t>(count));
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(numbers.below(100) - (std::is_signed_v<T> ? 50 : 0));
  if constexpr (std::numeric_limits<T>::has_quiet_NaN) {
    for (int64_t i = 0; i < count; i += 7) values[static_cast<size_t>(i)] = std::numeric_limits<T>::quiet_NaN();
  }
  std::vector<T> sorted(values.size());
  std::vector<int32_t> positions(values.size());
  const std::vector<double> attributes{0, descending ? 1.0 : 0.0};
  CHECK(run(isa, OpCode::sort, build_call({operand(values, {count})}, {operand(sorted, {count}), operand(positions, {count})}, attributes)));
  std::vector<int32_t> expected(values.size());
  std::iota(expected.begin(), expected.end(), 0);
  const auto before = [&](T a, T b) { return a < b || (a == a && b != b); };
  std::stable_sort(expected.begin(), expected.end(), [&](int32_t i, int32_t j) {
    const T a = values[static_cast<size_t>(i)], b = values[static_cast<size_t>(j)];
    return descending ? before(b, a) : before(a, b);
  });
  CHECK(positions == expected);
}

TEST_THAT("sorting is stable on every path and instruction set") {
  for (const Isa isa : supported_isas()) {
    for (const int64_t count : {1, 15, 16, 17, 1023, 1024, 65535, 65536, 200001}) {
      for (const bool descending : {false, true}) {
        check_sort<float>(isa, count, descending);
        check_sort<double>(isa, count, descending);
        check_sort<int32_t>(isa, count, descending);
        check_sort<uint8_t>(isa, count, descending);
      }
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
