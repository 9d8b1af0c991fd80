// Batches of matrices in scratch memory of the card: reading them from operands of any strides and type, writing them back, and
// filling them.
#pragma once

#include "cuda/call.h"
#include "cuda/card_memory.h"
#include "cuda/kernels/linalg_parameters.h"

namespace nabla::cuda {

inline constexpr unsigned kMatrixThreads = 256;

inline int64_t rows_of(const Operand& operand) { return operand.sizes[operand.rank - 2]; }
inline int64_t columns_of(const Operand& operand) { return operand.sizes[operand.rank - 1]; }
/** How many matrices (or vectors) an operand holds; the last `trailing` dimensions are those of one. */
int64_t batch_count(const Operand& operand, int trailing);

/** Scratch memory, handed out one piece after the other; given back at the end, when what is started next comes after. */
class Scratch {
 public:
  static int64_t rounded(int64_t count) { return (count + 1) / 2 * 2; }

  /** Room for so many doubles, each piece rounded up. */
  Scratch(Card& card, int64_t doubles);
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  /** False where the card has no room. */
  bool has_room() const { return block_ != nullptr; }
  double* take(int64_t doubles);
  /** For each of `batches`. */
  int32_t* take_whole_numbers(int64_t count);
  /** Matrices whose rows lie side by side, or whose columns do. */
  Matrices by_rows(int64_t rows, int64_t columns, int64_t batches) { return {take(rows * columns * batches), columns, 1, rows * columns}; }
  Matrices by_columns(int64_t rows, int64_t columns, int64_t batches) { return {take(rows * columns * batches), 1, rows, rows * columns}; }

 private:
  CardMemory& memory_;
  size_t capacity_ = 0;
  double* block_;
  double* next_;
};

/** Copies an operand's matrices to scratch memory, and back. */
void load(Card& card, const Operand& from, const Matrices& to);
void store(Card& card, const Matrices& from, const Operand& to);
/** The same of vectors, one after the other; a vector's elements have the stride `row`. */
void store_vectors(Card& card, const Matrices& from, const Operand& to);

void fill_identity(Card& card, const Matrices& to, int64_t rows, int64_t columns, int64_t batches);
void fill_zero(Card& card, const Matrices& to, int64_t rows, int64_t columns, int64_t batches);
void zero_above_diagonal(Card& card, const Matrices& to, int64_t size, int64_t batches);

}  // namespace nabla::cuda
