// sgdStep and adamStep: what cpu/optimisers.isa.cpp says of them. Where an operand has gaps or another order than its parameter's
// row-major one, the CPU answers.
#include <algorithm>
#include <cmath>

#include "cuda/elementwise.h"
#include "cuda/kernels/optimisers_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

bool launch(const Call& call, Kernel& single, Kernel& twice, const double (&numbers)[8]) {
  OptimiserParameters p{};
  const int operands = call.op.input_count + call.op.output_count;
  for (int i = 0; i < operands; ++i) {
    if (call.is_number(i) || !call.op.operands[i].contiguous()) return false;
    p.data[i] = call.op.operands[i].data;
  }
  p.groups = call.op.input_count;
  int64_t total = 0;
  for (int g = 0; g < p.groups; ++g) p.ends[g] = total += call.op.operands[g].count();
  std::copy(std::begin(numbers), std::end(numbers), p.numbers);
  if (total > 0) call.card.launch(call.op.input(0).dtype == DType::Float32 ? single : twice, {blocks_for(call.card, total, 256)}, 256, p);
  return true;
}

bool sgd(const Call& call) {
  static Kernel plain[] = {Kernel("sgd_f32"), Kernel("sgd_f64")}, velocity[] = {Kernel("sgd_velocity_f32"), Kernel("sgd_velocity_f64")};
  const double* a = call.op.attributes;
  Kernel* kernels = call.op.output_count == call.op.input_count ? plain : velocity;
  return launch(call, kernels[0], kernels[1], {a[0], a[2], 1 - a[3], a[4], a[1], a[5], 0, 0});
}

bool adam(const Call& call) {
  static Kernel plain[] = {Kernel("adam_f32"), Kernel("adam_f64")}, amsgrad[] = {Kernel("amsgrad_f32"), Kernel("amsgrad_f64")};
  const double* a = call.op.attributes;
  const bool decoupled = a[6] != 0;
  Kernel* kernels = call.op.output_count == 3 * call.op.input_count ? plain : amsgrad;
  return launch(call, kernels[0], kernels[1],
                {a[0] / (1 - std::pow(a[2], a[1])), 1 - a[2], a[3], 1 - a[3], std::sqrt(1 - std::pow(a[3], a[1])), a[4], decoupled ? 0 : a[5],
                 decoupled ? 1 - a[0] * a[5] : 1});
}

}  // namespace

void register_optimisers(LauncherTable& table) {
  table.set_floats("sgdStep", sgd, sgd);
  table.set_floats("adamStep", adam, adam);
}

}  // namespace nabla::cuda
