// The error function on vectors of float32 and float64: a series in x^2 up to 1, beyond it 1 - erfc(x).
//
// For float32 log erfc(x) is a polynomial; for float64 erfc(x) = e^(-x^2) W(t) with W smooth in t = (x - 3) / (x + 3)
// (Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x", Mathematics of Computation 36, 1981).
// The coefficients are our own Chebyshev fits, to 2^-29 and 2^-28 of the result, and to 2^-62 and 2^-64.
#pragma once

#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace vector_math {

NABLA_INLINE Vector<float> erf(Vector<float> x) {
  constexpr float kNear[] = {1.12837917f, -0.376126267f, 0.112835947f, -0.026854212f, 0.00518908742f, -0.000801686429f, 7.87587506e-5f};
  constexpr float kFar[] = {0.000320914383f, -1.13023672f,    -0.631820247f,   -0.11008568f,   0.0264243709f,
                            -0.00476074771f, 0.000597052946f, -4.60874473e-5f, 1.63863732e-6f};
  // From 4 on it is 1 in float32; the order of the operands lets NaN through.
  const Vector<float> magnitude = lesser(splat(4.0f), absolute<float>(x));
  const Vector<float> near = x * float_math::polynomial(x * x, kNear);
  const Vector<float> far = 1.0f - float_math::exp(float_math::polynomial(magnitude, kFar));
  return magnitude < 1.0f ? near : with_sign<float>(far, x);
}

NABLA_INLINE Vector<double> erf(Vector<double> x) {
  constexpr double kNear[] = {1.1283791670955126,      -0.37612638903183748,   0.11283791670954879,    -0.026866170645076793,
                              0.0052239776248180145,   -0.00085483269808337899, 0.00012055331111642711, -1.4925595266831182e-5,
                              1.6461000484121368e-6,   -1.6350312701054695e-7, 1.4659775274047436e-8,  -1.1372848856791674e-9,
                              5.9571761477489114e-11};
  constexpr double kFar[] = {0.17900115118138995,     -0.32623356004303723,   0.24560380171233091,    -0.15011593650077581,
                             0.071665837197973308,    -0.024392499318790735,  0.0042691363330778686,  0.00070774644356119724,
                             -0.0005970619531815352,  4.525520140579536e-5,   6.4056577940516657e-5,  -1.2859347351455289e-5,
                             -7.9776965796440729e-6,  2.1124428949403866e-6,  1.2459620847174092e-6,  -2.6915157592850125e-7,
                             -2.0355575642200859e-7};
  const Vector<double> size = absolute<double>(x);
  const Vector<double> magnitude = size > 6.0 ? splat(6.0) : size;
  const Vector<double> z = x * x;
  Vector<double> near = splat(kNear[12]);
  NABLA_UNROLL
  for (int k = 11; k >= 0; --k) near = fused_multiply_add(near, z, splat(kNear[k]));
  const Vector<double> t = (magnitude - 3.0) / (magnitude + 3.0);
  Vector<double> far = splat(kFar[16]);
  NABLA_UNROLL
  for (int k = 15; k >= 0; --k) far = fused_multiply_add(far, t, splat(kFar[k]));
  far = 1.0 - far * exp<double>(-(magnitude * magnitude));
  return magnitude < 1.0 ? near * x : with_sign<double>(far, x);
}

}  // namespace vector_math

NABLA_END_ISA
