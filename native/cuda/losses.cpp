// mseLoss and mseLossBackward: what cpu/losses.isa.cpp says of them.
#include <algorithm>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/losses_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
/** Elements that a part has at least. */
constexpr int64_t kSmallestPart = 4096;

bool squared_error(const Call& call, Kernel& whole, Kernel& join) {
  const Operand& a = call.op.input(0);
  if (call.numbers != 0) return false;
  SquaredErrorParameters p{};
  p.a = a.data;
  p.b = call.op.input(1).data;
  p.to = call.op.output(0).data;
  p.count = a.count();
  p.divisor = call.op.attributes[0] != 0 ? static_cast<double>(p.count) : 1;
  p.part_count = static_cast<int32_t>(std::clamp<int64_t>(p.count / kSmallestPart, 1, 4 * int64_t{call.card.info().multiprocessors}));
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  if (p.part_count > 1) {
    p.parts = static_cast<double*>(memory.take(static_cast<size_t>(p.part_count) * sizeof(double), capacity));
    if (p.parts == nullptr) p.part_count = 1;
  }
  call.card.launch(whole, {static_cast<unsigned>(p.part_count)}, kThreads, p);
  if (p.parts == nullptr) return true;
  call.card.launch(join, {1}, kThreads, p);
  memory.give(p.parts, capacity);  // what is started next comes after
  return true;
}

bool squared_error_f32(const Call& call) {
  static Kernel whole("squaredError_f32"), join("squaredError_join_f32");
  return squared_error(call, whole, join);
}
bool squared_error_f64(const Call& call) {
  static Kernel whole("squaredError_f64"), join("squaredError_join_f64");
  return squared_error(call, whole, join);
}

bool backward(const Call& call) {
  static Kernel single("mseLossBackward_f32"), twice("mseLossBackward_f64");
  launch_elementwise(call, call.op.output(0).dtype == DType::Float32 ? single : twice, call.op.attributes, 1);
  return true;
}

}  // namespace

void register_losses(LauncherTable& table) {
  table.set_floats("mseLoss", squared_error_f32, squared_error_f64);
  table.set_floats("mseLossBackward", backward, backward);
}

}  // namespace nabla::cuda
