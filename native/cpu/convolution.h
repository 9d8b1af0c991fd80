// What the three ops of convolution read from a call: sizes, and how windows lie on the image.
//
// Names are conv2d's: `image` is the larger side (conv2d's input, convTranspose2d's result), `map` the smaller one.
#pragma once

#include <cstdint>

#include "core/op_call.h"
#include "cpu/isa.h"

NABLA_BEGIN_ISA

/** One axis of a window's way over an image. */
struct WindowAxis {
  int64_t image_size;
  int64_t map_size;
  int64_t taps;
  int64_t stride;
  /** Zeros before the first row or column. */
  int64_t padding;
  int64_t dilation;
};

struct Windows {
  WindowAxis rows, columns;
};

/** Attributes: stride, padding and dilation, for rows and columns each. */
NABLA_INLINE Windows read_windows(const OpCall& call, const int64_t* image, const int64_t* map,
                                                           const int64_t* kernel) {
  const auto number = [&](int i) { return static_cast<int64_t>(call.attributes[i]); };
  return {{image[0], map[0], kernel[0], number(0), number(2), number(4)},
          {image[1], map[1], kernel[1], number(1), number(3), number(5)}};
}

inline constexpr int kGroupsAttribute = 6;

NABLA_END_ISA
