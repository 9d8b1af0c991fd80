// The elementwise engine on every layout: results, the memory around them, in-place calls and threads.
#include <cstring>
#include <limits>

#include "check.h"
#include "core/thread_pool.h"
#include "layouts.h"

namespace nabla::test {
namespace {

const std::vector<Sizes> kShapes = {{},       {1},      {4},          {7},          {16},      {33},        {67},
                                    {2, 3},   {5, 1},   {1, 5},       {17, 19},     {3, 64},   {2, 3, 4, 5}, {8, 1, 33},
                                    {0},      {3, 0, 2}, {2, 2, 2, 2, 2, 2, 2, 3}};

template <class T>
void check_add(Isa isa, const Sizes& sizes, Arrangement left, Arrangement right, Arrangement result) {
  Numbers numbers(static_cast<uint32_t>(product(sizes) + 1));
  Tensor<T> a = arrange<T>(sizes, left), b = arrange<T>(sizes, right), c = arrange<T>(sizes, result, T(99));
  for (T& value : a.memory) value = static_cast<T>(numbers.next() * 100);
  for (T& value : b.memory) value = static_cast<T>(numbers.next() * 100);
  Tensor<T> expected = c;
  for (int64_t i = 0; i < c.count(); ++i) expected[i] = static_cast<T>(a[i] + b[i]);
  CHECK(run(isa, OpCode::add, build_call({a.as_operand(), b.as_operand()}, {c.as_operand()})));
  CHECK_MESSAGE(c.memory == expected.memory, describe(isa, sizes, left) + "," + std::to_string(int(right)) + "," + std::to_string(int(result)));
}

TEST_THAT("add gives exactly the sums for every pair of layouts and writes nothing else") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : kShapes) {
      for (Arrangement left : kArrangements) {
        for (Arrangement right : kArrangements) {
          for (Arrangement result : {Arrangement::contiguous, Arrangement::transposed, Arrangement::every_second}) {
            check_add<float>(isa, sizes, left, right, result);
          }
          check_add<double>(isa, sizes, left, right, Arrangement::contiguous);
          check_add<int32_t>(isa, sizes, left, right, Arrangement::reversed_dimensions_with_gap);
        }
      }
    }
  }
}

TEST_THAT("an op may write over one of its inputs, whatever its layout") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : kShapes) {
      for (Arrangement own : kArrangements) {
        if (repeats(own)) continue;
        for (Arrangement other : kArrangements) {
          Numbers numbers(3);
          Tensor<float> a = arrange<float>(sizes, own), b = arrange<float>(sizes, other);
          for (float& value : a.memory) value = static_cast<float>(numbers.next());
          for (float& value : b.memory) value = static_cast<float>(numbers.next());
          Tensor<float> expected = a;
          for (int64_t i = 0; i < a.count(); ++i) expected[i] = a[i] + b[i];
          CHECK(run(isa, OpCode::add, build_call({a.as_operand(), b.as_operand()}, {a.as_operand()})));
          CHECK_MESSAGE(a.memory == expected.memory, describe(isa, sizes, own));
        }
      }
    }
  }
}

TEST_THAT("an operand of rank 0 is added to every element") {
  for (Isa isa : supported_isas()) {
    std::vector<float> a(50, 2.0f), scalar{0.5f}, c(50);
    CHECK(run(isa, OpCode::add, build_call({operand(a, {5, 10}), operand(scalar, Sizes{})}, {operand(c, {5, 10})})));
    for (float value : c) CHECK(value == 2.5f);
  }
}

TEST_THAT("minus zero, infinities and NaN pass through a broadcast operand unchanged") {
  for (Isa isa : supported_isas()) {
    std::vector<float> a(20, -0.0f), scalar{-0.0f}, c(20, 1.0f);
    CHECK(run(isa, OpCode::add, build_call({operand(a, {20}), operand(scalar, {20}, {0})}, {operand(c, {20})})));
    for (float value : c) CHECK(value == 0 && std::signbit(value));
    scalar[0] = std::numeric_limits<float>::quiet_NaN();
    CHECK(run(isa, OpCode::add, build_call({operand(a, {20}), operand(scalar, {20}, {0})}, {operand(c, {20})})));
    for (float value : c) CHECK(std::isnan(value));
  }
}

