// Each subject's kernels enter the table through one function, declared here for the instruction set being compiled.
#pragma once

#include "cpu/isa.h"
#include "cpu/kernel_table.h"

NABLA_BEGIN_ISA

void register_activations(KernelTable& table);
void register_advanced_indexing(KernelTable& table);
void register_argument_reductions(KernelTable& table);
void register_arithmetic(KernelTable& table);
void register_comparisons(KernelTable& table);
void register_convolution(KernelTable& table);
void register_copy(KernelTable& table);
void register_counting(KernelTable& table);
void register_creation(KernelTable& table);
void register_ctc(KernelTable& table);
void register_fourier(KernelTable& table);
void register_cumulative(KernelTable& table);
void register_division(KernelTable& table);
void register_indexing(KernelTable& table);
void register_linear(KernelTable& table);
void register_linalg_cholesky(KernelTable& table);
void register_linalg_eig(KernelTable& table);
void register_linalg_eigh(KernelTable& table);
void register_linalg_least_squares(KernelTable& table);
void register_linalg_lu(KernelTable& table);
void register_linalg_qr(KernelTable& table);
void register_linalg_triangle(KernelTable& table);
void register_losses(KernelTable& table);
void register_mathematics(KernelTable& table);
void register_matmul(KernelTable& table);
void register_optimisers(KernelTable& table);
void register_pooling(KernelTable& table);
void register_random(KernelTable& table);
void register_recurrent(KernelTable& table);
void register_recurrent_backward(KernelTable& table);
void register_reductions(KernelTable& table);
void register_sampling(KernelTable& table);
void register_softmax(KernelTable& table);
void register_windows(KernelTable& table);
void register_standardize(KernelTable& table);
void register_sorting(KernelTable& table);

NABLA_END_ISA
