// Products that cuBLASLt computes where it is found, and which: the one place that decides between it and our kernel. The same
// product is decided in the same way each time, by what it is and not by where it lies, so that its bits are the same in a compiled
// program.
#pragma once

#include "core/dtype.h"
#include "core/precision.h"
#include "cuda/card.h"
#include "cuda/kernels/products_parameters.h"

namespace nabla::cuda {

/** Multiplications in a product. */
double work_of(const ProductParameters& p);

/** Has the library compute a product with factors of this precision; false where it is one for our kernel. */
bool multiply_by_library(Card& card, DType dtype, Precision precision, const ProductParameters& p);

}  // namespace nabla::cuda
