// Elementary functions on vectors of float32, computed in float32 throughout: exp, log, tanh, sigmoid.
//
// A dozen multiply-adds each and no table, so that a million elements cost little more than moving them. Polynomials are
// our own near-minimax fits (Lawson's iteration on Chebyshev's points, 400 of them; Cheney, "Introduction to Approximation
// Theory", 1966) for the reductions of Muller, "Elementary Functions", 3rd ed., chapter 11; leading coefficients are
// kept exact. Each lane is computed from its element alone. Errors against long double: native/test/mathematics_test.cpp.
#pragma once

#include "cpu/float_format.h"

NABLA_BEGIN_ISA

namespace float_math {

using vector_math::absolute;
using vector_math::Format;
using vector_math::kInfinity;
using vector_math::kNaN;

/** a b + c as fast as the instruction set can. */
struct FastSum {
  static NABLA_INLINE Vector<float> of(Vector<float> a, Vector<float> b, Vector<float> c) { return fused_multiply_add(a, b, c); }
};

/** a b + c rounded once on every instruction set, for results that must be the same on all. */
struct RoundedSum {
  static NABLA_INLINE Vector<float> of(Vector<float> a, Vector<float> b, Vector<float> c) {
#if defined(__FMA__) || defined(__aarch64__)
    return fused_multiply_add(a, b, c);
#else
    // The product of two float32 is exact in float64; the sum is rounded there far below the last place of float32.
    for (int i = 0; i < kLanes<float>; ++i) {
      c[i] = static_cast<float>(static_cast<double>(a[i]) * static_cast<double>(b[i]) + static_cast<double>(c[i]));
    }
    return c;
#endif
  }
};

/** The sum of c[k] x^k by Horner's rule. */
template <class Sum = FastSum, int kTerms>
NABLA_INLINE Vector<float> polynomial(Vector<float> x, const float (&c)[kTerms]) {
  Vector<float> sum = splat(c[kTerms - 1]);
  NABLA_UNROLL
  for (int k = kTerms - 2; k >= 0; --k) sum = Sum::of(sum, x, splat(c[k]));
  return sum;
}

/** v 2^n for whole n, given as n + Format::kRounder; overflows to infinity and underflows through denormal numbers. */
NABLA_INLINE Vector<float> scale_by_power(Vector<float> v, Vector<float> shifted) {
#if defined(__AVX512F__)
  return (Vector<float>)_mm512_scalef_ps((__m512)v, (__m512)(shifted - Format<float>::kRounder));
#else
  // In two factors, so that results may be denormal or infinite though 2^n alone cannot be written.
  const Vector<int32_t> n = (Vector<int32_t>)((Vector<uint32_t>)shifted - (Vector<uint32_t>)splat(Format<float>::kRounder));
  const Vector<int32_t> half = n >> 1;
  return v * vector_math::power_of_two<float>(half) * vector_math::power_of_two<float>((Vector<int32_t>)((Vector<uint32_t>)n - (Vector<uint32_t>)half));
#endif
}

/** x = n ln 2 / kScale + rest, |rest| <= ln 2 / (2 kScale); `shifted` is n + Format::kRounder. */
struct Reduced {
  Vector<float> shifted, rest;
};

template <int kScale>
NABLA_INLINE Reduced reduce(Vector<float> x) {
  using F = Format<float>;
  const Vector<float> shifted = fused_multiply_add(x, splat(1.44269504f * kScale), splat(F::kRounder));
  const Vector<float> n = shifted - F::kRounder;
  const Vector<float> rest = fused_multiply_add(n, splat(-F::kLn2High / kScale), x);
  return {shifted, fused_multiply_add(n, splat(-F::kLn2Low / kScale), rest)};
}

NABLA_INLINE Vector<float> exp(Vector<float> x) {
  using F = Format<float>;
  // (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2 to 2^-28 of e^r.
  constexpr float kTail[] = {1, 1, 0.49999994f, 0.166665196f, 0.0416684002f, 0.00836885162f, 0.00138143182f};
  const Reduced reduced = reduce<1>(greater(splat(F::kExpMin), lesser(splat(F::kExpMax), x)));
  return scale_by_power(polynomial(reduced.rest, kTail), reduced.shifted);
}

/** e^x - 1 for x from -kLimit to kLimit / kScale, where `x` is given divided by kScale (1 or 2) and 2^n does not overflow. */
template <int kScale>
NABLA_INLINE Vector<float> expm1_inside(Vector<float> x) {
  // (e^r - 1 - r) / r^2 to 2^-32 of e^r - 1, its coefficients scaled (exactly) for r divided by kScale.
  constexpr float k2 = kScale * kScale, k3 = k2 * kScale, k4 = k3 * kScale, k5 = k4 * kScale, k6 = k5 * kScale, k7 = k6 * kScale;
  constexpr float kTail[] = {0.5f * k2,           0.166666657f * k3,   0.0416663587f * k4,
                             0.00833338965f * k5, 0.00139408233f * k6, 0.000198458918f * k7};
  const Reduced reduced = reduce<kScale>(x);
  const Vector<float> r = reduced.rest;
  const Vector<float> first = kScale == 1 ? r : r + r;
  const Vector<float> tail = fused_multiply_add(polynomial(r, kTail), r * r, first);
  const Vector<uint32_t> n = (Vector<uint32_t>)reduced.shifted - (Vector<uint32_t>)splat(Format<float>::kRounder);
  const Vector<float> scale = vector_math::power_of_two<float>((Vector<int32_t>)n);
  return fused_multiply_add(scale, tail, scale - 1.0f);
}

/** (e^2|x| - 1) / (e^2|x| + 1), exact to the last bits near 0 because e^2|x| - 1 is. */
NABLA_INLINE Vector<float> tanh(Vector<float> x) {
  const Vector<float> t = expm1_inside<2>(lesser(splat(10.0f), absolute<float>(x)));
  const Vector<float> magnitude = t / (t + 2.0f);
  constexpr int32_t kSign = -2147483647 - 1;
  return (Vector<float>)((Vector<int32_t>)magnitude | ((Vector<int32_t>)x & kSign));
}

/** From e^-|x|, which cannot overflow; keeps the small values of large negative x. */
NABLA_INLINE Vector<float> sigmoid(Vector<float> x) {
  const Vector<float> z = exp(-absolute<float>(x));
  return (x < 0.0f ? z : splat(1.0f)) / (z + 1.0f);
}

/** e ln 2 + log(1 + f) for whole e and 1 + f in [sqrt(1/2), sqrt(2)]. */
template <class Sum = FastSum>
NABLA_INLINE Vector<float> log_from_parts(Vector<float> e, Vector<float> f) {
  using F = Format<float>;
  // (log(1 + f) - f + f^2 / 2) / f^3 to 2^-30 of log(1 + f).
  constexpr float kTail[] = {0.333333135f,  -0.250000089f, 0.200021192f,  -0.166679963f, 0.142195493f,
                             -0.124055892f, 0.118881829f,  -0.116756573f, 0.067466028f};
  const Vector<float> square = f * f;
  Vector<float> small = polynomial<Sum>(f, kTail) * f;
  small = Sum::of(small, square, e * F::kLn2Low);
  small = Sum::of(square, splat(-0.5f), small);
  return Sum::of(e, splat(F::kLn2High), f + small);
}

NABLA_INLINE Vector<float> log(Vector<float> x) {
  using F = Format<float>;
  const auto denormal = x < F::kSmallestNormal;
  const Vector<float> scaled = denormal ? x * F::kDenormalScale : x;
  // scaled = 2^e (1 + f): the exponent is counted from sqrt(1/2) upwards.
  const Vector<uint32_t> offset = (Vector<uint32_t>)splat(0.707106781f);
  const Vector<uint32_t> from_root = (Vector<uint32_t>)scaled - offset;
  const Vector<float> exponent = __builtin_convertvector((Vector<int32_t>)from_root >> F::kMantissaBits, Vector<float>);
  const Vector<float> f = (Vector<float>)((from_root & 0x7fffffu) + offset) - 1.0f;
  const Vector<float> e = denormal ? exponent - static_cast<float>(F::kDenormalShift) : exponent;
  Vector<float> result = log_from_parts(e, f);
  result = x == kInfinity<float> ? x : result;
  result = x == 0.0f ? splat(-kInfinity<float>) : result;
  return (x < 0.0f) | (x != x) ? splat(kNaN<float>) : result;
}

}  // namespace float_math

NABLA_END_ISA
