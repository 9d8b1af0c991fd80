// sgdStep and adamStep: what cpu/optimisers.isa.cpp says of them. Where an operand has gaps or another order than its parameter's
// row-major one, the CPU answers.
#include "cuda/optimisers.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/op_codes.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/optimisers_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

using Calls = std::vector<const OpCall*>;

/** Tensors that belong to one parameter: gradient, parameter, states. */
int streams_of(const OpCall& op) { return 1 + op.output_count / std::max(op.input_count, 1); }

bool launch(Card& card, const Calls& calls, Kernel& single, Kernel& twice, const double (&numbers)[8]) {
  OptimiserParameters p{};
  for (const OpCall* op : calls) p.groups += op->input_count;
  int64_t total = 0;
  int before = 0;
  for (const OpCall* op : calls) {
    for (int stream = 0; stream < streams_of(*op); ++stream) {
      for (int g = 0; g < op->input_count; ++g) {
        const Operand& operand = op->operands[stream * op->input_count + g];
        if (!operand.contiguous()) return false;
        p.data[stream * p.groups + before + g] = operand.data;
        if (stream == 0) p.ends[before + g] = total += operand.count();
      }
    }
    before += op->input_count;
  }
  std::copy(std::begin(numbers), std::end(numbers), p.numbers);
  if (total > 0) card.launch(calls.front()->input(0).dtype == DType::Float32 ? single : twice, {blocks_for(card, total, 256)}, 256, p);
  return true;
}

bool sgd(Card& card, const Calls& calls) {
  static Kernel plain[] = {Kernel("sgd_f32"), Kernel("sgd_f64")}, velocity[] = {Kernel("sgd_velocity_f32"), Kernel("sgd_velocity_f64")};
  const OpCall& op = *calls.front();
  const double* a = op.attributes;
  Kernel* kernels = op.output_count == op.input_count ? plain : velocity;
  return launch(card, calls, kernels[0], kernels[1], {a[0], a[2], 1 - a[3], a[4], a[1], a[5], 0, 0});
}

bool adam(Card& card, const Calls& calls) {
  static Kernel plain[] = {Kernel("adam_f32"), Kernel("adam_f64")}, amsgrad[] = {Kernel("amsgrad_f32"), Kernel("amsgrad_f64")};
  const OpCall& op = *calls.front();
  const double* a = op.attributes;
  const bool decoupled = a[6] != 0;
  Kernel* kernels = op.output_count == 3 * op.input_count ? plain : amsgrad;
  return launch(card, calls, kernels[0], kernels[1],
                {a[0] / (1 - std::pow(a[2], a[1])), 1 - a[2], a[3], 1 - a[3], std::sqrt(1 - std::pow(a[3], a[1])), a[4], decoupled ? 0 : a[5],
                 decoupled ? 1 - a[0] * a[5] : 1});
}

template <bool (*kSteps)(Card&, const Calls&)>
bool alone(const Call& call) {
  return call.numbers == 0 && kSteps(call.card, {&call.op});
}

bool is_step(const ResolvedCall& call, const char* name) { return std::strcmp(kOpNames[call.op], name) == 0; }

}  // namespace

bool can_step_together(const std::vector<const ResolvedCall*>& others, const ResolvedCall& call) {
  if (call.immediates != 0 || !(is_step(call, "sgdStep") || is_step(call, "adamStep"))) return false;
  int groups = call.call.input_count;
  for (const ResolvedCall* other : others) {
    const OpCall &a = other->call, &b = call.call;
    if (other->op != call.op || a.input(0).dtype != b.input(0).dtype || streams_of(a) != streams_of(b)) return false;
    if (!std::equal(a.attributes, a.attributes + a.attribute_count, b.attributes, b.attributes + b.attribute_count)) return false;
    groups += a.input_count;
  }
  return groups <= kOptimiserGroups && groups * streams_of(call.call) <= kOptimiserOperands;
}

bool step_together(Card& card, const std::vector<const ResolvedCall*>& calls) {
  Calls records;
  for (const ResolvedCall* call : calls) records.push_back(&call->call);
  return is_step(*calls.front(), "sgdStep") ? sgd(card, records) : adam(card, records);
}

void register_optimisers(LauncherTable& table) {
  table.set_floats("sgdStep", alone<sgd>, alone<sgd>);
  table.set_floats("adamStep", alone<adam>, alone<adam>);
}

}  // namespace nabla::cuda
