// maxPool, averagePool, averagePoolBackward, scatterPlanes and gatherPlanes: what cpu/pooling.isa.cpp says of them.
#include "cuda/elementwise.h"
#include "cuda/kernels/pooling_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

/** The planes, `whole` and `pooled`, of a batch. */
PoolingParameters planes_of(const Operand& whole, const Operand& pooled) {
  PoolingParameters p{};
  const int last = whole.rank - 1;
  p.planes = 1;
  for (int d = 0; d < last - 1; ++d) p.planes *= whole.sizes[d];
  p.rows.size = whole.sizes[last - 1];
  p.columns.size = whole.sizes[last];
  p.rows.outputs = pooled.sizes[last - 1];
  p.columns.outputs = pooled.sizes[last];
  return p;
}

/** Attributes 0 to 8: kernel, stride, padding, dilation (rows and columns each), adaptive. */
PoolingParameters windows_of(const OpCall& op, const Operand& whole, const Operand& pooled) {
  PoolingParameters p = planes_of(whole, pooled);
  for (int i = 0; i < 2; ++i) {
    PoolingAxis& axis = i == 0 ? p.rows : p.columns;
    axis.kernel = static_cast<int64_t>(op.attributes[i]);
    axis.stride = static_cast<int64_t>(op.attributes[2 + i]);
    axis.padding = static_cast<int64_t>(op.attributes[4 + i]);
    axis.dilation = static_cast<int64_t>(op.attributes[6 + i]);
  }
  p.adaptive = op.attributes[8] != 0 ? 1 : 0;
  p.from = op.input(0).data;
  p.to = op.output(0).data;
  return p;
}

PoolingParameters means_of(const OpCall& op, const Operand& whole, const Operand& pooled) {
  PoolingParameters p = windows_of(op, whole, pooled);
  p.with_padding = op.attributes[9] != 0 ? 1 : 0;
  p.divisor = op.attributes[10];
  return p;
}

bool launch(const Call& call, Kernel& kernel, const PoolingParameters& p) {
  const int64_t elements = call.op.output(0).count();
  if (elements > 0) call.card.launch(kernel, {blocks_for(call.card, elements, kThreads)}, kThreads, p);
  return true;
}

bool max_pool(const Call& call, Kernel& kernel) {
  PoolingParameters p = windows_of(call.op, call.op.input(0), call.op.output(0));
  p.positions = call.op.output(1).as<int32_t>();
  return launch(call, kernel, p);
}

bool average_pool(const Call& call, Kernel& kernel) { return launch(call, kernel, means_of(call.op, call.op.input(0), call.op.output(0))); }

bool average_pool_backward(const Call& call, Kernel& kernel) {
  return launch(call, kernel, means_of(call.op, call.op.output(0), call.op.input(0)));
}

bool scatter_planes(const Call& call, Kernel& kernel) {
  const OpCall& op = call.op;
  PoolingParameters p = planes_of(op.output(0), op.input(1));
  p.from = op.input(0).data;
  p.to = op.output(0).data;
  p.positions = op.input(1).as<int32_t>();
  p.replace = op.attributes[0] != 0 ? 1 : 0;
  if (op.output(0).count() > 0) call.card.launch(kernel, {blocks_for(call.card, p.planes * kThreads, kThreads)}, kThreads, p);
  return true;
}

bool gather_planes(const Call& call, Kernel& kernel) {
  const OpCall& op = call.op;
  PoolingParameters p = planes_of(op.input(0), op.input(1));
  p.from = op.input(0).data;
  p.to = op.output(0).data;
  p.positions = op.input(1).as<int32_t>();
  return launch(call, kernel, p);
}

}  // namespace

#define NABLA_ENTER(op, start) table.set_floats(#op, NABLA_LAUNCHER(#op "_f32", start), NABLA_LAUNCHER(#op "_f64", start));

void register_pooling(LauncherTable& table) {
  NABLA_ENTER(maxPool, max_pool)
  NABLA_ENTER(averagePool, average_pool)
  NABLA_ENTER(averagePoolBackward, average_pool_backward)
  NABLA_ENTER(scatterPlanes, scatter_planes)
  NABLA_ENTER(gatherPlanes, gather_planes)
}

}  // namespace nabla::cuda
