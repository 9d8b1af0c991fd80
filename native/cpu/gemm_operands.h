// How an operand of many dimensions is seen as one matrix.
#pragma once

#include "core/op_call.h"
#include "cpu/isa.h"

NABLA_BEGIN_ISA

/** True when the first `dims` dimensions are one with one stride; `*stride` is it then, 0 where there is one row at most. */
NABLA_INLINE bool one_stride_of_rows(const Operand& operand, int dims, int64_t* stride) {
  *stride = 0;
  int64_t size = 1;
  for (int d = dims - 1; d >= 0; --d) {
    if (operand.sizes[d] == 1) continue;
    if (size == 1) *stride = operand.strides[d];
    else if (operand.strides[d] != *stride * size) return false;
    size *= operand.sizes[d];
  }
  return true;
}

/** True when every element of the first `dims` dimensions is the same matrix. */
NABLA_INLINE bool same_for_all_batches(const Operand& operand, int dims) {
  for (int d = 0; d < dims; ++d) {
    if (operand.sizes[d] != 1 && operand.strides[d] != 0) return false;
  }
  return true;
}

NABLA_END_ISA
