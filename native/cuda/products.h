// Products that other subjects use, and our own kernel for those that a library may compute.
#pragma once

#include "cuda/call.h"
#include "cuda/kernels/products_parameters.h"

namespace nabla::cuda {

/**
 * c = a b for a call of float32 or float64, as exact as it asks for: rows x depth times depth x columns. False where the card has no grid
 * for so many columns.
 */
bool multiply(const Call& call, int64_t rows, int64_t columns, int64_t depth, MatrixWindow a, MatrixWindow b, MatrixWindow c);

/** Starts our kernel for a product of a grid that a card has, on a stream, at once. */
void start_product(Card& card, Stream stream, DType dtype, Precision precision, const ProductParameters& p);

}  // namespace nabla::cuda
