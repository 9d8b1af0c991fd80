// Recurrent layers against loops over single units, forward; backward against differences of these loops. Sizes round a vector
// and round the pieces a batch is cut into; lengths, either direction, and operands left out.
#include <algorithm>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

enum class Cell { lstm, gru, rnn };
struct Kind {
  Cell cell;
  OpCode forward, backward;
  int gates, saved;
};
const Kind kKinds[] = {{Cell::lstm, OpCode::lstm, OpCode::lstmBackward, 4, 7},
                       {Cell::gru, OpCode::gru, OpCode::gruBackward, 3, 5},
                       {Cell::rnn, OpCode::rnn, OpCode::rnnBackward, 1, 1}};

struct Sizes4 {
  int64_t steps, batch, inputs, hidden;
};

/** Everything a layer is given. */
struct Layer {
  const Kind* kind;
  Sizes4 size;
  bool reverse, given;
  std::vector<double> input, input_weights, state_weights, input_bias, state_bias, h, c, peephole;
  std::vector<int32_t> lengths;
};

struct Outcome {
  std::vector<double> output, h, c;
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/** The formulas, one unit after another. */
Outcome loops(const Layer& l) {
  const auto [steps, batch, inputs, hidden] = l.size;
  Outcome o{std::vector<double>(static_cast<size_t>(steps * batch * hidden)), l.h, l.c};
  for (int64_t s = 0; s < steps; ++s) {
    const int64_t t = l.reverse ? steps - 1 - s : s;
    for (int64_t b = 0; b < batch; ++b) {
      if (!l.lengths.empty() && t >= l.lengths[static_cast<size_t>(b)]) continue;
      const std::vector<double> before(o.h.begin() + b * hidden, o.h.begin() + (b + 1) * hidden);
      for (int64_t j = 0; j < hidden; ++j) {
        double x[4] = {}, p[4] = {};
        for (int g = 0; g < l.kind->gates; ++g) {
          const int64_t row = g * hidden + j;
          x[g] = l.given ? l.input_bias[static_cast<size_t>(row)] : 0;
          p[g] = l.given ? l.state_bias[static_cast<size_t>(row)] : 0;
          for (int64_t k = 0; k < inputs; ++k) x[g] += l.input_weights[static_cast<size_t>(row * inputs + k)] * l.input[static_cast<size_t>((t * batch + b) * inputs + k)];
          for (int64_t k = 0; k < hidden; ++k) p[g] += l.state_weights[static_cast<size_t>(row * hidden + k)] * before[static_cast<size_t>(k)];
        }
        const size_t at = static_cast<size_t>(b * hidden + j);
        const auto weight = [&](int gate) { return l.given ? l.peephole[static_cast<size_t>(gate * hidden + j)] : 0; };
        double state = 0;
        if (l.kind->cell == Cell::lstm) {
          const double in = sigmoid(x[0] + p[0] + weight(0) * o.c[at]), forget = sigmoid(x[1] + p[1] + weight(1) * o.c[at]);
          o.c[at] = forget * o.c[at] + in * std::tanh(x[2] + p[2]);
          state = sigmoid(x[3] + p[3] + weight(2) * o.c[at]) * std::tanh(o.c[at]);
        } else if (l.kind->cell == Cell::gru) {
          const double update = sigmoid(x[1] + p[1]);
          state = (1 - update) * std::tanh(x[2] + sigmoid(x[0] + p[0]) * p[2]) + update * before[static_cast<size_t>(j)];
        } else {
          state = std::tanh(x[0] + p[0]);
        }
        o.h[at] = state;
        o.output[static_cast<size_t>((t * batch + b) * hidden + j)] = state;
      }
    }
  }
  return o;
}

Layer draw(const Kind& kind, Sizes4 size, bool reverse, bool given, bool lengths) {
  Numbers numbers(21);
  const int64_t rows = kind.gates * size.hidden, states = size.batch * size.hidden;
  Layer l{&kind, size, reverse, given, numbers.many<double>(size.steps * size.batch * size.inputs), numbers.many<double>(rows * size.inputs, 0.7),
          numbers.many<double>(rows * size.hidden, 0.5), numbers.many<double>(rows), numbers.many<double>(rows),
          numbers.many<double>(states, given ? 1 : 0), numbers.many<double>(states, given ? 1 : 0), numbers.many<double>(3 * size.hidden), {}};
  if (lengths) for (int64_t b = 0; b < size.batch; ++b) l.lengths.push_back(static_cast<int32_t>(numbers.below(size.steps + 1)));
  return l;
}

template <class T>
std::vector<T> rounded(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

template <class T>
double furthest(const std::vector<T>& own, const std::vector<double>& expected) {
  double worst = 0;
  for (size_t i = 0; i < own.size(); ++i) {
    const double off = std::fabs(static_cast<double>(own[i]) - expected[i]);
    worst = off <= worst ? worst : (std::isnan(off) ? 1e300 : off);
  }
  return worst;
}

/** The squares of all results, weighted: what is differentiated. */
double loss(const Outcome& o) {
  double sum = 0;
  for (size_t i = 0; i < o.output.size(); ++i) sum += o.output[i] * o.output[i] * static_cast<double>(i % 3);
  for (double value : o.h) sum += value * value;
  for (double value : o.c) sum += value * value * 0.5;
  return sum;
}

template <class T>
void check(Isa isa, const Layer& l) {
  const auto [steps, batch, inputs, hidden] = l.size;
  const Kind& kind = *l.kind;
  const bool has_cell = kind.cell == Cell::lstm;
  const int64_t rows = kind.gates * hidden;
  std::vector<T> input = rounded<T>(l.input), wi = rounded<T>(l.input_weights), wh = rounded<T>(l.state_weights), bi = rounded<T>(l.input_bias),
                 bh = rounded<T>(l.state_bias), h = rounded<T>(l.h), c = rounded<T>(l.c), peephole = rounded<T>(l.peephole), nothing(1);
  std::vector<int32_t> lengths = l.lengths, no_lengths(1);
  const auto maybe = [&](bool is_there, std::vector<T>& data, const Sizes& sizes) { return is_there ? operand(data, sizes) : operand(nothing, {}); };
  const Operand counted = lengths.empty() ? operand(no_lengths, {}) : operand(lengths, {batch});
  std::vector<Operand> operands = {operand(input, {steps, batch, inputs}), operand(wi, {rows, inputs}), operand(wh, {rows, hidden}),
                                   maybe(l.given, bi, {rows}), maybe(l.given, bh, {rows}), maybe(l.given, h, {batch, hidden})};
  if (has_cell) operands.insert(operands.end(), {maybe(l.given, c, {batch, hidden}), maybe(l.given, peephole, {3, hidden})});
  operands.push_back(counted);
  const auto states = static_cast<size_t>(batch * hidden);
  std::vector<T> output(static_cast<size_t>(steps) * states, T(NAN)), last(states, T(NAN)), last_cell(states, T(NAN)), saved(output.size() * static_cast<size_t>(kind.saved), T(NAN));
  const Operand saved_operand = operand(saved, {steps, batch, kind.saved * hidden}), output_operand = operand(output, {steps, batch, hidden});
  std::vector<Operand> results = {output_operand, operand(last, {batch, hidden})};
  if (has_cell) results.push_back(operand(last_cell, {batch, hidden}));
  results.push_back(saved_operand);
  const double reverse = l.reverse ? 1 : 0;
  CHECK(run(isa, kind.forward, build_call(operands, results, {reverse, 0})));

  const std::string where = std::string(isa_name(isa)) + " " + kOpNames[static_cast<int>(kind.forward)] + " of " + std::to_string(steps) + " steps, " + std::to_string(batch) +
                            " rows, " + std::to_string(hidden) + " units";
  const Outcome expected = loops(l);
  const double within = sizeof(T) == 4 ? 2e-5 : 1e-12;
  CHECK_MESSAGE(furthest(output, expected.output) <= within, where + ": output");
  CHECK_MESSAGE(furthest(last, expected.h) <= within, where + ": last state");
  if (has_cell) CHECK_MESSAGE(furthest(last_cell, expected.c) <= within, where + ": last cell");
  // The way back multiplies all of it, with 0 where a step does not count.
  CHECK_MESSAGE(std::none_of(saved.begin(), saved.end(), [](T value) { return std::isnan(value); }), where + ": saved");
  if (sizeof(T) == 4) return;

  // The gradient of the first state: the others are products of what this walk finds.
  std::vector<T> to_output(output.size()), to_h(states), to_c(states), gates(output.size() * static_cast<size_t>(kind.gates), T(NAN)), more = gates, h_gradient(states, T(NAN)),
      c_gradient(states, T(NAN));
  for (size_t i = 0; i < output.size(); ++i) to_output[i] = static_cast<T>(2 * output[i] * static_cast<T>(i % 3));
  for (size_t i = 0; i < states; ++i) {
    to_h[i] = static_cast<T>(2 * last[i]);
    to_c[i] = last_cell[i];
  }
  std::vector<Operand> given = {operand(wh, {rows, hidden}), saved_operand};
  if (kind.cell == Cell::rnn) given.push_back(output_operand);
  given.insert(given.end(), {operand(to_output, {steps, batch, hidden}), operand(to_h, {batch, hidden})});
  if (has_cell) given.insert(given.end(), {operand(to_c, {batch, hidden}), maybe(l.given, peephole, {3, hidden})});
  given.push_back(counted);
  std::vector<Operand> found = {operand(gates, {steps, batch, rows})};
  if (kind.cell == Cell::gru) found.push_back(operand(more, {steps, batch, rows}));
  found.push_back(operand(h_gradient, {batch, hidden}));
  if (has_cell) found.push_back(operand(c_gradient, {batch, hidden}));
  CHECK(run(isa, kind.backward, build_call(given, found, {reverse, 0, 1})));
  CHECK_MESSAGE(std::none_of(gates.begin(), gates.end(), [](T value) { return std::isnan(value); }), where + ": gates");
  const auto slope = [&](std::vector<double> Layer::*member, size_t i) {
    Layer moved = l;
    (moved.*member)[i] += 1e-5;
    const double above = loss(loops(moved));
    (moved.*member)[i] -= 2e-5;
    return (above - loss(loops(moved))) / 2e-5;
  };
  double worst = 0;
  for (size_t i = 0; i < states; i += 1 + states / 7) {
    worst = std::max(worst, std::fabs(static_cast<double>(h_gradient[i]) - slope(&Layer::h, i)));
    if (has_cell) worst = std::max(worst, std::fabs(static_cast<double>(c_gradient[i]) - slope(&Layer::c, i)));
  }
  CHECK_MESSAGE(worst <= 1e-6, where + ": gradients of the first state, off by " + std::to_string(worst));
}

TEST_THAT("sequences of every size, in either direction, with and without lengths and what may be left out") {
  for (Isa isa : supported_isas()) {
    for (const Kind& kind : kKinds) {
      for (Sizes4 size : {Sizes4{3, 2, 3, 4}, {1, 1, 1, 1}, {2, 17, 2, 17}, {3, 1, 5, 33}, {2, 16, 3, 8}, {4, 23, 1, 5}, {3, 0, 2, 2}}) {
        for (bool reverse : {false, true}) {
          for (bool given : {false, true}) {
            for (bool lengths : {false, true}) {
              const Layer layer = draw(kind, size, reverse, given, lengths);
              check<float>(isa, layer);
              check<double>(isa, layer);
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
