// Two independent normal numbers from two random words, by Box and Muller (1958), in float32 throughout.
//
// Only multiply-adds, conversions and a square root, each rounded once: a device that runs this sequence gets the same
// bits. What is subtracted is subtracted as whole numbers, so neither u near 1 (where log u vanishes) nor v near a quarter
// turn (where a cosine does) loses places.
#pragma once

#include "cpu/float_math.h"

NABLA_BEGIN_ISA

using float_math::RoundedSum;

struct NormalPair {
  Vector<float> cosine, sine;
};

/** The logarithm of u = (a + 1) / 2^32, times -2. */
NABLA_INLINE Vector<float> minus_two_log(Vector<uint32_t> a) {
  // From 1/2 to 1, where log u is small, f is taken from the whole number: u - 1 down to sqrt(1/2), below it 2 u - 1, which
  // are a + 1 and 2 (a + 1) read as signed numbers. For smaller u, u = 2^e (1 + f) as in log.
  const Vector<uint32_t> next = a + 1;
  const auto near = a >= 0x7fffffffu, nearer = a >= 0xb504f333u;
  const Vector<float> whole = __builtin_convertvector(next, Vector<float>);
  const Vector<uint32_t> offset = (Vector<uint32_t>)splat(0.707106781f);
  const Vector<uint32_t> from_root = (Vector<uint32_t>)whole - offset;
  const Vector<int32_t> exponent = ((Vector<int32_t>)from_root >> 23) - 32;
  const Vector<float> fraction = (Vector<float>)((from_root & 0x7fffffu) + offset) - 1.0f;
  const Vector<int32_t> signed_fraction = (Vector<int32_t>)(nearer ? next : next + next);
  const Vector<float> near_fraction = __builtin_convertvector(signed_fraction, Vector<float>) * 0x1p-32f;
  const Vector<int32_t> near_exponent = ~nearer;  // 0 or -1
  const Vector<float> e = __builtin_convertvector(near ? near_exponent : exponent, Vector<float>);
  return float_math::log_from_parts<RoundedSum>(e, near ? near_fraction : fraction) * -2.0f;
}

/** r cos t and r sin t with r = sqrt(-2 log u), t = 2 pi v, u = (a + 1) / 2^32, v = b / 2^32. */
NABLA_INLINE NormalPair normal_pair(Vector<uint32_t> a, Vector<uint32_t> b) {
  const Vector<float> radius = square_root(minus_two_log(a));

  // v is the nearest quarter turn and a rest between -1/8 and 1/8 of a turn.
  constexpr uint32_t kEighth = 1u << 29;
  constexpr float kTurnHigh = static_cast<float>(1.4629180792671596e-9);
  constexpr float kTurnLow = static_cast<float>(1.4629180792671596e-9 - static_cast<double>(kTurnHigh));
  const Vector<uint32_t> shifted = b + kEighth;
  const Vector<int32_t> rest = (Vector<int32_t>)((shifted & 0x3fffffffu) - kEighth);
  // Times 2 pi / 2^32, in two parts.
  const Vector<float> turn = __builtin_convertvector(rest, Vector<float>);
  const Vector<float> t = RoundedSum::of(turn, splat(kTurnHigh), turn * kTurnLow);
  const Vector<float> z = t * t;
  // Fits like those of float_math.h: of (sin t - t) / t^3 to 2^-28 of sin t, (cos t - 1 + t^2 / 2) / t^4 to 2^-33.
  constexpr float kSine[] = {-0.166666552f, 0.0083321603f, -0.00019515217f};
  constexpr float kCosine[] = {1, -0.5f, 0.0416666456f, -0.00138873153f, 2.44330804e-5f};
  const Vector<float> sine = RoundedSum::of(float_math::polynomial<RoundedSum>(z, kSine) * z, t, t);
  const Vector<float> cosine = float_math::polynomial<RoundedSum>(z, kCosine);

  // Odd quarters exchange the two; the sign of the cosine turns in quarters 1 and 2, of the sine in 2 and 3.
  const auto odd = (Vector<int32_t>)(shifted << 1) < 0;
  const Vector<uint32_t> sine_sign = shifted & 0x80000000u;
  const Vector<uint32_t> cosine_sign = (shifted ^ (shifted << 1)) & 0x80000000u;
  const Vector<float> x = (odd ? sine : cosine) * radius, y = (odd ? cosine : sine) * radius;
  return {(Vector<float>)((Vector<uint32_t>)x ^ cosine_sign), (Vector<float>)((Vector<uint32_t>)y ^ sine_sign)};
}

NABLA_END_ISA
