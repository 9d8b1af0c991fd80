// Arithmetic of two tensors. Inputs a, b and output of one dtype and shape (broadcast by strides of 0); no attributes.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

struct Add {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return a + b;
  }
};

template <class T, class Op>
void binary(const OpCall& call) {
  elementwise<T, T, T>(call, Op{}, kCheapPiece);
}

template <class Op>
void register_for_numbers(KernelTable& table, OpCode op) {
  table.set(op, DType::Float32, binary<float, Op>);
  table.set(op, DType::Float64, binary<double, Op>);
  table.set(op, DType::Int32, binary<int32_t, Op>);
}

}  // namespace

void register_arithmetic(KernelTable& table) { register_for_numbers<Add>(table, OpCode::add); }

NABLA_END_ISA
