// Our own kernels for convolutions that a library may compute.
#pragma once

#include "core/dtype.h"
#include "core/precision.h"
#include "cuda/card.h"
#include "cuda/kernels/convolution_parameters.h"

namespace nabla::cuda {

/** Starts our kernel for a convolution in one part, of a grid that a card has, on a stream, at once. */
void start_convolution(Card& card, Stream stream, Convolved result, DType dtype, Precision precision, const ConvolutionParameters& p);

}  // namespace nabla::cuda
