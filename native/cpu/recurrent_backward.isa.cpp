// lstmBackward, gruBackward, rnnBackward: the gradients of all gates before their activations, from the last step to the
// first (back-propagation through time; Werbos 1990). The weights' gradients are then large products of these.
//
// Inputs: weightHh [G H, H] of any strides, saved [T, B, S H] from the way forward (rnn: then output [T, B, H]), the gradients
// of output [T, B, H] (any strides but 1 or 0 in H), of the last state [B, H] (LSTM: and of the last cell, peepholes [3 H]),
// lengths [B] (Int32); each after `saved` or `output` may be left out, and then has rank 0.
// Outputs: gradients of the gates [T, B, G H] (GRU: as the input sees them, then as the state does), of the first state
// [B, H] (LSTM: and of the first cell).
// Attributes: as forward (relu or 0 in second place); 1 where the gradient of the first state is wanted, which else means nothing.
#include "cpu/recurrent_cells.h"
#include "cpu/register_kernels.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace recurrent {
namespace {

/** The gradient of the output at one place; its last dimension may be one number stretched. */
template <class T>
NABLA_INLINE Vector<T> gradient_at(const Operand& gradient, int64_t time, int64_t row, int64_t unit, int width) {
  if (gradient.rank == 0) return Vector<T>{};
  const T* const from = gradient.as<const T>() + time * gradient.strides[0] + row * gradient.strides[1];
  return gradient.strides[2] == 0 ? splat(*from) : read(from + unit, width);
}

template <class T>
void copy_or_zero(T* to, const Operand& from, int64_t count) {
  const T* const data = optional<T>(from);
  for (int64_t i = 0; i < count; ++i) to[i] = data == nullptr ? T{0} : data[i];
}

template <class T, class Cell>
void run_backward(const OpCall& call) {
  using Panels = PanelLayout<T, 1, 4>;
  constexpr bool kReadsOutput = Cell::kSaved == 1;
  const Operand& weights = call.input(0);
  const Operand& saved_operand = call.input(1);
  int next = kReadsOutput ? 3 : 2;
  const T* const output = kReadsOutput ? call.input(2).as<const T>() : nullptr;
  const Operand& output_gradient = call.input(next++);
  const Operand& state_gradient = call.input(next++);
  const bool first_state_wanted = call.attributes[2] != 0;
  const Operand* const cell_gradient = Cell::kHasCell ? &call.input(next++) : nullptr;
  const T* const peephole = Cell::kHasCell ? optional<T>(call.input(next++)) : nullptr;
  const int64_t hidden = weights.sizes[1], depth = Cell::kGates * hidden;
  const Sequence sequence{saved_operand.sizes[0], saved_operand.sizes[1], hidden, call.attributes[0] != 0,
                          optional<int32_t>(call.input(next))};
  const int64_t batch = sequence.batch, steps = sequence.steps;
  const T* const saved = saved_operand.as<const T>();
  T* const input_gates = call.output(0).as<T>();
  T* const state_gates = Cell::kSharedGates ? input_gates : call.output(1).as<T>();
  // What has arrived at the state otherwise than through the weights; in the end, all that arrives at the first one.
  const Operand& first_state_gradient = call.output(Cell::kSharedGates ? 1 : 2);
  T* const carried = first_state_gradient.as<T>();
  T* const cell = Cell::kHasCell ? call.output(2).as<T>() : nullptr;
  copy_or_zero(carried, state_gradient, batch * hidden);
  if (Cell::kHasCell) copy_or_zero(cell, *cell_gradient, batch * hidden);

  T* const packed = static_cast<T*>(workspace(static_cast<size_t>(packed_room<T, Panels>(hidden, depth)) * sizeof(T)));
  if (!pack_panels<T, Panels>(hidden, depth, {weights.as<const T>(), weights.strides[0], weights.strides[1]}, packed)) return;

  // Step s undoes the s-th last step.
  const auto time_of = [&](int64_t step) { return sequence.time(steps - 1 - step); };
  const auto states = [&](int64_t step) -> const T* {
    return step == 0 ? nullptr : state_gates + time_of(step - 1) * batch * depth;
  };
  const auto finish = [&](int64_t step, int64_t row, int64_t panel, const T* sums) {
    const bool through_weights = step > 0 && sequence.active(time_of(step - 1), row);
    const bool is_step = step < steps;
    const int64_t time = is_step ? time_of(step) : 0;
    const bool active = is_step && sequence.active(time, row);
    const int64_t line = time * batch + row;
    for (int64_t unit = panel * Panels::kUnits; unit < smaller(hidden, (panel + 1) * Panels::kUnits); unit += kLanes<T>) {
      const int width = static_cast<int>(smaller(kLanes<T>, hidden - unit));
      T* const carry = carried + row * hidden + unit;
      Vector<T> gradient = read<T>(carry, width);
      if (through_weights) gradient += load(sums);
      sums += kLanes<T>;
      if (active) {
        const BackwardPlace<T> place{hidden,
                                     width,
                                     peephole == nullptr ? nullptr : peephole + unit,
                                     saved + line * Cell::kSaved * hidden + unit,
                                     kReadsOutput ? output + line * hidden + unit : nullptr,
                                     Cell::kHasCell ? cell + row * hidden + unit : nullptr,
                                     input_gates + line * depth + unit,
                                     state_gates + line * depth + unit};
        gradient = Cell::backward(place, gradient + gradient_at<T>(output_gradient, time, row, unit, width));
      } else if (is_step) {
        for (int g = 0; g < Cell::kGates; ++g) {
          write(input_gates + line * depth + g * hidden + unit, Vector<T>{}, width);
          write(state_gates + line * depth + g * hidden + unit, Vector<T>{}, width);
        }
      }
      write(carry, gradient, width);
    }
  };
  // The gradient of the first state is the product of one more step.
  walk_steps<T, Panels>(steps + (first_state_wanted ? 1 : 0), batch, hidden, depth, packed, states, finish);
}

template <class T>
void lstm_backward(const OpCall& call) {
  run_backward<T, Lstm<T>>(call);
}

template <class T>
void gru_backward(const OpCall& call) {
  run_backward<T, Gru<T>>(call);
}

template <class T>
void rnn_backward(const OpCall& call) {
  if (call.attributes[1] != 0) run_backward<T, Rnn<T, true>>(call);
  else run_backward<T, Rnn<T, false>>(call);
}

}  // namespace
}  // namespace recurrent

void register_recurrent_backward(KernelTable& table) {
  table.set("lstmBackward", DType::Float32, recurrent::lstm_backward<float>);
  table.set("lstmBackward", DType::Float64, recurrent::lstm_backward<double>);
  table.set("gruBackward", DType::Float32, recurrent::gru_backward<float>);
  table.set("gruBackward", DType::Float64, recurrent::gru_backward<double>);
  table.set("rnnBackward", DType::Float32, recurrent::rnn_backward<float>);
  table.set("rnnBackward", DType::Float64, recurrent::rnn_backward<double>);
}

NABLA_END_ISA
