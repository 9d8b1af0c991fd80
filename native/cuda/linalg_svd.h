// The singular value decomposition of matrices in scratch memory, for the subjects that build on it.
#pragma once

#include "cuda/kernels/linalg_spectra_parameters.h"
#include "cuda/linalg_qr.h"

namespace nabla::cuda {

/** The decomposition of matrices, with `length` >= `size` the longer side: of A, or of A' where A is wide. */
class SingularValues {
 public:
  /** `vectors` is how many left vectors there will be, `size` or `length`. */
  static int64_t room(const Operand& input, bool all_vectors);
  SingularValues(Card& card, Scratch& scratch, const Operand& input, bool all_vectors, int32_t* info);

  int64_t length() const { return length_; }
  int64_t size() const { return size_; }
  bool wide() const { return wide_; }
  /** Decreasing, for each matrix. */
  double* values() const { return p_.sorted_values; }
  /** Vectors as rows, `length` and `size` long. */
  const Matrices& left() const { return left_; }
  const Matrices& right() const { return p_.sorted_right; }

  /** Multiplies row k of matrices by a sign over value k, or by 0 where the value does not count. */
  void divide_rows(const Matrices& rows, int64_t columns, double atol, double rtol, double sign) const;
  /** Writes how many values of each matrix count; 0 where it could not be decomposed. */
  void write_ranks(double atol, double rtol, int32_t* ranks) const;

 private:
  void reduce();
  void iterate() const;

  Card& card_;
  bool wide_;
  int64_t length_, size_, batches_, vectors_;
  Matrices left_;
  BidiagonalParameters p_{};
};

}  // namespace nabla::cuda
