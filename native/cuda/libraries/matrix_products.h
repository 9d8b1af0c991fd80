// Products of matrices by cuBLASLt: how it computes one of a certain shape is asked once and kept, so that the same product has
// the same bits each time, started by itself or in a graph.
//
// Only what repeats to the last bit is asked for: parts of a deep product are added up by a kernel of their own, in order.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "cuda/card.h"
#include "cuda/libraries/cublaslt.h"
#include "cuda/libraries/planning_library.h"

namespace nabla::cuda {

/** c = op(a) op(b), the bias added to each column of c: m x k times k x n, matrices with columns that lie without gaps. */
struct MatrixProduct {
  int64_t m, n, k;
  /** From one column to the next. */
  int64_t a_columns, b_columns, c_columns;
  int64_t batches, a_batches, b_batches, c_batches;
  /** Types of elements (cublaslt.h): of a and b, of c and the bias; and what the sums are made in. */
  int32_t factors, sums, compute;
  int32_t a_transposed, b_transposed, biased;
  /** Bytes that divide the addresses, 16 at most: more than that no kernel gains by, and where memory lies is not to change bits. */
  int32_t a_alignment, b_alignment, c_alignment, bias_alignment;

  auto operator<=>(const MatrixProduct&) const = default;
};

/** How the library computes a product. */
struct MatrixPlan {
  cublaslt::Operation operation = nullptr;
  cublaslt::Layout a = nullptr, b = nullptr, c = nullptr;
  cublaslt::Algorithm algorithm{};
  size_t workspace_bytes = 0;
};

struct MatrixAddresses {
  const void* a;
  const void* b;
  const void* bias;
  void* c;
  void* workspace;
};

class MatrixLibrary : public PlanningLibrary<MatrixLibrary, MatrixProduct, MatrixPlan> {
 public:
  /** Puts a product into a stream. False when the library fails: it is not asked again. */
  bool multiply(const MatrixProduct& product, const MatrixPlan& plan, const MatrixAddresses& at, Stream stream);

 private:
  friend class PlanningLibrary<MatrixLibrary, MatrixProduct, MatrixPlan>;
  MatrixLibrary() = default;
  bool begin(std::string& details) { return cublaslt::load(library_, handle_, details); }
  void forget(MatrixPlan& plan);
  bool describe(const MatrixProduct& product, MatrixPlan& plan);
  bool choose(const MatrixProduct& product, size_t most_workspace, MatrixPlan& plan);

  cublaslt::Library library_;
  cublaslt::Handle handle_ = nullptr;
};

}  // namespace nabla::cuda
