// Two normal numbers from two uniform ones (Box and Muller 1958), in float64: rounded to float32 they are at most the last place
// beside the CPU's. The kernel that draws (random.cu) and fused chains (fused/functions.cu) share it, so that they draw the same.
#pragma once

#include <cmath>
#include <cstdint>

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

struct NormalPair {
  double radius, angle;

  /** From u in (0, 1] and v in [0, 1). */
  static NABLA_DEVICE NormalPair of(double u, double v) { return {std::sqrt(-2.0 * std::log(u)), 6.28318530717958647692 * v}; }
  /** From two words, as float32 takes them. */
  static NABLA_DEVICE NormalPair of_words(uint32_t a, uint32_t b) { return of((a + 1.0) * 0x1p-32, b * 0x1p-32); }

  template <class T>
  NABLA_DEVICE T first(double mean, double deviation) const {
    return static_cast<T>(radius * std::cos(angle)) * static_cast<T>(deviation) + static_cast<T>(mean);
  }
  template <class T>
  NABLA_DEVICE T second(double mean, double deviation) const {
    return static_cast<T>(radius * std::sin(angle)) * static_cast<T>(deviation) + static_cast<T>(mean);
  }
};

}  // namespace nabla::cuda
