// Convolutions that cuDNN computes where it is found, and which: the one place that decides between it and our kernels. The same
// convolution is decided in the same way each time, so that its bits are the same in a compiled program.
#pragma once

#include "core/dtype.h"
#include "core/precision.h"
#include "cuda/card.h"
#include "cuda/kernels/convolution_parameters.h"

namespace nabla::cuda {

/**
 * Has the library compute a convolution of so many multiplications, with factors of this precision; false where it is one for our
 * kernels. `p` has all that our kernel needs for it in one part.
 */
bool convolve_by_library(Card& card, Convolved result, DType dtype, Precision precision, double work, const ConvolutionParameters& p);

}  // namespace nabla::cuda
