// Functions of one tensor against the C library in long double: errors in units in the last place, special values, and
// the cheap ops against what C++ computes.
#include <algorithm>
#include <cstring>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** The distance of a result from the exact value, in units of the last place of the exact value's neighbourhood. */
template <class T>
double ulps(T got, long double exact) {
  if (std::isnan(exact)) return std::isnan(got) ? 0 : 1e9;
  const T rounded = static_cast<T>(exact);
  if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0 : 1e9;
  int exponent = 0;
  std::frexp(rounded, &exponent);
  const int lowest = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
  const long double unit = std::ldexp(1.0L, std::max(exponent - std::numeric_limits<T>::digits, lowest));
  return static_cast<double>(std::fabs(static_cast<long double>(got) - exact) / unit);
}

template <class T>
std::vector<T> compute(Isa isa, OpCode op, std::vector<T> x) {
  std::vector<T> y(x.size());
  const auto count = static_cast<int64_t>(x.size());
  CHECK(run(isa, op, build_call({operand(x, {count})}, {operand(y, {count})})));
  return y;
}

/** Numbers of every size: evenly spaced in (low, high), and spread over all exponents inside it. */
template <class T>
std::vector<T> samples(double low, double high, int count) {
  Numbers numbers(17);
  std::vector<T> x;
  for (int i = 0; i < count; ++i) x.push_back(static_cast<T>(low + (high - low) * (numbers.next() + 1) / 2));
  for (int i = 0; i < count; ++i) {
    const double value = numbers.next() * std::exp2(numbers.next() * (sizeof(T) == 4 ? 140 : 1060));
    if (value > low && value < high) x.push_back(static_cast<T>(value));
  }
  return x;
}

template <class T>
void check_accuracy(const char* name, OpCode op, double low, double high, long double (*exact)(long double), double allowed) {
  for (Isa isa : supported_isas()) {
    const std::vector<T> x = samples<T>(low, high, 100000);
    const std::vector<T> y = compute(isa, op, x);
    double worst = 0;
    T where = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = ulps(y[i], exact(static_cast<long double>(x[i])));
      if (error > worst) worst = error, where = x[i];
    }
    CHECK_MESSAGE(worst <= allowed, std::string(name) + " " + isa_name(isa) + ": " + std::to_string(worst) + " ulp at " +
                                        std::to_string(static_cast<double>(where)));
    std::printf("     %-8s float%d %-8s %.3f ulp\n", name, static_cast<int>(sizeof(T)) * 8, isa_name(isa), worst);
  }
}

long double sigmoid_exact(long double x) { return 1.0L / (1.0L + std::exp(-x)); }
long double rsqrt_exact(long double x) { return 1.0L / std::sqrt(x); }
long double exp_exact(long double x) { return std::exp(x); }
long double log_exact(long double x) { return std::log(x); }
long double log1p_exact(long double x) { return std::log1p(x); }
long double expm1_exact(long double x) { return std::expm1(x); }
long double tanh_exact(long double x) { return std::tanh(x); }
long double sin_exact(long double x) { return std::sin(x); }
long double cos_exact(long double x) { return std::cos(x); }
long double sqrt_exact(long double x) { return std::sqrt(x); }

template <class T>
void check_all(double exp_limit) {
  const double top = static_cast<double>(std::numeric_limits<T>::max());
  check_accuracy<T>("exp", OpCode::exp, -exp_limit * 1.2, exp_limit * 1.1, exp_exact, 2);
  check_accuracy<T>("log", OpCode::log, 0, top, log_exact, 2);
  check_accuracy<T>("log", OpCode::log, 0.5, 2, log_exact, 2);
  check_accuracy<T>("log1p", OpCode::log1p, -1, 10, log1p_exact, 2);
  check_accuracy<T>("expm1", OpCode::expm1, -exp_limit, exp_limit * 1.1, expm1_exact, 2);
  check_accuracy<T>("expm1", OpCode::expm1, -2, 2, expm1_exact, 2);
  check_accuracy<T>("tanh", OpCode::tanh, -12, 12, tanh_exact, 2.5);
  check_accuracy<T>("sigmoid", OpCode::sigmoid, -exp_limit * 1.1, exp_limit, sigmoid_exact, 2.5);
  check_accuracy<T>("sigmoid", OpCode::sigmoid, -8, 8, sigmoid_exact, 2.5);
  check_accuracy<T>("sin", OpCode::sin, -20, 20, sin_exact, 2);
  check_accuracy<T>("cos", OpCode::cos, -20, 20, cos_exact, 2);
  check_accuracy<T>("sin", OpCode::sin, -2e6, 2e6, sin_exact, 2);
  check_accuracy<T>("cos", OpCode::cos, -2e6, 2e6, cos_exact, 2);
  check_accuracy<T>("sqrt", OpCode::sqrt, 0, top, sqrt_exact, 0.5001);
  check_accuracy<T>("rsqrt", OpCode::rsqrt, 0, top, rsqrt_exact, 1.5);
}

