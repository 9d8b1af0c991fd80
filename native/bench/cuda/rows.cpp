// The calls of each row. Those of the training step and of the LSTM are the ones that src/compile makes of the same work in TypeScript.
#include "bench/cuda/rows.h"

#include <cmath>

namespace nabla::bench {
namespace {

using std::to_string;

Row copy(int64_t elements) {
  return {"copy", "a copy of " + to_string(elements) + " floats", Manner::OneByOne, 1, 8.0 * static_cast<double>(elements), 0, 0, [=](Workload& w) {
            const View from = w.numbers({elements}, 1), to = w.numbers({elements});
            w.call(OpCode::copy, {from}, {to});
          }};
}

/** ((x * 2 + 1).relu() - 0.5) * x */
Row chain(int64_t elements, Manner manner) {
  const std::string how = manner == Manner::Chain ? ", one kernel" : ", one by one";
  // One by one, each call writes what the next one reads.
  const double bytes = static_cast<double>(elements) * (manner == Manner::Chain ? 8 : 44);
  return {manner == Manner::Chain ? "chain" : "chain-eager", "five elementwise ops on " + to_string(elements) + " floats" + how, manner, 1, bytes, 0, 1e-6,
          [=](Workload& w) {
            const View x = w.numbers({elements}, 2), result = w.numbers({elements});
            View between[4];
            for (View& each : between) each = w.passing({elements});
            const auto with_number = [&](OpCode op, const View& input, double number, const View& output) {
              w.call(op, {input, {-1, number, {elements}, {0}, 0}}, {output});
            };
            with_number(OpCode::mul, x, 2, between[0]);
            with_number(OpCode::add, between[0], 1, between[1]);
            w.call(OpCode::relu, {between[1]}, {between[2]});
            with_number(OpCode::sub, between[2], 0.5, between[3]);
            w.call(OpCode::mul, {between[3], x}, {result});
          }};
}

Row product(int64_t size, Precision precision) {
  struct Kind {
    const char *name, *work;
    double tolerance;
  };
  // The CPU's factors are whole: what a card rounds off 11 or 8 bits of is seen.
  static constexpr Kind kKinds[] = {{"matmul-", "float32", 1e-5}, {"matmul-tf32-", "TF32", 2e-3}, {"matmul-bf16-", "bfloat16", 2e-2}};
  const Kind& kind = kKinds[static_cast<size_t>(precision)];
  const std::string sides = to_string(size);
  return {kind.name + sides, kind.work + (" product of two " + sides) + " x " + sides + " matrices", Manner::OneByOne, 1, 0, 2 * std::pow(static_cast<double>(size), 3), kind.tolerance,
          [=](Workload& w) {
            const View a = w.numbers({size, size}, 1), b = w.numbers({size, size}, 1), c = w.numbers({size, size});
            w.call(OpCode::matmul, {a, b}, {c}, {}, precision);
          }};
}

/** Weight and bias of a layer, their gradients, and the two means that Adam keeps of each. */
struct Layer {
  View weight, bias, weight_gradient, bias_gradient, states[4];
};

/** An Adam step of a network of fully connected layers with ReLU and a cross-entropy loss. */
Row training_step(int64_t batch, const std::vector<int64_t>& sizes, Manner manner) {
  double operations = 0;
  for (size_t i = 1; i < sizes.size(); ++i) operations += (i == 1 ? 4.0 : 6.0) * static_cast<double>(batch * sizes[i] * sizes[i - 1]);
  std::string layers = to_string(sizes[0]);
  for (size_t i = 1; i < sizes.size(); ++i) layers.append("-").append(to_string(sizes[i]));
  const auto plan = [=](Workload& w) {
    const size_t depth = sizes.size() - 1;
    const View x = w.numbers({batch, sizes[0]}, 1);
    const View y = w.labels(batch, sizes[depth]);
    std::vector<Layer> layers(depth);
    std::vector<View> made(depth), rectified(depth), upstream(depth);
    for (size_t i = 0; i < depth; ++i) {
      const Sizes shape = {sizes[i + 1], sizes[i]}, outputs = {sizes[i + 1]};
      const double scale = 1 / std::sqrt(static_cast<double>(sizes[i]));
      layers[i] = {w.numbers(shape, scale), w.numbers(outputs, 0.05), w.numbers(shape), w.numbers(outputs), {w.numbers(shape), w.numbers(outputs), w.numbers(shape), w.numbers(outputs)}};
      made[i] = w.numbers({batch, sizes[i + 1]});
      rectified[i] = w.numbers({batch, sizes[i + 1]});
      upstream[i] = w.numbers({batch, sizes[i + 1]});
    }
    const View loss = w.numbers({}), one = w.numbers({});
    for (size_t i = 0; i < depth; ++i) {
      w.call(OpCode::linear, {i == 0 ? x : rectified[i - 1], layers[i].weight, layers[i].bias}, {made[i]});
      if (i + 1 < depth) w.call(OpCode::relu, {made[i]}, {rectified[i]});
    }
    w.call(OpCode::crossEntropy, {made[depth - 1], y}, {loss}, {1});
    w.call(OpCode::fill, {}, {one}, {1});
    View each = one;
    each.sizes = {batch};
    each.strides = {0};
    w.call(OpCode::crossEntropyBackward, {made[depth - 1], y, each}, {upstream[depth - 1]}, {1 / static_cast<double>(batch)});
    for (size_t i = depth; i-- > 0;) {
      const Layer& layer = layers[i];
      if (i == 0) {
        w.call(OpCode::linearBackward, {upstream[0], x, plain(0)}, {layer.weight_gradient, layer.bias_gradient});
        break;
      }
      w.call(OpCode::linearBackward, {upstream[i], rectified[i - 1], layer.weight}, {layer.weight_gradient, layer.bias_gradient, upstream[i - 1]});
      w.call(OpCode::reluBackward, {upstream[i - 1], rectified[i - 1]}, {upstream[i - 1]});
    }
    for (const Layer& layer : layers) {
      w.call(OpCode::adamStep, {layer.weight_gradient, layer.bias_gradient},
             {layer.weight, layer.bias, layer.states[0], layer.states[1], layer.states[2], layer.states[3]}, {0.001, 1, 0.9, 0.999, 1e-8, 0, 0});
    }
  };
  return {manner == Manner::Program ? "mlp-adam" : "mlp-adam-eager",
          "an Adam step of a " + layers + " network, batch " + to_string(batch) + (manner == Manner::Program ? ", one graph" : ", one by one"), manner, 1, 0, operations, 1e-4, plan};
}

/** An LSTM forward, and back to its weights. */
Row lstm(int64_t steps, int64_t batch, int64_t inputs, int64_t hidden, bool back) {
  const double operations = 2.0 * static_cast<double>(steps * batch * 4 * hidden) * static_cast<double>(back ? 2 * inputs + 3 * hidden : inputs + hidden);
  const auto plan = [=](Workload& w) {
    const int64_t gates = 4 * hidden, rows = steps * batch;
    const View x = w.numbers({steps, batch, inputs}, 1), ih = w.numbers({gates, inputs}, 0.09), hh = w.numbers({gates, hidden}, 0.09);
    const View bias_ih = w.numbers({gates}, 0.09), bias_hh = w.numbers({gates}, 0.09), above = w.numbers({steps, batch, hidden}, 1);
    const View output = w.numbers({steps, batch, hidden}), state = w.numbers({batch, hidden}), cell = w.numbers({batch, hidden});
    const View kept = w.numbers({steps, batch, 7 * hidden});
    w.call(OpCode::lstm, {x, ih, hh, bias_ih, bias_hh, plain(0), plain(0), plain(0), plain(0)}, {output, state, cell, kept}, {0, 0});
    if (!back) return;
    const View to_gates = w.numbers({steps, batch, gates}), to_state = w.numbers({batch, hidden}), to_cell = w.numbers({batch, hidden});
    const View to_bias = w.numbers({1, gates}), to_ih = w.numbers({gates, inputs}), to_hh = w.numbers({gates, hidden});
    w.call(OpCode::lstmBackward, {hh, kept, above, plain(0), plain(0), plain(0), plain(0)}, {to_gates, to_state, to_cell}, {0, 0, 0});
    const View all = {to_gates.tensor, 0, {rows, gates}, {gates, 1}, 0}, transposed = {to_gates.tensor, 0, {gates, rows}, {1, gates}, 0};
    w.call(OpCode::sum, {all}, {to_bias}, {1, 0});
    w.call(OpCode::matmul, {transposed, {x.tensor, 0, {rows, inputs}, {inputs, 1}, 0}}, {to_ih});
    // Of each step the state before it, which is kept behind six other blocks.
    w.call(OpCode::matmul, {transposed, {kept.tensor, 0, {rows, hidden}, {7 * hidden, 1}, 6 * hidden}}, {to_hh});
  };
  const std::string sizes = "an LSTM " + to_string(inputs) + "-" + to_string(hidden) + ", " + to_string(steps) + " steps, batch " + to_string(batch);
  return {back ? "lstm-train" : "lstm-forward", sizes + (back ? ", forward and backward, one graph" : ", forward"), back ? Manner::Program : Manner::OneByOne, 1, 0, operations, 1e-4, plan};
}

/** Additions of four floats, where only the start counts. */
Row starts(int calls, Manner manner) {
  const bool graph = manner == Manner::Program;
  return {graph ? "start-in-graph" : "start", std::string("one of ") + to_string(calls) + " kernels on four floats" + (graph ? ", one graph" : ", one by one"), manner, calls, 0, 0, 1e-6,
          [=](Workload& w) {
            const View x = w.numbers({4}, 1), y = w.numbers({4}, 1);
            for (int i = 0; i < calls; ++i) w.call(OpCode::add, {x, y}, {x});
          }};
}

}  // namespace

std::vector<Row> rows(bool small) {
  std::vector<Row> all;
  all.push_back(copy(small ? 3000 : int64_t{1} << 26));
  for (Manner manner : {Manner::Chain, Manner::OneByOne}) all.push_back(chain(small ? 3000 : int64_t{1} << 28, manner));
  for (Precision precision : {Precision::Highest, Precision::High, Precision::Medium}) {
    for (int64_t size : small ? Sizes{33} : Sizes{256, 512, 1024, 2048, 4096, 8192}) all.push_back(product(size, precision));
  }
  for (Manner manner : {Manner::Program, Manner::OneByOne}) {
    all.push_back(small ? training_step(8, {20, 16, 12, 5}, manner) : training_step(128, {784, 512, 512, 10}, manner));
  }
  for (bool back : {false, true}) all.push_back(small ? lstm(5, 3, 6, 8, back) : lstm(80, 32, 128, 128, back));
  for (Manner manner : {Manner::OneByOne, Manner::Program}) all.push_back(starts(small ? 10 : 100, manner));
  return all;
}

}  // namespace nabla::bench
