// ctcLoss and ctcLossBackward: what cpu/ctc.isa.cpp says of them.
#include <algorithm>

#include "cuda/card_memory.h"
#include "cuda/kernels/sequence_loss_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
constexpr int64_t kMostBlocks = 65535;

/** Inputs from the first on: logProbs, targets, and the lengths of inputs and targets. */
SequenceLossParameters parameters_of(const OpCall& op, int first, const Operand& forward) {
  const Operand& log_probs = op.input(first);
  SequenceLossParameters p{};
  p.log_probs = log_probs.data;
  p.targets = op.input(first + 1).as<const int32_t>();
  p.input_lengths = op.input(first + 2).as<const int32_t>();
  p.target_lengths = op.input(first + 3).as<const int32_t>();
  p.forward = forward.data;
  p.steps = log_probs.sizes[0];
  p.batch = log_probs.sizes[1];
  p.classes = log_probs.sizes[2];
  p.symbols = op.input(first + 1).sizes[1];
  p.rows = forward.sizes[1];
  p.width = forward.sizes[2];
  p.blank = static_cast<int32_t>(op.attributes[0]);
  return p;
}

/** Starts a kernel that has `rows` rows of states for each sequence, and the links of its states. */
bool launch(const Call& call, Kernel& kernel, SequenceLossParameters& p, int64_t rows) {
  if (p.batch == 0) return true;
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  const auto states = static_cast<size_t>(p.batch * p.width);
  void* const block = memory.take(states * (static_cast<size_t>(rows) * sizeof(double) + sizeof(int32_t)), capacity);
  if (block == nullptr) return false;
  p.states = static_cast<double*>(block);
  p.next = reinterpret_cast<int32_t*>(p.states + states * static_cast<size_t>(rows));
  call.card.launch(kernel, {static_cast<unsigned>(std::min(p.batch, kMostBlocks))}, kThreads, p);
  memory.give(block, capacity);  // what is started next comes after
  return true;
}

bool ctc_loss(const Call& call, Kernel& kernel) {
  if (call.numbers != 0) return false;
  SequenceLossParameters p = parameters_of(call.op, 0, call.op.output(1));
  p.losses = call.op.output(0).data;
  return launch(call, kernel, p, 2);
}

bool ctc_loss_backward(const Call& call, Kernel& kernel) {
  if (call.numbers != 0) return false;
  SequenceLossParameters p = parameters_of(call.op, 1, call.op.input(6));
  p.gradient = call.op.input(0).data;
  p.losses = call.op.input(5).data;
  p.to = call.op.output(0).data;
  return launch(call, kernel, p, 3);
}

}  // namespace

void register_sequence_loss(LauncherTable& table) {
  table.set_floats("ctcLoss", NABLA_LAUNCHER("ctcLoss_f32", ctc_loss), NABLA_LAUNCHER("ctcLoss_f64", ctc_loss));
  table.set_floats("ctcLossBackward", NABLA_LAUNCHER("ctcLossBackward_f32", ctc_loss_backward), NABLA_LAUNCHER("ctcLossBackward_f64", ctc_loss_backward));
}

}  // namespace nabla::cuda
