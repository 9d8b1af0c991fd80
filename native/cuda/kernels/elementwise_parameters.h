// What the host tells an elementwise kernel.
#pragma once

#include <cstdint>

#include "cuda/kernels/divider.h"

namespace nabla::cuda {

/** An output and up to three inputs. */
inline constexpr int kElementwiseOperands = 4;
inline constexpr int kDimensions = 8;

struct ElementwiseParameters {
  /** The output first. Null for a plain number. */
  void* data[kElementwiseOperands];
  double numbers[kElementwiseOperands];
  int64_t strides[kElementwiseOperands][kDimensions];
  Divider sizes[kDimensions];
  int32_t rank;
  uint32_t count;
  /** How many packs of four elements begin it, where all operands lie without gaps and aligned (or are repeated). */
  uint32_t packs;
  double attributes[4];
};

}  // namespace nabla::cuda
