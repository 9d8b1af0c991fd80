// Which function computes an op for a dtype on this processor.
//
// One table per instruction set, filled by `register_kernels` of that set's namespace; one of them is chosen when the
// process first asks (PyTorch's DispatchStub has one pointer per op and picks late in the same way).
#pragma once

#include "core/cpu_features.h"
#include "core/dtype.h"
#include "core/op_call.h"
#include "core/op_codes.h"

namespace nabla {

struct KernelTable {
  Kernel kernels[kOpCount][kDTypeCount] = {};

  void set(OpCode op, DType dtype, Kernel kernel) { kernels[static_cast<int>(op)][static_cast<int>(dtype)] = kernel; }

  Kernel get(OpCode op, DType dtype) const { return kernels[static_cast<int>(op)][static_cast<int>(dtype)]; }
};

/** The kernels of one instruction set; empty where this build has none for it. */
const KernelTable& kernel_table(Isa isa);

/** The kernels of the instruction set of this process (`isa_choice`). */
const KernelTable& kernel_table();

/**
 * The kernel of an op, or null where it has none for this dtype. `dtype` is that of the call's first operand: the first
 * input, or the output of an op without inputs.
 */
inline Kernel kernel_for(OpCode op, DType dtype) { return kernel_table().get(op, dtype); }

}  // namespace nabla
