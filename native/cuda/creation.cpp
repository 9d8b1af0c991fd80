// arange and eye: what cpu/creation.isa.cpp says of them. A fill is a copy of one number (copy.cpp).
#include "cuda/elementwise.h"
#include "cuda/kernels/creation_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

bool arange(const Call& call, Kernel& kernel) {
  const Operand& to = call.op.output(0);
  CreationParameters p{to.data, to.sizes[0], 1, to.strides[0], 0, call.op.attributes[0], call.op.attributes[1]};
  if (p.rows > 0) call.card.launch(kernel, {blocks_for(call.card, p.rows, kThreads)}, kThreads, p);
  return true;
}

bool eye(const Call& call, Kernel& kernel) {
  const Operand& to = call.op.output(0);
  CreationParameters p{to.data, to.sizes[0], to.sizes[1], to.strides[0], to.strides[1], 0, 0};
  if (to.count() > 0) call.card.launch(kernel, {blocks_for(call.card, to.count(), kThreads)}, kThreads, p);
  return true;
}

}  // namespace

void register_creation(LauncherTable& table) {
  table.set("arange", DType::Float32, NABLA_LAUNCHER("arange_f32", arange));
  table.set("arange", DType::Float64, NABLA_LAUNCHER("arange_f64", arange));
  table.set("arange", DType::Int32, NABLA_LAUNCHER("arange_i32", arange));
  table.set("arange", DType::UInt8, NABLA_LAUNCHER("arange_u8", arange));
  table.set("eye", DType::Float32, NABLA_LAUNCHER("eye_f32", eye));
  table.set("eye", DType::Float64, NABLA_LAUNCHER("eye_f64", eye));
  table.set("eye", DType::Int32, NABLA_LAUNCHER("eye_i32", eye));
  table.set("eye", DType::UInt8, NABLA_LAUNCHER("eye_u8", eye));
  table.set("eye", DType::Bool, NABLA_LAUNCHER("eye_u8", eye));
}

}  // namespace nabla::cuda
