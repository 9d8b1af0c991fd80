// One step of each recurrent cell for one vector of hidden units, forward and backward.
//
// LSTM: Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with forget gates (Gers et al. 2000) and, where asked
// for, peepholes from the cell to its gates (Gers and Schmidhuber 2000). GRU: Cho et al. (2014), in the variant of cuDNN and
// PyTorch, whose reset gate scales the product instead of the state. The gates stand in PyTorch's order: input, forget,
// candidate, output; reset, update, candidate.
//
// Forward, `sums` are a row's products of the last state and `inputs` those of the step's input. What the way back needs is
// stored in `saved`, one block of hidden units after another. Backward, a cell turns the gradient of its state into those of
// its gates before their activations, and returns what of it reaches the last state otherwise than through the weights.
#pragma once

#include "cpu/recurrent_steps.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace recurrent {

template <class T>
NABLA_INLINE Vector<T> read(const T* from, int width) {
  return width == kLanes<T> ? load(from) : load_part(from, width);
}

template <class T>
NABLA_INLINE void write(T* to, Vector<T> value, int width) {
  if (width == kLanes<T>) store(to, value);
  else store_part(to, value, width);
}

NABLA_INLINE Vector<float> tanh(Vector<float> x) { return float_math::tanh(x); }
NABLA_INLINE Vector<double> tanh(Vector<double> x) { return vector_math::tanh(x); }

template <class T>
inline constexpr T kOne = 1;

/** Where one vector of hidden units of one row and step lies; all pointers are at its first unit. */
template <class T>
struct ForwardPlace {
  int64_t hidden;
  int width;
  /** Products with the input, one block a gate. */
  const T* inputs;
  /** Biases, one block a gate; a GRU's fourth is the recurrent one of its candidate. */
  const T* biases;
  const T* peephole;
  const T* before;
  T* after;
  T* cell;
  T* saved;
  T* output;
};

template <class T>
struct BackwardPlace {
  int64_t hidden;
  int width;
  const T* peephole;
  const T* saved;
  const T* output;
  T* cell;
  /** Gradients of the gates as the input's product sees them, and as the state's does. */
  T* input_gates;
  T* state_gates;
};

template <class T>
struct Lstm {
  static constexpr int kGates = 4;
  static constexpr int kInputGates = 4;
  static constexpr int kBiases = 4;
  /** Gates, last cell, tanh of the new cell, last state. */
  static constexpr int kSaved = 7;
  static constexpr bool kHasCell = true;
  static constexpr bool kSharedGates = true;
  using Panels = PanelLayout<T, 4, 1>;
  using V = Vector<T>;

  NABLA_INLINE static void forward(const ForwardPlace<T>& at, const T* sums) {
    const int64_t block = at.hidden;
    const int width = at.width;
    const auto gate = [&](int g) {
      return load(sums + g * kLanes<T>) + read(at.inputs + g * block, width) + read(at.biases + g * block, width);
    };
    const V last = read<T>(at.cell, width);
    V input = gate(0), forget = gate(1), output = gate(3);
    if (at.peephole != nullptr) {
      input += last * read(at.peephole, width);
      forget += last * read(at.peephole + block, width);
    }
    input = vector_math::sigmoid<T>(input);
    forget = vector_math::sigmoid<T>(forget);
    const V candidate = tanh(gate(2));
    const V cell = fused_multiply_add(forget, last, input * candidate);
    if (at.peephole != nullptr) output += cell * read(at.peephole + 2 * block, width);
    output = vector_math::sigmoid<T>(output);
    const V squashed = tanh(cell);
    const V state = output * squashed;
    const V last_state = read(at.before, width);
    const V saved[kSaved] = {input, forget, candidate, output, last, squashed, last_state};
    NABLA_UNROLL
    for (int i = 0; i < kSaved; ++i) write(at.saved + i * block, saved[i], width);
    write(at.cell, cell, width);
    write(at.after, state, width);
    write(at.output, state, width);
  }

