// Matrices are made square by a QR decomposition, wide ones are transposed (Golub and Van Loan, Matrix Computations, 5.4.9), as in
// cpu/linalg_least_squares.isa.cpp.
#include "cuda/linalg_svd.h"

#include <algorithm>

#include "cuda/elementwise.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kWarp = 32;
constexpr int64_t kStateDoubles = sizeof(IterationState) / sizeof(double), kRotationDoubles = sizeof(PlaneRotation) / sizeof(double);

void launch(Card& card, Kernel& kernel, const BidiagonalParameters& p, int64_t threads) {
  card.launch(kernel, {blocks_for(card, threads, kMatrixThreads)}, kMatrixThreads, p);
}

/** How many rotations of a side are kept at a time. */
int64_t most_rotations(int64_t size) { return size > kSpectrumOfBlock ? size * size : 0; }

}  // namespace

int64_t SingularValues::room(const Operand& input, bool all_vectors) {
  const int64_t length = std::max(rows_of(input), columns_of(input)), size = std::min(rows_of(input), columns_of(input)), batches = batch_count(input, 2);
  const int64_t vectors = all_vectors ? length : size;
  return Reflections::room(length, size, batches) + 5 * Scratch::rounded(batches * size * size) + Scratch::rounded(batches * vectors * length) +
         6 * Scratch::rounded(batches * size) + Scratch::rounded(batches) + Scratch::rounded(batches * kStateDoubles) +
         Scratch::rounded(2 * batches * most_rotations(size) * kRotationDoubles);
}

SingularValues::SingularValues(Card& card, Scratch& scratch, const Operand& input, bool all_vectors, int32_t* info)
    : card_(card), wide_(rows_of(input) < columns_of(input)), length_(std::max(rows_of(input), columns_of(input))),
      size_(std::min(rows_of(input), columns_of(input))), batches_(batch_count(input, 2)), vectors_(all_vectors ? length_ : size_) {
  const Reflections reflections(scratch, length_, size_, batches_);
  const auto square = [&] { return scratch.by_rows(size_, size_, batches_); };
  p_.a = square();
  p_.reflections = square();
  p_.left = square();
  p_.right = square();
  p_.sorted_right = square();
  left_ = scratch.by_rows(vectors_, length_, batches_);
  p_.sorted_left = left_;
  p_.size = size_;
  p_.batches = batches_;
  for (double** list : {&p_.diagonal, &p_.above, &p_.left_taus, &p_.right_taus, &p_.sums, &p_.sorted_values}) *list = scratch.take(batches_ * size_);
  p_.factors = scratch.take(batches_);
  p_.states = reinterpret_cast<IterationState*>(scratch.take(batches_ * kStateDoubles));
  p_.most_rotations = most_rotations(size_);
  p_.rotations = reinterpret_cast<PlaneRotation*>(scratch.take(2 * batches_ * p_.most_rotations * kRotationDoubles));
  p_.info = info;

  // Of a wide matrix the transpose; of either the columns of the tall one side by side.
  load(card, input, wide_ ? reflections.a.transposed() : reflections.a);
  reflections.factor(card);
  reflections.write_upper(card, p_.a, size_);
  reduce();
  iterate();
  // The first `size` elements of the first `size` vectors are written over.
  fill_identity(card, left_, vectors_, length_, batches_);
  static Kernel sort("svdSort_f64");
  if (size_ > 0) launch(card, sort, p_, batches_ * size_ * kWarp);
  reflections.multiply_by_q(card, left_.transposed(), vectors_, false);
}

void SingularValues::reduce() {
  static Kernel prepare("svdPrepare_f64"), whole("svdReduce_f64"), column("svdColumn_f64"), sums("svdSums_f64"), row("svdRow_f64"), rows("svdRows_f64");
  const int64_t a_block_each = batches_ * kMatrixThreads;
  launch(card_, prepare, p_, a_block_each);
  if (size_ <= kSpectrumOfBlock) {
    launch(card_, whole, p_, a_block_each);
  } else {
    for (p_.step = 0; p_.step < size_; ++p_.step) {
      const int64_t rest = size_ - p_.step - 1;
      launch(card_, column, p_, a_block_each);
      if (rest == 0) break;
      launch(card_, sums, p_, (rest + kWarp - 1) / kWarp * a_block_each);
      launch(card_, row, p_, a_block_each);
      launch(card_, rows, p_, batches_ * rest * kWarp);
    }
  }
  for (const Matrices& vectors : {p_.left, p_.right}) fill_identity(card_, vectors.transposed(), size_, size_, batches_);
  // Vector j begins as column j of Q, or of P: reflections after those that reach position j leave it alone.
  reflect_vectors(card_, {p_.reflections.transposed(), p_.left.transposed(), p_.left_taus, size_, size_, 0, 0, size_, size_, batches_, 0, 1});
  reflect_vectors(card_, {p_.a.transposed(), p_.right.transposed(), p_.right_taus, size_, size_, 1, 0, size_ - 1, size_, batches_, 0, 1});
}

void SingularValues::iterate() const {
  static Kernel whole("svdIterate_f64"), sweeps("svdSweeps_f64"), rotate("svdRotate_f64");
  if (size_ <= kSpectrumOfBlock) {
    launch(card_, whole, p_, batches_ * kMatrixThreads);
    return;
  }
  // So many lists hold all sweeps that there may be; after the first few they are empty.
  const int64_t rounds = 60 * size_ / (p_.most_rotations / size_ - 1) + 1;
  for (int64_t round = 0; round < rounds; ++round) {
    launch(card_, sweeps, p_, batches_ * kWarp);
    launch(card_, rotate, p_, batches_ * 2 * size_);
  }
}

void SingularValues::divide_rows(const Matrices& rows, int64_t columns, double atol, double rtol, double sign) const {
  static Kernel kernel("countedRows_f64");
  const int64_t count = batches_ * size_ * columns;
  if (count == 0) return;
  card_.launch(kernel, {blocks_for(card_, count, kMatrixThreads)}, kMatrixThreads,
               CountedParameters{values(), p_.states, size_, batches_, atol, rtol, nullptr, rows, columns, sign});
}

void SingularValues::write_ranks(double atol, double rtol, int32_t* ranks) const {
  static Kernel kernel("countedRanks_f64");
  card_.launch(kernel, {blocks_for(card_, batches_, kMatrixThreads)}, kMatrixThreads,
               CountedParameters{values(), p_.states, size_, batches_, atol, rtol, ranks, {}, 0, 1});
}

}  // namespace nabla::cuda
