// lstm, gru, rnn: a whole sequence through one layer in one direction.
//
// Inputs: input [T, B, I], weightIh [G H, I], weightHh [G H, H] of any strides in their two dimensions, biasIh [G H], biasHh
// [G H], the first state [B, H] (LSTM: also the first cell [B, H] and peepholes [3 H]), lengths [B] (Int32); each after the
// weights may be left out, and then has rank 0. All but the weights are contiguous.
// Outputs: output [T, B, H], last state [B, H] (LSTM: and last cell), saved [T, B, S H], which the way back reads.
// Attributes: 1 to run from the last step to the first; rnn: 1 for relu, 0 for tanh.
//
// The products of all inputs are one large multiplication, written where the steps then finish them in place.
#include "cpu/gemm.h"
#include "cpu/recurrent_cells.h"
#include "cpu/register_kernels.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace recurrent {
namespace {

template <class T>
void fill(T* to, const T* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = from == nullptr ? T{0} : from[i];
}

/** Biases that are always added together are added here once; `extra` is a GRU's recurrent bias of the candidate. */
template <class T>
void combine_biases(const T* input_bias, const T* state_bias, int64_t together, int64_t extra, T* to) {
  fill(to, input_bias, together + extra);
  for (int64_t i = 0; state_bias != nullptr && i < together; ++i) to[i] += state_bias[i];
  fill(to + together + extra, state_bias == nullptr ? nullptr : state_bias + together, extra);
}

template <class T, class Cell>
void run_forward(const OpCall& call) {
  using Panels = typename Cell::Panels;
  const Operand& input = call.input(0);
  const Operand& input_weights = call.input(1);
  const Operand& state_weights = call.input(2);
  const int lengths_at = Cell::kHasCell ? 8 : 6;
  const int64_t hidden = state_weights.sizes[1], inputs = input_weights.sizes[1];
  const Sequence sequence{input.sizes[0], input.sizes[1], hidden, call.attributes[0] != 0,
                          optional<int32_t>(call.input(lengths_at))};
  const int64_t batch = sequence.batch, states = batch * hidden;
  T* const output = call.output(0).as<T>();
  T* const last_state = call.output(1).as<T>();
  T* const cell = Cell::kHasCell ? call.output(2).as<T>() : nullptr;
  const Operand& saved_operand = call.output(Cell::kHasCell ? 3 : 2);
  T* const saved = saved_operand.as<T>();
  const T* const peephole = Cell::kHasCell ? optional<T>(call.input(7)) : nullptr;

  // A cell that saves its gates finds their sums there; a plain one in its output.
  constexpr bool kInSaved = Cell::kSaved > Cell::kGates;
  T* const projected = kInSaved ? saved : output;
  const int64_t projected_stride = kInSaved ? Cell::kSaved * hidden : hidden;
  const bool multiplied = gemm<T>(sequence.steps * batch, Cell::kInputGates * hidden, inputs, {input.as<const T>(), inputs, 1},
                                  {input_weights.as<const T>(), input_weights.strides[1], input_weights.strides[0]},
                                  {projected, projected_stride, 1});
  if (!multiplied) return;

  const int64_t packed_numbers = packed_room<T, Panels>(hidden, hidden);
  T* const packed = static_cast<T*>(workspace(static_cast<size_t>(packed_numbers + states + Cell::kBiases * hidden) * sizeof(T)));
  T* const other_state = packed + packed_numbers;
  T* const biases = other_state + states;
  const Matrix<const T> recurrent{state_weights.as<const T>(), state_weights.strides[1], state_weights.strides[0]};
  if (!pack_panels<T, Panels>(hidden, hidden, recurrent, packed)) return;
  constexpr int kExtra = Cell::kBiases - Cell::kGates;
  combine_biases(optional<T>(call.input(3)), optional<T>(call.input(4)), (Cell::kGates - kExtra) * hidden, kExtra * hidden, biases);

  // The state goes to and fro between two buffers so that it ends in the output.
  T* const buffers[2] = {sequence.steps % 2 == 0 ? last_state : other_state, sequence.steps % 2 == 0 ? other_state : last_state};
  fill(buffers[0], optional<T>(call.input(5)), states);
  if (Cell::kHasCell) fill(cell, optional<T>(call.input(6)), states);

  const auto finish = [&](int64_t step, int64_t row, int64_t panel, const T* sums) {
    const int64_t time = sequence.time(step);
    const int64_t line = time * batch + row;
    const bool active = sequence.active(time, row);
    for (int64_t unit = panel * Panels::kUnits; unit < smaller(hidden, (panel + 1) * Panels::kUnits); unit += kLanes<T>) {
      const int width = static_cast<int>(smaller(kLanes<T>, hidden - unit));
      const int64_t at = row * hidden + unit;
      const ForwardPlace<T> place{hidden,
                                  width,
                                  projected + line * projected_stride + unit,
                                  biases + unit,
                                  peephole == nullptr ? nullptr : peephole + unit,
                                  buffers[step % 2] + at,
                                  buffers[(step + 1) % 2] + at,
                                  Cell::kHasCell ? cell + at : nullptr,
                                  saved + line * Cell::kSaved * hidden + unit,
                                  output + line * hidden + unit};
      if (active) {
        Cell::forward(place, sums);
      } else {
        const Vector<T> state = read(place.before, width);
        write(place.after, state, width);
        // The way back multiplies these with gradients of 0: they must be numbers.
        for (int i = 0; i < Cell::kSaved - 1; ++i) write(place.saved + i * hidden, Vector<T>{}, width);
        write(place.saved + (Cell::kSaved - 1) * hidden, state, width);
        write(place.output, Vector<T>{}, width);
      }
      sums += kLanes<T>;
    }
  };
  // A first state of zeros has no products.
  const bool from_zero = call.input(5).rank == 0;
  const auto before = [&](int64_t step) -> const T* { return step == 0 && from_zero ? nullptr : buffers[step % 2]; };
  walk_steps<T, Panels>(sequence.steps, batch, hidden, hidden, packed, before, finish);
}

template <class T>
void lstm(const OpCall& call) {
  run_forward<T, Lstm<T>>(call);
}

template <class T>
void gru(const OpCall& call) {
  run_forward<T, Gru<T>>(call);
}

template <class T>
void rnn(const OpCall& call) {
  if (call.attributes[1] != 0) run_forward<T, Rnn<T, true>>(call);
  else run_forward<T, Rnn<T, false>>(call);
}

}  // namespace
}  // namespace recurrent

void register_recurrent(KernelTable& table) {
  table.set("lstm", DType::Float32, recurrent::lstm<float>);
  table.set("lstm", DType::Float64, recurrent::lstm<double>);
  table.set("gru", DType::Float32, recurrent::gru<float>);
  table.set("gru", DType::Float64, recurrent::gru<double>);
  table.set("rnn", DType::Float32, recurrent::rnn<float>);
  table.set("rnn", DType::Float64, recurrent::rnn<double>);
}

NABLA_END_ISA
