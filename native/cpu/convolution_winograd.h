// Correlation by Winograd's transforms, for 3 x 3 kernels over enough channels: a quarter of the multiplications.
//
// Sums are rounded a little more coarsely than direct ones, and an infinity or NaN of the image reaches all 4 x 4 results of
// a tile, as with the libraries that do the same on GPUs. Only Float32 is done so; Float64 stays direct.
#pragma once

#include "cpu/convolution_correlate.h"

NABLA_BEGIN_ISA

/** True where it is the faster way; the shape alone decides. */
bool winograd_pays(const Correlation<float>& correlation);

/** Returns false when interrupted. */
bool correlate_winograd(const Correlation<float>& correlation);

NABLA_END_ISA
