// Copies between any strides and types, fills, and the choice between two tensors.
#include "cuda/copy.h"

#include "cuda/elementwise.h"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr int kKinds = 5;

/** A flag is read as the byte it is. */
int kind_of(DType dtype, bool written) { return dtype == DType::Bool && !written ? static_cast<int>(DType::UInt8) : static_cast<int>(dtype); }

Kernel& copy_kernel(DType from, DType to) {
  static Kernel kernels[kKinds - 1][kKinds] = {
#define NABLA_ROW(from) \
  {Kernel("copy_" #from "_f32"), Kernel("copy_" #from "_f64"), Kernel("copy_" #from "_i32"), Kernel("copy_" #from "_u8"), Kernel("copy_" #from "_flag")}
      NABLA_ROW(f32), NABLA_ROW(f64), NABLA_ROW(i32), NABLA_ROW(u8)
#undef NABLA_ROW
  };
  return kernels[kind_of(from, false)][kind_of(to, true)];
}

bool copy(const Call& call) {
  launch_elementwise(call, copy_kernel(call.op.input(0).dtype, call.op.output(0).dtype));
  return true;
}

/** One number copied everywhere. */
bool fill(const Call& call) {
  OpCall op{};
  op.input_count = 1;
  op.output_count = 1;
  double value = call.op.attributes[0];
  op.operands[0].data = &value;
  op.operands[0].dtype = DType::Float64;
  op.operands[1] = call.op.output(0);
  launch_elementwise({op, 1, call.card}, copy_kernel(DType::Float64, op.operands[1].dtype));
  return true;
}

bool where(const Call& call) {
  static Kernel kernels[] = {Kernel("where_f32"), Kernel("where_f64"), Kernel("where_i32"), Kernel("where_u8")};
  launch_elementwise(call, kernels[kind_of(call.op.input(1).dtype, false)]);
  return true;
}

}  // namespace

void copy_operand(Card& card, const Operand& from, const Operand& to) {
  OpCall op{};
  op.input_count = 1;
  op.output_count = 1;
  op.operands[0] = from;
  op.operands[1] = to;
  launch_elementwise({op, 0, card}, copy_kernel(from.dtype, to.dtype));
}

void copy_number(Card& card, void* from, const Operand& to) {
  Operand number{};
  number.data = from;
  number.dtype = DType::Float64;
  copy_operand(card, number, to);
}

void register_copy(LauncherTable& table) {
  for (const DType dtype : {DType::Float32, DType::Float64, DType::Int32, DType::UInt8, DType::Bool}) {
    table.set("copy", dtype, copy);
    table.set("fill", dtype, fill);
  }
  table.set("where", DType::Bool, where);
}

}  // namespace nabla::cuda
