// What the elementwise ops compute, one struct each: `of` takes the call's attributes and the elements. The formulas, and what
// becomes of NaN and of whole numbers that overflow, are those of the CPU's kernels (cpu/arithmetic, mathematics, activations,
// comparison, division).
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

template <class T>
inline constexpr bool kIsFloat = std::is_floating_point_v<T>;

/** Unsigned for int32, whose overflow then wraps around. */
template <class T>
using Wrapping = std::conditional_t<std::is_same_v<T, int32_t>, uint32_t, T>;

template <class T>
NABLA_DEVICE T sigmoid_of(T x) {
  return T(1) / (T(1) + std::exp(-x));
}

// One element.
#define NABLA_ONE(Name, expression)                       \
  struct Name {                                           \
    template <class T>                                    \
    static NABLA_DEVICE T of(const double*, T x) {        \
      return expression;                                  \
    }                                                     \
  };
NABLA_ONE(Exp, std::exp(x))
NABLA_ONE(Log, std::log(x))
NABLA_ONE(Log1p, std::log1p(x))
NABLA_ONE(Expm1, std::expm1(x))
NABLA_ONE(Sqrt, std::sqrt(x))
NABLA_ONE(Rsqrt, T(1) / std::sqrt(x))
NABLA_ONE(Reciprocal, T(1) / x)
NABLA_ONE(Sin, std::sin(x))
NABLA_ONE(Cos, std::cos(x))
NABLA_ONE(Tanh, std::tanh(x))
NABLA_ONE(Sigmoid, sigmoid_of(x))
NABLA_ONE(Erf, std::erf(x))
NABLA_ONE(Softsign, x / (std::fabs(x) + T(1)))
NABLA_ONE(Square, static_cast<T>(static_cast<Wrapping<T>>(x) * static_cast<Wrapping<T>>(x)))
NABLA_ONE(Sign, x > T(0) ? T(1) : (x < T(0) ? static_cast<T>(-1) : T(0)))
NABLA_ONE(Relu, x < T(0) ? T(0) : x)
#undef NABLA_ONE

struct Negative {
  template <class T>
  static NABLA_DEVICE T of(const double*, T x) {
    if constexpr (kIsFloat<T>) return -x;
    else return static_cast<T>(Wrapping<T>(0) - static_cast<Wrapping<T>>(x));
  }
};

struct Absolute {
  template <class T>
  static NABLA_DEVICE T of(const double* a, T x) {
    if constexpr (kIsFloat<T>) return std::fabs(x);
    else return x < T(0) ? Negative::of(a, x) : x;
  }
};

#define NABLA_ROUNDING(Name, function)                \
  struct Name {                                       \
    template <class T>                                \
    static NABLA_DEVICE T of(const double*, T x) {    \
      if constexpr (kIsFloat<T>) return function(x);  \
      else return x;                                  \
    }                                                 \
  };
NABLA_ROUNDING(Floor, std::floor)
NABLA_ROUNDING(Ceil, std::ceil)
NABLA_ROUNDING(Round, std::rint)
#undef NABLA_ROUNDING

struct Clamp {
  template <class T>
  static NABLA_DEVICE T of(const double* a, T x) {
    if constexpr (kIsFloat<T>) {
      x = x < static_cast<T>(a[0]) ? static_cast<T>(a[0]) : x;
      return x > static_cast<T>(a[1]) ? static_cast<T>(a[1]) : x;
    } else {
      // The limits are whole numbers inside the type: the host has seen to it.
      double value = static_cast<double>(x);
      value = value < a[0] ? a[0] : value;
      return static_cast<T>(value > a[1] ? a[1] : value);
    }
  }
};

inline constexpr double kSqrtHalf = 0.70710678118654752440;
inline constexpr double kSqrtTwoOverPi = 0.79788456080286535588;
inline constexpr double kInverseSqrtTwoPi = 0.39894228040143267794;
inline constexpr double kCubic = 0.044715;

