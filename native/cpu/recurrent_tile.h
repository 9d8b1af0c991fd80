// The product inside a step of a recurrent network: some rows of states times the recurrent weights.
//
// The weights are packed once for all steps, in panels of kPanelVectors vectors of columns, [depth][columns]; which
// columns lie side by side is the cell's choice, so that a tile yields every gate of the same hidden units and the cell can
// be finished while they are in the first-level cache (cuDNN's persistent kernels do likewise on a GPU; Appleyard et al.,
// "Optimizing Performance of Recurrent Neural Networks on GPUs", 2016). As in gemm_tile.h there is one function for
// every number of rows.
#pragma once

#include "cpu/gemm_pack.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

namespace recurrent {

#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int kTileRows = 6;  // 24 sums + 4 of the panel + 1 of the state in 32 registers
#else
inline constexpr int kTileRows = 3;  // 12 sums + 1 of the panel + 3 of the state in 16 registers
#endif

/** sums[row][column] = states (kRows x depth) times a panel. A single row keeps two sums in flight to hide their latency. */
template <class T, int kVectors, int kRows>
void multiply_rows_by_panel(int64_t depth, const T* states, int64_t row_stride, const T* panel, T* sums) {
  constexpr int kWidth = kLanes<T>;
  constexpr int kChains = kRows == 1 ? 2 : 1;
  Vector<T> parts[kChains][kRows][kVectors];
  NABLA_UNROLL
  for (int c = 0; c < kChains; ++c) {
    NABLA_UNROLL
    for (int i = 0; i < kRows; ++i) {
      NABLA_UNROLL
      for (int v = 0; v < kVectors; ++v) parts[c][i][v] = Vector<T>{};
    }
  }
  const auto step = [&](int64_t k, Vector<T>(&chain)[kRows][kVectors]) __attribute__((always_inline)) {
    Vector<T> rows[kRows];
    NABLA_UNROLL
    for (int i = 0; i < kRows; ++i) rows[i] = splat(states[i * row_stride + k]);
    NABLA_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const Vector<T> columns = load(panel + (k * kVectors + v) * kWidth);
      NABLA_UNROLL
      for (int i = 0; i < kRows; ++i) chain[i][v] = fused_multiply_add(rows[i], columns, chain[i][v]);
    }
  };
  int64_t k = 0;
  for (; k + kChains <= depth; k += kChains) {
    NABLA_UNROLL
    for (int c = 0; c < kChains; ++c) step(k + c, parts[c]);
  }
  for (; k < depth; ++k) step(k, parts[0]);
  NABLA_UNROLL
  for (int i = 0; i < kRows; ++i) {
    NABLA_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const Vector<T> sum = kChains == 1 ? parts[0][i][v] : parts[0][i][v] + parts[kChains - 1][i][v];
      store(sums + (i * kVectors + v) * kWidth, sum);
    }
  }
}

template <class T>
using PanelFunction = void (*)(int64_t depth, const T* states, int64_t row_stride, const T* panel, T* sums);

template <class T, int kVectors>
struct PanelTable {
  PanelFunction<T> functions[kTileRows + 1];

  constexpr PanelTable() : functions{} { fill<kTileRows>(); }

  template <int kRows>
  constexpr void fill() {
    if constexpr (kRows > 0) {
      functions[kRows] = multiply_rows_by_panel<T, kVectors, kRows>;
      fill<kRows - 1>();
    }
  }
};

/** The function for a number of rows, 1 to kTileRows. */
template <class T, int kVectors>
inline constexpr PanelTable<T, kVectors> kPanels{};

/**
 * How columns are laid out in panels: vector v of panel p holds, of block v / kVectorsABlock, the units from
 * (p * kVectorsABlock + v % kVectorsABlock) * lanes on. A block is a gate; without gates there is one.
 */
template <class T, int kBlocks, int kVectorsABlock>
struct PanelLayout {
  static constexpr int kVectors = kBlocks * kVectorsABlock;
  static constexpr int64_t kUnits = kVectorsABlock * kLanes<T>;
  static constexpr int64_t kColumns = kVectors * kLanes<T>;

  static int64_t panels(int64_t units) { return divide_up(units, kUnits); }

  /** Packs panel p of `weights` (depth x columns), whose blocks lie `units` columns apart; zeros beyond the last unit. */
  static void pack(int64_t p, int64_t units, int64_t depth, Matrix<const T> weights, T* panel) {
    for (int v = 0; v < kVectors; ++v) {
      const int64_t first = (p * kVectorsABlock + v % kVectorsABlock) * kLanes<T>;
      const int64_t width = larger(0, smaller(kLanes<T>, units - first));
      const int64_t column = v / kVectorsABlock * units + first;
      T* const to = panel + v * kLanes<T>;
      if (width > 0) {
        pack_lines(width, depth, weights.data + column * weights.column_stride, weights.column_stride, weights.row_stride, to,
                   kColumns);
      }
      for (int64_t k = 0; width < kLanes<T> && k < depth; ++k) {
        for (int64_t i = width; i < kLanes<T>; ++i) to[k * kColumns + i] = 0;
      }
    }
  }
};

}  // namespace recurrent

NABLA_END_ISA
