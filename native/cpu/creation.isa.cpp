// Tensors made from nothing.
//
// fill: no inputs, one output of any strides; attributes [value].
// arange: no inputs, one output of rank 1; attributes [start, step]. Element i is start + i * step, computed in float64.
// eye: no inputs, one output of rank 2, ones on its diagonal and zeros elsewhere; no attributes.
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

template <class T>
void arange(const OpCall& call) {
  const Operand& output = call.output(0);
  const double start = call.attributes[0], step = call.attributes[1];
  T* const to = output.as<T>();
  const int64_t stride = output.strides[0];
  share(output.sizes[0], kCheapPiece, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i * stride] = static_cast<T>(start + static_cast<double>(i) * step);
  });
}

template <class T>
void eye(const OpCall& call) {
  const Operand& output = call.output(0);
  elementwise<T>(call, Constant<T>{0}, kCheapPiece);
  const int64_t diagonal = smaller(output.sizes[0], output.sizes[1]);
  for (int64_t i = 0; i < diagonal; ++i) output.as<T>()[i * (output.strides[0] + output.strides[1])] = 1;
}

}  // namespace

void register_creation(KernelTable& table) {
  table.set("arange", DType::Float32, arange<float>);
  table.set("arange", DType::Float64, arange<double>);
  table.set("arange", DType::Int32, arange<int32_t>);
  table.set("arange", DType::UInt8, arange<uint8_t>);
  table.set("eye", DType::Float32, eye<float>);
  table.set("eye", DType::Float64, eye<double>);
  table.set("eye", DType::Int32, eye<int32_t>);
  table.set("eye", DType::UInt8, eye<uint8_t>);
  table.set("eye", DType::Bool, eye<uint8_t>);
  table.set("fill", DType::Float32, fill<float>);
  table.set("fill", DType::Float64, fill<double>);
  table.set("fill", DType::Int32, fill<int32_t>);
  table.set("fill", DType::UInt8, fill<uint8_t>);
  table.set("fill", DType::Bool, fill_flags);
}

NABLA_END_ISA
