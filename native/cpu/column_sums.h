// Sums of a matrix's columns, for kernels that need them beside their own work; the bits are those of the op `sum`.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

/** to[j] = the sum of from[i * columns + j] over i < rows. */
template <class T>
void sum_columns(int64_t rows, int64_t columns, const T* from, T* to);

extern template void sum_columns<float>(int64_t, int64_t, const float*, float*);
extern template void sum_columns<double>(int64_t, int64_t, const double*, double*);

NABLA_END_ISA
