// The singular value decomposition of one matrix in scratch memory, for the kernels that build on it.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

/** Doubles of scratch memory that `square_svd` needs for a square matrix of this size. */
int64_t svd_room(int64_t size);

/**
 * a = U diag(values) V' for a square, row-major matrix: U' in `left`, V' in `right` (rows are singular vectors), values in
 * decreasing order. `a` is destroyed. False when the matrix holds NaN or infinity, or the iteration does not end.
 */
bool square_svd(int64_t size, double* a, double* values, double* left, double* right, double* room);

NABLA_END_ISA
