// Plane rotations of neighbouring rows, collected by one thread and then carried out by all, a thread a column (the idea of delaying
// rotations: Van Zee, van de Geijn and Quintana-Orti, "Restructuring the tridiagonal and bidiagonal QR algorithms for
// performance", 2014).
#pragma once

#include "cuda/kernels/linalg_block.cuh"
#include "cuda/kernels/linalg_spectra_parameters.h"

namespace nabla::cuda {

inline constexpr double kEpsilon = 2.220446049250313e-16;

/** A list that one thread writes. */
struct RotationList {
  PlaneRotation* rotations;
  int32_t count;

  /** Row i becomes c * row i + s * row (i + 1), row (i + 1) becomes c * row (i + 1) - s * row i. */
  NABLA_DEVICE void add(int64_t i, double c, double s) {
    if (c == 1 && s == 0) return;
    rotations[count++] = {c, s, i};
  }
};

/** Carries rotations out on one column, whose elements are `step` apart; the row that neighbouring rotations share stays in a register. */
NABLA_DEVICE void rotate_column(const PlaneRotation* rotations, int32_t count, double* column, int64_t step) {
  int64_t held = -1;
  double kept = 0;
  for (int32_t k = 0; k < count; ++k) {
    const PlaneRotation own = rotations[k];
    if (held >= 0 && held != own.row && held != own.row + 1) {
      column[held * step] = kept;
      held = -1;
    }
    const double upper = held == own.row ? kept : column[own.row * step];
    const double lower = held == own.row + 1 ? kept : column[(own.row + 1) * step];
    const double turned_upper = std::fma(own.c, upper, own.s * lower), turned_lower = std::fma(own.c, lower, -(own.s * upper));
    // The next one is the row above or the one below.
    if (k + 1 < count && rotations[k + 1].row < own.row) {
      column[(own.row + 1) * step] = turned_lower;
      held = own.row;
      kept = turned_upper;
    } else {
      column[own.row * step] = turned_upper;
      held = own.row + 1;
      kept = turned_lower;
    }
  }
  if (held >= 0) column[held * step] = kept;
}

/**
 * How many numbers of a list come before number i: those that are less, or greater in magnitude; of equal ones those that stand before
 * it. All threads of a warp come here.
 */
template <bool kByMagnitude>
NABLA_DEVICE int64_t rank_of(const double* values, int64_t size, int64_t i) {
  const auto key = [&](int64_t at) { return kByMagnitude ? -std::fabs(values[at]) : values[at]; };
  const double own = key(i);
  int rank = 0;
  for (int64_t j = own_lane(); j < size; j += kWarp) rank += key(j) < own || (key(j) == own && j < i) ? 1 : 0;
  for (int by = kWarp / 2; by > 0; by /= 2) rank += __shfl_xor_sync(kWholeWarp, rank, by);
  return rank;
}

}  // namespace nabla::cuda
