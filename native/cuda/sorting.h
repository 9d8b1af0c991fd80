// Sorting that other subjects use.
#pragma once

#include "cuda/card.h"

namespace nabla::cuda {

/**
 * Sorts at least one whole number on the card, the lowest first and equal ones in their order; `positions` says where each was.
 * False where there is no room.
 */
bool sort_line(Card& card, const int32_t* from, int32_t* values, int32_t* positions, int64_t count);

}  // namespace nabla::cuda
