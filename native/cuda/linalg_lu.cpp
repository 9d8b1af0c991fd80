// inv, solve, det and slogdet: what cpu/linalg_lu.isa.cpp says of them. In blocks: a panel of columns, the rows beside it, the rest of
// the matrix.
#include <algorithm>

#include "cuda/elementwise.h"
#include "cuda/launchers.h"
#include "cuda/linalg_triangle.h"

namespace nabla::cuda {
namespace {

/** Matrices of one size, their columns side by side, and what is found out about them. */
struct Systems {
  Card& card;
  int64_t size, batches;
  Matrices a;
  int32_t* pivots;
  int32_t* info;

  static int64_t room(int64_t size, int64_t batches) { return Scratch::rounded(batches * size * size) + Scratch::rounded((batches * size + 1) / 2); }

  Systems(Card& on, const Operand& input, Scratch& scratch, int32_t* to_info)
      : card(on), size(rows_of(input)), batches(batch_count(input, 2)), a(scratch.by_columns(size, size, batches)),
        pivots(scratch.take_whole_numbers(batches * size)), info(to_info) {
    load(card, input, a);
  }

  /** a = P L U in place. */
  void factor() const {
    static Kernel panel("luPanel_f64");
    // Matrices without elements are told that nothing is wrong with them, too.
    for (int64_t start = 0; start == 0 || start < size; start += kMatrixBlock) {
      const int64_t end = std::min(size, start + kMatrixBlock), rest = size - end;
      card.launch(panel, {blocks_for(card, batches * kMatrixThreads, kMatrixThreads)}, kMatrixThreads,
                  FactorParameters{a, size, start, batches, info, pivots});
      if (size <= kMatrixBlock) return;
      exchange(a, size, start, end, start, end);
      solve_block(card, batches, end - start, rest, a.from(start, start), false, true, a.from(start, end));
      subtract_product(card, batches, rest, rest, end - start, a.from(end, start), a.from(start, end), a.from(end, end));
    }
  }

  void exchange(const Matrices& b, int64_t columns, int64_t first, int64_t last, int64_t skip, int64_t skip_end) const {
    static Kernel kernel("exchangeRows_f64");
    if (columns == 0 || first == last) return;
    card.launch(kernel, {blocks_for(card, batches * columns, kMatrixThreads)}, kMatrixThreads,
                ExchangeParameters{b, size, columns, first, last, skip, skip_end, batches, pivots});
  }

  /** Of what is factored. */
  void solve(const Matrices& b, int64_t columns) const {
    exchange(b, columns, 0, size, 0, 0);
    solve_triangle(card, batches, size, columns, a, false, true, b);
    solve_triangle(card, batches, size, columns, a, true, false, b);
  }
};

bool inverse(const Call& call) {
  const Operand& input = call.op.input(0);
  const int64_t size = rows_of(input), batches = batch_count(input, 2);
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Scratch scratch(call.card, Systems::room(size, batches) + Scratch::rounded(batches * size * size));
  if (!scratch.has_room()) return false;
  const Systems systems(call.card, input, scratch, call.op.output(1).as<int32_t>());
  const Matrices x = scratch.by_rows(size, size, batches);
  fill_identity(call.card, x, size, size, batches);
  systems.factor();
  systems.solve(x, size);
  store(call.card, x, call.op.output(0));
  return true;
}

bool solve(const Call& call) {
  const Operand& input = call.op.input(0);
  const int64_t size = rows_of(input), columns = columns_of(call.op.input(1)), batches = batch_count(input, 2);
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Scratch scratch(call.card, Systems::room(size, batches) + Scratch::rounded(batches * size * columns));
  if (!scratch.has_room()) return false;
  const Systems systems(call.card, input, scratch, call.op.output(1).as<int32_t>());
  const Matrices x = scratch.by_rows(size, columns, batches);
  load(call.card, call.op.input(1), x);
  systems.factor();
  systems.solve(x, columns);
  store(call.card, x, call.op.output(0));
  return true;
}

bool determinants(const Call& call, void* logarithms) {
  static Kernel single("determinant_f32"), twice("determinant_f64");
  const Operand& input = call.op.input(0);
  const int64_t size = rows_of(input), batches = batch_count(input, 2);
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Scratch scratch(call.card, Systems::room(size, batches) + Scratch::rounded((batches + 1) / 2));
  if (!scratch.has_room()) return false;
  int32_t* const info = scratch.take_whole_numbers(batches);
  const Systems systems(call.card, input, scratch, info);
  systems.factor();
  call.card.launch(input.dtype == DType::Float32 ? single : twice, {blocks_for(call.card, batches, kMatrixThreads)}, kMatrixThreads,
                   DeterminantParameters{systems.a, size, batches, systems.pivots, call.op.output(0).data, logarithms});
  return true;
}

bool determinant(const Call& call) { return determinants(call, nullptr); }
bool sign_and_logarithm(const Call& call) { return determinants(call, call.op.output(1).data); }

}  // namespace

void register_linalg_lu(LauncherTable& table) {
  table.set_floats("inv", inverse, inverse);
  table.set_floats("solve", solve, solve);
  table.set_floats("det", determinant, determinant);
  table.set_floats("slogdet", sign_and_logarithm, sign_and_logarithm);
}

}  // namespace nabla::cuda
