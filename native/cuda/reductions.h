// Reductions that other subjects use.
#pragma once

#include "cuda/call.h"

namespace nabla::cuda {

/** The sums of a matrix's columns (float32 or float64), to contiguous memory. */
void sum_columns(Card& card, const Operand& matrix, void* to);

/** The sum or the mean of `count` contiguous numbers of float64, as one number of float64. */
void reduce_all(Card& card, const void* from, int64_t count, bool mean, void* to);

}  // namespace nabla::cuda
