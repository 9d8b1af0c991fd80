// What a network's training step is made of, on the card against the CPU: products, softmax, cross-entropy, optimisers.
#include <algorithm>
#include <array>

#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {
namespace {

template <class T>
std::vector<T> drawn(int64_t count, uint32_t seed) {
  return Numbers(seed).many<T>(count, T(0.5) != T(0) ? 1 : 20);
}

/** For sums of so many products: the CPU adds them up in another order. */
double tolerance_of(int64_t depth) { return 2e-6 * static_cast<double>(std::max<int64_t>(1, depth / 64)); }

template <class T>
void check_product(int64_t rows, int64_t depth, int64_t columns) {
  std::vector<T> a = drawn<T>(3 * rows * depth, 2), b = drawn<T>(3 * depth * columns, 3), c(static_cast<size_t>(3 * rows * columns), T(7));
  const std::vector<Memory> memories = {memory_of(a, dtype_of<T>()), memory_of(b, dtype_of<T>()), memory_of(c, dtype_of<T>())};
  const Operand c2 = operand(c, {rows, columns});
  // As they lie, and each of them turned.
  check_as_on_cpu(OpCode::matmul, build_call({operand(a, {rows, depth}), operand(b, {depth, columns})}, {c2}), memories, tolerance_of(depth));
  check_as_on_cpu(OpCode::matmul, build_call({operand(a, {rows, depth}, {1, rows}), operand(b, {depth, columns}, {1, depth})}, {c2}), memories, tolerance_of(depth));
  // Batches, one operand for all of them, and batches that are summed.
  const Operand a3 = operand(a, {3, rows, depth}), b3 = operand(b, {3, depth, columns});
  check_as_on_cpu(OpCode::matmul, build_call({a3, b3}, {operand(c, {3, rows, columns})}), memories, tolerance_of(depth));
  check_as_on_cpu(OpCode::matmul, build_call({a3, operand(b, {3, depth, columns}, {0, columns, 1})}, {operand(c, {3, rows, columns})}), memories, tolerance_of(depth));
  check_as_on_cpu(OpCode::matmul, build_call({a3, b3}, {operand(c, {1, rows, columns})}, {0}), memories, 2 * tolerance_of(depth));
}

// Deep ones of few tiles are added up in parts.
TEST_THAT("products are the CPU's for sizes in and between tiles, whichever way the matrices lie") {
  for (const auto& [rows, depth, columns] : {std::array<int64_t, 3>{1, 1, 1}, {5, 3, 7}, {64, 16, 64}, {65, 33, 70}, {3, 0, 4}, {130, 17, 1}, {3, 700, 5}, {20, 401, 70}}) {
    check_product<float>(rows, depth, columns);
    check_product<double>(rows, depth, columns);
    check_product<int32_t>(rows, depth, columns);
  }
}

template <class T>
void check_linear(int64_t in) {
  const int64_t rows = 12, out = 70;
  std::vector<T> x = drawn<T>(rows * in, 2), w = drawn<T>(out * in, 3), bias = drawn<T>(out, 4), y(rows * out), g = drawn<T>(rows * out, 5), gw(out * in), gb(out), gx(rows * in);
  const DType t = dtype_of<T>();
  check_as_on_cpu(OpCode::linear, build_call({operand(x, {3, 4, in}), operand(w, {out, in}), operand(bias, {out})}, {operand(y, {3, 4, out})}),
                  {memory_of(x, t), memory_of(w, t), memory_of(bias, t), memory_of(y, t)}, tolerance_of(in));
  check_as_on_cpu(OpCode::linear, build_call({operand(x, {in}), operand(w, {out, in}, {1, out})}, {operand(y, {out})}),
                  {memory_of(x, t), memory_of(w, t), memory_of(y, t)}, tolerance_of(in));
  const std::vector<Memory> memories = {memory_of(g, t), memory_of(x, t), memory_of(w, t), memory_of(gw, t), memory_of(gb, t), memory_of(gx, t)};
  check_as_on_cpu(OpCode::linearBackward, build_call({operand(g, {rows, out}), operand(x, {rows, in}), operand(w, {out, in})},
                                                     {operand(gw, {out, in}), operand(gb, {out}), operand(gx, {rows, in})}), memories, 2 * tolerance_of(in));
  check_as_on_cpu(OpCode::linearBackward, build_call({operand(g, {rows, out}), operand(x, {rows, in}), operand(w, Sizes{})},
                                                     {operand(gw, {out, in}), operand(gb, {out})}), memories, 2 * tolerance_of(in));
}

TEST_THAT("a linear layer is the CPU's, there and back") {
  for (int64_t in : {19, 300}) {
    check_linear<float>(in);
    check_linear<double>(in);
  }
}

template <class T>
void check_softmax() {
  for (const char* op : {"softmax", "logSoftmax"}) {
    for (const auto& [sizes, dim] : {std::pair<Sizes, double>{{5, 10}, 1}, {{4, 33, 3}, 1}, {{70, 2}, 0}, {{}, 0}, {{2, 0}, 1}}) {
      for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed}) {
        Tensor<T> a = arrange<T>(sizes, layout), c = arrange<T>(sizes, Arrangement::contiguous);
        Numbers numbers(5);
        for (T& value : a.memory) value = static_cast<T>(numbers.next() * 9);
        check_as_on_cpu(code_of(op), build_call({a.as_operand()}, {c.as_operand()}, {dim}), {memory_of(a.memory, dtype_of<T>()), memory_of(c.memory, dtype_of<T>())}, 2e-6);
      }
    }
  }
}