TEST_THAT("float32 functions are within 2 units in the last place of long double (sigmoid 2.5), for every instruction set") {
  check_all<float>(88.5);
}

TEST_THAT("float64 functions are within 2 units in the last place of long double (sigmoid and tanh 2.5), for every instruction set") {
  check_all<double>(709);
}

template <class T>
void check_special(OpCode op, double (*library)(double)) {
  constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<T> x = {T(0.0), T(-0.0), T(kInf), T(-kInf), T(kNan), T(1), T(-1), T(1e30), T(-1e30),
                            std::numeric_limits<T>::denorm_min(), -std::numeric_limits<T>::denorm_min(),
                            std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), T(-2.5)};
  for (Isa isa : supported_isas()) {
    const std::vector<T> y = compute(isa, op, x);
    for (size_t i = 0; i < x.size(); ++i) {
      const T expected = static_cast<T>(library(static_cast<double>(x[i])));
      const bool same = std::isnan(expected) ? std::isnan(y[i])
                        : std::isinf(expected) || expected == 0
                            ? y[i] == expected && std::signbit(y[i]) == std::signbit(expected)
                            : ulps(y[i], static_cast<long double>(expected)) <= 3;
      CHECK_MESSAGE(same, std::string(kOpNames[static_cast<int>(op)]) + " " + isa_name(isa) + " of " +
                              std::to_string(static_cast<double>(x[i])) + " is " + std::to_string(static_cast<double>(y[i])));
    }
  }
}

template <class T>
void check_specials() {
  check_special<T>(OpCode::exp, [](double x) { return std::exp(x); });
  check_special<T>(OpCode::log, [](double x) { return std::log(x); });
  check_special<T>(OpCode::log1p, [](double x) { return std::log1p(x); });
  check_special<T>(OpCode::expm1, [](double x) { return std::expm1(x); });
  check_special<T>(OpCode::tanh, [](double x) { return std::tanh(x); });
  check_special<T>(OpCode::sin, [](double x) { return std::sin(x); });
  check_special<T>(OpCode::cos, [](double x) { return std::cos(x); });
  check_special<T>(OpCode::sqrt, [](double x) { return std::sqrt(x); });
  check_special<T>(OpCode::floor, [](double x) { return std::floor(x); });
  check_special<T>(OpCode::ceil, [](double x) { return std::ceil(x); });
  check_special<T>(OpCode::round, [](double x) { return std::nearbyint(x); });
  check_special<T>(OpCode::abs, [](double x) { return std::fabs(x); });
  check_special<T>(OpCode::sigmoid, [](double x) { return std::isinf(x) ? (x > 0 ? 1.0 : 0.0) : 1 / (1 + std::exp(-x)); });
}

TEST_THAT("zeros, infinities, NaN, denormal and huge numbers give what the C library gives") {
  check_specials<float>();
  check_specials<double>();
}

template <class T>
void check_exactly(OpCode op, T (*expected)(T)) {
  for (Isa isa : supported_isas()) {
    const std::vector<T> x = samples<T>(sizeof(T) == 1 ? 0 : -100, 100, 5000);
    const std::vector<T> y = compute(isa, op, x);
    int64_t wrong = 0;
    for (size_t i = 0; i < x.size(); ++i) wrong += !(y[i] == expected(x[i]));
    CHECK_MESSAGE(wrong == 0, std::string(kOpNames[static_cast<int>(op)]) + " " + isa_name(isa) + ": " + std::to_string(wrong) + " wrong");
  }
}

template <class T>
void check_cheap_ops() {
  check_exactly<T>(OpCode::abs, [](T x) { return static_cast<T>(x < 0 ? -x : x); });
  check_exactly<T>(OpCode::sign, [](T x) { return static_cast<T>((x > 0) - (x < 0)); });
  check_exactly<T>(OpCode::square, [](T x) { return static_cast<T>(x * x); });
  check_exactly<T>(OpCode::relu, [](T x) { return x < 0 ? T(0) : x; });
  check_exactly<T>(OpCode::floor, [](T x) { return static_cast<T>(std::floor(static_cast<double>(x))); });
  check_exactly<T>(OpCode::ceil, [](T x) { return static_cast<T>(std::ceil(static_cast<double>(x))); });
  check_exactly<T>(OpCode::round, [](T x) { return static_cast<T>(std::nearbyint(static_cast<double>(x))); });
}

