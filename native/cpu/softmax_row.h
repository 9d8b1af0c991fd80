// One row of scores: its largest element and the sum of the exponentials above it, from which softmax, its logarithm and
// the cross-entropy loss follow without overflow.
#pragma once

#include "cpu/gemv.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

template <class T>
struct RowSums {
  T largest;
  /** Sum of exp(x - largest); at least 1 where all is finite. */
  T sum;
};

/** Calls `body(vector, first column, width)` for a contiguous row, its end filled up with `filler`. */
template <class T, class Body>
NABLA_INLINE void for_each_vector(const T* row, int64_t columns, T filler, Body&& body) {
  constexpr int kCount = kLanes<T>;
  int64_t j = 0;
  for (; j + kCount <= columns; j += kCount) body(load(row + j), j, kCount);
  if (j < columns) {
    const int rest = static_cast<int>(columns - j);
    Vector<T> lane{};
    for (int i = 0; i < kCount; ++i) lane[i] = static_cast<T>(i);
    body(lane < static_cast<T>(rest) ? load_part(row + j, rest) : splat<T>(filler), j, rest);
  }
}

/** Sums a row's exponentials, and stores them at `exponentials` unless that is null (it may be the row itself). */
template <class T>
NABLA_INLINE RowSums<T> sum_row(const T* row, int64_t columns, T* exponentials) {
  constexpr T kLowest = -vector_math::kInfinity<T>;
  Vector<T> largest = splat<T>(kLowest);
  for_each_vector(row, columns, kLowest, [&](Vector<T> x, int64_t, int) { largest = (x > largest) | (x != x) ? x : largest; });
  T lanes[kLanes<T>];
  store(lanes, largest);
  T top = lanes[0];
  for (int i = 1; i < kLanes<T>; ++i) top = lanes[i] > top || lanes[i] != lanes[i] ? lanes[i] : top;

  Vector<T> sums{};
  for_each_vector(row, columns, kLowest, [&](Vector<T> x, int64_t j, int width) {
    const Vector<T> e = vector_math::exp<T>(x - top);
    sums += e;
    if (exponentials == nullptr) return;
    if (width == kLanes<T>) store(exponentials + j, e);
    else store_part(exponentials + j, e, width);
  });
  return {top, sum_lanes<T>(sums)};
}

/** Logarithm of one number, by the vectors' function. */
template <class T>
NABLA_INLINE T log_of(T x) {
  return vector_math::log<T>(splat<T>(x))[0];
}

NABLA_END_ISA
