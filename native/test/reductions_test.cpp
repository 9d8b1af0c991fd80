// Reductions over every set of dimensions of many layouts, against loops in long double.
#include <cstring>

#include "check.h"
#include "core/thread_pool.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** The attributes of a reduction over the dimensions in a bit set. */
std::vector<double> attributes_of(unsigned dims, size_t rank) {
  std::vector<double> list;
  for (size_t d = 0; d < rank; ++d) {
    if (dims >> d & 1) list.push_back(static_cast<double>(d));
  }
  list.insert(list.begin(), static_cast<double>(list.size()));
  return list;
}

Sizes reduced_sizes(Sizes sizes, unsigned dims) {
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (dims >> d & 1) sizes[d] = 1;
  }
  return sizes;
}

/** The number, in the reduced tensor's row-major order, of the element that element `number` is reduced into. */
int64_t target_of(int64_t number, const Sizes& sizes, unsigned dims) {
  int64_t target = 0, stride = 1;
  for (size_t d = sizes.size(); d-- > 0;) {
    if (!(dims >> d & 1)) {
      target += number % sizes[d] * stride;
      stride *= sizes[d];
    }
    number /= sizes[d];
  }
  return target;
}

const std::vector<Sizes> kShapes = {{}, {1}, {5}, {100}, {17, 19}, {3, 70}, {70, 3}, {64, 33}, {4, 5, 6}, {2, 1, 9, 7}, {3, 0}, {9, 520}};

template <class T, class Result>
void check_sum(Isa isa, const Sizes& sizes, Arrangement arrangement, unsigned dims, double relative, double absolute) {
  Numbers numbers(static_cast<uint32_t>(dims + 1));
  Tensor<T> a = arrange<T>(sizes, arrangement);
  for (T& value : a.memory) value = static_cast<T>(numbers.next() * 100);
  Tensor<Result> c = arrange<Result>(reduced_sizes(sizes, dims), Arrangement::contiguous, Result(99));
  std::vector<long double> exact(static_cast<size_t>(c.count()));
  for (int64_t i = 0; i < a.count(); ++i) exact[static_cast<size_t>(target_of(i, sizes, dims))] += static_cast<long double>(a[i]);
  CHECK(run(isa, OpCode::sum, build_call({a.as_operand()}, {c.as_operand()}, attributes_of(dims, sizes.size()))));
  for (int64_t i = 0; i < c.count(); ++i) {
    const double error = std::fabs(static_cast<double>(exact[static_cast<size_t>(i)] - static_cast<long double>(c[i])));
    const double magnitude = std::fabs(static_cast<double>(exact[static_cast<size_t>(i)]));
    CHECK_MESSAGE(error <= relative * magnitude + absolute, describe(isa, sizes, arrangement) + " dims " + std::to_string(dims) + " error " + std::to_string(error));
  }
}

TEST_THAT("sum over any set of dimensions of any layout is the sum in long double, rounded") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : kShapes) {
      for (unsigned dims = sizes.empty() ? 0 : 1; dims < (1u << sizes.size()); ++dims) {
        for (Arrangement arrangement : kArrangements) {
          check_sum<float, float>(isa, sizes, arrangement, dims, 0x1p-24, 1e-9);
          check_sum<double, double>(isa, sizes, arrangement, dims, 0x1p-53, 1e-11);
          check_sum<int32_t, int32_t>(isa, sizes, arrangement, dims, 0, 0);
        }
      }
    }
  }
}

TEST_THAT("large sums are right to the last bits of float32, for every layout and side") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : {Sizes{1 << 20}, Sizes{1000, 1000}, Sizes{300000, 3}, Sizes{3, 300000}, Sizes{5, 400, 200}}) {
      for (unsigned dims = 1; dims < (1u << sizes.size()); ++dims) {
        check_sum<float, float>(isa, sizes, Arrangement::contiguous, dims, 0x1p-24, 1e-8);
        check_sum<double, double>(isa, sizes, Arrangement::transposed, dims, 0x1p-53, 1e-8);
      }
    }
  }
}

TEST_THAT("sixteen million ones sum to sixteen million, though float32 alone stops at 2^24") {
  for (Isa isa : supported_isas()) {
    std::vector<float> ones((1 << 24) + 100, 1.0f), c(1);
    CHECK(run(isa, OpCode::sum, build_call({operand(ones, {(1 << 24) + 100})}, {operand(c, {1})}, {0})));
    CHECK(c[0] == static_cast<float>((1 << 24) + 100));
  }
}

TEST_THAT("the bits of a sum are the same for 1, 2, 3 and 5 threads") {
  const int before = thread_count();
  for (Isa isa : supported_isas()) {
    for (unsigned dims : {1u, 2u, 3u}) {
      Numbers numbers(4);
      Tensor<double> a = arrange<double>({2000, 300}, Arrangement::contiguous);
      for (double& value : a.memory) value = numbers.next();
      std::vector<double> first;
      for (int threads : {1, 2, 3, 5}) {
        set_thread_count(threads);
        Tensor<double> c = arrange<double>(reduced_sizes(a.sizes, dims), Arrangement::contiguous);
        CHECK(run(isa, OpCode::sum, build_call({a.as_operand()}, {c.as_operand()}, attributes_of(dims, 2))));
        if (threads == 1) first = c.memory;
        CHECK(std::memcmp(first.data(), c.memory.data(), first.size() * sizeof(double)) == 0);
      }
    }
  }
  set_thread_count(before);
}

TEST_THAT("true flags and bytes are counted as Int32") {
  for (Isa isa : supported_isas()) {
    std::vector<uint8_t> flag(1000), bytes(1000, 250);
    for (size_t i = 0; i < flag.size(); ++i) flag[i] = i % 3 == 0;
    std::vector<int32_t> c(1);
    CHECK(run(isa, OpCode::sum, build_call({flags(flag, {1000})}, {operand(c, {1})}, {1, 0})));
    CHECK(c[0] == 334);
    CHECK(run(isa, OpCode::sum, build_call({operand(bytes, {1000})}, {operand(c, {1})}, {1, 0})));
    CHECK(c[0] == 250000);
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
