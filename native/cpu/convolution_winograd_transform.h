// The transforms of Winograd's convolution F(4 x 4, 3 x 3): 4 x 4 results of a 3 x 3 kernel from 36 multiplications instead of
// 144 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
//
// Four results of a kernel of three are a product of polynomials, found from its values at 0, a, -a, b, -b and infinity.
// The usual points 1 and 2 lose a digit; points whose product is 1 lose least (Alam, Anderson, Barabasz and Gregg, "Winograd
// Convolution for Deep Neural Networks: Efficient Point Selection", 2022), and of those 2/3 and 3/2 were measured best here:
// with 64 channels three times the error of direct sums, where 1 and 2 give six times.
#pragma once

#include <utility>

#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Results of a tile along one axis, and numbers of the image that they see. */
inline constexpr int kWinogradResults = 4;
inline constexpr int kWinogradNumbers = 6;
inline constexpr int kWinogradTaps = 3;
/** Products of a tile. */
inline constexpr int kWinogradProducts = kWinogradNumbers * kWinogradNumbers;

struct WinogradPoints {
  static constexpr double a = 2.0 / 3, b = 3.0 / 2;
  static constexpr double aa = a * a, bb = b * b, sum = aa + bb;
};

/** Six numbers of an image, at the points: values of polynomials that vanish at all points but one. */
NABLA_INLINE void transform_image(const Vector<float> (&d)[kWinogradNumbers], Vector<float> (&v)[kWinogradNumbers]) {
  using P = WinogradPoints;
  const auto times = [](double factor, Vector<float> x, Vector<float> plus) {
    return fused_multiply_add(splat(static_cast<float>(factor)), x, plus);
  };
  const Vector<float> even_a = times(-P::bb, d[2], d[4]), odd_a = times(-P::bb, d[1], d[3]);
  const Vector<float> even_b = times(-P::aa, d[2], d[4]), odd_b = times(-P::aa, d[1], d[3]);
  v[0] = times(-P::sum, d[2], d[0] + d[4]);
  v[1] = times(P::a, odd_a, even_a);
  v[2] = times(-P::a, odd_a, even_a);
  v[3] = times(P::b, odd_b, even_b);
  v[4] = times(-P::b, odd_b, even_b);
  v[5] = times(-P::sum, d[3], d[1] + d[5]);
}

/** Six products back to four results. */
NABLA_INLINE void transform_results(const Vector<float> (&m)[kWinogradNumbers], Vector<float> (&y)[kWinogradResults]) {
  using P = WinogradPoints;
  const auto times = [](double factor, Vector<float> x, Vector<float> plus) {
    return fused_multiply_add(splat(static_cast<float>(factor)), x, plus);
  };
  const Vector<float> even_a = m[1] + m[2], odd_a = m[1] - m[2];
  const Vector<float> even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = m[0] + (even_a + even_b);
  y[1] = times(P::b, odd_b, splat(static_cast<float>(P::a)) * odd_a);
  y[2] = times(P::bb, even_b, splat(static_cast<float>(P::aa)) * even_a);
  y[3] = times(P::b * P::bb, odd_b, times(P::a * P::aa, odd_a, m[5]));
}

/** The three numbers of a kernel `step` apart, at the points, `to_step` apart. */
NABLA_INLINE void transform_kernel(const double* g, int64_t step, double* u, int64_t to_step) {
  using P = WinogradPoints;
  constexpr double by_a = 1 / (2 * P::aa * (P::aa - P::bb)), by_b = 1 / (2 * P::bb * (P::bb - P::aa));
  const double g0 = g[0], g1 = g[step], g2 = g[2 * step];
  const double even_a = (g0 + P::aa * g2) * by_a, odd_a = P::a * by_a * g1;
  const double even_b = (g0 + P::bb * g2) * by_b, odd_b = P::b * by_b * g1;
  u[0] = g0;
  u[to_step] = even_a + odd_a;
  u[2 * to_step] = even_a - odd_a;
  u[3 * to_step] = even_b + odd_b;
  u[4 * to_step] = even_b - odd_b;
  u[5 * to_step] = g2;
}

template <int kFirst, int... kLane>
NABLA_INLINE Vector<float> part(Vector<float> low, Vector<float> high, std::integer_sequence<int, kLane...>) {
  return __builtin_shufflevector(low, high, (2 * kLane + kFirst)...);
}

template <int kFirst, int... kLane>
NABLA_INLINE Vector<float> mingle(Vector<float> a, Vector<float> b, std::integer_sequence<int, kLane...>) {
  constexpr int kWidth = kLanes<float>;
  return __builtin_shufflevector(a, b, (kFirst * kWidth / 2 + kLane / 2 + (kLane % 2) * kWidth)...);
}

template <int... kLane>
NABLA_INLINE Vector<float> shift_lanes(Vector<float> a, Vector<float> b, std::integer_sequence<int, kLane...>) {
  return __builtin_shufflevector(a, b, (kLane + 1)...);
}

inline constexpr auto kFloatLanes = std::make_integer_sequence<int, kLanes<float>>{};

/** Lane t of result k is number 4 t + k of the four vectors at `from`. */
NABLA_INLINE void split_in_four(const float* from, Vector<float>* to) {
  constexpr int kWidth = kLanes<float>;
  const Vector<float> v0 = load(from), v1 = load(from + kWidth), v2 = load(from + 2 * kWidth), v3 = load(from + 3 * kWidth);
  const Vector<float> even_low = part<0>(v0, v1, kFloatLanes), even_high = part<0>(v2, v3, kFloatLanes);
  const Vector<float> odd_low = part<1>(v0, v1, kFloatLanes), odd_high = part<1>(v2, v3, kFloatLanes);
  to[0] = part<0>(even_low, even_high, kFloatLanes);
  to[1] = part<0>(odd_low, odd_high, kFloatLanes);
  to[2] = part<1>(even_low, even_high, kFloatLanes);
  to[3] = part<1>(odd_low, odd_high, kFloatLanes);
}

/** The reverse: lane t of vector k becomes number 4 t + k at `to`. */
NABLA_INLINE void join_four(const Vector<float> (&from)[kWinogradResults], float* to) {
  constexpr int kWidth = kLanes<float>;
  const Vector<float> even_low = mingle<0>(from[0], from[2], kFloatLanes), even_high = mingle<1>(from[0], from[2], kFloatLanes);
  const Vector<float> odd_low = mingle<0>(from[1], from[3], kFloatLanes), odd_high = mingle<1>(from[1], from[3], kFloatLanes);
  store(to, mingle<0>(even_low, odd_low, kFloatLanes));
  store(to + kWidth, mingle<1>(even_low, odd_low, kFloatLanes));
  store(to + 2 * kWidth, mingle<0>(even_high, odd_high, kFloatLanes));
  store(to + 3 * kWidth, mingle<1>(even_high, odd_high, kFloatLanes));
}

NABLA_END_ISA
