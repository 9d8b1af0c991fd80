// Tensors made from nothing.
//
// fill: no inputs, one output of any strides; attributes [value].
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

template <class T>
struct Constant {
  T value;

  NABLA_INLINE Vector<T> apply() const { return splat<T>(value); }
};

template <class T>
void fill(const OpCall& call) {
  elementwise<T>(call, Constant<T>{static_cast<T>(call.attributes[0])}, kCheapPiece);
}

void fill_flags(const OpCall& call) {
  elementwise<uint8_t>(call, Constant<uint8_t>{static_cast<uint8_t>(call.attributes[0] != 0)}, kCheapPiece);
}

}  // namespace

void register_fill(KernelTable& table) {
  table.set(OpCode::fill, DType::Float32, fill<float>);
  table.set(OpCode::fill, DType::Float64, fill<double>);
  table.set(OpCode::fill, DType::Int32, fill<int32_t>);
  table.set(OpCode::fill, DType::UInt8, fill<uint8_t>);
  table.set(OpCode::fill, DType::Bool, fill_flags);
}

NABLA_END_ISA
