// Blocking of matrix multiplication: which part of A and B is worked on when, and by which piece.
//
// The loops are BLIS's: blocks of the depth, packed so that a block of A stays in the second-level cache and a panel of
// B in the first. What is small is not packed at all: below about 128 x 128 a copy costs as much as it saves. With few rows
// (a layer and a batch) each piece packs the panels that it alone reads, just before it reads them: nobody waits until all are
// packed, and no panel moves from one core's cache to another's. Pieces divide rows and columns only, never the depth, so
// every element of C is summed in one order whatever the threads.
#include "cpu/gemm.h"

#include "core/thread_pool.h"
#include "cpu/gemm_pack.h"
#include "cpu/gemm_tile.h"
#include "cpu/gemv.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

constexpr int64_t kMaxBlockRows = 3072;
constexpr int64_t kMaxBlockColumns = 4096;
/** Depth of a block in bytes of one row; a panel of B is then kTileColumns times that. */
constexpr int64_t kBlockDepthBytes = 2048;
/** Multiply-adds worth a piece of their own: half a microsecond, twice what a fork costs. */
constexpr int64_t kPieceWork = 1 << 16;
constexpr int64_t kWantedPieces = 32;
constexpr int64_t kPieceTiles = 16;
/** Up to so many tiles of rows belong to one piece that packs its own panels, if there are panels enough to share. */
constexpr int64_t kOwnPanelTiles = 24;
constexpr int64_t kOwnPanelsAtLeast = 4;
/** Numbers worth a piece of packing. */
constexpr int64_t kPackingPiece = 1 << 14;

/** A range cut into parts whose sizes differ by at most one. */
struct Cut {
  int64_t size;
  int64_t parts;

  int64_t start(int64_t part) const { return part * (size / parts) + smaller(part, size % parts); }
};

/** One block: rows x columns of C, the products of one range of the depth. */
template <class T>
struct Block {
  int64_t rows, columns, depth;
  Matrix<const T> a, b;
  Matrix<T> c;
  bool accumulate;
  /** Null but for the last block of the depth. */
  const T* bias;
  bool pack_a, pack_b;
  /** Pieces pack their panels of B themselves. */
  bool own_panels;
  T* packed_a;
  T* packed_b;

  Cut tiles() const { return {rows, divide_up(rows, kTileRows)}; }
  int64_t panels() const { return divide_up(columns, kTileColumns<T>); }
  int64_t panel_columns(int64_t panel) const { return smaller(kTileColumns<T>, columns - panel * kTileColumns<T>); }
  /** A panel whose last vector is partial must be packed: a tile reads whole vectors. */
  bool panel_packed(int64_t panel) const { return pack_b || panel_columns(panel) % kLanes<T> != 0; }
  T* packed_panel(int64_t panel) const { return pack_b && !own_panels ? packed_b + panel * kTileColumns<T> * depth : packed_b; }

  void pack_tile_of_a(int64_t tile) const {
    const Cut cut = tiles();
    const int64_t row = cut.start(tile);
    pack_tile<T>(cut.start(tile + 1) - row, depth, {a.data + row * a.row_stride, a.row_stride, a.column_stride},
                 packed_a + row * depth);
  }

  void pack_panel_of_b(int64_t panel, T* to) const {
    pack_panel<T>(depth, panel_columns(panel),
                  {b.data + panel * kTileColumns<T> * b.column_stride, b.row_stride, b.column_stride}, to);
  }

