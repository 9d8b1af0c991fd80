// Elements compared with a range by a kernel that nobody waits for; and kernels given lengths and symbols that are none.
#include <limits>

#include "cuda/on_card.h"
#include "cuda/range_check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** Numbers on the card for as long as it lives. */
template <class T>
class Sent {
 public:
  explicit Sent(const std::vector<T>& numbers) {
    data_ = pool().take(std::max<size_t>(numbers.size() * sizeof(T), 1), capacity_);
    if (!numbers.empty()) CHECK(cuda::upload(card(), data_, numbers.data(), numbers.size() * sizeof(T)));
  }
  Sent(const Sent&) = delete;
  Sent& operator=(const Sent&) = delete;
  ~Sent() { pool().give(data_, capacity_); }

  Operand shown(const Sizes& sizes, const Sizes& strides, int64_t offset = 0) const {
    Operand operand{};
    operand.data = static_cast<T*>(data_) + offset;
    operand.dtype = dtype_of<T>();
    operand.rank = static_cast<int32_t>(sizes.size());
    std::copy(sizes.begin(), sizes.end(), operand.sizes);
    std::copy(strides.begin(), strides.end(), operand.strides);
    return operand;
  }

 private:
  static cuda::CardMemory& pool() { return cuda::CardMemory::of(card()); }
  void* data_;
  size_t capacity_ = 0;
};

/** What checks that were started have found, once the card is done. */
bool found(cuda::Violation& violation) {
  CHECK(card().synchronize());
  return cuda::RangeChecks::of(card()).take(violation);
}

template <class T>
bool outside(const Sent<T>& sent, const Sizes& sizes, const Sizes& strides, int64_t offset, double low, double high, cuda::Violation& violation) {
  CHECK(cuda::RangeChecks::of(card()).start(sent.shown(sizes, strides, offset), {low, high, 7}));
  return found(violation);
}

template <class T>
void check_type() {
  cuda::Violation violation;
  // More than the threads of all blocks have one of; the extremes are near the ends, where the last threads come.
  std::vector<T> many(20000);
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<T>(1 + i % 9);
  const Sent<T> inside(many);
  CHECK(!outside(inside, {20000}, {1}, 0, 1, 9, violation));
  CHECK(!outside(inside, {0}, {1}, 0, 5, 4, violation));
  many[19998] = T(120);
  many[1] = T(0);
  const Sent<T> wrong(many);
  CHECK(outside(wrong, {20000}, {1}, 0, 1, 9, violation));
  CHECK(violation.check == 7 && violation.smallest == 0 && violation.largest == 120 && violation.low == 1 && violation.high == 9);
  CHECK(!found(violation));
  CHECK(outside(wrong, {20000}, {1}, 0, 0, 9, violation) && violation.smallest == 0 && violation.largest == 120);
  CHECK(!outside(wrong, {20000}, {1}, 0, 0, 120, violation));
  // Every second number of two rows, from the second on, backwards.
  const Sent<T> small(std::vector<T>{50, 1, 50, 2, 50, 3, 50, 4, 50, 5});
  CHECK(!outside(small, {2, 2}, {4, -2}, 3, 1, 4, violation));
  CHECK(outside(small, {2, 2}, {4, -2}, 3, 2, 4, violation) && violation.smallest == 1 && violation.largest == 4);
  // A range without numbers, as that of no classes.
  CHECK(outside(small, {1}, {1}, 1, 0, -1, violation) && violation.smallest == 1 && violation.largest == 1);
}

TEST_THAT("a check finds the smallest and the largest number of any type and layout, and nothing where all are inside") {
  check_type<float>();
  check_type<double>();
  check_type<int32_t>();
  check_type<uint8_t>();
}

TEST_THAT("NaN is not outside unless it is said to be, infinity is no limit, and whole numbers are compared exactly") {
  cuda::Violation violation;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const double without_end = std::numeric_limits<double>::infinity();
  const Sent<float> numbers(std::vector<float>{nan, 0.5f, nan, 2e30f});
  CHECK(!outside(numbers, {3}, {1}, 0, 0, 1, violation));
  CHECK(!outside(numbers, {4}, {1}, 0, 0, without_end, violation));
  CHECK(outside(numbers, {4}, {1}, 0, 0, 1, violation) && violation.smallest == 0.5 && violation.largest == static_cast<double>(2e30f));
  CHECK(cuda::RangeChecks::of(card()).start(numbers.shown({3}, {1}), {0, 1, 7, true}) && found(violation) && std::isnan(violation.smallest) && std::isnan(violation.largest));
  const Sent<int32_t> ends(std::vector<int32_t>{std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()});
  CHECK(!outside(ends, {2}, {1}, 0, -2147483648.0, 2147483647.0, violation));
  CHECK(outside(ends, {2}, {1}, 0, -2147483647.0, 2147483646.0, violation) && violation.smallest == -2147483648.0 && violation.largest == 2147483647.0);
}

