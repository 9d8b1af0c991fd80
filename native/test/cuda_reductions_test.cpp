// Reductions and draws of the card against the CPU's.
#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** The sizes with those of some dimensions as 1. */
Sizes kept(Sizes sizes, const std::vector<double>& dims) {
  for (size_t i = 1; i < dims.size(); ++i) sizes[static_cast<size_t>(dims[i])] = 1;
  if (dims[0] == 0) std::fill(sizes.begin(), sizes.end(), 1);
  return sizes;
}

template <class T, class Result>
void check(const char* op, const Sizes& sizes, const std::vector<double>& dims, Arrangement layout, DType in, DType out) {
  Tensor<T> a = arrange<T>(sizes, layout);
  Numbers numbers(6);
  for (T& value : a.memory) value = sizeof(T) == 1 ? static_cast<T>(numbers.below(in == DType::Bool ? 2 : 7)) : static_cast<T>(numbers.next() * (T(0.5) != T(0) ? 1.5 : 9));
  const Sizes small = kept(sizes, dims);
  std::vector<Result> c(static_cast<size_t>(product(small)), Result(5));
  Operand input = a.as_operand();
  input.dtype = in;
  check_as_on_cpu(code_of(op), build_call({input}, {operand(c.data(), out, small, row_major(small))}, dims),
                  {memory_of(a.memory, in), memory_of(c, out)}, 1e-6, 0, "of " + std::to_string(sizes.size()) + " dimensions");
}

template <class Run>
void each_layout(Run run) {
  for (const auto& [sizes, dims] : {std::pair<Sizes, std::vector<double>>{{6, 7, 5}, {1, 1}}, {{6, 7, 5}, {2, 0, 2}}, {{3, 300}, {1, 1}}, {{2100, 3}, {1, 0}}, {{70}, {0}}, {{4, 1}, {1, 1}}}) {
    for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed}) run(sizes, dims, layout);
  }
}

TEST_THAT("sums, products, extremes and truth are the CPU's for each type") {
  each_layout([](const Sizes& sizes, const std::vector<double>& dims, Arrangement layout) {
    for (const char* op : {"sum", "prod", "mean", "max", "min"}) {
      check<float, float>(op, sizes, dims, layout, DType::Float32, DType::Float32);
      check<double, double>(op, sizes, dims, layout, DType::Float64, DType::Float64);
    }
    for (const char* op : {"sum", "prod"}) {
      check<int32_t, int32_t>(op, sizes, dims, layout, DType::Int32, DType::Int32);
      check<uint8_t, int32_t>(op, sizes, dims, layout, DType::UInt8, DType::Int32);
      check<uint8_t, int32_t>(op, sizes, dims, layout, DType::Bool, DType::Int32);
    }
    for (const char* op : {"max", "min"}) {
      check<int32_t, int32_t>(op, sizes, dims, layout, DType::Int32, DType::Int32);
      check<uint8_t, uint8_t>(op, sizes, dims, layout, DType::UInt8, DType::UInt8);
    }
    for (const char* op : {"any", "all"}) {
      check<float, uint8_t>(op, sizes, dims, layout, DType::Float32, DType::Bool);
      check<uint8_t, uint8_t>(op, sizes, dims, layout, DType::Bool, DType::Bool);
    }
  });
}

TEST_THAT("positions are those of the first of equal elements") {
  for (const char* op : {"argmax", "argmin"}) {
    for (const std::vector<double>& dims : {std::vector<double>{1, 1}, {1, 0}, {0}}) {
      for (const Sizes& sizes : {Sizes{5, 9}, Sizes{3, 700}}) {
        check<float, int32_t>(op, sizes, dims, Arrangement::transposed, DType::Float32, DType::Int32);
        check<uint8_t, int32_t>(op, sizes, dims, Arrangement::contiguous, DType::UInt8, DType::Int32);
      }
    }
  }
}

TEST_THAT("few long results are made in parts that a second kernel joins") {
  for (const char* op : {"sum", "max", "argmax", "mean"}) {
    const bool position = std::string(op) == "argmax";
    std::vector<float> a = Numbers(3).many<float>(2 * 70000), c(2);
    std::vector<int32_t> n(2);
    const Operand output = position ? operand(n, {2, 1}) : operand(c, {2, 1});
    check_as_on_cpu(code_of(op), build_call({operand(a, {2, 70000})}, {output}, {1, 1}),
                    {memory_of(a, DType::Float32), memory_of(c, DType::Float32), memory_of(n, DType::Int32)}, 1e-6);
  }
}