  void multiply(int64_t tile_begin, int64_t tile_end, int64_t panel_begin, int64_t panel_end) const {
    const Cut cut = tiles();
    T* const own = own_panels ? static_cast<T*>(workspace(static_cast<size_t>(kTileColumns<T> * depth) * sizeof(T))) : nullptr;
    for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
      if (own != nullptr) pack_panel_of_b(panel, own);
      const int64_t column = panel * kTileColumns<T>;
      const int64_t width = panel_columns(panel);
      const int vectors = width > kLanes<T> ? 2 : 1;
      TileCall<T> call;
      call.depth = depth;
      call.b = own != nullptr ? own : panel_packed(panel) ? packed_panel(panel) : b.data + column;
      call.b_depth_stride = panel_packed(panel) ? kTileColumns<T> : b.row_stride;
      call.c_row_stride = c.row_stride;
      call.last_width = static_cast<int>(width - (vectors - 1) * kLanes<T>);
      call.accumulate = accumulate;
      call.bias = bias == nullptr ? nullptr : bias + column;
      call.a_row_stride = a.row_stride;
      call.a_depth_stride = a.column_stride;
      int64_t row = cut.start(tile_begin);
      for (int64_t tile = tile_begin; tile < tile_end; ++tile) {
        const int64_t next = cut.start(tile + 1);
        call.c = c.data + row * c.row_stride + column;
        if (pack_a) {
          call.a = packed_a + row * depth;
          kTiles<T, true>.functions[vectors - 1][next - row](call);
        } else {
          call.a = a.data + row * a.row_stride;
          kTiles<T, false>.functions[vectors - 1][next - row](call);
        }
        row = next;
      }
    }
  }

  bool pack() const {
    const int64_t a_tiles = pack_a ? tiles().parts : 0;
    const int64_t b_panels = pack_b && !own_panels ? panels() : 0;
    if (!pack_b && panel_packed(panels() - 1)) pack_panel_of_b(panels() - 1, packed_panel(panels() - 1));
    const int64_t tiles_a_piece = larger(1, kPackingPiece / (kTileRows * depth));
    const int64_t panels_a_piece = larger(1, kPackingPiece / (kTileColumns<T> * depth));
    const int64_t a_pieces = divide_up(a_tiles, tiles_a_piece);
    const int64_t b_pieces = divide_up(b_panels, panels_a_piece);
    return parallel_for(a_pieces + b_pieces, [&](int64_t piece) {
      if (piece < a_pieces) {
        const int64_t end = smaller(a_tiles, (piece + 1) * tiles_a_piece);
        for (int64_t tile = piece * tiles_a_piece; tile < end; ++tile) pack_tile_of_a(tile);
      } else {
        const int64_t first = (piece - a_pieces) * panels_a_piece;
        const int64_t end = smaller(b_panels, first + panels_a_piece);
        for (int64_t panel = first; panel < end; ++panel) pack_panel_of_b(panel, packed_panel(panel));
      }
    });
  }

  bool compute() const {
    const int64_t all_tiles = tiles().parts, all_panels = panels();
    if (own_panels) return parallel_for(all_panels, [&](int64_t panel) { multiply(0, all_tiles, panel, panel + 1); });
    const int64_t work = rows * columns * depth;
    int64_t row_parts = 1, column_parts = 1;
    if (work >= 2 * kPieceWork) {
      const int64_t wanted = smaller(kWantedPieces, work / kPieceWork);
      row_parts = smaller(all_tiles, larger(divide_up(all_tiles, kPieceTiles), divide_up(wanted, all_panels)));
      column_parts = smaller(all_panels, divide_up(wanted, row_parts));
    }
    const Cut tile_cut{all_tiles, row_parts}, panel_cut{all_panels, column_parts};
    return parallel_for(row_parts * column_parts, [&](int64_t piece) {
      const int64_t i = piece / column_parts, j = piece % column_parts;
      multiply(tile_cut.start(i), tile_cut.start(i + 1), panel_cut.start(j), panel_cut.start(j + 1));
    });
  }
};

template <class T>
void set_to_zero(int64_t rows, int64_t columns, Matrix<T> c) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) c.data[i * c.row_stride + j] = 0;
  }
}

template <class T>
void add_bias(int64_t rows, int64_t columns, Matrix<T> c, const T* bias) {
  if (bias == nullptr) return;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) c.data[i * c.row_stride + j] += bias[j];
  }
}

}  // namespace