TEST_THAT("softmax and its logarithm are the CPU's along any dimension") {
  check_softmax<float>();
  check_softmax<double>();
}

template <class T>
void check_cross_entropy() {
  const DType t = dtype_of<T>();
  for (int64_t classes : {1, 10, 77}) {
    const int64_t rows = 21;
    std::vector<T> scores = Numbers(5).many<T>(rows * classes, 4), losses(rows), one(1), upstream = drawn<T>(rows, 6), gradient(rows * classes);
    std::vector<int32_t> labels(rows);
    for (int64_t i = 0; i < rows; ++i) labels[static_cast<size_t>(i)] = static_cast<int32_t>(i % classes);
    labels[3] = -1;
    const std::vector<Memory> memories = {memory_of(scores, t), memory_of(labels, DType::Int32), memory_of(losses, t), memory_of(one, t), memory_of(upstream, t), memory_of(gradient, t)};
    for (const Operand& each : {operand(scores, {rows, classes}), operand(scores, {rows, classes}, {1, rows})}) {
      check_as_on_cpu(OpCode::crossEntropy, build_call({each, operand(labels, {rows})}, {operand(losses, {rows})}), memories, 2e-6);
      check_as_on_cpu(OpCode::crossEntropyBackward, build_call({each, operand(labels, {rows}), operand(upstream, {rows})}, {operand(gradient, {rows, classes})}, {0.25}), memories, 2e-6);
      check_as_on_cpu(OpCode::crossEntropyBackward, build_call({each, operand(labels, {rows}), operand(upstream, {rows}, {0})}, {operand(gradient, {rows, classes})}), memories, 2e-6);
    }
    labels[3] = 0;
    for (double mean : {0.0, 1.0}) {
      check_as_on_cpu(OpCode::crossEntropy, build_call({operand(scores, {rows, classes}), operand(labels, {rows})}, {operand(one, Sizes{})}, {mean}), memories, 2e-6);
    }
  }
}

TEST_THAT("cross-entropy is the CPU's: of rows, summed, averaged and back, and NaN for a label that is none") {
  check_cross_entropy<float>();
  check_cross_entropy<double>();
}

