// The list of subjects, once per instruction set.
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

void register_kernels(KernelTable& table) {
  register_matmul(table);
}

NABLA_END_ISA
