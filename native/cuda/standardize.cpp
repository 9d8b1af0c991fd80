// standardize and standardizeBackward: what cpu/standardize.isa.cpp says of them.
#include "cuda/elementwise.h"
#include "cuda/kernels/standardize_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kThreads = 256, kWarp = 32;

bool launch(Card& card, Kernel& kernel, const OpCall& op, StandardizeParameters p) {
  p.outer = static_cast<int64_t>(op.attributes[0]);
  p.groups = static_cast<int64_t>(op.attributes[1]);
  p.inner = static_cast<int64_t>(op.attributes[2]);
  p.epsilon = op.attributes[3];
  const int64_t elements = p.outer * p.inner;
  p.lanes = static_cast<int32_t>(elements <= 8 ? 1 : elements <= 4 * kThreads ? kWarp : kThreads);
  if (p.groups > 0 && elements > 0) {
    card.launch(kernel, {blocks_for(card, p.groups * p.lanes, static_cast<unsigned>(kThreads))}, static_cast<unsigned>(kThreads), p);
  }
  return elements > 0;  // what is left of nothing, the CPU answers
}

bool forward(const Call& call) {
  static Kernel single("standardize_f32"), twice("standardize_f64");
  const OpCall& op = call.op;
  StandardizeParameters p{};
  p.from = op.input(0).data;
  p.to = op.output(0).data;
  p.means = op.output(1).data;
  p.variances = op.output(2).data;
  return launch(call.card, op.input(0).dtype == DType::Float32 ? single : twice, op, p);
}

bool backward(const Call& call) {
  static Kernel single("standardizeBackward_f32"), twice("standardizeBackward_f64");
  const OpCall& op = call.op;
  StandardizeParameters p{};
  p.from = op.input(0).data;
  p.standardised = op.input(1).data;
  p.variances = op.input(2).data;
  p.to = op.output(0).data;
  return launch(call.card, op.input(0).dtype == DType::Float32 ? single : twice, op, p);
}

}  // namespace

void register_standardize(LauncherTable& table) {
  table.set_floats("standardize", forward, forward);
  table.set_floats("standardizeBackward", backward, backward);
}

}  // namespace nabla::cuda
