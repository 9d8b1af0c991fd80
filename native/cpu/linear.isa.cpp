// linear: x [..., in], weight [out, in], perhaps bias [out] (its elements contiguous); the result is x weight^T + bias. The
// dimensions of x before the last can be seen as one with one stride.
//
// linearBackward: the gradient of the result [N, out] (contiguous), x [N, in], weight [out, in] (of rank 0 where the gradient of x
// is not wanted). Outputs: the gradients of weight [out, in] and bias [out] and, if wanted, of x [N, in].
#include "cpu/column_sums.h"
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

template <class T>
void linear_backward(const OpCall& call) {
  const T* const gradient = call.input(0).as<T>();
  const Operand& x = call.input(1);
  const Operand& weight = call.input(2);
  const int64_t rows = x.sizes[0], features = x.sizes[1], outputs = call.input(0).sizes[1];
  const bool finished = gemm<T>(outputs, features, rows, {gradient, 1, outputs}, {x.as<T>(), x.strides[0], x.strides[1]},
                                {call.output(0).as<T>(), features, 1});
  if (!finished) return;
  sum_columns<T>(rows, outputs, gradient, call.output(1).as<T>());
  if (call.output_count < 3) return;
  gemm<T>(rows, features, outputs, {gradient, outputs, 1}, {weight.as<T>(), weight.strides[0], weight.strides[1]},
          {call.output(2).as<T>(), features, 1});
}

}  // namespace

void register_linear(KernelTable& table) {
  table.set("linear", DType::Float32, linear<float>);
  table.set("linear", DType::Float64, linear<double>);
  table.set("linearBackward", DType::Float32, linear_backward<float>);
  table.set("linearBackward", DType::Float64, linear_backward<double>);
}

NABLA_END_ISA
