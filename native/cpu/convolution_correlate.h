// Correlation of images with kernels, the engine of conv2d, convTranspose2d and the gradients of images.
//
// Along each axis result position p reads the image at p * stride + first + t * tap_step for each tap t; what lies outside
// the image is zero. conv2d is one such correlation; its transpose with stride s is s * s of them, one for each position of
// a result pixel in the s x s grid, with the taps that reach it.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

struct CorrelationAxis {
  int64_t image_size;
  /** Positions that are computed, and where they go: position p is row (column) result_first + p * result_step. */
  int64_t positions;
  int64_t result_first;
  int64_t result_step;
  int64_t stride;
  /** Tap t of the correlation is tap weight_first + t * weight_step of the kernel. */
  int64_t taps;
  int64_t first;
  int64_t tap_step;
  int64_t weight_first;
  int64_t weight_step;

  int64_t tap_start(int64_t tap) const { return first + tap * tap_step; }
};

template <class T>
struct Correlation {
  int64_t images, groups;
  /** Of one group. */
  int64_t channels, results;
  CorrelationAxis rows, columns;
  /** [images][groups * channels][rows][columns], gapless. */
  const T* image;
  /** Strides between groups, result channels, image channels, rows and columns of the kernels. */
  const T* weight;
  int64_t weight_group, weight_result, weight_channel, weight_row, weight_column;
  /** One number for each of groups * results channels, or null. */
  const T* bias;
  /** [images][groups * results][result_rows][result_columns], gapless. */
  T* result;
  int64_t result_rows, result_columns;
};

/** Returns false when interrupted. */
template <class T>
bool correlate(const Correlation<T>& correlation);

extern template bool correlate<float>(const Correlation<float>&);
extern template bool correlate<double>(const Correlation<double>&);

NABLA_END_ISA
