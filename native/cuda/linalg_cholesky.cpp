// cholesky: what cpu/linalg_cholesky.isa.cpp says of it. In blocks: one on the diagonal, the rows below it, the rest of the matrix.
#include <algorithm>

#include "cuda/elementwise.h"
#include "cuda/launchers.h"
#include "cuda/linalg_triangle.h"

namespace nabla::cuda {
namespace {

bool cholesky(const Call& call) {
  static Kernel block("choleskyBlock_f64");
  const Operand& input = call.op.input(0);
  const int64_t size = rows_of(input), batches = batch_count(input, 2);
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Card& card = call.card;
  Scratch scratch(card, Scratch::rounded(batches * size * size));
  if (!scratch.has_room()) return false;
  const Matrices a = scratch.by_columns(size, size, batches);
  load(card, input, a);
  // Matrices without elements are told that nothing is wrong with them, too.
  for (int64_t start = 0; start == 0 || start < size; start += kMatrixBlock) {
    const int64_t end = std::min(size, start + kMatrixBlock), rest = size - end;
    card.launch(block, {blocks_for(card, batches * kMatrixThreads, kMatrixThreads)}, kMatrixThreads,
                FactorParameters{a, size, start, batches, call.op.output(1).as<int32_t>(), nullptr});
    // L21 L11' = A21: each row below is a column of unknowns.
    solve_block(card, batches, end - start, rest, a.from(start, start), false, false, a.from(end, start).transposed());
    subtract_product(card, batches, rest, rest, end - start, a.from(end, start), a.from(end, start).transposed(), a.from(end, end), true);
  }
  zero_above_diagonal(card, a, size, batches);
  store(card, a, call.op.output(0));
  return true;
}

}  // namespace

void register_linalg_cholesky(LauncherTable& table) { table.set_floats("cholesky", cholesky, cholesky); }

}  // namespace nabla::cuda
