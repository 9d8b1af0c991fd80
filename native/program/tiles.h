// A chain of elementwise calls over one shape, run tile by tile: all calls on the first few thousand elements, then all on
// the next. What one call makes and only another one reads stays in a tile buffer in the first-level cache and never
// reaches memory. The kernels are those of the table, called on tiles, so the bits are those of the calls one by one.
//
// The idea is NumExpr's virtual machine (Alted, "Why modern CPUs are starving and what can be done about it", 2010).
#pragma once

#include <cstdint>
#include <vector>

#include "program/call.h"

namespace nabla {

/** Where a tile of an operand is. */
struct TileOperand {
  /** A tile buffer, or -1 for memory (the operand's `data`, patched from run to run). */
  int32_t buffer = -1;
  int32_t item_bytes = 4;
  /** Equal for operands of the group that are the same window on the same memory; -1 for buffers and plain numbers. */
  int32_t place = -1;
  /** In elements, one for each dimension of the group; unused for buffers. */
  int64_t strides[kMaxRank] = {};
};

struct TileCall {
  ResolvedCall resolved;
  TileOperand operands[kMaxOperands];
};

struct TileGroup {
  int32_t rank = 0;
  int64_t sizes[kMaxRank] = {};
  int32_t buffer_count = 0;
  int32_t place_count = 0;
  /** Bytes of the largest element type that a buffer holds. */
  int32_t item_bytes = 4;
  std::vector<TileCall> calls;
};

/** Elements of a tile: with a handful of buffers of floats it stays in the first-level cache. */
inline constexpr int64_t kTileElements = 2048;

/** Runs the group; false when it was interrupted. */
bool run_tiles(const TileGroup& group);

}  // namespace nabla
