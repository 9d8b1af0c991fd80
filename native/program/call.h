// A call whose kernel has been looked up.
#pragma once

#include "core/op_call.h"
#include "core/precision.h"

namespace nabla {

/** One element of any dtype: an operand that is a plain number points at it. */
union Number {
  float float32;
  double float64;
  int32_t int32;
  uint8_t uint8;
};

struct ResolvedCall {
  Kernel kernel;
  OpCall call;
  Number numbers[kMaxOperands];
  int32_t op = 0;
  Precision precision = Precision::Highest;
  /** Bit i is set where operand i is a plain number. */
  uint32_t immediates = 0;
  /** Bit i is set where operand i lies in an argument's memory; in that of a captured storage that is not the arena. */
  uint32_t arguments = 0, captured = 0;
  /** True when a run may give it other memory or other attributes than the one before. */
  bool varies = false;
};

}  // namespace nabla
