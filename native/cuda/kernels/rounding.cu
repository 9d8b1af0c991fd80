// Factors of products as numbers of 16 bits, which tensor cores multiply, in memory of their own.
#include "cuda/kernels/rounding.cuh"
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/rounding_parameters.h"

namespace nabla::cuda {

NABLA_KERNEL(to_bfloat16_f32, RoundingParameters) {
  const int64_t count = p.batches * p.lines * p.length;
  for (int64_t i = thread_number(); i < count; i += thread_count()) {
    const int64_t line = i / p.length, at = i % p.length, batch = line / p.lines;
    const int64_t of_batch = line % p.lines;
    const float value = static_cast<const float*>(p.from)[batch * p.from_batch + of_batch * p.from_line + at];
    // What is no number keeps a bit that says so in its upper half.
    const uint32_t bits = value != value ? bits_of(value) | 1u << 22 : bits_of(to_bfloat16(value));
    static_cast<uint16_t*>(p.to)[batch * p.to_batch + of_batch * p.to_line + at] = static_cast<uint16_t>(bits >> 16);
  }
}

}  // namespace nabla::cuda
