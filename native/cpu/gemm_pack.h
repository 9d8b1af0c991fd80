// Packing: blocks of A and B copied into the order in which a tile reads them.
//
// A's block becomes tiles of rows, each [depth][rows of the tile]; B's block becomes panels of kTileColumns columns,
// each [depth][kTileColumns], the last filled up with zeros. A transposed operand is packed like any other, so it is
// never copied into a matrix of its own.
#pragma once

#include <utility>

#include "cpu/gemm.h"
#include "cpu/gemm_tile.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** One step of a transposition: of each two rows kHalf apart, the blocks off the diagonal change places. */
template <class T, int kHalf, int... kLane>
NABLA_INLINE void exchange_blocks(Vector<T>* rows, std::integer_sequence<int, kLane...>) {
  constexpr int kSize = kLanes<T>;
  NABLA_UNROLL
  for (int i = 0; i < kSize; ++i) {
    if ((i & kHalf) != 0) continue;
    const Vector<T> a = rows[i], b = rows[i + kHalf];
#if defined(__clang__)
    rows[i] = __builtin_shufflevector(a, b, ((kLane & kHalf) == 0 ? kLane : kSize + kLane - kHalf)...);
    rows[i + kHalf] = __builtin_shufflevector(a, b, ((kLane & kHalf) == 0 ? kLane + kHalf : kSize + kLane)...);
#else
    typedef Vector<typename MaskOf<T>::type> Order;
    rows[i] = __builtin_shuffle(a, b, (Order{((kLane & kHalf) == 0 ? kLane : kSize + kLane - kHalf)...}));
    rows[i + kHalf] = __builtin_shuffle(a, b, (Order{((kLane & kHalf) == 0 ? kLane + kHalf : kSize + kLane)...}));
#endif
  }
  if constexpr (kHalf > 1) exchange_blocks<T, kHalf / 2>(rows, std::integer_sequence<int, kLane...>{});
}

/**
 * Transposes up to kLanes x kLanes numbers, to[k * to_stride + i] = from[i * from_stride + k] for i < lines, k < length.
 * Where `may_spill`, numbers of no meaning may be written behind the `lines` of every k.
 */
template <class T, bool kWhole>
NABLA_INLINE void transpose_block(int lines, int length, const T* from, int64_t from_stride, T* to, int64_t to_stride,
                                  bool may_spill) {
  constexpr int kSize = kLanes<T>;
  Vector<T> rows[kSize];
  NABLA_UNROLL
  for (int i = 0; i < kSize; ++i) {
    const T* line = from + smaller(i, lines - 1) * from_stride;
    rows[i] = kWhole ? load(line) : load_part(line, length);
  }
  exchange_blocks<T, kSize / 2>(rows, std::make_integer_sequence<int, kSize>{});
  NABLA_UNROLL
  for (int k = 0; k < kSize; ++k) {
    if (!kWhole && k >= length) break;
    if (lines == kSize || may_spill) store(to + k * to_stride, rows[k]);
    else store_part(to + k * to_stride, rows[k], lines);
  }
}

/**
 * Copies `lines` x `length` numbers, to[k * to_stride + i] = from[i * line_stride + k * stride]. With kSpills the memory from
 * `to` up to the last number belongs to nobody else, and what lies between may be overwritten.
 */
template <class T, bool kSpills = true>
void pack_lines(int64_t lines, int64_t length, const T* from, int64_t line_stride, int64_t stride, T* to, int64_t to_stride) {
  constexpr int kSize = kLanes<T>;
  if (line_stride == 1) {
    for (int64_t k = 0; k < length; ++k) {
      int64_t i = 0;
      for (; i + kSize <= lines; i += kSize) store(to + k * to_stride + i, load(from + k * stride + i));
      if (i < lines) {
        const int count = static_cast<int>(lines - i);
        store_part(to + k * to_stride + i, load_part(from + k * stride + i, count), count);
      }
    }
  } else if (stride == 1) {
    for (int64_t i = 0; i < lines; i += kSize) {
      const int count = static_cast<int>(smaller(kSize, lines - i));
      const T* line = from + i * line_stride;
      int64_t k = 0;
      for (; k + kSize <= length; k += kSize) {
        // What spills over is written properly by the k after it, unless there is none or other lines are there already.
        const bool may_spill = kSpills && lines < kSize && (length - k - kSize) * to_stride >= kSize;
        transpose_block<T, true>(count, kSize, line + k, line_stride, to + k * to_stride + i, to_stride, may_spill);
      }
      if (k < length) {
        const int rest = static_cast<int>(length - k);
        transpose_block<T, false>(count, rest, line + k, line_stride, to + k * to_stride + i, to_stride, false);
      }
    }
  } else {
    for (int64_t i = 0; i < lines; ++i) {
      for (int64_t k = 0; k < length; ++k) to[k * to_stride + i] = from[i * line_stride + k * stride];
    }
  }
}

/** One tile of A: [depth][rows]. */
template <class T>
void pack_tile(int64_t rows, int64_t depth, Matrix<const T> a, T* to) {
  pack_lines(rows, depth, a.data, a.row_stride, a.column_stride, to, rows);
}

/** One panel of B: [depth][kTileColumns], zeros beyond `columns`. */
template <class T>
void pack_panel(int64_t depth, int64_t columns, Matrix<const T> b, T* to) {
  constexpr int kWidth = kLanes<T>;
  if (columns == kTileColumns<T> && b.column_stride == 1) {
    for (int64_t k = 0; k < depth; ++k) {
      const T* from = b.data + k * b.row_stride;
      store(to + k * kTileColumns<T>, load(from));
      store(to + k * kTileColumns<T> + kWidth, load(from + kWidth));
    }
    return;
  }
  pack_lines(columns, depth, b.data, b.column_stride, b.row_stride, to, kTileColumns<T>);
  if (columns == kTileColumns<T>) return;
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t j = columns; j < kTileColumns<T>; ++j) to[k * kTileColumns<T> + j] = 0;
  }
}

NABLA_END_ISA
