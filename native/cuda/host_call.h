// An op for which the card has no kernel is computed by the CPU's on copies of its operands: they come down, and what the op
// has written goes up again. It is slow, and right: everything that runs on the CPU runs on the card. Which ops go this way is
// listed in without_kernels.txt, and a test holds the list to the truth.
#pragma once

#include "cuda/call.h"

namespace nabla::cuda {

Outcome run_on_host(OpCode op, const Call& call);

}  // namespace nabla::cuda
