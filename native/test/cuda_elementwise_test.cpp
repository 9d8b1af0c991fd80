// Every elementwise kernel of the card against the CPU's: ops, types, layouts, plain numbers, and work in place.
#include "cuda/kernels/elementwise_table.h"
#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {
namespace {

using cuda::f32;
using cuda::f64;
using cuda::i32;
using cuda::u8;

/** What the ops with attributes take; others do not look. */
std::vector<double> attributes_of(const std::string& op) {
  if (op == "clamp") return {-0.4, 0.6};
  if (op.starts_with("softplus")) return {1.5, 2};
  if (op.starts_with("elu") || op.starts_with("leakyRelu")) return {0.3};
  return {0};
}

/** Values among which are zeros, ties, whole numbers, infinities and NaN where the type has them. */
template <class T>
void draw(std::vector<T>& values, uint32_t seed) {
  Numbers numbers(seed);
  for (T& value : values) value = sizeof(T) == 1 ? static_cast<T>(numbers.below(200)) : static_cast<T>(numbers.next() * (T(0.5) != T(0) ? 3 : 50));
  if constexpr (T(0.5) != T(0)) {
    const T special[] = {T(0), -T(0), T(1), T(-2), T(INFINITY), T(-INFINITY), T(NAN)};
    for (size_t i = 0; i < values.size() && i < 7; ++i) values[(i * 5) % values.size()] = special[i];
  }
}

template <class T>
DType dtype_for() {
  return dtype_of<T>();
}

template <class T>
void check_unary(const char* op, bool flags_out = false) {
  for (const Sizes& sizes : {Sizes{7, 13}, Sizes{64}, Sizes{0, 3}}) {
    for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed, Arrangement::every_second}) {
      Tensor<T> a = arrange<T>(sizes, layout), c = arrange<T>(sizes, Arrangement::contiguous, T(9));
      Tensor<uint8_t> f = arrange<uint8_t>(sizes, Arrangement::contiguous, uint8_t(9));
      draw(a.memory, 5);
      Operand output = flags_out ? f.as_operand() : c.as_operand();
      if (flags_out) output.dtype = DType::Bool;
      check_as_on_cpu(code_of(op), build_call({a.as_operand()}, {output}, attributes_of(op)),
                      {memory_of(a.memory, dtype_for<T>()), memory_of(c.memory, dtype_for<T>()), memory_of(f.memory, DType::Bool)}, 2e-6);
    }
  }
}

template <class T>
void check_binary(const char* op, bool flags_out = false) {
  for (Arrangement left : {Arrangement::contiguous, Arrangement::transposed, Arrangement::broadcast_rows}) {
    for (Arrangement right : {Arrangement::contiguous, Arrangement::every_second, Arrangement::scalar}) {
      const Sizes sizes{9, 12};
      Tensor<T> a = arrange<T>(sizes, left), b = arrange<T>(sizes, right), c = arrange<T>(sizes, Arrangement::contiguous, T(9));
      Tensor<uint8_t> f = arrange<uint8_t>(sizes, Arrangement::contiguous, uint8_t(9));
      draw(a.memory, 5);
      draw(b.memory, 11);
      Operand output = flags_out ? f.as_operand() : c.as_operand();
      if (flags_out) output.dtype = DType::Bool;
      const std::vector<Memory> memories = {memory_of(a.memory, dtype_for<T>()), memory_of(b.memory, dtype_for<T>()),
                                            memory_of(c.memory, dtype_for<T>()), memory_of(f.memory, DType::Bool)};
      check_as_on_cpu(code_of(op), build_call({a.as_operand(), b.as_operand()}, {output}, attributes_of(op)), memories, 4e-6);
    }
  }
}

TEST_THAT("every op of one input gives what the CPU gives, for each type and layout") {
#define NABLA_CHECK(op, Function, type) check_unary<type>(#op);
  NABLA_UNARY_OPS(NABLA_CHECK)
#undef NABLA_CHECK
#define NABLA_CHECK(op, Function, type) check_unary<type>(#op, true);
  NABLA_NUMBERS(NABLA_CHECK, logicalNot, NotTrue)
#undef NABLA_CHECK
}

TEST_THAT("every op of two inputs gives what the CPU gives, for each type and layout") {
#define NABLA_CHECK(op, Function, type) check_binary<type>(#op);
  NABLA_BINARY_OPS(NABLA_CHECK)
#undef NABLA_CHECK
#define NABLA_CHECK(op, Function, type) check_binary<type>(#op, true);
  NABLA_COMPARISON_OPS(NABLA_CHECK)
#undef NABLA_CHECK
}

TEST_THAT("gelu by tanh gives what the CPU gives, there and back") {
  Tensor<float> a = arrange<float>({40}, Arrangement::contiguous), g = a, c = a;
  draw(a.memory, 4);
  draw(g.memory, 9);
  check_as_on_cpu(OpCode::gelu, build_call({a.as_operand()}, {c.as_operand()}, {1}), {memory_of(a.memory, DType::Float32), memory_of(c.memory, DType::Float32)}, 4e-6);
  check_as_on_cpu(OpCode::geluBackward, build_call({g.as_operand(), a.as_operand()}, {c.as_operand()}, {1}),
                  {memory_of(a.memory, DType::Float32), memory_of(g.memory, DType::Float32), memory_of(c.memory, DType::Float32)}, 4e-6);
}

