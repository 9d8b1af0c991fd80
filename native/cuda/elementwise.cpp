#include "cuda/elementwise.h"

#include <algorithm>
#include <cmath>

#include "cpu/iteration.h"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreadsOfBlock = 256;
/** Blocks a multiprocessor works on at once, of that many threads. */
constexpr unsigned kBlocksAtOnce = 8;
/** Dividers, and 32 bits of an index, go up to here. */
constexpr int64_t kLargestLaunch = (int64_t{1} << 31) - 1;

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, f32>) return DType::Float32;
  else if constexpr (std::is_same_v<T, f64>) return DType::Float64;
  else if constexpr (std::is_same_v<T, i32>) return DType::Int32;
  else return DType::UInt8;
}

struct Walk {
  ElementwiseParameters parameters{};
  int64_t sizes[kDimensions];
  int64_t item_bytes[kElementwiseOperands];
  int operands = 0;
  int64_t count = 1;
};

bool aligned(const void* data, int64_t item_bytes) {
  return reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(std::min<int64_t>(16, 4 * item_bytes)) == 0;
}

void start(const Call& call, Kernel& kernel, Walk walk) {
  ElementwiseParameters& p = walk.parameters;
  if (walk.count > kLargestLaunch) {
    // In two halves along the first dimension.
    const int64_t half = walk.sizes[0] / 2;
    Walk rest = walk;
    for (int i = 0; i < walk.operands; ++i) {
      if (p.data[i] != nullptr) {
        rest.parameters.data[i] = static_cast<char*>(p.data[i]) + half * p.strides[i][0] * walk.item_bytes[i];
      }
    }
    rest.count = walk.count / walk.sizes[0] * (walk.sizes[0] - half);
    walk.count = walk.count / walk.sizes[0] * half;
    rest.sizes[0] -= half;
    walk.sizes[0] = half;
    start(call, kernel, walk);
    start(call, kernel, rest);
    return;
  }
  for (int d = 0; d < p.rank; ++d) p.sizes[d] = divider_of(static_cast<uint32_t>(walk.sizes[d]));
  p.count = static_cast<uint32_t>(walk.count);
  bool packed = p.rank == 1 && p.strides[0][0] == 1;
  for (int i = 0; i < walk.operands; ++i) {
    packed &= p.data[i] == nullptr || p.strides[i][0] == 0 || (p.strides[i][0] == 1 && aligned(p.data[i], walk.item_bytes[i]));
  }
  p.packs = packed ? p.count / 4 : 0;
  const int64_t work = packed ? std::max<int64_t>(p.packs, 1) : walk.count;
  call.card.launch(kernel, {blocks_for(call.card, work, kThreadsOfBlock)}, kThreadsOfBlock, p);
}

}  // namespace

Iteration lines_along(OpCall call, int dim) {
  for (int o = 0; o < call.input_count + call.output_count; ++o) call.operands[o].sizes[dim] = 1;
  Iteration lines;
  plan_iteration(call, lines);
  return lines;
}

unsigned blocks_for(const Card& card, int64_t work, unsigned threads) {
  const int64_t wanted = (work + threads - 1) / threads;
  const auto most = static_cast<int64_t>(card.info().multiprocessors) * kBlocksAtOnce;
  return static_cast<unsigned>(std::clamp<int64_t>(wanted, 1, std::max<int64_t>(most, 1)));
}

void launch_elementwise(const Call& call, Kernel& kernel, const double* attributes, int attribute_count) {
  Iteration iteration;
  plan_iteration(call.op, iteration);
  if (iteration.count == 0) return;
  const OpCall& op = call.op;
  Walk walk;
  ElementwiseParameters& p = walk.parameters;
  walk.operands = op.input_count + 1;
  walk.count = iteration.count;
  p.rank = iteration.rank;
  for (int i = 0; i < walk.operands; ++i) {
    // The kernel has the output first, the call has it last.
    const int from = i == 0 ? op.input_count : i - 1;
    const Operand& operand = op.operands[from];
    walk.item_bytes[i] = static_cast<int64_t>(byte_size(operand.dtype));
    if (call.is_number(from)) p.numbers[i] = number_value(operand);
    else p.data[i] = operand.data;
    for (int d = 0; d < p.rank; ++d) p.strides[i][d] = iteration.strides[from][d];
  }
  for (int d = 0; d < p.rank; ++d) walk.sizes[d] = iteration.sizes[d];
  for (int i = 0; i < attribute_count; ++i) p.attributes[i] = attributes[i];
  start(call, kernel, walk);
}

namespace {

bool launch_with_attributes(const Call& call, Kernel& kernel) {
  launch_elementwise(call, kernel, call.op.attributes, std::min(call.op.attribute_count, 4));
  return true;
}

/** The limits as whole numbers inside the interval and the type. */
bool launch_whole_clamp(const Call& call, Kernel& kernel) {
  const bool byte = call.op.input(0).dtype == DType::UInt8;
  const double lowest = byte ? 0.0 : -2147483648.0, highest = byte ? 255.0 : 2147483647.0;
  const double limits[] = {std::clamp(std::ceil(call.op.attributes[0]), lowest, highest),
                           std::clamp(std::floor(call.op.attributes[1]), lowest, highest)};
  launch_elementwise(call, kernel, limits, 2);
  return true;
}

}  // namespace

void register_elementwise(LauncherTable& table) {
#define NABLA_ENTER(op, Function, type) table.set(#op, dtype_of<type>(), NABLA_LAUNCHER(#op "_" #type, launch_with_attributes));
  NABLA_UNARY_OPS(NABLA_ENTER)
  NABLA_BINARY_OPS(NABLA_ENTER)
  NABLA_COMPARISON_OPS(NABLA_ENTER)
  NABLA_NUMBERS(NABLA_ENTER, logicalNot, NotTrue)
#undef NABLA_ENTER
  table.set("clamp", DType::Int32, NABLA_LAUNCHER("clamp_i32", launch_whole_clamp));
  table.set("clamp", DType::UInt8, NABLA_LAUNCHER("clamp_u8", launch_whole_clamp));
  // A flag is a byte of 0 or 1: "or" is the larger of two, "and" the smaller.
  for (const char* op : {"add", "maximum"}) table.set(op, DType::Bool, NABLA_LAUNCHER("maximum_u8", launch_with_attributes));
  for (const char* op : {"mul", "minimum"}) table.set(op, DType::Bool, NABLA_LAUNCHER("minimum_u8", launch_with_attributes));
#define NABLA_ENTER_FLAGS(op) table.set(#op, DType::Bool, NABLA_LAUNCHER(#op "_u8", launch_with_attributes));
  NABLA_ENTER_FLAGS(eq)
  NABLA_ENTER_FLAGS(ne)
  NABLA_ENTER_FLAGS(lt)
  NABLA_ENTER_FLAGS(le)
  NABLA_ENTER_FLAGS(gt)
  NABLA_ENTER_FLAGS(ge)
  NABLA_ENTER_FLAGS(logicalAnd)
  NABLA_ENTER_FLAGS(logicalOr)
  NABLA_ENTER_FLAGS(logicalNot)
#undef NABLA_ENTER_FLAGS
}

}  // namespace nabla::cuda
