// A whole sequence through a recurrent layer in one kernel, there and back. The rows of a batch do not depend on each other, so a
// block takes a row through all steps, a thread some of its units, and nothing but the block's own barrier stands between two
// steps. The weights come from the second-level cache each time; those of small layers need not (recurrent_resident.cu).
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/recurrent_cells.cuh"
#include "cuda/kernels/recurrent_parameters.h"
#include "cuda/kernels/recurrent_steps.cuh"

namespace nabla::cuda {

template <class T, class Cell>
NABLA_DEVICE void recurrent_forward(const RecurrentParameters& p) {
  const int64_t hidden = p.hidden, columns = Cell::kGates * hidden;
  const T* const weights = static_cast<const T*>(p.weights);
  for (int64_t row = blockIdx.x; row < p.batch; row += gridDim.x) {
    // The state goes to and fro between two places.
    T* const states[2] = {static_cast<T*>(p.states) + row * hidden, static_cast<T*>(p.states) + (p.batch + row) * hidden};
    for (int64_t unit = threadIdx.x; unit < hidden; unit += blockDim.x) {
      states[0][unit] = value_or_zero<T>(p.first_state, row * hidden + unit);
      if (Cell::kHasCell) static_cast<T*>(p.cell)[row * hidden + unit] = value_or_zero<T>(p.first_cell, row * hidden + unit);
    }
    __syncthreads();
    for (int64_t step = 0; step < p.steps; ++step) {
      const int64_t time = time_of(p, step), line = time * p.batch + row;
      const bool counts = active(p, time, row);
      const T* const before = states[step % 2];
      T* const after = states[(step + 1) % 2];
      for (int64_t unit = threadIdx.x; unit < hidden; unit += blockDim.x) {
        T* const saved = static_cast<T*>(p.saved) + line * Cell::kSaved * hidden + unit;
        T* const output = static_cast<T*>(p.output) + line * hidden + unit;
        if (!counts) {
          save_nothing<T, Cell>(hidden, saved, before[unit]);
          after[unit] = before[unit];
          *output = T(0);
          continue;
        }
        T sums[Cell::kGates] = {};
        for (int64_t k = 0; k < hidden; ++k) {
          const T state = before[k];
          for (int g = 0; g < Cell::kGates; ++g) sums[g] = std::fma(state, weights[k * columns + g * hidden + unit], sums[g]);
        }
        auto at = forward_unit<T, Cell>(p, unit, biases_of<T, Cell>(p, unit));
        read_inputs<T, Cell>(p, line, unit, at.inputs);
        at.before = before[unit];
        at.cell = Cell::kHasCell ? static_cast<T*>(p.cell) + row * hidden + unit : nullptr;
        at.saved = saved;
        after[unit] = *output = Cell::forward(at, sums);
      }
      __syncthreads();
    }
    for (int64_t unit = threadIdx.x; unit < hidden; unit += blockDim.x) {
      static_cast<T*>(p.last_state)[row * hidden + unit] = states[p.steps % 2][unit];
    }
  }
}

template <class T, class Cell>
NABLA_DEVICE void recurrent_backward(const RecurrentParameters& p) {
  const int64_t hidden = p.hidden, depth = Cell::kGates * hidden;
  const T* const weights = static_cast<const T*>(p.weights);
  for (int64_t row = blockIdx.x; row < p.batch; row += gridDim.x) {
    for (int64_t unit = threadIdx.x; unit < hidden; unit += blockDim.x) {
      static_cast<T*>(p.carried)[row * hidden + unit] = value_or_zero<T>(p.state_gradient, row * hidden + unit);
      if (Cell::kHasCell) static_cast<T*>(p.cell)[row * hidden + unit] = value_or_zero<T>(p.cell_gradient, row * hidden + unit);
    }
    // Step s undoes the s-th last; the gradient of the first state is the product of one more.
    const int64_t steps = p.steps + (p.first_state_wanted != 0 ? 1 : 0);
    for (int64_t step = 0; step < steps; ++step) {
      const int64_t later = step > 0 ? time_of(p, p.steps - step) : 0, time = step < p.steps ? time_of(p, p.steps - 1 - step) : 0;
      const int64_t line = time * p.batch + row;
      const bool through_weights = step > 0 && active(p, later, row), counts = step < p.steps && active(p, time, row);
      const T* const gates = static_cast<const T*>(p.state_gates) + (later * p.batch + row) * depth;
      for (int64_t unit = threadIdx.x; unit < hidden; unit += blockDim.x) {
        T& carried = static_cast<T*>(p.carried)[row * hidden + unit];
        T gradient = carried;
        if (through_weights) {
          T sum = 0;
          for (int64_t d = 0; d < depth; ++d) sum = std::fma(gates[d], weights[d * p.weight_row + unit * p.weight_column], sum);
          gradient += sum;
        }
        T* const input_gates = static_cast<T*>(p.input_gates) + line * depth + unit;
        T* const state_gates = static_cast<T*>(p.state_gates) + line * depth + unit;
        if (counts) {
          const int64_t above = time * p.gradient_time + row * p.gradient_row + unit * p.gradient_unit;
          const BackwardUnit<T> at{hidden,
                                   shifted<T>(p.peephole, unit),
                                   static_cast<const T*>(p.saved) + line * Cell::kSaved * hidden + unit,
                                   Cell::kSaved == 1 ? static_cast<const T*>(p.output)[line * hidden + unit] : T(0),
                                   Cell::kHasCell ? static_cast<T*>(p.cell) + row * hidden + unit : nullptr,
                                   input_gates,
                                   state_gates};
          gradient = Cell::backward(at, gradient + value_or_zero<T>(p.output_gradient, above));
        } else if (step < p.steps) {
          for (int g = 0; g < Cell::kGates; ++g) input_gates[g * hidden] = state_gates[g * hidden] = T(0);
        }
        carried = gradient;
      }
      __syncthreads();
    }
  }
}

template <class T>
using ReluRnn = Rnn<T, true>;
template <class T>
using TanhRnn = Rnn<T, false>;

#define NABLA_RECURRENT_KERNELS(name, Cell, type, T)                                                          \
  NABLA_ROOMY_KERNEL(name##_##type, RecurrentParameters) { recurrent_forward<T, Cell<T>>(p); }                \
  NABLA_ROOMY_KERNEL(name##_backward_##type, RecurrentParameters) { recurrent_backward<T, Cell<T>>(p); }
#define NABLA_RECURRENT_TYPES(name, Cell) NABLA_RECURRENT_KERNELS(name, Cell, f32, float) NABLA_RECURRENT_KERNELS(name, Cell, f64, double)
NABLA_RECURRENT_TYPES(lstm, Lstm)
NABLA_RECURRENT_TYPES(gru, Gru)
NABLA_RECURRENT_TYPES(reluRnn, ReluRnn)
NABLA_RECURRENT_TYPES(tanhRnn, TanhRnn)

}  // namespace nabla::cuda
