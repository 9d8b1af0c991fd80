// Products subtracted and triangular systems solved in blocks, on row-major doubles: what LU, Cholesky and the solvers share.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

NABLA_BEGIN_ISA

/** Rows and columns of a block: two blocks of a matrix of 1000 columns stay in a processor's second cache. */
inline constexpr int64_t kBlock = 32;

/** c (rows x columns) -= a (rows x depth) b (depth x columns); strides are from row to row. */
void subtract_product(int64_t rows, int64_t columns, int64_t depth, const double* a, int64_t a_stride, const double* b,
                      int64_t b_stride, double* c, int64_t c_stride);

/** Solves T x = b for `columns` right-hand sides in place; only the lower triangle of t is read. */
void solve_lower(int64_t size, int64_t columns, const double* t, int64_t t_stride, bool unit_diagonal, double* b, int64_t b_stride);

/** As `solve_lower`, for an upper triangle. */
void solve_upper(int64_t size, int64_t columns, const double* t, int64_t t_stride, bool unit_diagonal, double* b, int64_t b_stride);

NABLA_END_ISA
