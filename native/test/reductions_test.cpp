// Reductions over every set of dimensions of many layouts, against loops in long double.
#include <algorithm>
#include <cstring>
#include <limits>

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

/** A reduction by its definition: the elements that go into each result, in row-major order. */
template <class T>
std::vector<std::vector<T>> groups_of(const Tensor<T>& a, unsigned dims, int64_t results) {
  std::vector<std::vector<T>> groups(static_cast<size_t>(results));
  for (int64_t i = 0; i < a.count(); ++i) groups[static_cast<size_t>(target_of(i, a.sizes, dims))].push_back(a[i]);
  return groups;
}

template <class T, class Result>
void check_reduction(OpCode op, Isa isa, const Sizes& sizes, Arrangement arrangement, unsigned dims, bool with_nan, DType result_type,
                     Result (*expected)(const std::vector<T>&), double tolerance) {
  Numbers numbers(static_cast<uint32_t>(dims + 7));
  Tensor<T> a = arrange<T>(sizes, arrangement);
  for (T& value : a.memory) value = static_cast<T>(sizeof(T) == 1 ? numbers.below(3) : numbers.next() * 3);
  if constexpr (std::numeric_limits<T>::has_quiet_NaN) {
    if (with_nan) a.memory[a.memory.size() / 2] = std::numeric_limits<T>::quiet_NaN();
  }
  Tensor<Result> c = arrange<Result>(reduced_sizes(sizes, dims), Arrangement::contiguous, Result(9));
  Operand output = c.as_operand();
  output.dtype = result_type;
  CHECK(run(isa, op, build_call({a.as_operand()}, {output}, attributes_of(dims, sizes.size()))));
  const auto groups = groups_of(a, dims, c.count());
  for (int64_t i = 0; i < c.count(); ++i) {
    const Result right = expected(groups[static_cast<size_t>(i)]);
    const bool same = right != right ? c[i] != c[i]
                                     : std::fabs(static_cast<double>(c[i]) - static_cast<double>(right)) <= tolerance * std::fabs(static_cast<double>(right));
    CHECK_MESSAGE(same, std::string(kOpNames[static_cast<int>(op)]) + " " + describe(isa, sizes, arrangement) + " dims " +
                            std::to_string(dims) + ": " + std::to_string(c[i]) + " for " + std::to_string(right));
  }
}

template <class T>
T largest(const std::vector<T>& x) {
  T best = x[0];
  for (T value : x) best = value > best || value != value ? value : best;
  return best;
}

template <class T>
T smallest(const std::vector<T>& x) {
  T best = x[0];
  for (T value : x) best = value < best || value != value ? value : best;
  return best;
}

template <class T, bool kLargest>
int32_t position(const std::vector<T>& x) {
  const T best = kLargest ? largest(x) : smallest(x);
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] == best || (x[i] != x[i] && best != best)) return static_cast<int32_t>(i);
  }
  return -1;
}

template <class T>
uint8_t any_true(const std::vector<T>& x) {
  return std::any_of(x.begin(), x.end(), [](T value) { return value != 0; });
}

template <class T>
uint8_t all_true(const std::vector<T>& x) {
  return std::all_of(x.begin(), x.end(), [](T value) { return value != 0; });
}

template <class T>
T mean_of(const std::vector<T>& x) {
  long double sum = 0;
  for (T value : x) sum += static_cast<long double>(value);
  return static_cast<T>(sum / static_cast<long double>(x.size()));
}

template <class T>
void check_selections(Isa isa, const Sizes& sizes, Arrangement arrangement, unsigned dims) {
  for (bool with_nan : {false, true}) {
    check_reduction<T, T>(OpCode::max, isa, sizes, arrangement, dims, with_nan, dtype_of<T>(), largest<T>, 0);
    check_reduction<T, T>(OpCode::min, isa, sizes, arrangement, dims, with_nan, dtype_of<T>(), smallest<T>, 0);
    check_reduction<T, uint8_t>(OpCode::any, isa, sizes, arrangement, dims, with_nan, DType::Bool, any_true<T>, 0);
    check_reduction<T, uint8_t>(OpCode::all, isa, sizes, arrangement, dims, with_nan, DType::Bool, all_true<T>, 0);
    const bool one_or_all = dims == (1u << sizes.size()) - 1 || (dims & (dims - 1)) == 0;
    if (!one_or_all) continue;
    check_reduction<T, int32_t>(OpCode::argmax, isa, sizes, arrangement, dims, with_nan, DType::Int32, position<T, true>, 0);
    check_reduction<T, int32_t>(OpCode::argmin, isa, sizes, arrangement, dims, with_nan, DType::Int32, position<T, false>, 0);
  }
}

TEST_THAT("max, min, argmax, argmin, any, all, mean and prod follow their definitions, NaN included, in every layout") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : kShapes) {
      if (product(sizes) == 0) continue;
      for (unsigned dims = 0; dims < (1u << sizes.size()); ++dims) {
        if (dims == 0 && !sizes.empty()) continue;
        for (Arrangement arrangement : kArrangements) {
          check_selections<float>(isa, sizes, arrangement, dims);
          check_selections<double>(isa, sizes, arrangement, dims);
          check_selections<int32_t>(isa, sizes, arrangement, dims);
          check_selections<uint8_t>(isa, sizes, arrangement, dims);
          check_reduction<float, float>(OpCode::mean, isa, sizes, arrangement, dims, true, DType::Float32, mean_of<float>, 1e-5);
          if (product(sizes) > 100) continue;
          check_reduction<double, double>(OpCode::prod, isa, sizes, arrangement, dims, true, DType::Float64, [](const std::vector<double>& x) {
            double result = 1;
            for (double value : x) result *= value;
            return result;
          }, 1e-13);
        }
      }
    }
  }
}

TEST_THAT("the mean of nothing is NaN, the sum 0, the product 1, and nothing is all true but not any") {
  for (Isa isa : supported_isas()) {
    std::vector<float> nothing(1), c(2, 5.0f);
    std::vector<uint8_t> flag(2, 5);
    const Operand empty = operand(nothing, {2, 0});
    CHECK(run(isa, OpCode::mean, build_call({empty}, {operand(c, {2, 1})}, {1, 1})) && std::isnan(c[0]) && std::isnan(c[1]));
    CHECK(run(isa, OpCode::sum, build_call({empty}, {operand(c, {2, 1})}, {1, 1})) && c[0] == 0 && c[1] == 0);
    CHECK(run(isa, OpCode::prod, build_call({empty}, {operand(c, {2, 1})}, {1, 1})) && c[0] == 1 && c[1] == 1);
    CHECK(run(isa, OpCode::any, build_call({empty}, {flags(flag, {2, 1})}, {1, 1})) && flag[0] == 0);
    CHECK(run(isa, OpCode::all, build_call({empty}, {flags(flag, {2, 1})}, {1, 1})) && flag[0] == 1);
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