TEST_THAT("the first check to find something is the one that is told of; nobody waits for it, and checks go on once it is taken") {
  cuda::RangeChecks& checks = cuda::RangeChecks::of(card());
  cuda::Violation violation;
  const Sent<int32_t> numbers(std::vector<int32_t>{1, 2, 30});
  CHECK(card().synchronize());
  CHECK(checks.start(numbers.shown({2}, {1}), {0, 2, 1}));
  CHECK(checks.start(numbers.shown({3}, {1}), {0, 29, 2}));
  CHECK(checks.start(numbers.shown({3}, {1}), {0, 2, 3}));
  // The fake driver has done nothing yet; a card may have.
  CHECK(std::getenv("NABLA_TEST_CARD") != nullptr || !checks.violated());
  CHECK(found(violation) && violation.check == 2 && violation.high == 29 && violation.largest == 30);
  CHECK(!checks.violated() && !checks.take(violation));
  CHECK(checks.start(numbers.shown({3}, {1}), {0, 2, 3}));
  CHECK(found(violation) && violation.check == 3);
}

TEST_THAT("whoever has nothing else to do waits for the checks that were started, once") {
  cuda::RangeChecks& checks = cuda::RangeChecks::of(card());
  cuda::Violation violation;
  const Sent<int32_t> numbers(std::vector<int32_t>{1, 2, 30});
  CHECK(checks.start(numbers.shown({2}, {1}), {0, 2, 4}));
  CHECK(!checks.settle());
  CHECK(checks.start(numbers.shown({3}, {1}), {0, 2, 5}));
  CHECK(checks.settle() && checks.settle());
  CHECK(checks.take(violation) && violation.check == 5 && !checks.settle());
  CHECK(cuda::RangeChecks::existing() == &checks);
}

TEST_THAT("a name has one number, and another name another") {
  const int32_t one = cuda::RangeChecks::number_of("one");
  CHECK(cuda::RangeChecks::number_of("two") != one && cuda::RangeChecks::number_of("one") == one);
}

TEST_THAT("alignments of sequences whose lengths and symbols are none touch nothing beyond their memory") {
  const int64_t steps = 4, batch = 3, classes = 5, symbols = 2, width = 2 * symbols + 1;
  std::vector<float> list(static_cast<size_t>(steps * batch * classes), -1.6f), losses(3), forward(static_cast<size_t>(batch * steps * width)), gradient(3, 1.0f);
  std::vector<float> back(list.size(), 9.0f);
  const int32_t least = std::numeric_limits<int32_t>::min(), most = std::numeric_limits<int32_t>::max();
  std::vector<int32_t> targets{least, most, 1, -1, 5, 2}, inputs{most, least, 5}, lengths{most, 3, least};
  const std::vector<Memory> memories = {memory_of(list, DType::Float32),   memory_of(targets, DType::Int32), memory_of(inputs, DType::Int32),
                                        memory_of(lengths, DType::Int32),  memory_of(losses, DType::Float32), memory_of(forward, DType::Float32),
                                        memory_of(gradient, DType::Float32), memory_of(back, DType::Float32)};
  const Operand probabilities = operand(list, {steps, batch, classes}), said = operand(targets, {batch, symbols});
  const Operand counts = operand(inputs, {batch}), wanted = operand(lengths, {batch}), states = operand(forward, {batch, steps, width});
  bool own = true;
  CHECK(run_on_card(OpCode::ctcLoss, build_call({probabilities, said, counts, wanted}, {operand(losses, {batch}), states}, {0}), memories, 0, own));
  CHECK(run_on_card(OpCode::ctcLossBackward,
                    build_call({operand(gradient, {batch}), probabilities, said, counts, wanted, operand(losses, {batch}), states},
                               {operand(back, {steps, batch, classes})}, {0}),
                    memories, 0, own));
  CHECK(own);
  for (const float each : back) CHECK(each != 9.0f);
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
