// One step of each recurrent cell for one hidden unit, forward and backward: the formulas of cpu/recurrent_cells.h, which names
// their sources.
#pragma once

#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_functions.cuh"

namespace nabla::cuda {

inline constexpr int kMostGates = 4;

/** The biases of a unit's gates: of the products with the input, and of those with the state. */
template <class T>
struct UnitBiases {
  T input[kMostGates], state[kMostGates];
};

/** A unit of one row and step: its products with the input, and where its memory lies; blocks of gates are `hidden` apart. */
template <class T>
struct ForwardUnit {
  int64_t hidden;
  T inputs[kMostGates];
  UnitBiases<T> biases;
  const T* peephole;
  T before;
  T* cell;
  T* saved;

  NABLA_DEVICE T from_input(int gate) const { return inputs[gate] + (biases.input[gate] + biases.state[gate]); }
};

template <class T>
struct BackwardUnit {
  int64_t hidden;
  const T *peephole, *saved;
  T output;
  T* cell;
  T *input_gates, *state_gates;
};

template <class T>
struct Lstm {
  static constexpr int kGates = 4, kSaved = 7;
  static constexpr bool kHasCell = true, kSharedGates = true;

  static NABLA_DEVICE T forward(const ForwardUnit<T>& at, const T* sums) {
    const int64_t block = at.hidden;
    const T last = *at.cell;
    T input = sums[0] + at.from_input(0), forget = sums[1] + at.from_input(1), output = sums[3] + at.from_input(3);
    if (at.peephole != nullptr) {
      input += last * at.peephole[0];
      forget += last * at.peephole[block];
    }
    input = sigmoid_of(input);
    forget = sigmoid_of(forget);
    const T candidate = std::tanh(sums[2] + at.from_input(2));
    const T cell = std::fma(forget, last, input * candidate);
    if (at.peephole != nullptr) output += cell * at.peephole[2 * block];
    output = sigmoid_of(output);
    const T squashed = std::tanh(cell);
    const T saved[kSaved] = {input, forget, candidate, output, last, squashed, at.before};
    for (int i = 0; i < kSaved; ++i) at.saved[i * block] = saved[i];
    *at.cell = cell;
    return output * squashed;
  }

  /** Returns what reaches the last state otherwise than through the weights. */
  static NABLA_DEVICE T backward(const BackwardUnit<T>& at, T gradient) {
    const int64_t block = at.hidden;
    const T input = at.saved[0], forget = at.saved[block], candidate = at.saved[2 * block], output = at.saved[3 * block];
    const T last = at.saved[4 * block], squashed = at.saved[5 * block];
    const T to_output = gradient * squashed * output * (T(1) - output);
    T to_cell = *at.cell + gradient * output * (T(1) - squashed * squashed);
    if (at.peephole != nullptr) to_cell += to_output * at.peephole[2 * block];
    const T to_input = to_cell * candidate * input * (T(1) - input);
    const T to_forget = to_cell * last * forget * (T(1) - forget);
    T to_last = to_cell * forget;
    if (at.peephole != nullptr) to_last += to_input * at.peephole[0] + to_forget * at.peephole[block];
    at.state_gates[0] = to_input;
    at.state_gates[block] = to_forget;
    at.state_gates[2 * block] = to_cell * input * (T(1) - candidate * candidate);
    at.state_gates[3 * block] = to_output;
    *at.cell = to_last;
    return T(0);
  }
};

template <class T>
struct Gru {
  static constexpr int kGates = 3, kSaved = 5;
  static constexpr bool kHasCell = false, kSharedGates = false;

  static NABLA_DEVICE T forward(const ForwardUnit<T>& at, const T* sums) {
    const T reset = sigmoid_of(sums[0] + at.from_input(0)), update = sigmoid_of(sums[1] + at.from_input(1));
    // The reset gate scales the candidate's product with the state, and its bias with it.
    const T product = sums[2] + at.biases.state[2];
    const T candidate = std::tanh(std::fma(reset, product, at.inputs[2] + at.biases.input[2]));
    const T saved[kSaved] = {reset, update, candidate, product, at.before};
    for (int i = 0; i < kSaved; ++i) at.saved[i * at.hidden] = saved[i];
    return std::fma(update, at.before, (T(1) - update) * candidate);
  }

  static NABLA_DEVICE T backward(const BackwardUnit<T>& at, T gradient) {
    const int64_t block = at.hidden;
    const T reset = at.saved[0], update = at.saved[block], candidate = at.saved[2 * block], product = at.saved[3 * block], last = at.saved[4 * block];
    const T to_candidate = gradient * (T(1) - update) * (T(1) - candidate * candidate);
    const T to_update = gradient * (last - candidate) * update * (T(1) - update);
    const T to_reset = to_candidate * product * reset * (T(1) - reset);
    at.input_gates[0] = at.state_gates[0] = to_reset;
    at.input_gates[block] = at.state_gates[block] = to_update;
    at.input_gates[2 * block] = to_candidate;
    at.state_gates[2 * block] = to_candidate * reset;
    return gradient * update;
  }
};

template <class T, bool kRelu>
struct Rnn {
  static constexpr int kGates = 1, kSaved = 1;
  static constexpr bool kHasCell = false, kSharedGates = true;

  static NABLA_DEVICE T forward(const ForwardUnit<T>& at, const T* sums) {
    const T sum = sums[0] + at.from_input(0);
    at.saved[0] = at.before;
    // Not a maximum: NaN must stay NaN.
    return kRelu ? (sum < T(0) ? T(0) : sum) : std::tanh(sum);
  }

  static NABLA_DEVICE T backward(const BackwardUnit<T>& at, T gradient) {
    at.state_gates[0] = kRelu ? (at.output > T(0) ? gradient : T(0)) : gradient * (T(1) - at.output * at.output);
    return T(0);
  }
};

}  // namespace nabla::cuda
