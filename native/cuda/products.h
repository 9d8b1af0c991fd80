// Products that other subjects use.
#pragma once

#include "cuda/call.h"
#include "cuda/kernels/products_parameters.h"

namespace nabla::cuda {

/** c = a b, of float32 or float64: rows x depth times depth x columns. False where the card has no grid for so many columns. */
bool multiply(Card& card, DType dtype, int64_t rows, int64_t columns, int64_t depth, MatrixWindow a, MatrixWindow b, MatrixWindow c);

}  // namespace nabla::cuda
