// A whole sequence through a small recurrent layer, of up to 128 units, whose weights stay on the chip: each thread keeps its share
// of them in registers, as many as there are, and the rest in the first-level cache, so that a step reads nothing from further away
// but its own input (Diamos et al., "Persistent RNNs", 2016). A block takes a row of the batch through all steps. Its threads are
// parts of units: each adds up a part of the depth for all gates of one unit, and the first part's threads finish the units.
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/recurrent_cells.cuh"
#include "cuda/kernels/recurrent_parameters.h"
#include "cuda/kernels/recurrent_steps.cuh"

namespace nabla::cuda {

/** Weights that a thread can keep beside what it computes with: 255 registers are the most there are. */
inline constexpr int kHeldForward = 180, kHeldBackward = 168;

/** How a block of threads shares a layer of up to `kUnits` units out: a thread multiplies `kDepth` states with the weights of its unit's gates. */
template <int kUnits>
struct Shares {
  static constexpr int kParts = kThreads / kUnits, kDepth = kUnits / kParts;
  int unit, part;

  static NABLA_DEVICE Shares own() { return {static_cast<int>(threadIdx.x) % kUnits, static_cast<int>(threadIdx.x) / kUnits}; }
};

/** What the parts of a unit have added up comes together in the first one's sums, in their order. All threads of the block come here. */
template <int kUnits, int kSums>
NABLA_DEVICE void join_parts(float (&sums)[kSums], const Shares<kUnits>& own) {
  __shared__ float others[Shares<kUnits>::kParts - 1][kSums][kUnits];
  if (own.part > 0) {
    for (int i = 0; i < kSums; ++i) others[own.part - 1][i][own.unit] = sums[i];
  }
  __syncthreads();
  if (own.part > 0) return;
  for (int part = 1; part < Shares<kUnits>::kParts; ++part) {
    for (int i = 0; i < kSums; ++i) sums[i] += others[part - 1][i][own.unit];
  }
}

template <int kUnits, class Cell>
NABLA_DEVICE void resident_forward(const RecurrentParameters& p) {
  using Share = Shares<kUnits>;
  constexpr int kGates = Cell::kGates, kHeld = Share::kDepth * kGates <= kHeldForward ? Share::kDepth : kHeldForward / kGates;
  alignas(16) __shared__ float states[2][kUnits];
  const Share own = Share::own();
  const int hidden = static_cast<int>(p.hidden), unit = own.unit, first = own.part * Share::kDepth;
  const bool real = unit < hidden, finishes = real && own.part == 0;
  const float* const weights = static_cast<const float*>(p.weights) + unit;
  const auto weight = [&](int k, int gate) { return real && first + k < hidden ? weights[(first + k) * (kGates * hidden) + gate * hidden] : 0.0f; };
  float held[kHeld][kGates];
#pragma unroll
  for (int k = 0; k < kHeld; ++k) {
#pragma unroll
    for (int g = 0; g < kGates; ++g) held[k][g] = weight(k, g);
  }
  const auto biases = finishes ? biases_of<float, Cell>(p, unit) : UnitBiases<float>{};
  for (int64_t row = blockIdx.x; row < p.batch; row += gridDim.x) {
    float cell = finishes && Cell::kHasCell ? value_or_zero<float>(p.first_cell, row * hidden + unit) : 0;
    if (own.part == 0) states[0][unit] = real ? value_or_zero<float>(p.first_state, row * hidden + unit) : 0.0f;
    if (own.part == 0) states[1][unit] = 0;
    __syncthreads();
    for (int64_t step = 0; step < p.steps; ++step) {
      const int64_t time = time_of(p, step), line = time * p.batch + row;
      const float* const before = states[step % 2];
      float* const after = states[(step + 1) % 2];
      auto at = forward_unit<float, Cell>(p, unit, biases);
      // Asked for before the products, which take as long as they are on their way.
      if (finishes) read_inputs<float, Cell>(p, line, unit, at.inputs);
      float sums[kGates] = {};
#pragma unroll
      for (int k = 0; k < kHeld; ++k) {
        const float state = before[first + k];
#pragma unroll
        for (int g = 0; g < kGates; ++g) sums[g] = std::fma(state, held[k][g], sums[g]);
      }
#pragma unroll 4
      for (int k = kHeld; k < Share::kDepth; ++k) {
        const float state = before[first + k];
#pragma unroll
        for (int g = 0; g < kGates; ++g) sums[g] = std::fma(state, weight(k, g), sums[g]);
      }
      join_parts<kUnits, kGates>(sums, own);
      if (finishes) {
        at.saved = static_cast<float*>(p.saved) + line * Cell::kSaved * hidden + unit;
        at.before = before[unit];
        at.cell = &cell;
        float* const output = static_cast<float*>(p.output) + line * hidden + unit;
        if (active(p, time, row)) {
          after[unit] = *output = Cell::forward(at, sums);
        } else {
          save_nothing<float, Cell>(hidden, at.saved, at.before);
          after[unit] = at.before;
          *output = 0;
        }
      }
      __syncthreads();
    }
    if (finishes) {
      static_cast<float*>(p.last_state)[row * hidden + unit] = states[p.steps % 2][unit];
      if (Cell::kHasCell) static_cast<float*>(p.cell)[row * hidden + unit] = cell;
    }
    __syncthreads();
  }
}

template <int kUnits, class Cell>
NABLA_DEVICE void resident_backward(const RecurrentParameters& p) {
  using Share = Shares<kUnits>;
  constexpr int kDepth = Share::kDepth * Cell::kGates, kHeld = kDepth <= kHeldBackward ? kDepth : kHeldBackward;
  /** Products that are added up side by side: one after the other each would wait for the one before. */
  constexpr int kChains = 4;
  // The gates' gradients of the step that was undone last; what is beyond the depth stays 0.
  alignas(16) __shared__ float gates[Cell::kGates * kUnits];
  const Share own = Share::own();
  const int hidden = static_cast<int>(p.hidden), unit = own.unit, first = own.part * kDepth, depth = Cell::kGates * hidden;
  const bool real = unit < hidden, finishes = real && own.part == 0;
  const float* const weights = static_cast<const float*>(p.weights) + unit * p.weight_column;
  const auto weight = [&](int d) { return real && first + d < depth ? weights[(first + d) * p.weight_row] : 0.0f; };
  float held[kHeld];
#pragma unroll
  for (int d = 0; d < kHeld; ++d) held[d] = weight(d);
  for (int d = static_cast<int>(threadIdx.x); d < Cell::kGates * kUnits; d += kThreads) gates[d] = 0;
  for (int64_t row = blockIdx.x; row < p.batch; row += gridDim.x) {
    float carried = finishes ? value_or_zero<float>(p.state_gradient, row * hidden + unit) : 0;
    float cell = finishes && Cell::kHasCell ? value_or_zero<float>(p.cell_gradient, row * hidden + unit) : 0;
    // As in the kernel for layers of any size.
    const int64_t steps = p.steps + (p.first_state_wanted != 0 ? 1 : 0);
    __syncthreads();
    for (int64_t step = 0; step < steps; ++step) {
      const int64_t later = step > 0 ? time_of(p, p.steps - step) : 0, time = step < p.steps ? time_of(p, p.steps - 1 - step) : 0;
      const int64_t line = time * p.batch + row;
      const bool through_weights = step > 0 && active(p, later, row), counts = step < p.steps && active(p, time, row);
      const int64_t above = time * p.gradient_time + row * p.gradient_row + unit * p.gradient_unit;
      const float from_above = finishes && counts ? value_or_zero<float>(p.output_gradient, above) : 0;
      float chains[kChains] = {};
      if (through_weights) {
#pragma unroll
        for (int d = 0; d < kHeld; ++d) chains[d % kChains] = std::fma(gates[first + d], held[d], chains[d % kChains]);
#pragma unroll 2
        for (int d = kHeld; d < kDepth; d += kChains) {
          for (int i = 0; i < kChains; ++i) chains[i] = std::fma(gates[first + d + i], weight(d + i), chains[i]);
        }
      }
      float sums[1] = {(chains[0] + chains[1]) + (chains[2] + chains[3])};
      join_parts<kUnits, 1>(sums, own);
      if (finishes) {
        float gradient = carried + sums[0];
        float* const input_gates = static_cast<float*>(p.input_gates) + line * depth + unit;
        float* const state_gates = static_cast<float*>(p.state_gates) + line * depth + unit;
        if (counts) {
          const BackwardUnit<float> at{hidden,
                                       shifted<float>(p.peephole, unit),
                                       static_cast<const float*>(p.saved) + line * Cell::kSaved * hidden + unit,
                                       Cell::kSaved == 1 ? static_cast<const float*>(p.output)[line * hidden + unit] : 0.0f,
                                       &cell,
                                       input_gates,
                                       state_gates};
          gradient = Cell::backward(at, gradient + from_above);
          for (int g = 0; g < Cell::kGates; ++g) gates[g * hidden + unit] = state_gates[g * hidden];
        } else if (step < p.steps) {
          for (int g = 0; g < Cell::kGates; ++g) input_gates[g * hidden] = state_gates[g * hidden] = 0;
        }
        carried = gradient;
      }
      __syncthreads();
    }
    if (finishes) {
      static_cast<float*>(p.carried)[row * hidden + unit] = carried;
      if (Cell::kHasCell) static_cast<float*>(p.cell)[row * hidden + unit] = cell;
    }
  }
}

using LstmCell = Lstm<float>;
using GruCell = Gru<float>;
using ReluCell = Rnn<float, true>;
using TanhCell = Rnn<float, false>;

#define NABLA_RESIDENT_KERNELS(name, Cell, units)                                                              \
  NABLA_KERNEL(name##_##units##_f32, RecurrentParameters) { resident_forward<units, Cell>(p); }                \
  NABLA_KERNEL(name##_backward_##units##_f32, RecurrentParameters) { resident_backward<units, Cell>(p); }
#define NABLA_RESIDENT_SIZES(name, Cell) NABLA_RESIDENT_KERNELS(name, Cell, 64) NABLA_RESIDENT_KERNELS(name, Cell, 128)
NABLA_RESIDENT_SIZES(lstm, LstmCell)
NABLA_RESIDENT_SIZES(gru, GruCell)
NABLA_RESIDENT_SIZES(reluRnn, ReluCell)
NABLA_RESIDENT_SIZES(tanhRnn, TanhCell)

}  // namespace nabla::cuda
