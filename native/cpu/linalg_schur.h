// The real Schur form of a matrix in scratch memory: what eig begins with.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

/**
 * a = Z T Z' in place, where T is triangular but for blocks of two by two on its diagonal, one for each pair of complex
 * eigenvalues; `vectors` becomes Z', `real` and `imaginary` the eigenvalues, of a pair the one with positive imaginary part
 * first. `reflections` has room for size * size, `taus` for size. False where the iteration does not end.
 */
bool real_schur(int64_t size, double* a, double* vectors, double* real, double* imaginary, double* reflections, double* taus);

NABLA_END_ISA
