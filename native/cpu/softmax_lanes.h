// Rows of scores side by side in the lanes of a vector, one row a lane: for rows shorter than a vector, and for rows whose
// elements lie apart while their neighbours lie together.
//
// Each lane adds its exponentials in the order in which softmax_row.h adds a row's (as many partial sums as a vector has
// lanes, folded as a tree), so a result has the same bits whichever of the two computed it, wherever its row stood.
#pragma once

#include "cpu/softmax_row.h"

NABLA_BEGIN_ISA

/** Rows with up to this many elements are quicker side by side. */
template <class T>
inline constexpr int64_t kShortRowOf = 2 * kLanes<T>;

/** True where a run of rows is better taken side by side than one after the other. */
template <class T>
NABLA_INLINE bool side_by_side(int64_t columns, int64_t column_stride, int64_t run) {
  return run >= 4 && (columns <= kShortRowOf<T> || (column_stride != 1 && run >= kLanes<T> / 2));
}

/** Up to `kLanes<T>` rows: element j of row i is at `at[j * stride + i]`. */
template <class T>
struct RowGroup {
  const T* at;
  int64_t stride;
  int64_t columns;
  int width;

  NABLA_INLINE Vector<T> operator[](int64_t j) const {
    return width == kLanes<T> ? load(at + j * stride) : load_part(at + j * stride, width);
  }
};

/** The group that begins at `rows`, copied into `room` (columns x lanes) unless the rows are neighbours already. */
template <class T>
NABLA_INLINE RowGroup<T> group_rows(const T* rows, int64_t row_stride, int64_t column_stride, int64_t columns, int width, T* room) {
  if (row_stride == 1) return {rows, column_stride, columns, width};
  constexpr int kCount = kLanes<T>;
  for (int i = 0; i < width; ++i) {
    for (int64_t j = 0; j < columns; ++j) room[j * kCount + i] = rows[i * row_stride + j * column_stride];
  }
  // Lanes without a row hold zeros.
  for (int i = width; i < kCount; ++i) {
    for (int64_t j = 0; j < columns; ++j) room[j * kCount + i] = 0;
  }
  return {room, kCount, columns, kCount};
}

template <class T>
struct GroupSums {
  Vector<T> largest;
  /** Of exp(x - largest), lane by lane. */
  Vector<T> sum;
};

/** The sums of a group; `keep(j, exponential)` receives each column of exponentials. */
template <class T, class Keep>
NABLA_INLINE GroupSums<T> sum_group(const RowGroup<T>& group, Keep&& keep) {
  constexpr int kCount = kLanes<T>;
  Vector<T> largest = splat<T>(-vector_math::kInfinity<T>);
  for (int64_t j = 0; j < group.columns; ++j) {
    const Vector<T> x = group[j];
    largest = (x > largest) | (x != x) ? x : largest;
  }
  Vector<T> sums[kCount];
  // What is beyond the columns would only add zeros.
  int used = 1;
  while (used < kCount && used < group.columns) used *= 2;
  for (int k = 0; k < used; ++k) sums[k] = Vector<T>{};
  for (int64_t j = 0; j < group.columns; ++j) {
    const Vector<T> e = vector_math::exp<T>(group[j] - largest);
    keep(j, e);
    sums[j % kCount] += e;
  }
  for (int half = used / 2; half > 0; half /= 2) {
    for (int k = 0; k < half; ++k) sums[k] += sums[k + half];
  }
  return {largest, sums[0]};
}

NABLA_END_ISA
