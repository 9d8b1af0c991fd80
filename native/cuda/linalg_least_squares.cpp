// svd, pinv and lstsq: what cpu/linalg_least_squares.isa.cpp says of them.
#include "cuda/launchers.h"
#include "cuda/linalg_svd.h"
#include "cuda/linalg_triangle.h"

namespace nabla::cuda {
namespace {

/** Attribute [all columns]. */
bool svd(const Call& call) {
  const Operand& input = call.op.input(0);
  const bool all_vectors = call.op.attributes[0] != 0;
  if (call.numbers != 0) return false;
  if (batch_count(input, 2) == 0) return true;
  Scratch scratch(call.card, SingularValues::room(input, all_vectors));
  if (!scratch.has_room()) return false;
  const SingularValues found(call.card, scratch, input, all_vectors, call.op.output(3).as<int32_t>());
  store_vectors(call.card, {found.values(), 1, 0, found.size()}, call.op.output(1));
  const Matrices &u = found.wide() ? found.right() : found.left(), &v = found.wide() ? found.left() : found.right();
  store(call.card, u.transposed(), call.op.output(0));
  store(call.card, v, call.op.output(2));
  return true;
}

/** Attributes [atol, rtol]. */
bool pseudo_inverse(const Call& call) {
  const Operand& input = call.op.input(0);
  const int64_t batches = batch_count(input, 2);
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Scratch scratch(call.card, SingularValues::room(input, false) + Scratch::rounded(input.count()));
  if (!scratch.has_room()) return false;
  const SingularValues found(call.card, scratch, input, false, call.op.output(1).as<int32_t>());
  const int64_t size = found.size(), length = found.length();
  // V diag(1 / values) U' of the tall matrix, as 0 - (-V diag(1 / values)) U'.
  const Matrices inverse = scratch.by_rows(size, length, batches);
  fill_zero(call.card, inverse, size, length, batches);
  found.divide_rows(found.right(), size, call.op.attributes[0], call.op.attributes[1], -1);
  subtract_product(call.card, batches, size, length, size, found.right().transposed(), found.left(), inverse);
  store(call.card, found.wide() ? inverse.transposed() : inverse, call.op.output(0));
  return true;
}

/** Attributes [atol, rtol]. */
bool least_squares(const Call& call) {
  const Operand& input = call.op.input(0);
  const Operand& right_side = call.op.input(1);
  const double atol = call.op.attributes[0], rtol = call.op.attributes[1];
  const int64_t batches = batch_count(input, 2), rows = rows_of(input), unknowns = columns_of(input), columns = columns_of(right_side);
  if (call.numbers != 0) return false;
  if (batches == 0) return true;
  Card& card = call.card;
  const int64_t size = rows < unknowns ? rows : unknowns;
  Scratch scratch(card, SingularValues::room(input, false) + Scratch::rounded(batches * rows * columns) + Scratch::rounded(batches * unknowns * columns) +
                            Scratch::rounded(batches * size * columns));
  if (!scratch.has_room()) return false;
  const SingularValues found(card, scratch, input, false, call.op.output(3).as<int32_t>());
  found.write_ranks(atol, rtol, call.op.output(1).as<int32_t>());
  store_vectors(card, {found.values(), 1, 0, size}, call.op.output(2));
  const Matrices b = scratch.by_rows(rows, columns, batches), x = scratch.by_rows(unknowns, columns, batches), parts = scratch.by_rows(size, columns, batches);
  load(card, right_side, b);
  fill_zero(card, x, unknowns, columns, batches);
  fill_zero(card, parts, size, columns, batches);
  // X = V diag(1 / values) (U' B), each product subtracted from 0.
  const Matrices &u = found.wide() ? found.right() : found.left(), &v = found.wide() ? found.left() : found.right();
  subtract_product(card, batches, size, columns, rows, u, b, parts);
  found.divide_rows(parts, columns, atol, rtol, 1);
  subtract_product(card, batches, unknowns, columns, size, v.transposed(), parts, x);
  store(card, x, call.op.output(0));
  return true;
}

}  // namespace

void register_linalg_least_squares(LauncherTable& table) {
  table.set_floats("svd", svd, svd);
  table.set_floats("pinv", pseudo_inverse, pseudo_inverse);
  table.set_floats("lstsq", least_squares, least_squares);
}

}  // namespace nabla::cuda
