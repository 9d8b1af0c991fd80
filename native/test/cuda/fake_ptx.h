// PTX on the CPU, as much of it as fused kernels are written in (cuda/fused): the text of a kernel is run instruction by instruction
// for each thread (each a fiber of cuda/shim where they wait for one another), so what is compared with the CPU's results is what a
// card would be given. The functions that it calls are those of fused/functions.cu, made by the ordinary compiler. What is not seen:
// how NVIDIA's compiler reads the text (ptxas is asked by a test of its own), and the bits of its functions.
#pragma once

#include "test/cuda/fake_driver.h"

namespace nabla::fake {

struct PtxModule;

/** Null where the text is none, or has an instruction that is not known here. */
PtxModule* load_ptx(const char* text);

/** Null where the module has no kernel of this name. */
FakeFunction* ptx_kernel(PtxModule* module, const char* name);

}  // namespace nabla::fake
