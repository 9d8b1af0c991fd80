// What the host tells unfold and fold.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** One axis of a window's way over an image. */
struct WindowsAxis {
  int64_t image, map, taps, stride, padding, dilation;
};

/** Planes of images, and of each the columns [taps, windows]; both contiguous. */
struct WindowsParameters {
  const void* from;
  void* to;
  int64_t planes;
  WindowsAxis rows, columns;
};

}  // namespace nabla::cuda
