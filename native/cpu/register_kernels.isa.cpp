// The list of subjects, once per instruction set.
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

void register_kernels(KernelTable& table) {
  register_activations(table);
  register_advanced_indexing(table);
  register_argument_reductions(table);
  register_arithmetic(table);
  register_comparisons(table);
  register_convolution(table);
  register_copy(table);
  register_counting(table);
  register_creation(table);
  register_ctc(table);
  register_fourier(table);
  register_cumulative(table);
  register_division(table);
  register_indexing(table);
  register_linear(table);
  register_linalg_cholesky(table);
  register_linalg_eig(table);
  register_linalg_eigh(table);
  register_linalg_least_squares(table);
  register_linalg_lu(table);
  register_linalg_qr(table);
  register_linalg_triangle(table);
  register_losses(table);
  register_mathematics(table);
  register_matmul(table);
  register_optimisers(table);
  register_pooling(table);
  register_random(table);
  register_recurrent(table);
  register_recurrent_backward(table);
  register_reductions(table);
  register_sampling(table);
  register_softmax(table);
  register_windows(table);
  register_standardize(table);
  register_sorting(table);
}

NABLA_END_ISA
