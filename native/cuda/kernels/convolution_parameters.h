// What the host tells the kernels of convolution. Names are conv2d's: `image` is the larger side, `map` the smaller one.
#pragma once

#include <cstdint>

#include "cuda/kernels/divider.h"

namespace nabla::cuda {

/** What is computed from the other two. */
enum class Convolved : int32_t { Map, Image, Weight };

/** One axis of a window's way over an image. */
struct ConvolutionAxis {
  int32_t image, map, taps, stride, padding, dilation;
};

struct ConvolutionParameters {
  const void *image, *map, *weight, *bias;
  /** What is written: the map, the image, or the weight. */
  void* to;
  int64_t images, groups;
  /** Of one group: of the image, and of the map. */
  int64_t channels, maps;
  ConvolutionAxis rows, columns;
  /** By the taps of a kernel and of its row; by the positions of the map and of its row; and of the image. */
  Divider by_taps, by_tap_columns, by_map, by_map_columns, by_image, by_image_columns;
  /** In how many parts the weight's depth is summed, and where they go; null for one. */
  int32_t part_count;
  void* parts;
};

}  // namespace nabla::cuda