TEST_THAT("a million elements are shared among threads, and all of them come out right") {
  const int before = thread_count();
  for (Isa isa : supported_isas()) {
    for (int threads : {1, 2, 3}) {
      set_thread_count(threads);
      const int64_t rows = 1001, columns = 1003;
      Tensor<float> a = arrange<float>({rows, columns}, Arrangement::contiguous), b = arrange<float>({rows, columns}, Arrangement::broadcast_rows);
      Tensor<float> c = arrange<float>({rows, columns}, Arrangement::contiguous);
      for (int64_t i = 0; i < rows * columns; ++i) a[i] = static_cast<float>(i % 8191);
      for (int64_t j = 0; j < columns; ++j) b.memory[static_cast<size_t>(j)] = static_cast<float>(j);
      CHECK(run(isa, OpCode::add, build_call({a.as_operand(), b.as_operand()}, {c.as_operand()})));
      int64_t wrong = 0;
      for (int64_t i = 0; i < rows * columns; ++i) wrong += c[i] != static_cast<float>(i % 8191 + i % columns);
      CHECK(wrong == 0);
    }
  }
  set_thread_count(before);
}

template <class From, class To>
void check_copy(Isa isa, const Sizes& sizes, Arrangement from, Arrangement to, DType to_dtype) {
  Numbers numbers(9);
  Tensor<From> a = arrange<From>(sizes, from);
  Tensor<To> c = arrange<To>(sizes, to, To(1));
  for (From& value : a.memory) value = static_cast<From>(sizeof(From) == 1 ? numbers.below(3) : (numbers.next() + 1) * 60);
  Tensor<To> expected = c;
  for (int64_t i = 0; i < c.count(); ++i) expected[i] = to_dtype == DType::Bool ? To(a[i] != 0) : static_cast<To>(a[i]);
  Operand output = c.as_operand();
  output.dtype = to_dtype;
  CHECK(run(isa, OpCode::copy, build_call({a.as_operand()}, {output})));
  CHECK_MESSAGE(c.memory == expected.memory, describe(isa, sizes, from) + " to " + std::to_string(int(to)) + " dtypes " +
                                                 std::to_string(int(dtype_of<From>())) + "," + std::to_string(int(to_dtype)));
}

template <class From>
void check_copies(Isa isa, const Sizes& sizes, Arrangement from, Arrangement to) {
  check_copy<From, float>(isa, sizes, from, to, DType::Float32);
  check_copy<From, double>(isa, sizes, from, to, DType::Float64);
  check_copy<From, int32_t>(isa, sizes, from, to, DType::Int32);
  check_copy<From, uint8_t>(isa, sizes, from, to, DType::UInt8);
  check_copy<From, uint8_t>(isa, sizes, from, to, DType::Bool);
}

TEST_THAT("copy converts between any two dtypes as a C++ cast does, for every pair of layouts") {
  std::vector<Sizes> shapes = kShapes;
  shapes.insert(shapes.end(), {{70, 71}, {129, 66}, {3, 65, 5}, {5, 4, 68}});
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : shapes) {
      for (Arrangement from : kArrangements) {
        for (Arrangement to : kArrangements) {
          if (repeats(to)) continue;
          check_copies<float>(isa, sizes, from, to);
          check_copies<double>(isa, sizes, from, to);
          check_copies<int32_t>(isa, sizes, from, to);
          check_copies<uint8_t>(isa, sizes, from, to);
        }
      }
    }
  }
}

TEST_THAT("a large transposition is shared among threads and right") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : {Sizes{700, 1100}, Sizes{1100, 700}, Sizes{3, 500, 301}}) {
      check_copy<float, float>(isa, sizes, Arrangement::transposed, Arrangement::contiguous, DType::Float32);
      check_copy<double, double>(isa, sizes, Arrangement::contiguous, Arrangement::transposed, DType::Float64);
    }
  }
}

TEST_THAT("fill writes its value into every element of any layout and dtype, and nothing else") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : kShapes) {
      for (Arrangement to : kArrangements) {
        if (repeats(to)) continue;
        Tensor<double> c = arrange<double>(sizes, to, 1.0);
        Tensor<double> expected = c;
        for (int64_t i = 0; i < c.count(); ++i) expected[i] = -2.5;
        CHECK(run(isa, OpCode::fill, build_call({}, {c.as_operand()}, {-2.5})));
        CHECK_MESSAGE(c.memory == expected.memory, describe(isa, sizes, to));
      }
    }
    std::vector<float> f(5);
    std::vector<int32_t> n(5);
    std::vector<uint8_t> u(5), b(5);
    CHECK(run(isa, OpCode::fill, build_call({}, {operand(f, {5})}, {0.1})));
    CHECK(run(isa, OpCode::fill, build_call({}, {operand(n, {5})}, {-7})));
    CHECK(run(isa, OpCode::fill, build_call({}, {operand(u, {5})}, {200})));
    CHECK(run(isa, OpCode::fill, build_call({}, {flags(b, {5})}, {3})));
    CHECK(f[4] == 0.1f && n[4] == -7 && u[4] == 200 && b[4] == 1);
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
