#include "cuda/linalg_matrix.h"

#include "cuda/copy.h"
#include "cuda/elementwise.h"

namespace nabla::cuda {

int64_t batch_count(const Operand& operand, int trailing) {
  int64_t count = 1;
  for (int d = 0; d < operand.rank - trailing; ++d) count *= operand.sizes[d];
  return count;
}

Scratch::Scratch(Card& card, int64_t doubles)
    : memory_(CardMemory::of(card)), block_(static_cast<double*>(memory_.take(static_cast<size_t>(doubles) * sizeof(double), capacity_))), next_(block_) {}

Scratch::~Scratch() {
  if (block_ != nullptr) memory_.give(block_, capacity_);
}

double* Scratch::take(int64_t doubles) {
  double* const taken = next_;
  next_ += rounded(doubles);
  return taken;
}

int32_t* Scratch::take_whole_numbers(int64_t count) { return reinterpret_cast<int32_t*>(take((count + 1) / 2)); }

namespace {

/** The scratch memory as an operand of the sizes of another one. */
Operand as_operand(const Matrices& matrices, const Operand& like, int trailing) {
  Operand made = like;
  made.data = matrices.data;
  made.dtype = DType::Float64;
  int64_t stride = matrices.batch;
  for (int d = like.rank - trailing - 1; d >= 0; --d) {
    made.strides[d] = stride;
    stride *= like.sizes[d];
  }
  made.strides[like.rank - trailing] = matrices.row;
  if (trailing > 1) made.strides[like.rank - 1] = matrices.column;
  return made;
}

void fill(Card& card, Kernel& kernel, const PatternParameters& p) {
  const int64_t count = p.rows * p.columns * p.batches;
  if (count > 0) card.launch(kernel, {blocks_for(card, count, kMatrixThreads)}, kMatrixThreads, p);
}

}  // namespace

void load(Card& card, const Operand& from, const Matrices& to) {
  if (from.count() > 0) copy_operand(card, from, as_operand(to, from, 2));
}

void store(Card& card, const Matrices& from, const Operand& to) {
  if (to.count() > 0) copy_operand(card, as_operand(from, to, 2), to);
}

void store_vectors(Card& card, const Matrices& from, const Operand& to) {
  if (to.count() > 0) copy_operand(card, as_operand(from, to, 1), to);
}

void fill_identity(Card& card, const Matrices& to, int64_t rows, int64_t columns, int64_t batches) {
  static Kernel kernel("identity_f64");
  fill(card, kernel, {to, rows, columns, batches});
}

void fill_zero(Card& card, const Matrices& to, int64_t rows, int64_t columns, int64_t batches) {
  static Kernel kernel("zero_f64");
  fill(card, kernel, {to, rows, columns, batches});
}

void zero_above_diagonal(Card& card, const Matrices& to, int64_t size, int64_t batches) {
  static Kernel kernel("zeroAboveDiagonal_f64");
  fill(card, kernel, {to, size, size, batches});
}

}  // namespace nabla::cuda
