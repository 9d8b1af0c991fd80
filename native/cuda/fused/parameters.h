// What the host tells a fused kernel.
#pragma once

#include <cstdint>

#include "cuda/kernels/divider.h"

namespace nabla::cuda {

inline constexpr int kFusedPlaces = 32;
inline constexpr int kFusedNumbers = 96;
inline constexpr int kFusedDimensions = 8;

struct FusedParameters {
  /** Where the chain reads and writes. */
  void* data[kFusedPlaces];
  /** Plain numbers among the operands, and attributes, in the order of the calls. */
  double numbers[kFusedNumbers];
  int64_t strides[kFusedPlaces][kFusedDimensions];
  Divider sizes[kFusedDimensions];
  uint32_t count;
  /** How many packs of four elements begin it, where all places lie without gaps and aligned (or are repeated). */
  uint32_t packs;
  /** Where the chain ends in a reduction: how many results it has, of how many elements each. */
  uint32_t results, reduced;
};
static_assert(sizeof(FusedParameters) <= 4096, "the parameters of a kernel are at most 4 KiB");

}  // namespace nabla::cuda
