// Sequences through recurrent layers on the card against the CPU, there and back: every cell, direction and length, with and without
// what may be left out.
#include "cuda/on_card.h"

namespace nabla::test {
namespace {

struct Shape {
  int64_t steps, batch, inputs, hidden;
};

/** One cell: its ops, gates, saved blocks, and whether it has a cell beside its state. */
struct Cell {
  OpCode forward, backward;
  int64_t gates, saved;
  bool has_cell, shared_gates;
  /** The second attribute: 1 for a plain cell with relu. */
  double activation;
};

template <class T>
void check_cell(const Cell& cell, const Shape& s, bool reverse, bool whole) {
  const DType t = dtype_of<T>();
  uint32_t seed = 1;
  const auto drawn = [&](int64_t count) { return Numbers(++seed).many<T>(count, 0.7); };
  const int64_t columns = cell.gates * s.hidden, states = s.batch * s.hidden;
  std::vector<T> input = drawn(s.steps * s.batch * s.inputs), ih = drawn(columns * s.inputs), hh = drawn(columns * s.hidden);
  std::vector<T> bias_ih = drawn(columns), bias_hh = drawn(columns), first = drawn(states), first_cell = drawn(states), peephole = drawn(3 * s.hidden);
  std::vector<T> output(static_cast<size_t>(s.steps * states)), last(static_cast<size_t>(states)), last_cell(last), saved(static_cast<size_t>(s.steps * states * cell.saved));
  std::vector<T> above = drawn(s.steps * states), to_state = drawn(states), to_cell = drawn(states), one{T(0.3)}, none(1);
  std::vector<T> input_gates(static_cast<size_t>(s.steps * s.batch * columns)), state_gates(input_gates), to_first(last), to_first_cell(last);
  std::vector<int32_t> lengths(static_cast<size_t>(s.batch));
  for (int64_t row = 0; row < s.batch; ++row) lengths[static_cast<size_t>(row)] = static_cast<int32_t>(1 + row % s.steps);
  std::vector<Memory> memories;
  for (auto* each : {&input, &ih, &hh, &bias_ih, &bias_hh, &first, &first_cell, &peephole, &output, &last, &last_cell, &saved, &above, &to_state, &to_cell,
                     &one, &none, &input_gates, &state_gates, &to_first, &to_first_cell}) {
    memories.push_back(memory_of(*each, t));
  }
  memories.push_back(memory_of(lengths, DType::Int32));

  const auto if_whole = [&](const Operand& given) { return whole ? given : operand(none, Sizes{}); };
  const Sizes sequence = {s.steps, s.batch, s.hidden}, state = {s.batch, s.hidden}, gates = {s.steps, s.batch, columns};
  // Where all is given the weights lie the other way round.
  const Operand weights = whole ? operand(hh, {columns, s.hidden}, {1, columns}) : operand(hh, {columns, s.hidden});
  std::vector<Operand> inputs = {operand(input, {s.steps, s.batch, s.inputs}), operand(ih, {columns, s.inputs}), weights, if_whole(operand(bias_ih, {columns})),
                                 if_whole(operand(bias_hh, {columns})), if_whole(operand(first, state))};
  std::vector<Operand> outputs = {operand(output, sequence), operand(last, state)};
  if (cell.has_cell) {
    inputs.push_back(if_whole(operand(first_cell, state)));
    inputs.push_back(if_whole(operand(peephole, {3, s.hidden})));
    outputs.push_back(operand(last_cell, state));
  }
  inputs.push_back(if_whole(operand(lengths, {s.batch})));
  const Operand kept = operand(saved, {s.steps, s.batch, cell.saved * s.hidden});
  outputs.push_back(kept);
  const std::string what = std::string(reverse ? "from the end" : "from the beginning") + (whole ? ", with all" : "");
  check_as_on_cpu(cell.forward, build_call(inputs, outputs, {reverse ? 1.0 : 0.0, cell.activation}), memories, 1e-5, 0, what);

  inputs = {weights, kept};
  if (cell.saved == 1) inputs.push_back(operand(output, sequence));
  // The gradient of a sum is one number, stretched.
  inputs.push_back(whole ? operand(above, sequence) : operand(one, sequence, {0, 0, 0}));
  inputs.push_back(if_whole(operand(to_state, state)));
  if (cell.has_cell) {
    inputs.push_back(if_whole(operand(to_cell, state)));
    inputs.push_back(if_whole(operand(peephole, {3, s.hidden})));
  }
  inputs.push_back(if_whole(operand(lengths, {s.batch})));
  outputs = {operand(input_gates, gates)};
  if (!cell.shared_gates) outputs.push_back(operand(state_gates, gates));
  outputs.push_back(operand(to_first, state));
  if (cell.has_cell) outputs.push_back(operand(to_first_cell, state));
  for (double first_wanted : {0.0, 1.0}) {
    check_as_on_cpu(cell.backward, build_call(inputs, outputs, {reverse ? 1.0 : 0.0, cell.activation, first_wanted}), memories, 2e-5, 0, what);
  }
}

void check(const Cell& cell) {
  for (const Shape& s : {Shape{5, 3, 4, 6}, {1, 1, 1, 1}, {4, 2, 7, 40}, {2, 2, 3, 64}, {3, 3, 5, 100}, {2, 1, 2, 128}, {3, 2, 2, 270}}) {
    for (bool reverse : {false, true}) {
      for (bool whole : {false, true}) {
        check_cell<float>(cell, s, reverse, whole);
        if (s.hidden < 100) check_cell<double>(cell, s, reverse, whole);
      }
    }
  }
}

TEST_THAT("an LSTM is the CPU's, there and back") { check({OpCode::lstm, OpCode::lstmBackward, 4, 7, true, true, 0}); }
TEST_THAT("a GRU is the CPU's, there and back") { check({OpCode::gru, OpCode::gruBackward, 3, 5, false, false, 0}); }
TEST_THAT("a plain recurrent layer is the CPU's, with tanh and with relu, there and back") {
  for (double relu : {0.0, 1.0}) check({OpCode::rnn, OpCode::rnnBackward, 1, 1, false, true, relu});
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
