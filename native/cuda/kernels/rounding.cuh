// Numbers of float32 with fewer significant bits, as the factors of tensor cores are: rounded to the nearest, and of two as near
// to the even one.
#pragma once

#include <bit>

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

#if defined(__CUDACC__)
NABLA_DEVICE uint32_t bits_of(float value) { return __float_as_uint(value); }
NABLA_DEVICE float float_of(uint32_t bits) { return __uint_as_float(bits); }
#else
inline uint32_t bits_of(float value) { return std::bit_cast<uint32_t>(value); }
inline float float_of(uint32_t bits) { return std::bit_cast<float>(bits); }
#endif

/** A number without its last `dropped` bits. What is no number stays so. */
template <int dropped>
NABLA_DEVICE float without_last_bits(float value) {
  if (value != value) return value;
  const uint32_t bits = bits_of(value), half = (1u << (dropped - 1)) - 1;
  return float_of((bits + half + (bits >> dropped & 1)) & ~((1u << dropped) - 1));
}

/** Eleven significant bits. */
NABLA_DEVICE float to_tf32(float value) { return without_last_bits<13>(value); }
/** Eight significant bits. */
NABLA_DEVICE float to_bfloat16(float value) { return without_last_bits<16>(value); }

}  // namespace nabla::cuda