TEST_THAT("sign, absolute value, square, relu and rounding are exact for floats and whole numbers") {
  check_cheap_ops<float>();
  check_cheap_ops<double>();
  check_cheap_ops<int32_t>();
  check_cheap_ops<uint8_t>();
  check_exactly<float>(OpCode::neg, [](float x) { return -x; });
  check_exactly<int32_t>(OpCode::neg, [](int32_t x) { return -x; });
  check_exactly<float>(OpCode::reciprocal, [](float x) { return 1 / x; });
  check_exactly<double>(OpCode::reciprocal, [](double x) { return 1 / x; });
}

TEST_THAT("halves round to the even neighbour") {
  for (Isa isa : supported_isas()) {
    const std::vector<float> y = compute<float>(isa, OpCode::round, {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 8388607.5f, 8388609.0f});
    CHECK((y == std::vector<float>{0, 2, 2, -0.0f, -2, 8388608.0f, 8388609.0f}));
  }
}

TEST_THAT("clamp keeps NaN, takes infinities for no limit, and lets the upper limit win") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  for (Isa isa : supported_isas()) {
    std::vector<float> x = {-5, 0.5f, 5, nan, inf, -inf}, y(6);
    CHECK(run(isa, OpCode::clamp, build_call({operand(x, {6})}, {operand(y, {6})}, {-1, 1})));
    CHECK(y[0] == -1 && y[1] == 0.5f && y[2] == 1 && std::isnan(y[3]) && y[4] == 1 && y[5] == -1);
    CHECK(run(isa, OpCode::clamp, build_call({operand(x, {6})}, {operand(y, {6})}, {-inf, 1})));
    CHECK(y[0] == -5 && y[5] == -inf && y[4] == 1);
    CHECK(run(isa, OpCode::clamp, build_call({operand(x, {6})}, {operand(y, {6})}, {3, 2})));
    CHECK(y[0] == 2 && y[1] == 2 && y[2] == 2);
    std::vector<int32_t> n = {-5, 0, 5}, m(3);
    CHECK(run(isa, OpCode::clamp, build_call({operand(n, {3})}, {operand(m, {3})}, {-1.5, inf})));
    CHECK(m[0] == -1 && m[1] == 0 && m[2] == 5);
  }
}

template <class T>
void check_pair(OpCode op, T (*expected)(T, T), bool small_exponents = false) {
  for (Isa isa : supported_isas()) {
    Numbers numbers(23);
    const int64_t count = 3001;
    std::vector<T> a(count), b(count), c(count);
    for (T& value : a) value = static_cast<T>((numbers.next() + (sizeof(T) == 1 ? 1 : 0)) * 100);
    for (T& value : b) value = static_cast<T>(small_exponents ? numbers.below(5) : (numbers.next() + (sizeof(T) == 1 ? 1 : 0)) * 100);
    if constexpr (std::numeric_limits<T>::has_quiet_NaN) a[5] = b[9] = a[11] = b[11] = std::numeric_limits<T>::quiet_NaN();
    CHECK(run(isa, op, build_call({operand(a, {count}), operand(b, {count})}, {operand(c, {count})})));
    int64_t wrong = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      const T right = expected(a[i], b[i]);
      wrong += !(c[i] == right || (c[i] != c[i] && right != right));
    }
    CHECK_MESSAGE(wrong == 0, std::string(kOpNames[static_cast<int>(op)]) + " " + isa_name(isa) + ": " + std::to_string(wrong) + " wrong");
  }
}

template <class T>
void check_arithmetic() {
  check_pair<T>(OpCode::add, [](T a, T b) { return static_cast<T>(a + b); });
  check_pair<T>(OpCode::sub, [](T a, T b) { return static_cast<T>(a - b); });
  check_pair<T>(OpCode::mul, [](T a, T b) { return static_cast<T>(a * b); });
  check_pair<T>(OpCode::maximum, [](T a, T b) { return a != a ? a : b != b ? b : std::max(a, b); });
  check_pair<T>(OpCode::minimum, [](T a, T b) { return a != a ? a : b != b ? b : std::min(a, b); });
}

TEST_THAT("arithmetic of two tensors is that of C++, and NaN wins in maximum and minimum") {
  check_arithmetic<float>();
  check_arithmetic<double>();
  check_arithmetic<int32_t>();
  check_arithmetic<uint8_t>();
  check_pair<float>(OpCode::div, [](float a, float b) { return a / b; });
  check_pair<double>(OpCode::div, [](double a, double b) { return a / b; });
}

