// Steps of several parameters in one call against the rules written out for one number, in any layout and with states.
#include <algorithm>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

// As many as fit one call with all of AMSGrad's states.
const Sizes kShapes[] = {{3, 5}, {0, 4}, {33, 70}};
constexpr Arrangement kLayouts[] = {Arrangement::contiguous, Arrangement::transposed, Arrangement::every_second, Arrangement::reversed_dimensions_with_gap};

/** All tensors of one kind (gradients, parameters, a state), one a shape. */
template <class T>
std::vector<Tensor<T>> drawn(Arrangement arrangement, uint32_t seed, double low) {
  Numbers numbers(seed);
  std::vector<Tensor<T>> all;
  for (const Sizes& sizes : kShapes) {
    all.push_back(arrange<T>(sizes, arrangement, T(123)));
    for (int64_t i = 0; i < all.back().count(); ++i) all.back()[i] = static_cast<T>(low + (numbers.next() + 1) / 2);
  }
  return all;
}

template <class T>
void append(std::vector<Operand>& operands, std::vector<Tensor<T>>& tensors) {
  for (Tensor<T>& tensor : tensors) operands.push_back(tensor.as_operand());
}

/** Runs a step and compares every element with `rule(gradient, parameter, states)`, and the memory between elements with before. */
template <class T, int kStates, class Rule>
void check_step(Isa isa, OpCode op, Arrangement arrangement, const std::vector<double>& attributes, const Rule& rule) {
  std::vector<std::vector<Tensor<T>>> streams = {drawn<T>(arrangement, 1, -0.5), drawn<T>(arrangement, 2, -0.5)};
  // Squares are not negative.
  for (int s = 0; s < kStates; ++s) streams.push_back(drawn<T>(arrangement, static_cast<uint32_t>(3 + s), s == 0 ? -0.5 : 0.1));
  std::vector<std::vector<Tensor<T>>> expected = streams;
  std::vector<Operand> gradients, changed;
  append(gradients, streams[0]);
  for (int s = 1; s < kStates + 2; ++s) append(changed, streams[static_cast<size_t>(s)]);
  for (size_t p = 0; p < expected[0].size(); ++p) {
    for (int64_t i = 0; i < expected[0][p].count(); ++i) {
      double v[kStates + 2];
      for (int s = 0; s < kStates + 2; ++s) v[s] = static_cast<double>(expected[static_cast<size_t>(s)][p][i]);
      rule(v);
      for (int s = 1; s < kStates + 2; ++s) expected[static_cast<size_t>(s)][p][i] = static_cast<T>(v[s]);
    }
  }
  CHECK(run(isa, op, build_call(gradients, changed, attributes)));
  double worst = 0;
  for (size_t s = 0; s < streams.size(); ++s) {
    for (size_t p = 0; p < streams[s].size(); ++p) {
      const auto &own = streams[s][p].memory, &other = expected[s][p].memory;
      for (size_t i = 0; i < own.size(); ++i) worst = std::max(worst, std::fabs(static_cast<double>(own[i] - other[i])));
    }
  }
  CHECK_MESSAGE(worst <= (sizeof(T) == 4 ? 1e-5 : 1e-13), std::string(isa_name(isa)) + " arrangement " + std::to_string(static_cast<int>(arrangement)) + " off by " + std::to_string(worst));
}

template <class T>
void check_sgd(Isa isa, Arrangement arrangement) {
  const double lr = 0.1, momentum = 0.9, dampening = 0.2, decay = 0.05;
  check_step<T, 0>(isa, OpCode::sgdStep, arrangement, {lr, 0, 0, 0, decay, 0}, [&](double* v) { v[1] -= lr * (v[0] + decay * v[1]); });
  for (bool first : {false, true}) {
    for (bool nesterov : {false, true}) {
      check_step<T, 1>(isa, OpCode::sgdStep, arrangement, {lr, first ? 1.0 : 0.0, momentum, dampening, decay, nesterov ? 1.0 : 0.0}, [&](double* v) {
        const double d = v[0] + decay * v[1];
        v[2] = first ? d : momentum * v[2] + (1 - dampening) * d;
        v[1] -= lr * (nesterov ? d + momentum * v[2] : v[2]);
      });
    }
  }
}

/** Kingma and Ba's algorithm 1, with either way of decay. */
void adam(double* v, double lr, double step, double decay, bool decoupled, bool amsgrad) {
  const double beta1 = 0.8, beta2 = 0.95, epsilon = 1e-6;
  if (decoupled) v[1] *= 1 - lr * decay;
  const double g = v[0] + (decoupled ? 0 : decay * v[1]);
  v[2] = beta1 * v[2] + (1 - beta1) * g;
  v[3] = beta2 * v[3] + (1 - beta2) * g * g;
  if (amsgrad) v[4] = std::max(v[4], v[3]);
  const double mean = v[2] / (1 - std::pow(beta1, step)), square = v[amsgrad ? 4 : 3] / (1 - std::pow(beta2, step));
  v[1] -= lr * mean / (std::sqrt(square) + epsilon);
}

template <class T>
void check_adam(Isa isa, Arrangement arrangement) {
  for (double step : {1.0, 7.0}) {
    for (bool decoupled : {false, true}) {
      const std::vector<double> attributes = {0.01, step, 0.8, 0.95, 1e-6, 0.05, decoupled ? 1.0 : 0.0};
      check_step<T, 2>(isa, OpCode::adamStep, arrangement, attributes, [&](double* v) { adam(v, 0.01, step, 0.05, decoupled, false); });
      check_step<T, 3>(isa, OpCode::adamStep, arrangement, attributes, [&](double* v) { adam(v, 0.01, step, 0.05, decoupled, true); });
    }
  }
}

TEST_THAT("gradient descent with momentum, decay and Nesterov's step follows its rule in every layout") {
  for (Isa isa : supported_isas()) {
    for (Arrangement arrangement : kLayouts) {
      check_sgd<float>(isa, arrangement);
      check_sgd<double>(isa, arrangement);
    }
  }
}

TEST_THAT("Adam, AdamW and AMSGrad follow their rules in every layout") {
  for (Isa isa : supported_isas()) {
    for (Arrangement arrangement : kLayouts) {
      check_adam<float>(isa, arrangement);
      check_adam<double>(isa, arrangement);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
