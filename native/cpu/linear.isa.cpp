// linear: x [..., in], weight [out, in], perhaps bias [out] (its elements contiguous); the result is x weight^T + bias. The
// dimensions of x before the last can be seen as one with one stride.
#include "cpu/gemm.h"
#include "cpu/gemm_operands.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

template <class T>
void linear(const OpCall& call) {
  const Operand& x = call.input(0);
  const Operand& weight = call.input(1);
  const Operand& y = call.output(0);
  const int last = x.rank - 1;
  int64_t rows = 1;
  for (int d = 0; d < last; ++d) rows *= x.sizes[d];
  const int64_t outputs = weight.sizes[0], depth = weight.sizes[1];
  int64_t row_stride;
  one_stride_of_rows(x, last, &row_stride);
  gemm<T>(rows, outputs, depth, {x.as<T>(), row_stride, x.strides[last]}, {weight.as<T>(), weight.strides[1], weight.strides[0]},
          {y.as<T>(), outputs, 1}, {call.input_count > 2 ? call.input(2).as<T>() : nullptr});
}

}  // namespace

void register_linear(KernelTable& table) {
  table.set(OpCode::linear, DType::Float32, linear<float>);
  table.set(OpCode::linear, DType::Float64, linear<double>);
}

NABLA_END_ISA
