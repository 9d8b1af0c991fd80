// Steps of an optimiser that is called several times, for a call takes few parameters: in a program one kernel does them all.
#pragma once

#include <vector>

#include "cuda/call.h"
#include "program/call.h"

namespace nabla::cuda {

/** Whether one kernel may do what a call does behind that of others; they are optimisers' calls with the same numbers, as `others` are. */
bool can_step_together(const std::vector<const ResolvedCall*>& others, const ResolvedCall& call);

/** Starts the kernel of such calls; false where it has none for their layouts. */
bool step_together(Card& card, const std::vector<const ResolvedCall*>& calls);

}  // namespace nabla::cuda
