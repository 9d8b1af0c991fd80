// solveTriangular: what cpu/linalg_triangle.isa.cpp says of it.
#include "cuda/linalg_triangle.h"

#include <algorithm>

#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kTile = 64, kMostInGrid = 65535;

unsigned in_grid(int64_t count) { return static_cast<unsigned>(std::min(count, kMostInGrid)); }

}  // namespace

void subtract_product(Card& card, int64_t batches, int64_t rows, int64_t columns, int64_t depth, const Matrices& a, const Matrices& b, const Matrices& c,
                      bool lower) {
  static Kernel kernel("subtractProduct_f64");
  if (batches == 0 || depth == 0 || rows == 0 || columns == 0) return;
  const Grid grid{static_cast<unsigned>((rows + kTile - 1) / kTile), static_cast<unsigned>((columns + kTile - 1) / kTile), in_grid(batches)};
  card.launch(kernel, grid, kMatrixThreads, SubtractionParameters{a, b, c, rows, columns, depth, batches, lower ? 1 : 0});
}

void solve_block(Card& card, int64_t batches, int64_t size, int64_t columns, const Matrices& t, bool upper, bool unit, const Matrices& b) {
  static Kernel kernel("triangleBlock_f64");
  if (batches == 0 || size == 0 || columns == 0) return;
  const Grid grid{static_cast<unsigned>((columns + kMatrixThreads - 1) / kMatrixThreads), 1, in_grid(batches)};
  card.launch(kernel, grid, kMatrixThreads, TriangleParameters{t, b, static_cast<int32_t>(size), upper ? 1 : 0, unit ? 1 : 0, columns, batches});
}

void solve_triangle(Card& card, int64_t batches, int64_t size, int64_t columns, const Matrices& t, bool upper, bool unit, const Matrices& b) {
  for (int64_t done = 0; done < size; done += kMatrixBlock) {
    const int64_t width = std::min<int64_t>(kMatrixBlock, size - done), rest = size - done - width;
    const int64_t start = upper ? rest : done, next = upper ? 0 : done + width;
    solve_block(card, batches, width, columns, t.from(start, start), upper, unit, b.from(start, 0));
    subtract_product(card, batches, rest, columns, width, t.from(next, start), b.from(start, 0), b.from(next, 0));
  }
}

namespace {

/** Attributes [upper, unit diagonal]. */
bool solve_triangular(const Call& call) {
  const Operand& result = call.op.output(0);
  if (call.numbers != 0) return false;
  if (result.count() == 0) return true;
  const int64_t size = rows_of(result), columns = columns_of(result), batches = batch_count(result, 2);
  Scratch scratch(call.card, Scratch::rounded(batches * size * size) + Scratch::rounded(batches * size * columns));
  if (!scratch.has_room()) return false;
  const Matrices t = scratch.by_rows(size, size, batches), b = scratch.by_rows(size, columns, batches);
  load(call.card, call.op.input(0), t);
  load(call.card, call.op.input(1), b);
  solve_triangle(call.card, batches, size, columns, t, call.op.attributes[0] != 0, call.op.attributes[1] != 0, b);
  store(call.card, b, result);
  return true;
}

}  // namespace

void register_linalg_triangle(LauncherTable& table) { table.set_floats("solveTriangular", solve_triangular, solve_triangular); }

}  // namespace nabla::cuda
