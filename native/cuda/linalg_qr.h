// Householder's reflections on matrices in scratch memory, for the subjects that build on them.
#pragma once

#include "cuda/linalg_matrix.h"

namespace nabla::cuda {

/** A = Q R of matrices whose columns lie side by side: min(rows, columns) reflections each, their taus and the diagonals of R. */
struct Reflections {
  Matrices a;
  int64_t rows, columns, rank, batches;
  double *taus, *betas;

  static int64_t room(int64_t rows, int64_t columns, int64_t batches);
  Reflections(Scratch& scratch, int64_t rows, int64_t columns, int64_t batches);

  /** Finds the reflections; `a` holds the matrices before. */
  void factor(Card& card) const;
  /** Writes R, with rows of zeros where there are more than `rank`. */
  void write_upper(Card& card, const Matrices& upper, int64_t upper_rows) const;
  /** Replaces each of `count` columns by Q times it. With `growing`, the columns are those of the identity. */
  void multiply_by_q(Card& card, const Matrices& vectors, int64_t count, bool growing) const;
};

/** Starts what the parameters say. */
void reflect_vectors(Card& card, const ReflectionParameters& p);

}  // namespace nabla::cuda
