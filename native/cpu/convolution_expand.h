// A band of image rows, copied once for each column of the kernel, shifted and thinned out so that what a tap reads for
// consecutive result pixels lies consecutively, across the ends of rows too.
//
// Of one channel there are `taps` copies (columns of the kernel); in each, rows of `positions` numbers, sorted by row number
// modulo the stride. Result pixel p, counted through the band's rows, then needs from tap (t, u) the number at
// offset(u, t) + p, whatever the stride, dilation and padding were. A kernel of k x k so costs k copies of the image, not the
// k * k of a matrix of patches, and tiles of pixels need not end where rows do.
#pragma once

#include "cpu/convolution_correlate.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** How a band of `height` result rows lies in its copy. */
struct BandLayout {
  CorrelationAxis rows, columns;
  int64_t height;

  /** The first image row of tap `lowest`, from which rows are counted. */
  int64_t lowest_tap() const { return rows.tap_step > 0 ? 0 : rows.taps - 1; }
  int64_t distance(int64_t tap) const { return rows.tap_start(tap) - rows.tap_start(lowest_tap()); }

  /** Rows kept of those whose number is `residue` modulo the stride. */
  int64_t rows_of(int64_t residue) const {
    int64_t most = 0;
    for (int64_t tap = 0; tap < rows.taps; ++tap) {
      if (distance(tap) % rows.stride == residue) most = larger(most, height + distance(tap) / rows.stride);
    }
    return most;
  }

  int64_t rows_before(int64_t residue) const {
    int64_t sum = 0;
    for (int64_t r = 0; r < residue; ++r) sum += rows_of(r);
    return sum;
  }

  int64_t copy_size() const { return rows_before(rows.stride) * columns.positions; }
  int64_t channel_size() const { return columns.taps * copy_size(); }

  int64_t offset(int64_t column_tap, int64_t row_tap) const {
    const int64_t away = distance(row_tap);
    return column_tap * copy_size() + (rows_before(away % rows.stride) + away / rows.stride) * columns.positions;
  }
};

template <class T>
NABLA_INLINE void fill_zeros(T* to, int64_t count) {
  for (; count >= kLanes<T>; count -= kLanes<T>, to += kLanes<T>) store(to, Vector<T>{});
  if (count > 0) store_part(to, Vector<T>{}, static_cast<int>(count));
}

/** The numbers of one row that one column of the kernel reads; `row` is null outside the image. */
template <class T>
NABLA_INLINE void expand_row(const T* row, const CorrelationAxis& axis, int64_t start, int64_t begin, int64_t end, T* to) {
  constexpr int kWidth = kLanes<T>;
  if (row == nullptr) return fill_zeros(to, axis.positions);
  fill_zeros(to, begin);
  if (axis.stride == 1 && end - begin >= kWidth) {
    // The last vector overlaps the one before it: no part of a vector is moved.
    for (int64_t p = begin; p + kWidth < end; p += kWidth) store(to + p, load(row + start + p));
    store(to + end - kWidth, load(row + start + end - kWidth));
  } else {
    for (int64_t p = begin; p < end; ++p) to[p] = row[p * axis.stride + start];
  }
  fill_zeros(to + end, axis.positions - end);
}

/** Copies the band that begins at result row `first_row` from one channel of an image. */
template <class T>
void expand_channel(const BandLayout& layout, const T* channel, int64_t first_row, T* to) {
  const CorrelationAxis& rows = layout.rows;
  const CorrelationAxis& columns = layout.columns;
  const int64_t lowest = first_row * rows.stride + rows.tap_start(layout.lowest_tap());
  for (int64_t u = 0; u < columns.taps; ++u) {
    const int64_t start = columns.tap_start(u);
    const int64_t begin = smaller(columns.positions, start >= 0 ? 0 : divide_up(-start, columns.stride));
    const int64_t behind = columns.image_size - start;
    const int64_t end = larger(begin, smaller(columns.positions, behind <= 0 ? 0 : divide_up(behind, columns.stride)));
    for (int64_t residue = 0; residue < rows.stride; ++residue) {
      const int64_t count = layout.rows_of(residue);
      for (int64_t q = 0; q < count; ++q) {
        const int64_t y = lowest + residue + q * rows.stride;
        const T* row = y >= 0 && y < rows.image_size ? channel + y * columns.image_size : nullptr;
        expand_row(row, columns, start, begin, end, to);
        to += columns.positions;
      }
    }
  }
}

NABLA_END_ISA
