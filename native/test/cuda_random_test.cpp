// Random orders and normal numbers between limits, on the card against the CPU.
#include "cuda/on_card.h"

namespace nabla::test {
namespace {

TEST_THAT("a random order is the CPU's, of no number, of one, of few and of many") {
  for (const int64_t count : {0, 1, 2, 3, 4, 5, 7, 31, 256, 1000, 1025, 20000}) {
    for (const double seed : {0.0, 17.0, 4123456789.0}) {
      std::vector<int32_t> order(static_cast<size_t>(count), -7);
      check_as_on_cpu(OpCode::randperm, build_call({}, {operand(order, {count})}, {seed, 3, 99}), {memory_of(order, DType::Int32)}, 0);
    }
  }
}

struct Limits {
  double mean, deviation, low, high;
};

template <class T>
void check_truncated() {
  // Both sides, one far above the mean, one far below, all of the line, and next to nothing.
  for (const Limits& limits : {Limits{0, 1, -2, 2}, {3, 0.5, 20, 21}, {3, 0.5, -21, -20}, {1, 2, -INFINITY, INFINITY}, {0, 1, 0.5, 0.5000001}}) {
    for (const int64_t count : {0, 1, 2, 999}) {
      std::vector<T> numbers(static_cast<size_t>(count), T(7));
      const OpCall call = build_call({}, {operand(numbers, {count})}, {17, 4, 99, limits.mean, limits.deviation, limits.low, limits.high});
      check_as_on_cpu(OpCode::truncatedNormal, call, {memory_of(numbers, dtype_of<T>())});
    }
  }
}

TEST_THAT("normal numbers between limits are the CPU's within rounding") {
  check_truncated<float>();
  check_truncated<double>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
