// Starts elementwise kernels: merges dimensions as the CPU does, and says how each operand is walked.
#pragma once

#include "cpu/iteration.h"
#include "cuda/call.h"
#include "cuda/kernels/elementwise_parameters.h"

namespace nabla::cuda {

/** Starts a kernel for a call with one output and up to three inputs. */
void launch_elementwise(const Call& call, Kernel& kernel, const double* attributes = nullptr, int attribute_count = 0);

/** How the lines along a dimension are walked: over all other dimensions, an operand's first element of each line. */
Iteration lines_along(OpCall call, int dim);

/** Blocks that fill a card for so many threads' work; each thread then takes more than one element where there is more. */
unsigned blocks_for(const Card& card, int64_t work, unsigned threads);

}  // namespace nabla::cuda