TEST_THAT("powers are those of the C library, whole ones of whole numbers exact") {
  check_pair<double>(OpCode::pow, [](double a, double b) { return std::pow(a, b); });
  check_pair<int32_t>(OpCode::pow, [](int32_t a, int32_t b) { return static_cast<int32_t>(std::pow(a, b)); }, true);
  for (Isa isa : supported_isas()) {
    std::vector<int32_t> base = {1, -1, -1, 2, 0}, exponent = {-3, -3, -2, -1, 0}, power(5);
    CHECK(run(isa, OpCode::pow, build_call({operand(base, {5}), operand(exponent, {5})}, {operand(power, {5})})));
    CHECK((power == std::vector<int32_t>{1, -1, 1, 0, 1}));
    Numbers numbers(2);
    const int64_t count = 20000;
    std::vector<float> a(count), b(count), c(count);
    for (float& value : a) value = static_cast<float>((numbers.next() + 1) * 10);
    for (float& value : b) value = static_cast<float>(numbers.next() * 12);
    a[100] = -2, b[100] = 3, a[101] = -2, b[101] = 0.5f, a[102] = 0, b[102] = 0, a[103] = 0, b[103] = -1;
    CHECK(run(isa, OpCode::pow, build_call({operand(a, {count}), operand(b, {count})}, {operand(c, {count})})));
    double worst = 0;
    for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, ulps(c[i], std::pow(static_cast<long double>(a[i]), static_cast<long double>(b[i]))));
    CHECK_MESSAGE(worst <= 2, std::to_string(worst) + " ulp");
    for (float constant : {0.0f, 1.0f, 2.0f, 3.0f, 0.5f, -1.0f, 2.5f}) {
      std::vector<float> same_exponent{constant};
      a[100] = 3;
      CHECK(run(isa, OpCode::pow, build_call({operand(a, {count}), operand(same_exponent, {count}, {0})}, {operand(c, {count})})));
      for (int64_t i = 110; i < count; ++i) CHECK(ulps(c[i], std::pow(static_cast<long double>(a[i]), static_cast<long double>(constant))) <= 2);
    }
  }
}

template <class T>
void check_comparison(OpCode op, bool (*expected)(T, T)) {
  for (Isa isa : supported_isas()) {
    Numbers numbers(29);
    for (Arrangement left : kArrangements) {
      for (Arrangement right : kArrangements) {
        Tensor<T> a = arrange<T>({7, 37}, left), b = arrange<T>({7, 37}, right);
        Tensor<uint8_t> c = arrange<uint8_t>({7, 37}, Arrangement::contiguous, 9);
        for (T& value : a.memory) value = static_cast<T>(numbers.below(3));
        for (T& value : b.memory) value = static_cast<T>(numbers.below(3));
        if constexpr (std::numeric_limits<T>::has_quiet_NaN) a.memory[0] = std::numeric_limits<T>::quiet_NaN();
        Operand output = c.as_operand();
        output.dtype = DType::Bool;
        CHECK(run(isa, op, build_call({a.as_operand(), b.as_operand()}, {output})));
        int64_t wrong = 0;
        for (int64_t i = 0; i < c.count(); ++i) wrong += c[i] != expected(a[i], b[i]);
        CHECK_MESSAGE(wrong == 0, std::string(kOpNames[static_cast<int>(op)]) + " " + isa_name(isa));
      }
    }
  }
}

template <class T>
void check_comparisons() {
  check_comparison<T>(OpCode::eq, [](T a, T b) { return a == b; });
  check_comparison<T>(OpCode::ne, [](T a, T b) { return a != b; });
  check_comparison<T>(OpCode::lt, [](T a, T b) { return a < b; });
  check_comparison<T>(OpCode::le, [](T a, T b) { return a <= b; });
  check_comparison<T>(OpCode::gt, [](T a, T b) { return a > b; });
  check_comparison<T>(OpCode::ge, [](T a, T b) { return a >= b; });
  check_comparison<T>(OpCode::logicalAnd, [](T a, T b) { return a != 0 && b != 0; });
  check_comparison<T>(OpCode::logicalOr, [](T a, T b) { return a != 0 || b != 0; });
  for (Isa isa : supported_isas()) {
    std::vector<T> x = {T(0), T(1), T(2)};
    std::vector<uint8_t> y(3, 9);
    CHECK(run(isa, OpCode::logicalNot, build_call({operand(x, {3})}, {flags(y, {3})})));
    CHECK((y == std::vector<uint8_t>{1, 0, 0}));
  }
}

TEST_THAT("comparisons and logic give the flags that C++ gives, NaN included, in every layout and dtype") {
  check_comparisons<float>();
  check_comparisons<double>();
  check_comparisons<int32_t>();
  check_comparisons<uint8_t>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