struct Gelu {
  template <class T>
  static NABLA_DEVICE T inner(T x) {
    return std::tanh((x + x * x * x * T(kCubic)) * T(kSqrtTwoOverPi));
  }
  template <class T>
  static NABLA_DEVICE T of(const double* a, T x) {
    return x * T(0.5) * ((a[0] == 0 ? std::erf(x * T(kSqrtHalf)) : inner(x)) + T(1));
  }
};

struct GeluBackward {
  template <class T>
  static NABLA_DEVICE T of(const double* a, T gradient, T x) {
    if (a[0] == 0) {
      const T below = (std::erf(x * T(kSqrtHalf)) + T(1)) * T(0.5);
      const T density = std::exp(x * x * T(-0.5)) * T(kInverseSqrtTwoPi);
      // Far out the density is 0 and 0 times infinity would be NaN.
      return gradient * (below + (density == T(0) ? T(0) : x * density));
    }
    const T t = Gelu::inner(x);
    const T slope = (x * x * T(3 * kCubic) + T(1)) * T(kSqrtTwoOverPi);
    const T bend = T(1) - t * t;
    return gradient * ((t + T(1)) * T(0.5) + (bend == T(0) ? T(0) : x * T(0.5) * bend * slope));
  }
};

struct LeakyRelu {
  template <class T>
  static NABLA_DEVICE T of(const double* a, T x) {
    return x > T(0) ? x : x * static_cast<T>(a[0]);
  }
};
struct Elu {
  template <class T>
  static NABLA_DEVICE T of(const double* a, T x) {
    return x > T(0) ? x : std::expm1(x) * static_cast<T>(a[0]);
  }
};
struct Softplus {
  template <class T>
  static NABLA_DEVICE T of(const double* a, T x) {
    const T scaled = x * static_cast<T>(a[0]);
    return scaled > static_cast<T>(a[1]) ? x : std::log1p(std::exp(scaled)) / static_cast<T>(a[0]);
  }
};
struct HardSigmoid {
  template <class T>
  static NABLA_DEVICE T of(const double*, T x) {
    T y = x + T(3);
    y = y < T(0) ? T(0) : y;
    return (y > T(6) ? T(6) : y) / T(6);
  }
};

// Two elements.
#define NABLA_TWO(Name, expression)                                              \
  struct Name {                                                                  \
    template <class T>                                                           \
    static NABLA_DEVICE T of([[maybe_unused]] const double* attributes, T a, T b) { \
      return expression;                                                         \
    }                                                                            \
  };
NABLA_TWO(Add, static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b)))
NABLA_TWO(Subtract, static_cast<T>(static_cast<Wrapping<T>>(a) - static_cast<Wrapping<T>>(b)))
NABLA_TWO(Multiply, static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b)))
NABLA_TWO(Divide, a / b)
// NaN where either operand is.
NABLA_TWO(Maximum, a > b || a != a ? a : b)
NABLA_TWO(Minimum, a < b || a != a ? a : b)
// a is the gradient, b what the comment of each op says: the result, or the input.
NABLA_TWO(ReluBackward, b <= T(0) ? T(0) : a)
NABLA_TWO(SigmoidBackward, a * ((T(1) - b) * b))
NABLA_TWO(TanhBackward, a * (T(1) - b * b))
NABLA_TWO(LeakyReluBackward, b > T(0) ? a : a * static_cast<T>(attributes[0]))
NABLA_TWO(EluBackward, b > T(0) ? a : a * (std::exp(b) * static_cast<T>(attributes[0])))
NABLA_TWO(SoftplusBackward,
          b * static_cast<T>(attributes[0]) > static_cast<T>(attributes[1]) ? a : a * sigmoid_of(b * static_cast<T>(attributes[0])))
NABLA_TWO(HardSigmoidBackward, b > T(-3) && b < T(3) ? a / T(6) : T(0))
#undef NABLA_TWO

