// One call of one op: what crosses from the caller (the binding, a test, later a compiled program) to a kernel.
//
// The caller has already checked shapes and dtypes, promoted the inputs to a common dtype and allocated the outputs, so
// a kernel only computes. Broadcasting has happened too: a broadcast input arrives with the output's sizes and a stride
// of 0. The idea of one flat call record that a table of function pointers consumes is jax-js's `dispatch` and PyTorch's
// DispatchStub.
#pragma once

#include <cstdint>

#include "core/dtype.h"

namespace nabla {

inline constexpr int kMaxRank = 8;
inline constexpr int kMaxOperands = 16;
inline constexpr int kMaxAttributes = 32;

/** A strided window on memory. `data` points at the element with index (0, ..., 0); strides count elements. */
struct Operand {
  void* data;
  DType dtype;
  int32_t rank;
  int64_t sizes[kMaxRank];
  int64_t strides[kMaxRank];

  int64_t count() const {
    int64_t n = 1;
    for (int d = 0; d < rank; ++d) n *= sizes[d];
    return n;
  }

  /** True when the elements lie in row-major order without gaps. */
  bool contiguous() const {
    int64_t expected = 1;
    for (int d = rank - 1; d >= 0; --d) {
      if (sizes[d] != 1 && strides[d] != expected) return false;
      expected *= sizes[d];
    }
    return true;
  }

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

/** Inputs first, then outputs, then numbers whose meaning is the op's own (documented in its row of src/tensor/ops). */
struct OpCall {
  int32_t input_count;
  int32_t output_count;
  int32_t attribute_count;
  Operand operands[kMaxOperands];
  double attributes[kMaxAttributes];

  const Operand& input(int i) const { return operands[i]; }
  const Operand& output(int i) const { return operands[input_count + i]; }
};

/** Computes one op. Never throws; where the dtype has no implementation the table holds a null pointer. */
using Kernel = void (*)(const OpCall&);

}  // namespace nabla
