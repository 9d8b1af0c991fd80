// Which function computes an op for a dtype on this processor.
//
// One table per instruction set, filled by `register_kernels` of that set's namespace; one of them is chosen when the
// process first asks (PyTorch's DispatchStub has one pointer per op and picks late in the same way).
//
// Kernels enter it by the names of their ops, and this header leaves the list of ops out: a new op compiles its own file and
// not every kernel for every instruction set.
#pragma once

#include <array>
#include <vector>

#include "core/cpu_features.h"
#include "core/dtype.h"
#include "core/op_call.h"

namespace nabla {

/** Listed in core/op_codes.h. */
enum class OpCode : int32_t;

class KernelTable {
 public:
  KernelTable();

  /** Enters the kernel of an op for a dtype. A name that no op has is a misprint here: it ends the process. */
  void set(const char* op, DType dtype, Kernel kernel);

  Kernel get(OpCode op, DType dtype) const { return kernels_[static_cast<size_t>(op)][static_cast<size_t>(dtype)]; }

 private:
  std::vector<std::array<Kernel, kDTypeCount>> kernels_;
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
