// Householder QR of a matrix that lies transposed in memory, for the kernels that build on it.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

/**
 * A = Q R. `columns` has one row of `rows` doubles a column of A. Afterwards row k holds the reflection H(k) from position k
 * on (min(rows, count) of them, `taus`), and `upper` (min(rows, count) x count, row-major) holds R.
 */
void householder_qr(int64_t rows, int64_t count, double* columns, double* taus, double* upper);

/** Replaces each of `count` rows of `rows` doubles by Q times it. */
void multiply_by_q(int64_t rows, int64_t reflections, const double* columns, const double* taus, double* vectors, int64_t count);

NABLA_END_ISA
