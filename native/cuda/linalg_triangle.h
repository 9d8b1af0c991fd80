// Products subtracted and triangular systems on matrices in scratch memory, for the subjects that build on them.
#pragma once

#include "cuda/linalg_matrix.h"

namespace nabla::cuda {

/** c (rows x columns) -= a (rows x depth) b (depth x columns); with `lower` the triangle above c's diagonal is not looked at afterwards. */
void subtract_product(Card& card, int64_t batches, int64_t rows, int64_t columns, int64_t depth, const Matrices& a, const Matrices& b, const Matrices& c,
                      bool lower = false);

/** Solves T x = b in place for a triangle of at most kMatrixBlock rows; nothing but the triangle is read. */
void solve_block(Card& card, int64_t batches, int64_t size, int64_t columns, const Matrices& t, bool upper, bool unit, const Matrices& b);

/** As `solve_block`, for a triangle of any size. */
void solve_triangle(Card& card, int64_t batches, int64_t size, int64_t columns, const Matrices& t, bool upper, bool unit, const Matrices& b);

}  // namespace nabla::cuda