TEST_THAT("nothing sums to 0, and its mean is NaN") {
  std::vector<float> a, c(3, 7.0f);
  check_as_on_cpu(OpCode::sum, build_call({operand(a, {3, 0})}, {operand(c, {3, 1})}, {1, 1}), {memory_of(a, DType::Float32), memory_of(c, DType::Float32)});
  check_as_on_cpu(OpCode::mean, build_call({operand(a, {3, 0})}, {operand(c, {3, 1})}, {1, 1}), {memory_of(a, DType::Float32), memory_of(c, DType::Float32)});
}

template <class T>
void check_draw(OpCode op, DType dtype, double a, double b, double tolerance) {
  for (int64_t count : {0, 1, 5, 4099}) {
    std::vector<T> c(static_cast<size_t>(count) + 1, T(9));
    check_as_on_cpu(op, build_call({}, {operand(c.data(), dtype, {count}, {1})}, {2309737967.0, 4275878552.0, 4294967290.0, a, b}),
                    {memory_of(c, dtype)}, tolerance);
  }
}

TEST_THAT("uniform and whole random numbers are the CPU's to the last bit, normal ones within rounding") {
  check_draw<float>(OpCode::uniform, DType::Float32, -2, 5, 0);
  check_draw<double>(OpCode::uniform, DType::Float64, 0, 1, 0);
  check_draw<float>(OpCode::normal, DType::Float32, 1, 3, 6e-7);
  check_draw<double>(OpCode::normal, DType::Float64, 0, 1, 1e-11);
  check_draw<float>(OpCode::randint, DType::Float32, -3, 1000, 0);
  check_draw<double>(OpCode::randint, DType::Float64, 0, 7, 0);
  check_draw<int32_t>(OpCode::randint, DType::Int32, -2147483648.0, 2147483647.0, 0);
  check_draw<uint8_t>(OpCode::randint, DType::UInt8, 0, 256, 0);
}

template <class P, class T>
void check_bernoulli(DType dtype) {
  std::vector<P> one{P(0.3)}, many = Numbers(4).many<P>(1003);
  std::vector<T> c(1003, T(9));
  for (const Operand& input : {operand(one, {1003}, {0}), operand(many, {1003})}) {
    check_as_on_cpu(OpCode::bernoulli, build_call({input}, {operand(c.data(), dtype, {1003}, {1})}, {17, 4, 99}),
                    {memory_of(one, dtype_of<P>()), memory_of(many, dtype_of<P>()), memory_of(c, dtype)}, 0);
  }
}

TEST_THAT("choices with a probability are the CPU's to the last bit") {
  check_bernoulli<float, float>(DType::Float32);
  check_bernoulli<float, uint8_t>(DType::Bool);
  check_bernoulli<float, int32_t>(DType::Int32);
  check_bernoulli<float, double>(DType::Float64);
  check_bernoulli<double, float>(DType::Float32);
  check_bernoulli<double, double>(DType::Float64);
  check_bernoulli<double, int32_t>(DType::Int32);
  check_bernoulli<double, uint8_t>(DType::UInt8);
}

template <class T>
void check_choices() {
  for (const int64_t categories : {1, 7, 1000}) {
    const int64_t rows = 5, draws = categories == 7 ? 6 : categories == 1 ? 1 : 500;
    std::vector<T> weights = Numbers(7).many<T>(rows * categories);
    // Some are never to be chosen.
    for (T& weight : weights) weight = categories > 1 && weight < T(-0.9) ? T(0) : std::abs(weight);
    std::vector<int32_t> made(static_cast<size_t>(rows * draws), -1);
    for (double replacement : {0.0, 1.0}) {
      check_as_on_cpu(OpCode::multinomial, build_call({operand(weights, {rows, categories})}, {operand(made, {rows, draws})}, {17, 4, 99, replacement}),
                      {memory_of(weights, dtype_of<T>()), memory_of(made, DType::Int32)}, 0);
    }
  }
}

TEST_THAT("categories are chosen by their weights as on the CPU, with and without replacement") {
  check_choices<float>();
  check_choices<double>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
