// Each subject's kernels enter the table through one function, declared here for the instruction set being compiled.
#pragma once

#include "cpu/isa.h"
#include "cpu/kernel_table.h"

NABLA_BEGIN_ISA

void register_arithmetic(KernelTable& table);
void register_copy(KernelTable& table);
void register_fill(KernelTable& table);
void register_matmul(KernelTable& table);
void register_random(KernelTable& table);
void register_reductions(KernelTable& table);

NABLA_END_ISA
