// The list of subjects, once per instruction set.
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

void register_kernels(KernelTable& table) {
  register_arithmetic(table);
  register_copy(table);
  register_fill(table);
  register_matmul(table);
  register_random(table);
  register_reductions(table);
}

NABLA_END_ISA
