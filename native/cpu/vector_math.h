// Elementary functions on vectors, for float32 and float64: exp, log, expm1, log1p, tanh, sigmoid, sin, cos.
//
// Each reduces its argument to a short interval and sums a series there, whose length follows from the interval and the
// precision, so no table of fitted coefficients is needed (Muller, "Elementary Functions", 3rd ed., chapters 3, 11).
// Float32 has shorter ones of its own for exp, log, tanh and sigmoid (float_math.h); log1p, expm1, sin and cos, which float32
// cannot hold through the last step, go through float64. Errors against long double: native/test/mathematics_test.cpp.
#pragma once

#include "cpu/float_format.h"
#include "cpu/float_math.h"

NABLA_BEGIN_ISA

namespace vector_math {

inline constexpr int kMostTerms = 18;

struct InverseFactorials {
  double of[kMostTerms];

  constexpr InverseFactorials() : of{} {
    double product = 1;
    for (int n = 0; n < kMostTerms; ++n) {
      if (n > 0) product *= n;
      of[n] = 1 / product;
    }
  }
};

/** 1 / n!, as a table: a function of the loop's variable would be computed at run time. */
inline constexpr InverseFactorials kInverseFactorial{};

/** x = n ln 2 + rest, |rest| <= ln 2 / 2. */
template <class T>
struct Reduced {
  Vector<typename Format<T>::Bits> n;
  Vector<T> rest;
};

template <class T>
NABLA_INLINE Reduced<T> reduce_by_ln2(Vector<T> x) {
  using F = Format<T>;
  constexpr T kLog2E = static_cast<T>(1.44269504088896340736);
  const Vector<T> shifted = x * kLog2E + F::kRounder;
  const Vector<T> n = shifted - F::kRounder;
  Vector<T> rest = fused_multiply_add(n, splat<T>(-F::kLn2High), x);
  rest = fused_multiply_add(n, splat<T>(-F::kLn2Low), rest);
  using Unsigned = typename F::Unsigned;
  const Vector<Unsigned> whole = (Vector<Unsigned>)shifted - (Vector<Unsigned>)splat<T>(F::kRounder);
  return {(Vector<typename F::Bits>)whole, rest};
}

/** (e^r - 1 - r) / r^2 by its Taylor series. */
template <class T>
NABLA_INLINE Vector<T> exp_tail(Vector<T> r) {
  constexpr int kTerms = Format<T>::kExpTerms;
  Vector<T> sum = splat<T>(static_cast<T>(kInverseFactorial.of[kTerms]));
  NABLA_UNROLL
  for (int k = kTerms - 1; k >= 2; --k) sum = fused_multiply_add(sum, r, splat<T>(static_cast<T>(kInverseFactorial.of[k])));
  return sum;
}

template <class T>
NABLA_INLINE Vector<T> exp(Vector<T> x) {
  using F = Format<T>;
  x = x > F::kExpMax ? splat<T>(F::kExpMax) : x;
  x = x < F::kExpMin ? splat<T>(F::kExpMin) : x;
  const Reduced<T> reduced = reduce_by_ln2<T>(x);
  const Vector<T> r = reduced.rest;
  const Vector<T> value = fused_multiply_add(exp_tail<T>(r) * r, r, r) + static_cast<T>(1);
  // In two factors, so that results may be denormal or infinite though 2^n alone cannot be written.
  const Vector<typename F::Bits> half = reduced.n >> 1;
  const Vector<typename F::Bits> rest = (reduced.n + 1) >> 1;
  return value * power_of_two<T>(half) * power_of_two<T>(rest);
}

template <class T>
NABLA_INLINE Vector<T> log(Vector<T> x) {
  using F = Format<T>;
  using Bits = typename F::Bits;
  const auto denormal = x < F::kSmallestNormal;
  const Vector<T> scaled = denormal ? x * F::kDenormalScale : x;
  // scaled = 2^e m with m in [sqrt(1/2), sqrt(2)): the exponent is counted from sqrt(1/2) upwards.
  using Unsigned = typename F::Unsigned;
  const Vector<Unsigned> offset = (Vector<Unsigned>)splat<T>(static_cast<T>(0.70710678118654752440));
  const Vector<Unsigned> from_root = (Vector<Unsigned>)scaled - offset;
  const Vector<Bits> exponent = (Vector<Bits>)from_root >> F::kMantissaBits;
  constexpr Unsigned kMantissa = (Unsigned{1} << F::kMantissaBits) - 1;
  const Vector<T> f = (Vector<T>)((from_root & kMantissa) + offset) - static_cast<T>(1);
  const Vector<Bits> shift = denormal ? Vector<Bits>{} + F::kDenormalShift : Vector<Bits>{};
  const Vector<T> e = __builtin_convertvector(exponent - shift, Vector<T>);
  // log(1 + f) = 2 atanh(s), s = f / (2 + f); written so that the leading term f is added last and exactly (fdlibm).
  const Vector<T> s = f / (f + static_cast<T>(2));
  const Vector<T> z = s * s;
  Vector<T> series = splat<T>(static_cast<T>(2.0 / (2 * F::kLogTerms + 1)));
  NABLA_UNROLL
  for (int k = F::kLogTerms - 1; k >= 1; --k) series = fused_multiply_add(series, z, splat<T>(static_cast<T>(2.0 / (2 * k + 1))));
  series *= z;
  const Vector<T> half_square = f * f * static_cast<T>(0.5);
  const Vector<T> small = fused_multiply_add(s, half_square + series, e * F::kLn2Low);
  Vector<T> result = e * F::kLn2High - ((half_square - small) - f);
  result = x == kInfinity<T> ? x : result;
  result = x == static_cast<T>(0) ? splat<T>(-kInfinity<T>) : result;
  return (x < static_cast<T>(0)) | (x != x) ? splat<T>(kNaN<T>) : result;
}

template <>
NABLA_INLINE Vector<float> exp<float>(Vector<float> x) {
  return float_math::exp(x);
}

template <>
NABLA_INLINE Vector<float> log<float>(Vector<float> x) {
  return float_math::log(x);
}

NABLA_INLINE Vector<double> expm1(Vector<double> x) {
  const Vector<double> limited = x < -40.0 ? splat(-40.0) : x;
  const Reduced<double> reduced = reduce_by_ln2<double>(limited > 60.0 ? splat(60.0) : limited);
  const Vector<double> r = reduced.rest;
  const Vector<double> tail = fused_multiply_add(exp_tail<double>(r) * r, r, r);
  const Vector<double> scale = power_of_two<double>(reduced.n);
  const Vector<double> result = fused_multiply_add(scale, tail, scale - 1.0);
  const Vector<double> signed_result = x == 0.0 ? x : result;
  const auto large = x > 55.0;
  return any_lane(large) ? (large ? exp<double>(x) : signed_result) : signed_result;
}

NABLA_INLINE Vector<double> log1p(Vector<double> x) {
  const Vector<double> u = x + 1.0;
  const Vector<double> lost = x - (u - 1.0);
  const Vector<double> result = log<double>(u) + lost / u;
  return (x == kInfinity<double>) | (x == 0.0) ? x : (u == 0.0 ? splat(-kInfinity<double>) : result);
}

NABLA_INLINE Vector<double> tanh(Vector<double> x) {
  const Vector<double> magnitude = absolute<double>(x);
  const Vector<double> t = expm1((magnitude > 20.0 ? splat(20.0) : magnitude) * 2.0);
  return with_sign<double>(t / (t + 2.0), x);
}

template <class T>
NABLA_INLINE Vector<T> sigmoid(Vector<T> x) {
  // From e^-|x|, which cannot overflow; keeps the small values of large negative x.
  const Vector<T> z = exp<T>(-absolute<T>(x));
  return (x < static_cast<T>(0) ? z : splat<T>(1)) / (z + static_cast<T>(1));
}

template <>
NABLA_INLINE Vector<float> sigmoid<float>(Vector<float> x) {
  return float_math::sigmoid(x);
}

/** Sine and cosine of r, |r| <= pi / 4. */
struct SineCosine {
  Vector<double> sine, cosine;
};

NABLA_INLINE SineCosine sine_cosine_near_zero(Vector<double> r) {
  const Vector<double> z = r * r;
  Vector<double> odd = splat(kInverseFactorial.of[17]);
  Vector<double> even = splat(kInverseFactorial.of[16]);
  NABLA_UNROLL
  for (int k = 15; k >= 3; k -= 2) odd = fused_multiply_add(odd, z, splat((k % 4 == 3 ? -1 : 1) * kInverseFactorial.of[k]));
  NABLA_UNROLL
  for (int k = 14; k >= 4; k -= 2) even = fused_multiply_add(even, z, splat((k % 4 == 2 ? -1 : 1) * kInverseFactorial.of[k]));
  const Vector<double> half = z * 0.5;
  const Vector<double> near_one = 1.0 - half;
  return {fused_multiply_add(odd * z, r, r), near_one + fused_multiply_add(even * z, z, (1.0 - near_one) - half)};
}

/** Sine (turns = 0) or cosine (turns = 1) from those of the rest after `quadrant` quarter turns. */
NABLA_INLINE Vector<double> turn(SineCosine rest, Vector<int64_t> quadrant, int turns) {
  const Vector<int64_t> q = quadrant + turns;
  const Vector<double> value = (q & 1) != 0 ? rest.cosine : rest.sine;
  return (q & 2) != 0 ? -value : value;
}

/** Arguments up to this are reduced here; the C library takes the others. */
inline constexpr double kLargestAngle = 1e6;

template <int kTurns>
NABLA_INLINE Vector<double> sine_or_cosine(Vector<double> x) {
  // Pi / 2 in parts of 33 bits: products with whole numbers below 2^20 are exact (fdlibm, e_rem_pio2.c).
  constexpr double kPart1 = 1.57079632673412561417e+00, kPart2 = 6.07710050630396597660e-11,
                   kPart3 = 2.02226624871116645580e-21;
  const Vector<double> shifted = x * 0.63661977236758134308 + Format<double>::kRounder;
  const Vector<double> n = shifted - Format<double>::kRounder;
  const Vector<int64_t> quadrant = (Vector<int64_t>)shifted;
  const Vector<double> r = ((x - n * kPart1) - n * kPart2) - n * kPart3;
  Vector<double> result = turn(sine_cosine_near_zero(r), quadrant, kTurns);
  if (kTurns == 0) result = x == 0.0 ? x : result;
  const auto large = ~(absolute<double>(x) <= kLargestAngle);
  if (!any_lane(large)) return result;
  for (int i = 0; i < kLanes<double>; ++i) {
    if (large[i] != 0) result[i] = kTurns == 0 ? __builtin_sin(x[i]) : __builtin_cos(x[i]);
  }
  return result;
}

/** Applies a function on float64 vectors to a float32 vector, half by half. */
template <class Function>
NABLA_INLINE Vector<float> through_double(Vector<float> x, Function function) {
  constexpr int kHalf = kLanes<double>;
  alignas(kVectorBytes) float lanes[2 * kHalf];
  store(lanes, x);
  for (int h = 0; h < 2; ++h) {
    const Vector<double> wide = __builtin_convertvector(load_lanes<kHalf>(lanes + h * kHalf), Vector<double>);
    store(lanes + h * kHalf, __builtin_convertvector(function(wide), Vector<float, kHalf>));
  }
  return load(lanes);
}

}  // namespace vector_math

NABLA_END_ISA