template <class T>
void check_steps() {
  const DType t = dtype_of<T>();
  // Two parameters in one call; `streams` of each: gradient, parameter, states.
  const auto check = [&](OpCode op, size_t streams, const std::vector<double>& attributes) {
    const std::vector<Sizes> shapes = {{3, 5}, {300}};
    std::vector<std::vector<T>> data;
    std::vector<Operand> inputs, outputs;
    for (size_t s = 0; s < streams; ++s) {
      for (const Sizes& shape : shapes) {
        data.push_back(drawn<T>(product(shape), static_cast<uint32_t>(data.size() + 2)));
        if (s > 1) for (T& value : data.back()) value = std::abs(value);
      }
    }
    std::vector<Memory> memories;
    for (size_t i = 0; i < data.size(); ++i) {
      (i < shapes.size() ? inputs : outputs).push_back(operand(data[i], shapes[i % shapes.size()]));
      memories.push_back(memory_of(data[i], t));
    }
    check_as_on_cpu(op, build_call(inputs, outputs, attributes), memories, 2e-6);
  };
  check(OpCode::sgdStep, 2, {0.1, 0, 0, 0, 0.01, 0});
  for (double first : {0.0, 1.0}) {
    for (double nesterov : {0.0, 1.0}) check(OpCode::sgdStep, 3, {0.1, first, 0.9, nesterov != 0 ? 0 : 0.1, 0.01, nesterov});
  }
  for (double decoupled : {0.0, 1.0}) {
    check(OpCode::adamStep, 4, {0.01, 3, 0.9, 0.999, 1e-8, 0.02, decoupled});
    check(OpCode::adamStep, 5, {0.01, 3, 0.9, 0.999, 1e-8, 0.02, decoupled});
  }
}

TEST_THAT("optimisers step as on the CPU, several parameters at once") {
  check_steps<float>();
  check_steps<double>();
}

struct Spoken {
  int64_t steps, classes, symbols;
  std::vector<int32_t> input_lengths, target_lengths;
};

template <class T>
void check_sequence_loss() {
  const DType t = dtype_of<T>();
  // Short inputs, one too short for its target, an empty target; and more states than a block has threads.
  for (Spoken each : {Spoken{7, 5, 3, {7, 5, 2, 7}, {3, 2, 3, 0}}, Spoken{300, 4, 140, {300, 280}, {140, 131}}}) {
    const auto batch = static_cast<int64_t>(each.input_lengths.size());
    const Sizes probabilities = {each.steps, batch, each.classes}, states = {batch, each.steps, 2 * each.symbols + 1};
    std::vector<T> log_probs = drawn<T>(product(probabilities), 2), losses(static_cast<size_t>(batch)), upstream = drawn<T>(batch, 3);
    for (T& value : log_probs) value = std::abs(value) * T(-3);
    std::vector<int32_t> targets(static_cast<size_t>(batch * each.symbols));
    // Blanks are 0; some symbols come twice in a row.
    for (size_t i = 0; i < targets.size(); ++i) targets[i] = 1 + static_cast<int32_t>(i * i / 2) % static_cast<int32_t>(each.classes - 1);
    std::vector<T> forward(static_cast<size_t>(product(states))), gradient(log_probs.size(), T(9));
    const std::vector<Memory> memories = {memory_of(log_probs, t), memory_of(losses, t), memory_of(upstream, t), memory_of(forward, t), memory_of(gradient, t),
                                          memory_of(targets, DType::Int32), memory_of(each.input_lengths, DType::Int32), memory_of(each.target_lengths, DType::Int32)};
    const Operand list = operand(log_probs, probabilities), symbols = operand(targets, {batch, each.symbols});
    const Operand inputs = operand(each.input_lengths, {batch}), lengths = operand(each.target_lengths, {batch});
    check_as_on_cpu(OpCode::ctcLoss, build_call({list, symbols, inputs, lengths}, {operand(losses, {batch}), operand(forward, states)}, {0}), memories, 2e-6);
    check_as_on_cpu(OpCode::ctcLossBackward,
                    build_call({operand(upstream, {batch}), list, symbols, inputs, lengths, operand(losses, {batch}), operand(forward, states)},
                               {operand(gradient, probabilities)}, {0}),
                    memories, 2e-5);
  }
}

TEST_THAT("connectionist temporal classification is the CPU's, there and back") {
  check_sequence_loss<float>();
  check_sequence_loss<double>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
