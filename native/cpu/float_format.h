// What elementary functions need to know of a floating format, and the pieces they share: signs, rounding, powers of two.
//
// The split constants are those of fdlibm (Sun, 1993).
#pragma once

#include "cpu/simd.h"

NABLA_BEGIN_ISA

namespace vector_math {

template <class T>
struct Format;

template <>
struct Format<float> {
  using Bits = int32_t;
  using Unsigned = uint32_t;
  static constexpr int kMantissaBits = 23, kBias = 127;
  /** 1.5 * 2^23: adding it rounds to a whole number, which then stands in the low bits. */
  static constexpr float kRounder = 12582912.0f;
  // ln 2 in two parts, the first with trailing zeros so that its multiples are exact.
  static constexpr float kLn2High = 6.93145752e-1f, kLn2Low = 1.42860677e-6f;
  static constexpr float kExpMin = -104.0f, kExpMax = 89.0f;
  static constexpr int kExpTerms = 7, kLogTerms = 5;
  static constexpr float kSmallestNormal = 0x1p-126f, kDenormalScale = 0x1p25f;
  static constexpr int kDenormalShift = 25;
};

template <>
struct Format<double> {
  using Bits = int64_t;
  using Unsigned = uint64_t;
  static constexpr int kMantissaBits = 52, kBias = 1023;
  static constexpr double kRounder = 6755399441055744.0;
  static constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
  static constexpr double kExpMin = -746.0, kExpMax = 710.0;
  static constexpr int kExpTerms = 13, kLogTerms = 11;
  static constexpr double kSmallestNormal = 0x1p-1022, kDenormalScale = 0x1p54;
  static constexpr int kDenormalShift = 54;
};

template <class T>
inline constexpr T kInfinity = static_cast<T>(__builtin_inf());
template <class T>
inline constexpr T kNaN = static_cast<T>(__builtin_nan(""));

template <class T>
NABLA_INLINE Vector<T> absolute(Vector<T> x) {
  using Bits = typename Format<T>::Bits;
  constexpr Bits kSign = static_cast<Bits>(Bits{1} << (sizeof(T) * 8 - 2)) << 1;
  return (Vector<T>)((Vector<Bits>)x & ~kSign);
}

/** The magnitude of one vector with the signs of another. */
template <class T>
NABLA_INLINE Vector<T> with_sign(Vector<T> magnitude, Vector<T> sign) {
  using Bits = typename Format<T>::Bits;
  constexpr Bits kSign = static_cast<Bits>(Bits{1} << (sizeof(T) * 8 - 2)) << 1;
  return (Vector<T>)(((Vector<Bits>)magnitude & ~kSign) | ((Vector<Bits>)sign & kSign));
}

/** Rounds to whole numbers, halves to even; larger numbers are whole already. */
template <class T>
NABLA_INLINE Vector<T> round_even(Vector<T> x) {
  constexpr T kAllWhole = static_cast<T>(typename Format<T>::Bits{1} << Format<T>::kMantissaBits);
  const Vector<T> magnitude = absolute<T>(x);
  const Vector<T> rounded = (magnitude + kAllWhole) - kAllWhole;
  return magnitude < kAllWhole ? with_sign<T>(rounded, x) : x;
}

/** 2^n for whole n within the exponents of normal numbers. */
template <class T>
NABLA_INLINE Vector<T> power_of_two(Vector<typename Format<T>::Bits> n) {
  // Without sign: lanes that hold NaN have any n, and their overflow must be defined.
  using Unsigned = typename Format<T>::Unsigned;
  return (Vector<T>)(((Vector<Unsigned>)n + Unsigned{Format<T>::kBias}) << Format<T>::kMantissaBits);
}

}  // namespace vector_math

NABLA_END_ISA
