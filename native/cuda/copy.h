// Copies that other subjects use.
#pragma once

#include "cuda/call.h"

namespace nabla::cuda {

/** Copies one number of float64 on the card to an operand of one element, in its type. */
void copy_number(Card& card, void* from, const Operand& to);

/** Copies an operand to another of its sizes, whose strides and type may differ. */
void copy_operand(Card& card, const Operand& from, const Operand& to);

}  // namespace nabla::cuda
