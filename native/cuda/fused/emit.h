// A chain of elementwise calls (program/tiles.h) as one kernel, written as PTX: each element is read once, goes through all calls in
// registers, and only what others read is written. PTX needs no compiler beside the driver's own, which also keeps what it has
// compiled on disk from one process to the next (its compute cache), so nothing is kept here.
//
// Where every place lies without gaps the kernel moves four elements at a time. tinygrad and XLA fuse in the same way.
#pragma once

#include <string>
#include <vector>

#include "program/tiles.h"

namespace nabla::cuda {

struct FusedKernel {
  /** A whole module of PTX with one kernel, kFusedKernelName. */
  std::string text;
  /** True when it walks along one dimension with steps of 0 and 1, and so in packs. */
  bool flat = false;
};

inline constexpr const char* kFusedKernelName = "nabla_fused";

/** Writes the kernel of a group; false when there is none, and `why` says so. */
bool write_fused(const TileGroup& group, FusedKernel& kernel, std::string& why);

/** What the numbers of a kernel's parameters are for a group, in the order in which the kernel reads them. */
std::vector<double> numbers_of(const TileGroup& group);

}  // namespace nabla::cuda
