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

#define NABLA_ENTER(op, dtype, name)                           \
  table.set(#op, dtype, [](const Call& call) -> bool {         \
    static Kernel kernel(name);                                \
    return op(call, kernel);                                   \
  });

void register_creation(LauncherTable& table) {
  NABLA_ENTER(arange, DType::Float32, "arange_f32")
  NABLA_ENTER(arange, DType::Float64, "arange_f64")
  NABLA_ENTER(arange, DType::Int32, "arange_i32")
  NABLA_ENTER(arange, DType::UInt8, "arange_u8")
  NABLA_ENTER(eye, DType::Float32, "eye_f32")
  NABLA_ENTER(eye, DType::Float64, "eye_f64")
  NABLA_ENTER(eye, DType::Int32, "eye_i32")
  NABLA_ENTER(eye, DType::UInt8, "eye_u8")
  NABLA_ENTER(eye, DType::Bool, "eye_u8")
}

}  // namespace nabla::cuda
