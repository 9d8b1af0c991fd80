// What the host tells the kernels of eigenvalues and singular values.
#pragma once

#include <cstdint>

#include "cuda/kernels/linalg_parameters.h"

namespace nabla::cuda {

/** Matrices up to this size are brought to two diagonals, and these iterated on, by one block of threads each in one kernel. */
inline constexpr int64_t kSpectrumOfBlock = 128;
/** Rotations that a block keeps before it carries them out; a sweep makes fewer. */
inline constexpr int kRotationsOfBlock = 512;

/** A plane rotation of rows `row` and `row + 1`. */
struct PlaneRotation {
  double c, s;
  int64_t row;
};

/** How far an iteration has come: 0 while it goes on, then what `info` says plus 1. */
struct IterationState {
  int64_t at, sweeps;
  int32_t ended, rotations;
};

/**
 * Symmetric matrices on the way to their eigenvalues; all lists have `size` numbers a matrix. `vectors` has vectors as rows.
 */
struct SymmetricParameters {
  Matrices a, vectors, sorted_vectors;
  int64_t size, batches;
  /** One triangle holds the matrix. */
  int32_t upper;
  /** What the elements were divided by, one number a matrix. */
  double* factors;
  double *diagonal, *beside, *taus;
  /** Two for each matrix, taken in turn. */
  double* products;
  double* sorted_values;
  /** The step of a reduction by several blocks. */
  int64_t step;
  IterationState* states;
  PlaneRotation* rotations;
  int64_t most_rotations;
  int32_t* info;
};

/**
 * Square matrices on the way to their singular values; all lists have `size` numbers a matrix. Reflection k of the left side lies in row
 * k of `reflections` from column k on, that of the right side in row k of `a` from column k + 1 on. `left` and `right` have
 * vectors as rows.
 */
struct BidiagonalParameters {
  Matrices a, reflections, left, right, sorted_left, sorted_right;
  int64_t size, batches;
  double* factors;
  double *diagonal, *above, *left_taus, *right_taus, *sums;
  double* sorted_values;
  /** The step of a reduction by several blocks. */
  int64_t step;
  IterationState* states;
  /** Of the left side, then of the right side. */
  PlaneRotation* rotations;
  int64_t most_rotations;
  int32_t* info;
};

/** What singular values count as: those above `atol` and above `rtol` times the largest. */
struct CountedParameters {
  const double* values;
  const IterationState* states;
  int64_t size, batches;
  double atol, rtol;
  int32_t* ranks;
  /** Rows that are multiplied by `sign` over their value, or by 0 where it does not count. */
  Matrices rows;
  int64_t columns;
  double sign;
};

}  // namespace nabla::cuda
