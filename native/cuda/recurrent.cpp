// lstm, gru, rnn and their ways back: what cpu/recurrent.isa.cpp and cpu/recurrent_backward.isa.cpp say of them. The products of all
// inputs are one large multiplication, written where the steps then finish them in place.
#include <algorithm>
#include <iterator>

#include "cuda/card_memory.h"
#include "cuda/copy.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/recurrent_parameters.h"
#include "cuda/launchers.h"
#include "cuda/products.h"

namespace nabla::cuda {
namespace {

/** Up to so many units the weights stay on the chip: for 64 units or fewer, and for the rest (kernels/recurrent_resident.cu). */
constexpr int64_t kResidentUnits[] = {64, 128};
constexpr unsigned kThreads = 256;

/** The kernels of one way through a layer: float32 and float64 of any size, and float32 with weights that stay on the chip. */
struct Way {
  Kernel any[2], resident[2];
};

/** A kind of cell: how many gates, how many blocks it saves, and its kernels. */
struct CellKind {
  int gates, saved;
  bool has_cell, shared_gates;
  Way forward, backward;
};

#define NABLA_WAY(name) {{Kernel(name "_f32"), Kernel(name "_f64")}, {Kernel(name "_64_f32"), Kernel(name "_128_f32")}}
#define NABLA_WAYS(name) NABLA_WAY(name), NABLA_WAY(name "_backward")

CellKind& lstm_kind() {
  static CellKind kind{4, 7, true, true, NABLA_WAYS("lstm")};
  return kind;
}
CellKind& gru_kind() {
  static CellKind kind{3, 5, false, false, NABLA_WAYS("gru")};
  return kind;
}
CellKind& rnn_kind(const OpCall& op) {
  static CellKind relu{1, 1, false, true, NABLA_WAYS("reluRnn")};
  static CellKind tanh{1, 1, false, true, NABLA_WAYS("tanhRnn")};
  return op.attributes[1] != 0 ? relu : tanh;
}

/** The memory of an operand, null for one that was left out (a plain number stands in its place). */
void* optional(const Operand& operand) { return operand.rank == 0 ? nullptr : operand.data; }

/** One row a block. */
void launch(const Call& call, Way& way, DType dtype, const RecurrentParameters& p) {
  if (p.batch == 0 || p.hidden == 0) return;
  const Grid grid{static_cast<unsigned>(std::min<int64_t>(p.batch, 65535))};
  for (size_t i = 0; i < std::size(kResidentUnits) && dtype == DType::Float32; ++i) {
    if (p.hidden <= kResidentUnits[i]) return call.card.launch(way.resident[i], grid, kThreads, p);
  }
  const auto threads = static_cast<unsigned>(std::clamp<int64_t>((p.hidden + 31) / 32 * 32, 32, kThreads));
  call.card.launch(way.any[dtype == DType::Float32 ? 0 : 1], grid, threads, p);
}

bool forward(const Call& call, CellKind& kind) {
  const OpCall& op = call.op;
  const Operand& input = op.input(0);
  const Operand& input_weights = op.input(1);
  const Operand& state_weights = op.input(2);
  const DType dtype = input.dtype;
  RecurrentParameters p{};
  p.steps = input.sizes[0];
  p.batch = input.sizes[1];
  p.hidden = state_weights.sizes[1];
  p.reverse = op.attributes[0] != 0 ? 1 : 0;
  p.input_bias = optional(op.input(3));
  p.state_bias = optional(op.input(4));
  p.first_state = optional(op.input(5));
  p.first_cell = kind.has_cell ? optional(op.input(6)) : nullptr;
  p.peephole = kind.has_cell ? optional(op.input(7)) : nullptr;
  p.lengths = static_cast<const int32_t*>(optional(op.input(kind.has_cell ? 8 : 6)));
  p.output = op.output(0).data;
  p.last_state = op.output(1).data;
  p.cell = kind.has_cell ? op.output(2).data : nullptr;
  p.saved = op.output(kind.has_cell ? 3 : 2).data;

  const int64_t columns = kind.gates * p.hidden, inputs = input_weights.sizes[1];
  const size_t item = byte_size(dtype);
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  auto* const room = static_cast<char*>(memory.take(std::max<size_t>(static_cast<size_t>(p.hidden * columns + 2 * p.batch * p.hidden) * item, 1), capacity));
  if (room == nullptr) return false;
  // A cell that saves its gates finds their sums there; a plain one in its output.
  const bool in_saved = kind.saved > kind.gates;
  p.projected = in_saved ? p.saved : p.output;
  p.projected_stride = in_saved ? kind.saved * p.hidden : p.hidden;
  bool started = p.steps * p.batch == 0 || columns == 0 ||
                 multiply(call, p.steps * p.batch, columns, inputs, {input.data, inputs, 1, {}},
                          {input_weights.data, input_weights.strides[1], input_weights.strides[0], {}},
                          {const_cast<void*>(p.projected), p.projected_stride, 1, {}});
  if (started) {
    const Operand turned{state_weights.data, dtype, 2, {p.hidden, columns}, {state_weights.strides[1], state_weights.strides[0]}};
    const Operand packed{room, dtype, 2, {p.hidden, columns}, {columns, 1}};
    copy_operand(call.card, turned, packed);
    p.weights = room;
    p.states = room + static_cast<size_t>(p.hidden * columns) * item;
    launch(call, kind.forward, dtype, p);
  }
  memory.give(room, capacity);  // what is started next comes after
  return started;
}

bool backward(const Call& call, CellKind& kind) {
  const OpCall& op = call.op;
  const Operand& weights = op.input(0);
  const Operand& saved = op.input(1);
  const bool reads_output = kind.saved == 1;
  int next = reads_output ? 3 : 2;
  RecurrentParameters p{};
  p.steps = saved.sizes[0];
  p.batch = saved.sizes[1];
  p.hidden = weights.sizes[1];
  p.reverse = op.attributes[0] != 0 ? 1 : 0;
  p.first_state_wanted = op.attributes[2] != 0 ? 1 : 0;
  p.weights = weights.data;
  p.weight_row = weights.strides[0];
  p.weight_column = weights.strides[1];
  p.saved = saved.data;
  p.output = reads_output ? op.input(2).data : nullptr;
  const Operand& above = op.input(next++);
  p.output_gradient = optional(above);
  if (p.output_gradient != nullptr) {
    p.gradient_time = above.strides[0];
    p.gradient_row = above.strides[1];
    p.gradient_unit = above.strides[2];
  }
  p.state_gradient = optional(op.input(next++));
  if (kind.has_cell) {
    p.cell_gradient = optional(op.input(next++));
    p.peephole = optional(op.input(next++));
  }
  p.lengths = static_cast<const int32_t*>(optional(op.input(next)));
  p.input_gates = op.output(0).data;
  p.state_gates = kind.shared_gates ? p.input_gates : op.output(1).data;
  p.carried = op.output(kind.shared_gates ? 1 : 2).data;
  p.cell = kind.has_cell ? op.output(2).data : nullptr;
  launch(call, kind.backward, weights.dtype, p);
  return true;
}

bool lstm(const Call& call) { return forward(call, lstm_kind()); }
bool gru(const Call& call) { return forward(call, gru_kind()); }
bool rnn(const Call& call) { return forward(call, rnn_kind(call.op)); }
bool lstm_backward(const Call& call) { return backward(call, lstm_kind()); }
bool gru_backward(const Call& call) { return backward(call, gru_kind()); }
bool rnn_backward(const Call& call) { return backward(call, rnn_kind(call.op)); }

}  // namespace

void register_recurrent(LauncherTable& table) {
  table.set_floats("lstm", lstm, lstm);
  table.set_floats("gru", gru, gru);
  table.set_floats("rnn", rnn, rnn);
  table.set_floats("lstmBackward", lstm_backward, lstm_backward);
  table.set_floats("gruBackward", gru_backward, gru_backward);
  table.set_floats("rnnBackward", rnn_backward, rnn_backward);
}

}  // namespace nabla::cuda
