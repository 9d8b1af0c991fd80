// The loops of a reduction: the dimensions that are kept, and those that are summed (or multiplied, compared) away.
#pragma once

#include "cpu/iteration.h"

namespace nabla {

struct ReductionPlan {
  /** Strides: operand 0 is the input, operand 1 the output. */
  Iteration kept;
  /** Strides: operand 0 is the input. */
  Iteration reduced;
};

/**
 * Reads the dimensions from the attributes [number of dimensions, dimensions in increasing order...]; none means all.
 * The output has the input's rank, with size 1 where a dimension is reduced. Both groups are ordered as the input lies in
 * memory and merged where possible.
 */
void plan_reduction(const OpCall& call, ReductionPlan& plan);

}  // namespace nabla
