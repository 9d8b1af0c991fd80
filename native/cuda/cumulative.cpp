// cumsum, cumprod, cummax and cummin: what cpu/cumulative.isa.cpp says of them.
#include "cuda/elementwise.h"
#include "cuda/kernels/cumulative_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
/** Shorter lines are a thread's; longer ones too where they are enough to keep the card busy. */
constexpr int64_t kLongLine = 64, kThreadsOfMultiprocessor = 512;

struct Pair {
  Kernel lines, long_lines;
};

/** Attributes [dim] and, of sums and products, [reverse]. */
bool run(const Call& call, Pair& kernels) {
  const OpCall& op = call.op;
  const Operand& input = op.input(0);
  if (call.numbers != 0) return false;
  if (input.count() == 0) return true;
  const int dim = static_cast<int>(op.attributes[0]);
  const bool reverse = op.attribute_count > 1 && op.attributes[1] != 0, extremes = op.output_count > 1;
  CumulativeParameters p{};
  p.length = input.sizes[dim];
  p.from_step = input.strides[dim];
  p.to_step = op.output(0).strides[dim];
  p.from = input.data;
  p.to = op.output(0).data;
  if (extremes) {
    p.positions = op.output(1).as<int32_t>();
    p.position_step = op.output(1).strides[dim];
  }
  if (reverse) {
    const auto last = [&](const Operand& x, int64_t step) { return static_cast<char*>(x.data) + (p.length - 1) * step * static_cast<int64_t>(byte_size(x.dtype)); };
    p.from = last(input, p.from_step);
    p.to = last(op.output(0), p.to_step);
    p.from_step = -p.from_step;
    p.to_step = -p.to_step;
  }
  const Iteration lines = lines_along(op, dim);
  p.rank = lines.rank;
  p.count = lines.count;
  for (int d = 0; d < lines.rank; ++d) {
    p.sizes[d] = lines.sizes[d];
    p.from_strides[d] = lines.strides[0][d];
    p.to_strides[d] = lines.strides[1][d];
    if (extremes) p.position_strides[d] = lines.strides[2][d];
  }
  if (p.length < kLongLine || p.count >= kThreadsOfMultiprocessor * call.card.info().multiprocessors) {
    call.card.launch(kernels.lines, {blocks_for(call.card, p.count, kThreads)}, kThreads, p);
  } else {
    call.card.launch(kernels.long_lines, {blocks_for(call.card, p.count * kThreads, kThreads)}, kThreads, p);
  }
  return true;
}

}  // namespace

#define NABLA_CUMULATIVE(op, dtype, type)                                              \
  table.set(#op, DType::dtype, [](const Call& call) -> bool {                          \
    static Pair kernels{Kernel(#op "_" #type), Kernel(#op "_long_" #type)};            \
    return run(call, kernels);                                                         \
  });
#define NABLA_ENTER(op)                \
  NABLA_CUMULATIVE(op, Float32, f32)   \
  NABLA_CUMULATIVE(op, Float64, f64)   \
  NABLA_CUMULATIVE(op, Int32, i32)     \
  NABLA_CUMULATIVE(op, UInt8, u8)      \
  NABLA_CUMULATIVE(op, Bool, u8)

void register_cumulative(LauncherTable& table) {
  NABLA_ENTER(cumsum)
  NABLA_ENTER(cumprod)
  NABLA_ENTER(cummax)
  NABLA_ENTER(cummin)
}

}  // namespace nabla::cuda
