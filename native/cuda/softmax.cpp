// softmax, logSoftmax, crossEntropy and crossEntropyBackward: what cpu/softmax.isa.cpp and cpu/losses.isa.cpp say of them.
#include "cuda/card_memory.h"
#include "cuda/copy.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/softmax_parameters.h"
#include "cuda/launchers.h"
#include "cuda/reductions.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
constexpr int64_t kWarp = 32;
/** Scores up to which one block makes the losses and adds them up. */
constexpr int64_t kMostScoresInOne = 32768;

bool softmax(const Call& call, Kernel& kernel) {
  const Operand& from = call.op.input(0);
  const Operand& to = call.op.output(0);
  const int dim = static_cast<int>(call.op.attributes[0]);
  SoftmaxParameters p{};
  p.from = from.data;
  p.to = to.data;
  p.rows = 1;
  // A scalar is one row of one column.
  p.columns = 1;
  for (int d = 0; d < to.rank; ++d) {
    if (d == dim) {
      p.columns = to.sizes[d];
      p.from_step = from.strides[d];
      p.to_step = to.strides[d];
      continue;
    }
    p.rows *= to.sizes[d];
    p.sizes[p.rank] = to.sizes[d];
    p.from_strides[p.rank] = from.strides[d];
    p.to_strides[p.rank++] = to.strides[d];
  }
  if (p.rows > 0 && p.columns > 0) call.card.launch(kernel, {blocks_for(call.card, p.rows * kWarp, kThreads)}, kThreads, p);
  return true;
}

CrossEntropyParameters parameters_of(const OpCall& op) {
  const Operand& scores = op.input(0);
  CrossEntropyParameters p{};
  p.scores = scores.data;
  p.labels = op.input(1).as<const int32_t>();
  p.to = op.output(0).data;
  p.rows = scores.sizes[0];
  p.columns = scores.sizes[1];
  p.score_row = scores.strides[0];
  p.score_column = scores.strides[1];
  p.label_step = op.input(1).strides[0];
  return p;
}

void launch_rows(Card& card, Kernel& kernel, const CrossEntropyParameters& p) {
  if (p.rows > 0) card.launch(kernel, {blocks_for(card, p.rows * kWarp, kThreads)}, kThreads, p);
}

/** The loss of each row, or their sum or mean: that of float64 numbers, as on the CPU. */
bool cross_entropy(const Call& call, Kernel& kernel) {
  static Kernel wide("crossEntropy_wide_f32"), twice("crossEntropy_f64");
  const Operand& losses = call.op.output(0);
  CrossEntropyParameters p = parameters_of(call.op);
  if (call.op.attribute_count == 0) {
    p.to_row = losses.strides[0];
    launch_rows(call.card, kernel, p);
    return true;
  }
  const bool single = call.op.input(0).dtype == DType::Float32, mean = call.op.attributes[0] != 0;
  if (p.rows > 0 && p.rows * p.columns <= kMostScoresInOne) {
    static Kernel one("crossEntropy_inOne_f32"), one_twice("crossEntropy_inOne_f64");
    // Few columns are shared by few lanes, so that the block takes more rows at once.
    for (p.lanes = 1; p.lanes < kWarp && p.lanes * 4 < p.columns;) p.lanes *= 2;
    p.divisor = mean ? static_cast<double>(p.rows) : 1;
    call.card.launch(single ? one : one_twice, {1}, kThreads, p);
    return true;
  }
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  auto* const room = static_cast<double*>(memory.take(static_cast<size_t>(p.rows + 1) * sizeof(double), capacity));
  if (room == nullptr) return false;
  p.to = room + 1;
  p.to_row = 1;
  launch_rows(call.card, single ? wide : twice, p);
  reduce_all(call.card, room + 1, p.rows, mean, room);
  copy_number(call.card, room, losses);
  memory.give(room, capacity);  // what is started next comes after
  return true;
}

bool cross_entropy_backward(const Call& call, Kernel& kernel) {
  const Operand& to = call.op.output(0);
  CrossEntropyParameters p = parameters_of(call.op);
  if (call.is_number(2)) p.number = number_value(call.op.input(2));
  else p.gradient = call.op.input(2).data;
  p.gradient_step = call.op.input(2).strides[0];
  p.to_row = to.strides[0];
  p.to_column = to.strides[1];
  p.scale = call.op.attribute_count > 0 ? call.op.attributes[0] : 1;
  launch_rows(call.card, kernel, p);
  return true;
}

}  // namespace

void register_softmax(LauncherTable& table) {
  table.set_floats("softmax", NABLA_LAUNCHER("softmax_f32", softmax), NABLA_LAUNCHER("softmax_f64", softmax));
  table.set_floats("logSoftmax", NABLA_LAUNCHER("logSoftmax_f32", softmax), NABLA_LAUNCHER("logSoftmax_f64", softmax));
  table.set_floats("crossEntropy", NABLA_LAUNCHER("crossEntropy_f32", cross_entropy), NABLA_LAUNCHER("crossEntropy_f64", cross_entropy));
  table.set_floats("crossEntropyBackward", NABLA_LAUNCHER("crossEntropyBackward_f32", cross_entropy_backward),
                   NABLA_LAUNCHER("crossEntropyBackward_f64", cross_entropy_backward));
}

}  // namespace nabla::cuda