template <class T>
bool gemm(int64_t rows, int64_t columns, int64_t depth, Matrix<const T> a, Matrix<const T> b, Matrix<T> c,
          Finish<T> finish) {
  if (rows == 0 || columns == 0) return true;
  if (depth == 0) {
    if (!finish.accumulate) set_to_zero(rows, columns, c);
    add_bias(rows, columns, c, finish.bias);
    return true;
  }
  bool done = false;
  if (rows == 1 && !finish.accumulate) {
    const bool finished = multiply_vector<T>(columns, depth, {b.data, b.column_stride, b.row_stride}, a.data, a.column_stride,
                                             c.data, 1, &done);
    if (done) {
      add_bias(rows, columns, c, finish.bias);
      return finished;
    }
  } else if (columns == 1 && !finish.accumulate) {
    const bool finished = multiply_vector<T>(rows, depth, a, b.data, b.row_stride, c.data, c.row_stride, &done);
    if (done) {
      add_bias(rows, columns, c, finish.bias);
      return finished;
    }
  }
  // Packing B pays when several tiles of rows read it, packing A when several panels do.
  const bool pack_b = b.column_stride != 1 || (rows > 2 * kTileRows && depth * columns * int64_t{sizeof(T)} > (128 << 10));
  const bool pack_a = a.column_stride != 1 && columns > 2 * kTileColumns<T> && rows * depth * int64_t{sizeof(T)} > (64 << 10);

  const Cut depth_cut{depth, divide_up(depth, kBlockDepthBytes / int64_t{sizeof(T)})};
  const int64_t max_depth = depth_cut.start(1);
  const Cut panel_cut{divide_up(columns, kTileColumns<T>), divide_up(columns, kMaxBlockColumns)};
  const Cut row_cut{rows, divide_up(rows, kMaxBlockRows)};
  const bool own_panels = pack_b && rows <= kOwnPanelTiles * kTileRows && divide_up(columns, kTileColumns<T>) >= kOwnPanelsAtLeast;
  const int64_t panel_room = panel_cut.start(1) * kTileColumns<T>;
  const int64_t room_b = own_panels ? 0 : (pack_b ? panel_room : kTileColumns<T>) * max_depth;
  const int64_t room_a = pack_a ? row_cut.start(1) * max_depth : 0;
  // The calling thread's own panels lie in its other block.
  const size_t room_bytes = static_cast<size_t>(room_a + room_b) * sizeof(T);
  T* const room = static_cast<T*>(own_panels ? call_workspace(room_bytes) : workspace(room_bytes));

  for (int64_t q = 0; q < panel_cut.parts; ++q) {
    const int64_t column = panel_cut.start(q) * kTileColumns<T>;
    const int64_t column_end = smaller(columns, panel_cut.start(q + 1) * kTileColumns<T>);
    for (int64_t p = 0; p < row_cut.parts; ++p) {
      const int64_t row = row_cut.start(p), row_end = row_cut.start(p + 1);
      for (int64_t s = 0; s < depth_cut.parts; ++s) {
        const int64_t k = depth_cut.start(s), k_end = depth_cut.start(s + 1);
        const Block<T> block{row_end - row,
                             column_end - column,
                             k_end - k,
                             {a.data + row * a.row_stride + k * a.column_stride, a.row_stride, a.column_stride},
                             {b.data + k * b.row_stride + column * b.column_stride, b.row_stride, b.column_stride},
                             {c.data + row * c.row_stride + column, c.row_stride, 1},
                             s > 0 || finish.accumulate,
                             finish.bias != nullptr && s + 1 == depth_cut.parts ? finish.bias + column : nullptr,
                             pack_a,
                             pack_b,
                             own_panels,
                             room + room_b,
                             room};
        if (!block.pack() || !block.compute()) return false;
      }
    }
  }
  return true;
}

template bool gemm<float>(int64_t, int64_t, int64_t, Matrix<const float>, Matrix<const float>, Matrix<float>, Finish<float>);
template bool gemm<double>(int64_t, int64_t, int64_t, Matrix<const double>, Matrix<const double>, Matrix<double>,
                           Finish<double>);

NABLA_END_ISA
