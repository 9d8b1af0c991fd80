// unfold and fold: what cpu/convolution_windows.isa.cpp says of them.
#include "cuda/elementwise.h"
#include "cuda/kernels/windows_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

/** Attributes: stride, padding, dilation, kernel, windows (rows and columns each). */
bool launch(const Call& call, Kernel& kernel, const Operand& image) {
  const OpCall& op = call.op;
  if (call.numbers != 0) return false;
  WindowsParameters p{};
  p.from = op.input(0).data;
  p.to = op.output(0).data;
  p.planes = image.sizes[0] * image.sizes[1];
  for (int i = 0; i < 2; ++i) {
    const auto number = [&](int which) { return static_cast<int64_t>(op.attributes[2 * which + i]); };
    (i == 0 ? p.rows : p.columns) = {image.sizes[2 + i], number(4), number(3), number(0), number(1), number(2)};
  }
  const int64_t elements = op.output(0).count();
  if (elements > 0) call.card.launch(kernel, {blocks_for(call.card, elements, kThreads)}, kThreads, p);
  return true;
}

bool unfold(const Call& call, Kernel& kernel) { return launch(call, kernel, call.op.input(0)); }
bool fold(const Call& call, Kernel& kernel) { return launch(call, kernel, call.op.output(0)); }

}  // namespace

void register_windows(LauncherTable& table) {
  table.set_floats("unfold", NABLA_LAUNCHER("unfold_f32", unfold), NABLA_LAUNCHER("unfold_f64", unfold));
  table.set_floats("fold", NABLA_LAUNCHER("fold_f32", fold), NABLA_LAUNCHER("fold_f64", fold));
}

}  // namespace nabla::cuda
