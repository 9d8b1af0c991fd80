// How the steps of a recurrent network are walked and their work is cut, forward and backward alike.
//
// Sequences of a batch do not depend on each other: while the packed weights fit the second-level cache, a piece is some
// rows of the batch through all steps, and nothing waits for anything between steps. With weights larger than that, or
// with few rows, a piece is some hidden units of one step. Both are chosen by shape alone.
#pragma once

#include "core/op_call.h"
#include "core/thread_pool.h"
#include "cpu/recurrent_tile.h"

NABLA_BEGIN_ISA

namespace recurrent {

/** Weights up to this stay in the second-level cache of most processors, beside what a piece reads and writes. */
constexpr int64_t kCachedWeightBytes = 768 << 10;
constexpr int64_t kRowsAPiece = 8;
/** Multiply-adds of one step worth a piece of their own. */
constexpr int64_t kStepPieceWork = 1 << 17;

/** Shape and direction of one call. */
struct Sequence {
  int64_t steps, batch, hidden;
  bool reverse;
  /** How many steps of each row count, or null when all do. */
  const int32_t* lengths;

  /** The time of the s-th step forward. */
  int64_t time(int64_t s) const { return reverse ? steps - 1 - s : s; }
  bool active(int64_t t, int64_t row) const { return lengths == nullptr || t < lengths[row]; }
};

/** The memory of an operand, null for one that was left out (a plain number stands in its place). */
template <class T>
const T* optional(const Operand& operand) {
  return operand.rank == 0 ? nullptr : operand.as<const T>();
}

/**
 * Runs `finish(step, row, panel, sums)` for each row of the batch and each panel of each step in 0 .. steps - 1, with the
 * row's products in `sums`. `states(step)` points at the [batch][depth] rows to be multiplied, or is null where the product
 * is zero. Returns early when interrupted.
 */
template <class T, class Layout, class States, class Finish>
void walk_steps(int64_t steps, int64_t batch, int64_t units, int64_t depth, const T* packed, States states, Finish finish) {
  const int64_t panels = Layout::panels(units);
  const auto compute = [&](int64_t step, int64_t row_begin, int64_t row_end, int64_t panel_begin, int64_t panel_end) {
    alignas(kVectorBytes) T sums[kTileRows * Layout::kColumns];
    const T* const from = states(step);
    const int64_t rows = row_end - row_begin, tiles = divide_up(rows, kTileRows);
    for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
      int64_t row = row_begin;
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const int64_t next = row_begin + rows * (tile + 1) / tiles;
        if (from == nullptr) {
          for (T& sum : sums) sum = 0;
        } else {
          kPanels<T, Layout::kVectors>.functions[next - row](depth, from + row * depth, depth,
                                                             packed + panel * Layout::kColumns * depth, sums);
        }
        for (int64_t i = row; i < next; ++i) finish(step, i, panel, sums + (i - row) * Layout::kColumns);
        row = next;
      }
    }
  };
  const int64_t weight_bytes = panels * Layout::kColumns * depth * int64_t{sizeof(T)};
  if (batch >= 2 * kRowsAPiece && weight_bytes <= kCachedWeightBytes) {
    const int64_t pieces = batch / kRowsAPiece;
    parallel_for(pieces, [&](int64_t piece) {
      for (int64_t step = 0; step < steps && !interrupted(); ++step) {
        compute(step, batch * piece / pieces, batch * (piece + 1) / pieces, 0, panels);
      }
    });
    return;
  }
  const int64_t work = batch * depth * panels * Layout::kColumns;
  const int64_t pieces = larger(1, smaller(panels, smaller(32, work / kStepPieceWork)));
  for (int64_t step = 0; step < steps; ++step) {
    const bool finished = parallel_for(pieces, [&](int64_t piece) {
      compute(step, 0, batch, panels * piece / pieces, panels * (piece + 1) / pieces);
    });
    if (!finished) return;
  }
}

/** Packs all panels of a matrix (depth x columns). */
template <class T, class Layout>
bool pack_panels(int64_t units, int64_t depth, Matrix<const T> weights, T* packed) {
  constexpr int64_t kPackingPiece = 1 << 14;
  const int64_t panels = Layout::panels(units);
  const int64_t panels_a_piece = larger(1, kPackingPiece / larger(1, Layout::kColumns * depth));
  return parallel_for(divide_up(panels, panels_a_piece), [&](int64_t piece) {
    const int64_t end = smaller(panels, (piece + 1) * panels_a_piece);
    for (int64_t p = piece * panels_a_piece; p < end; ++p) {
      Layout::pack(p, units, depth, weights, packed + p * Layout::kColumns * depth);
    }
  });
}

/** Numbers of packed weights, in whole vectors. */
template <class T, class Layout>
int64_t packed_room(int64_t units, int64_t depth) {
  return Layout::panels(units) * Layout::kColumns * depth;
}

}  // namespace recurrent

NABLA_END_ISA