struct SoftsignBackward {
  template <class T>
  static NABLA_DEVICE T of(const double*, T gradient, T x) {
    const T share = T(1) / (std::fabs(x) + T(1));
    return gradient * share * share;
  }
};

struct Power {
  template <class T>
  static NABLA_DEVICE T of(const double*, T a, T b) {
    if constexpr (kIsFloat<T>) {
      return std::pow(a, b);
    } else {
      // Whole powers wrap around; a negative exponent leaves what is whole of the fraction.
      if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
      uint32_t base = static_cast<uint32_t>(a), power = 1;
      for (uint32_t n = static_cast<uint32_t>(b); n > 0; n >>= 1, base *= base) power *= (n & 1) != 0 ? base : 1;
      return static_cast<T>(power);
    }
  }
};

struct Fmod {
  template <class T>
  static NABLA_DEVICE T of(const double*, T a, T b) {
    if constexpr (kIsFloat<T>) return std::fmod(a, b);
    // -2^31 % -1 does not fit.
    else if (b == 0 || (std::is_signed_v<T> && b == static_cast<T>(-1))) return T(0);
    else return static_cast<T>(a % b);
  }
};

template <class T>
NABLA_DEVICE bool signs_differ(T rest, T b) {
  return rest != T(0) && (rest < T(0)) != (b < T(0));
}

struct Remainder {
  template <class T>
  static NABLA_DEVICE T of(const double* attributes, T a, T b) {
    const T rest = Fmod::of(attributes, a, b);
    return signs_differ(rest, b) ? static_cast<T>(rest + b) : rest;
  }
};

struct FloorDivide {
  template <class T>
  static NABLA_DEVICE T of(const double* attributes, T a, T b) {
    if constexpr (kIsFloat<T>) {
      if (b == T(0)) return a / b;
      const T rest = Fmod::of(attributes, a, b);
      T quotient = (a - rest) / b;
      if (signs_differ(rest, b)) quotient -= T(1);
      if (quotient == T(0)) return std::copysign(T(0), a / b);
      const T whole = std::floor(quotient);
      return quotient - whole > T(0.5) ? whole + T(1) : whole;
    } else {
      if (b == 0) return 0;
      // -2^31 / -1 does not fit and wraps around.
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return static_cast<T>(0u - static_cast<uint32_t>(a));
      return static_cast<T>(a / b - (signs_differ(Fmod::of(attributes, a, b), b) ? 1 : 0));
    }
  }
};

#define NABLA_TEST(Name, expression)                              \
  struct Name {                                                   \
    template <class T>                                            \
    static NABLA_DEVICE uint8_t of(const double*, T a, T b) {     \
      return (expression) ? 1 : 0;                                \
    }                                                             \
  };
NABLA_TEST(Equal, a == b)
NABLA_TEST(NotEqual, a != b)
NABLA_TEST(Less, a < b)
NABLA_TEST(LessOrEqual, a <= b)
NABLA_TEST(Greater, a > b)
NABLA_TEST(GreaterOrEqual, a >= b)
NABLA_TEST(BothTrue, a != T(0) && b != T(0))
NABLA_TEST(EitherTrue, a != T(0) || b != T(0))
#undef NABLA_TEST

struct NotTrue {
  template <class T>
  static NABLA_DEVICE uint8_t of(const double*, T a) {
    return a == T(0) ? 1 : 0;
  }
};

struct Choose {
  template <class T>
  static NABLA_DEVICE T of(const double*, uint8_t condition, T a, T b) {
    return condition != 0 ? a : b;
  }
};

/** A byte that is 0 or 1. */
struct flag {
  uint8_t value;
};

template <class To>
struct Convert {
  template <class T>
  static NABLA_DEVICE To of(const double*, T x) {
    if constexpr (std::is_same_v<To, flag>) return flag{static_cast<uint8_t>(x != T(0) ? 1 : 0)};
    else return static_cast<To>(x);
  }
};

}  // namespace nabla::cuda
