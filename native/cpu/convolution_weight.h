// The gradient of a convolution's kernels: a sum over images and pixels.
#pragma once

#include "cpu/convolution.h"

NABLA_BEGIN_ISA

template <class T>
struct WeightGradient {
  int64_t images, groups;
  /** Of one group. */
  int64_t channels, maps;
  Windows windows;
  /** [images][groups * channels][rows][columns]. */
  const T* image;
  /** [images][groups * maps][rows][columns]: the gradient of the convolution's result. */
  const T* map;
  /** [groups * maps][channels][kernel rows][kernel columns]. */
  T* weight;
};

/**
 * weight[o][c][t][u] = sum of map[n][o][y][x] * image[n][c][y * stride + t * dilation - padding][...]. How the sum is cut
 * depends on the shape alone. Returns false when interrupted.
 */
template <class T>
bool correlate_weight(const WeightGradient<T>& call);

extern template bool correlate_weight<float>(const WeightGradient<float>&);
extern template bool correlate_weight<double>(const WeightGradient<double>&);

NABLA_END_ISA
