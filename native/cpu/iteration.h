// The loops of an elementwise call: its dimensions, with those that can be walked as one merged into one.
#pragma once

#include <cstdint>

#include "core/op_call.h"

namespace nabla {

struct Iteration {
  int rank;
  int64_t count;
  int64_t sizes[kMaxRank];
  /** Elements; indexed by operand as in the call, inputs first. The last dimension is the innermost loop. */
  int64_t strides[kMaxOperands][kMaxRank];
};

/**
 * Drops dimensions of size 1, orders the rest as the first output lies in memory, and merges neighbours that every operand
 * walks with one stride. An operand of lower rank than the output has stride 0 in the leading dimensions. The rank of
 * the result is at least 1.
 */
void plan_iteration(const OpCall& call, Iteration& iteration);

}  // namespace nabla