TEST_THAT("flags are joined by or and and") {
  for (const char* op : {"add", "mul", "maximum", "minimum", "eq", "logicalAnd", "logicalOr", "lt"}) {
    std::vector<uint8_t> a{0, 0, 1, 1}, b{0, 1, 0, 1}, c(4, 7);
    check_as_on_cpu(code_of(op), build_call({flags(a, {4}), flags(b, {4})}, {flags(c, {4})}),
                    {memory_of(a, DType::Bool), memory_of(b, DType::Bool), memory_of(c, DType::Bool)});
  }
}

TEST_THAT("a plain number travels with the kernel, whichever operand it is") {
  float number = 2.5f;
  for (int at : {0, 1}) {
    Tensor<float> a = arrange<float>({5, 7}, Arrangement::transposed), c = arrange<float>({5, 7}, Arrangement::contiguous);
    draw(a.memory, 2);
    const Operand stretched = operand(&number, DType::Float32, {5, 7}, {0, 0});
    const std::vector<Operand> inputs = at == 0 ? std::vector{stretched, a.as_operand()} : std::vector{a.as_operand(), stretched};
    check_as_on_cpu(OpCode::sub, build_call(inputs, {c.as_operand()}), {memory_of(a.memory, DType::Float32), memory_of(c.memory, DType::Float32)},
                    0, at == 0 ? 1u : 2u);
  }
}

TEST_THAT("an op may write over one of its inputs") {
  Tensor<float> a = arrange<float>({6, 50}, Arrangement::contiguous), b = arrange<float>({6, 50}, Arrangement::broadcast_rows);
  draw(a.memory, 2);
  draw(b.memory, 3);
  check_as_on_cpu(OpCode::mul, build_call({a.as_operand(), b.as_operand()}, {a.as_operand()}),
                  {memory_of(a.memory, DType::Float32), memory_of(b.memory, DType::Float32)}, 0);
}

template <class From, class To>
void check_copy(DType from_type, DType to_type) {
  for (Arrangement from : {Arrangement::contiguous, Arrangement::transposed, Arrangement::broadcast_columns}) {
    for (Arrangement to : {Arrangement::contiguous, Arrangement::every_second}) {
      Tensor<From> a = arrange<From>({3, 5, 8}, from);
      Tensor<To> c = arrange<To>({3, 5, 8}, to, To(1));
      Numbers numbers(8);
      for (From& value : a.memory) value = static_cast<From>(from_type == DType::Bool ? numbers.below(2) : numbers.below(120));
      Operand input = a.as_operand(), output = c.as_operand();
      input.dtype = from_type;
      output.dtype = to_type;
      check_as_on_cpu(OpCode::copy, build_call({input}, {output}), {memory_of(a.memory, from_type), memory_of(c.memory, to_type)}, 0);
    }
  }
}

template <class From>
void check_copies(DType from) {
  check_copy<From, float>(from, DType::Float32);
  check_copy<From, double>(from, DType::Float64);
  check_copy<From, int32_t>(from, DType::Int32);
  check_copy<From, uint8_t>(from, DType::UInt8);
  check_copy<From, uint8_t>(from, DType::Bool);
}

TEST_THAT("copy converts between any two types and layouts, and writes nothing else") {
  check_copies<float>(DType::Float32);
  check_copies<double>(DType::Float64);
  check_copies<int32_t>(DType::Int32);
  check_copies<uint8_t>(DType::UInt8);
  check_copies<uint8_t>(DType::Bool);
}

TEST_THAT("fill writes its value everywhere and nothing else") {
  for (Arrangement to : {Arrangement::contiguous, Arrangement::transposed, Arrangement::every_second}) {
    Tensor<float> c = arrange<float>({4, 9}, to, 1.0f);
    check_as_on_cpu(OpCode::fill, build_call({}, {c.as_operand()}, {0.1}), {memory_of(c.memory, DType::Float32)}, 0);
    Tensor<int32_t> n = arrange<int32_t>({4, 9}, to, 1);
    check_as_on_cpu(OpCode::fill, build_call({}, {n.as_operand()}, {-7}), {memory_of(n.memory, DType::Int32)});
  }
  std::vector<uint8_t> b(5);
  check_as_on_cpu(OpCode::fill, build_call({}, {flags(b, {5})}, {3}), {memory_of(b, DType::Bool)});
}

TEST_THAT("where takes from one or the other") {
  std::vector<uint8_t> condition{0, 1, 1, 0, 1, 0};
  std::vector<double> a{1, 2, 3, 4, 5, 6}, b{-1, -2, -3, -4, -5, -6}, c(6);
  check_as_on_cpu(OpCode::where, build_call({flags(condition, {2, 3}), operand(a, {2, 3}), operand(b, {2, 3}, {1, 2})}, {operand(c, {2, 3})}),
                  {memory_of(condition, DType::Bool), memory_of(a, DType::Float64), memory_of(b, DType::Float64), memory_of(c, DType::Float64)});
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
