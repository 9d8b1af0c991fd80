// A step of a sequence: where its numbers lie, whether it counts for a row, and what a cell is given of it.
#pragma once

#include "cuda/kernels/recurrent_cells.cuh"
#include "cuda/kernels/recurrent_parameters.h"

namespace nabla::cuda {

NABLA_DEVICE int64_t time_of(const RecurrentParameters& p, int64_t step) { return p.reverse != 0 ? p.steps - 1 - step : step; }
NABLA_DEVICE bool active(const RecurrentParameters& p, int64_t time, int64_t row) { return p.lengths == nullptr || time < p.lengths[row]; }

template <class T>
NABLA_DEVICE const T* shifted(const void* from, int64_t by) {
  return from == nullptr ? nullptr : static_cast<const T*>(from) + by;
}
template <class T>
NABLA_DEVICE T value_or_zero(const void* from, int64_t at) {
  return from == nullptr ? T(0) : static_cast<const T*>(from)[at];
}

template <class T, class Cell>
NABLA_DEVICE UnitBiases<T> biases_of(const RecurrentParameters& p, int64_t unit) {
  UnitBiases<T> biases{};
  for (int g = 0; g < Cell::kGates; ++g) {
    biases.input[g] = value_or_zero<T>(p.input_bias, g * p.hidden + unit);
    biases.state[g] = value_or_zero<T>(p.state_bias, g * p.hidden + unit);
  }
  return biases;
}

/** The products of a row and step with the input; `line` counts the rows of all steps. */
template <class T, class Cell>
NABLA_DEVICE void read_inputs(const RecurrentParameters& p, int64_t line, int64_t unit, T (&inputs)[kMostGates]) {
  const T* const from = static_cast<const T*>(p.projected) + line * p.projected_stride + unit;
  for (int g = 0; g < Cell::kGates; ++g) inputs[g] = from[g * p.hidden];
}

/** What stays the same from step to step; the rest is the caller's to put in. */
template <class T, class Cell>
NABLA_DEVICE ForwardUnit<T> forward_unit(const RecurrentParameters& p, int64_t unit, const UnitBiases<T>& biases) {
  return {p.hidden, {}, biases, shifted<T>(p.peephole, unit), T(0), nullptr, nullptr};
}

/** For a step that does not count: the way back multiplies what is saved with gradients of 0, so it must be numbers. */
template <class T, class Cell>
NABLA_DEVICE void save_nothing(int64_t hidden, T* saved, T state) {
  for (int i = 0; i < Cell::kSaved - 1; ++i) saved[i * hidden] = T(0);
  saved[(Cell::kSaved - 1) * hidden] = state;
}

}  // namespace nabla::cuda
