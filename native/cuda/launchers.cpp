#include "cuda/launchers.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/op_codes.h"
#include "cuda/host_call.h"

namespace nabla::cuda {

LauncherTable::LauncherTable() : launchers_(kOpCount) {}

void LauncherTable::set(const char* op, DType dtype, Launcher launcher) {
  for (size_t i = 0; i < kOpCount; ++i) {
    if (std::strcmp(kOpNames[i], op) != 0) continue;
    launchers_[i][static_cast<size_t>(dtype)] = launcher;
    return;
  }
  std::fprintf(stderr, "nabla: a CUDA kernel is registered for \"%s\", but there is no op of that name\n", op);
  std::abort();
}

Launcher launcher_for(OpCode op, DType dtype) {
  static const LauncherTable table = [] {
    LauncherTable made;
    register_advanced_indexing(made);
    register_elementwise(made);
    register_convolution(made);
    register_copy(made);
    register_creation(made);
    register_cumulative(made);
    register_finding(made);
    register_fourier(made);
    register_indexing(made);
    register_linalg_cholesky(made);
    register_linalg_eigh(made);
    register_linalg_least_squares(made);
    register_linalg_lu(made);
    register_linalg_qr(made);
    register_linalg_triangle(made);
    register_losses(made);
    register_optimisers(made);
    register_permutation(made);
    register_pooling(made);
    register_products(made);
    register_random(made);
    register_recurrent(made);
    register_reductions(made);
    register_sequence_loss(made);
    register_softmax(made);
    register_sorting(made);
    register_standardize(made);
    register_windows(made);
    return made;
  }();
  return table.get(op, dtype);
}

Outcome run(OpCode op, const Call& call) {
  if (call.card.failed()) return Outcome::Failed;
  call.card.use();
  const Launcher launcher = launcher_for(op, call.op.operands[0].dtype);
  if (launcher != nullptr && launcher(call)) return call.card.failed() ? Outcome::Failed : Outcome::Done;
  return run_on_host(op, call);
}

}  // namespace nabla::cuda