  NABLA_INLINE static V backward(const BackwardPlace<T>& at, V gradient) {
    const int64_t block = at.hidden;
    const int width = at.width;
    V saved[kSaved - 1];
    NABLA_UNROLL
    for (int i = 0; i < kSaved - 1; ++i) saved[i] = read(at.saved + i * block, width);
    const auto [input, forget, candidate, output, last, squashed] = saved;
    const V to_output = gradient * squashed * output * (kOne<T> - output);
    V to_cell = read<T>(at.cell, width) + gradient * output * (kOne<T> - squashed * squashed);
    if (at.peephole != nullptr) to_cell += to_output * read(at.peephole + 2 * block, width);
    const V to_input = to_cell * candidate * input * (kOne<T> - input);
    const V to_forget = to_cell * last * forget * (kOne<T> - forget);
    const V to_candidate = to_cell * input * (kOne<T> - candidate * candidate);
    V to_last = to_cell * forget;
    if (at.peephole != nullptr) {
      to_last += to_input * read(at.peephole, width) + to_forget * read(at.peephole + block, width);
    }
    write(at.state_gates, to_input, width);
    write(at.state_gates + block, to_forget, width);
    write(at.state_gates + 2 * block, to_candidate, width);
    write(at.state_gates + 3 * block, to_output, width);
    write(at.cell, to_last, width);
    return V{};
  }
};

template <class T>
struct Gru {
  static constexpr int kGates = 3;
  static constexpr int kInputGates = 3;
  static constexpr int kBiases = 4;
  /** Gates, the candidate's product with the state, last state. */
  static constexpr int kSaved = 5;
  static constexpr bool kHasCell = false;
  static constexpr bool kSharedGates = false;
  using Panels = PanelLayout<T, 3, 1>;
  using V = Vector<T>;

  NABLA_INLINE static void forward(const ForwardPlace<T>& at, const T* sums) {
    const int64_t block = at.hidden;
    const int width = at.width;
    const auto from_input = [&](int g) { return read(at.inputs + g * block, width) + read(at.biases + g * block, width); };
    const V reset = vector_math::sigmoid<T>(load(sums) + from_input(0));
    const V update = vector_math::sigmoid<T>(load(sums + kLanes<T>) + from_input(1));
    const V product = load(sums + 2 * kLanes<T>) + read(at.biases + 3 * block, width);
    const V candidate = tanh(fused_multiply_add(reset, product, from_input(2)));
    const V last = read(at.before, width);
    const V state = fused_multiply_add(update, last, (kOne<T> - update) * candidate);
    const V saved[kSaved] = {reset, update, candidate, product, last};
    NABLA_UNROLL
    for (int i = 0; i < kSaved; ++i) write(at.saved + i * block, saved[i], width);
    write(at.after, state, width);
    write(at.output, state, width);
  }

  NABLA_INLINE static V backward(const BackwardPlace<T>& at, V gradient) {
    const int64_t block = at.hidden;
    const int width = at.width;
    V saved[kSaved];
    NABLA_UNROLL
    for (int i = 0; i < kSaved; ++i) saved[i] = read(at.saved + i * block, width);
    const auto [reset, update, candidate, product, last] = saved;
    const V to_candidate = gradient * (kOne<T> - update) * (kOne<T> - candidate * candidate);
    const V to_update = gradient * (last - candidate) * update * (kOne<T> - update);
    const V to_reset = to_candidate * product * reset * (kOne<T> - reset);
    write(at.input_gates, to_reset, width);
    write(at.input_gates + block, to_update, width);
    write(at.input_gates + 2 * block, to_candidate, width);
    write(at.state_gates, to_reset, width);
    write(at.state_gates + block, to_update, width);
    write(at.state_gates + 2 * block, to_candidate * reset, width);
    return gradient * update;
  }
};

/** Elman's network ("Finding structure in time", 1990), with tanh or relu. */
template <class T, bool kRelu>
struct Rnn {
  static constexpr int kGates = 1;
  static constexpr int kInputGates = 1;
  static constexpr int kBiases = 1;
  /** The last state. */
  static constexpr int kSaved = 1;
  static constexpr bool kHasCell = false;
  static constexpr bool kSharedGates = true;
  using Panels = PanelLayout<T, 1, 4>;
  using V = Vector<T>;

  NABLA_INLINE static void forward(const ForwardPlace<T>& at, const T* sums) {
    const int width = at.width;
    const V sum = load(sums) + read(at.inputs, width) + read(at.biases, width);
    // Not a maximum: NaN must stay NaN.
    const V state = kRelu ? (sum < T{0} ? V{} : sum) : tanh(sum);
    const V last = read(at.before, width);
    write(at.saved, last, width);
    write(at.after, state, width);
    write(at.output, state, width);
  }

  NABLA_INLINE static V backward(const BackwardPlace<T>& at, V gradient) {
    const V state = read(at.output, at.width);
    const V before_activation = kRelu ? (state > T{0} ? gradient : V{}) : gradient * (kOne<T> - state * state);
    write(at.state_gates, before_activation, at.width);
    return V{};
  }
};

}  // namespace recurrent

NABLA_END_ISA
