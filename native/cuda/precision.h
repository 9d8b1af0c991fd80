// How exact a product or a convolution on the card really is, of what its call permits: decided here, by what is computed alone, so that
// the same call has the same bits run by itself and in a program.
#pragma once

#include "cuda/call.h"

namespace nabla::cuda {

/**
 * Multiplications from which on a product is worth a library's call, or the tensor cores' kernels. Below it one block, or few, do all
 * the work. The boundary is a guess: it has not been measured.
 */
inline constexpr double kLeastWork = 1 << 15;

/** Tensor cores multiply TF32 and bfloat16 from compute capability 8.0 on. */
inline Precision precision_of(const Call& call, double work) {
  const bool rounds = call.op.operands[0].dtype == DType::Float32 && call.card.info().compute_major >= 8 && work >= kLeastWork;
  return rounds ? call.precision : Precision::Highest;
}

}  // namespace nabla::cuda
