// unfold and fold. A thread makes one number of the result: unfold's under one tap of one window, fold's from all windows that its
// pixel lies in, tap by tap in the CPU's order, so that nothing is added by two threads.
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/windows_parameters.h"

namespace nabla::cuda {

template <class T>
NABLA_DEVICE void unfold(const WindowsParameters& p) {
  const int64_t windows = p.rows.map * p.columns.map, numbers = p.rows.taps * p.columns.taps * windows;
  for (int64_t i = thread_number(); i < p.planes * numbers; i += thread_count()) {
    const int64_t plane = i / numbers, tap = i % numbers / windows, window = i % windows;
    const int64_t y = window / p.columns.map * p.rows.stride - p.rows.padding + tap / p.columns.taps * p.rows.dilation;
    const int64_t x = window % p.columns.map * p.columns.stride - p.columns.padding + tap % p.columns.taps * p.columns.dilation;
    const bool inside = y >= 0 && y < p.rows.image && x >= 0 && x < p.columns.image;
    static_cast<T*>(p.to)[i] = inside ? static_cast<const T*>(p.from)[(plane * p.rows.image + y) * p.columns.image + x] : T(0);
  }
}

/** The window that has a pixel under a tap, along one axis; below 0 where there is none. */
NABLA_DEVICE int64_t window_over(const WindowsAxis& axis, int64_t pixel, int64_t tap) {
  const int64_t start = pixel + axis.padding - tap * axis.dilation;
  if (start < 0 || start % axis.stride != 0) return -1;
  const int64_t window = start / axis.stride;
  return window < axis.map ? window : -1;
}

template <class T>
NABLA_DEVICE void fold(const WindowsParameters& p) {
  const int64_t plane_size = p.rows.image * p.columns.image, windows = p.rows.map * p.columns.map;
  for (int64_t i = thread_number(); i < p.planes * plane_size; i += thread_count()) {
    const int64_t plane = i / plane_size, y = i % plane_size / p.columns.image, x = i % p.columns.image;
    const T* const from = static_cast<const T*>(p.from) + plane * p.rows.taps * p.columns.taps * windows;
    T sum = 0;
    for (int64_t t = 0; t < p.rows.taps; ++t) {
      const int64_t row = window_over(p.rows, y, t);
      for (int64_t u = 0; u < p.columns.taps && row >= 0; ++u) {
        const int64_t column = window_over(p.columns, x, u);
        if (column >= 0) sum += from[(t * p.columns.taps + u) * windows + row * p.columns.map + column];
      }
    }
    static_cast<T*>(p.to)[i] = sum;
  }
}

#define NABLA_WINDOWS_KERNELS(type, T)                         \
  NABLA_KERNEL(unfold_##type, WindowsParameters) { unfold<T>(p); } \
  NABLA_KERNEL(fold_##type, WindowsParameters) { fold<T>(p); }
NABLA_WINDOWS_KERNELS(f32, float)
NABLA_WINDOWS_KERNELS(f64, double)

}  // namespace nabla::cuda
