// What the host tells the kernels of recurrent networks; names are those of cpu/recurrent.isa.cpp.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct RecurrentParameters {
  int64_t steps, batch, hidden;
  int32_t reverse;
  /** How many steps of each row count; null when all do. */
  const int32_t* lengths;
  /** Forward: depth x gates' units, contiguous. Backward: as the layer has it, with its strides. */
  const void* weights;
  int64_t weight_row, weight_column;
  const void* peephole;
  void* saved;
  void* output;

  /** Forward: products with the input, rows of `projected_stride`; biases and the first state (null: zeros); memory for two states. */
  const void* projected;
  int64_t projected_stride;
  const void *input_bias, *state_bias, *first_state, *first_cell;
  void *states, *last_state, *cell;

  /** Backward: what comes from above (null: zeros), the output's with its strides. */
  const void *output_gradient, *state_gradient, *cell_gradient;
  int64_t gradient_time, gradient_row, gradient_unit;
  int32_t first_state_wanted;
  void *input_gates, *state_gates, *carried;
};

}  // namespace nabla::cuda
