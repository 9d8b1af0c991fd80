// qr: what cpu/linalg_qr.isa.cpp says of it.
#include "cuda/linalg_qr.h"

#include <algorithm>

#include "cuda/elementwise.h"
#include "cuda/launchers.h"

namespace nabla::cuda {

int64_t Reflections::room(int64_t rows, int64_t columns, int64_t batches) {
  return Scratch::rounded(rows * columns * batches) + 2 * Scratch::rounded(std::min(rows, columns) * batches);
}

Reflections::Reflections(Scratch& scratch, int64_t of_rows, int64_t of_columns, int64_t of_batches)
    : a(scratch.by_columns(of_rows, of_columns, of_batches)), rows(of_rows), columns(of_columns), rank(std::min(of_rows, of_columns)), batches(of_batches),
      taus(scratch.take(rank * batches)), betas(scratch.take(rank * batches)) {}

void reflect_vectors(Card& card, const ReflectionParameters& p) {
  static Kernel kernel("reflectVectors_f64");
  constexpr int64_t kWarp = 32;
  if (p.first < p.last && p.count > 0 && p.batches > 0) {
    card.launch(kernel, {blocks_for(card, p.batches * p.count * kWarp, kMatrixThreads)}, kMatrixThreads, p);
  }
}

void Reflections::factor(Card& card) const {
  static Kernel panel("qrPanel_f64");
  if (batches == 0) return;
  for (int64_t start = 0; start < rank; start += kMatrixBlock) {
    const int64_t end = std::min(rank, start + kMatrixBlock);
    card.launch(panel, {blocks_for(card, batches * kMatrixThreads, kMatrixThreads)}, kMatrixThreads,
                PanelParameters{a, rows, start, end, rank, batches, taus, betas});
    reflect_vectors(card, {a, a.from(0, end), taus, rank, rows, 0, start, end, columns - end, batches, 1, 0});
  }
}

void Reflections::write_upper(Card& card, const Matrices& upper, int64_t upper_rows) const {
  static Kernel kernel("qrUpper_f64");
  const int64_t count = upper_rows * columns * batches;
  if (count > 0) {
    card.launch(kernel, {blocks_for(card, count, kMatrixThreads)}, kMatrixThreads, UpperParameters{a, upper, betas, upper_rows, columns, rank, batches});
  }
}

void Reflections::multiply_by_q(Card& card, const Matrices& vectors, int64_t count, bool growing) const {
  reflect_vectors(card, {a, vectors, taus, rank, rows, 0, 0, rank, count, batches, 0, growing ? 1 : 0});
}

namespace {

/** Attribute [with Q]. */
bool qr(const Call& call) {
  const Operand& input = call.op.input(0);
  const Operand& q = call.op.output(0);
  const Operand& r = call.op.output(1);
  const int64_t rows = rows_of(input), columns = columns_of(input), batches = batch_count(input, 2), r_rows = rows_of(r);
  const int64_t q_columns = call.op.attributes[0] != 0 ? columns_of(q) : 0;
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Scratch scratch(call.card, Reflections::room(rows, columns, batches) + Scratch::rounded(r_rows * columns * batches) + Scratch::rounded(rows * q_columns * batches));
  if (!scratch.has_room()) return false;
  const Reflections reflections(scratch, rows, columns, batches);
  load(call.card, input, reflections.a);
  reflections.factor(call.card);
  const Matrices upper = scratch.by_rows(r_rows, columns, batches);
  reflections.write_upper(call.card, upper, r_rows);
  store(call.card, upper, r);
  if (q_columns == 0) return true;
  const Matrices vectors = scratch.by_columns(rows, q_columns, batches);
  fill_identity(call.card, vectors, rows, q_columns, batches);
  reflections.multiply_by_q(call.card, vectors, q_columns, true);
  store(call.card, vectors, q);
  return true;
}

}  // namespace

void register_linalg_qr(LauncherTable& table) { table.set_floats("qr", qr, qr); }

}  // namespace nabla::cuda
