// What range_check.cu is given, and where it leaves what it finds.
#pragma once

#include <cstdint>

#include "core/op_call.h"

namespace nabla::cuda {

/** Elements outside of their range, as the card writes them down: it lies in pinned memory, which both sides see. */
struct Violation {
  /** The smallest and the largest of all elements that were compared (both NaN where that is outside and among them), and the range. */
  double smallest, largest, low, high;
  /** Which check it was. */
  int32_t check;
  /** 1 once the rest is there. */
  int32_t noted;
};

struct RangeCheckParameters {
  const void* from;
  int64_t count;
  int32_t rank, check;
  int64_t sizes[kMaxRank], strides[kMaxRank];
  double low, high;
  /** 1 where NaN is outside too. */
  int32_t no_nan;
  Violation* violation;
  /** 0 until a check has found something; in the card's own memory. */
  int32_t* found;
};

}  // namespace nabla::cuda
