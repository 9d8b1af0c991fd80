// indexSelect, indexAdd, gather, scatter, scatterAdd and oneHot: what cpu/indexing.isa.cpp says of them.
#include <algorithm>

#include "cpu/iteration.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/indexing_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
/** Longer lines are a block's. */
constexpr int64_t kLongLine = 16;

/** Says how three operands are walked together; their sizes are those of the one that has all elements. */
void plan(Operand from, Operand positions, Operand to, const int64_t* sizes, IndexingParameters& p) {
  OpCall op{};
  op.input_count = 2;
  op.output_count = 1;
  op.operands[0] = from;
  op.operands[1] = positions;
  op.operands[2] = to;
  for (Operand& each : op.operands) std::copy_n(sizes, from.rank, each.sizes);
  Iteration iteration;
  plan_iteration(op, iteration);
  p.from = from.data;
  p.positions = positions.as<const int32_t>();
  p.to = to.data;
  p.rank = iteration.rank;
  p.count = iteration.count;
  for (int d = 0; d < iteration.rank; ++d) {
    p.sizes[d] = iteration.sizes[d];
    p.from_strides[d] = iteration.strides[0][d];
    p.position_strides[d] = iteration.strides[1][d];
    p.to_strides[d] = iteration.strides[2][d];
  }
}

/** Positions of one dimension, repeated along all others of an operand. */
Operand repeated(const Operand& positions, const Operand& like, int dim) {
  Operand result = like;
  result.data = positions.data;
  result.dtype = positions.dtype;
  std::fill_n(result.strides, kMaxRank, 0);
  result.strides[dim] = positions.strides[0];
  return result;
}

bool choose(const Call& call, bool one_dimension) {
  static OfTypes kernels{Kernel("choose_f32"), Kernel("choose_f64"), Kernel("choose_i32"), Kernel("choose_u8")};
  const int dim = static_cast<int>(call.op.attributes[0]);
  if (call.numbers != 0) return false;
  Operand from = call.op.input(0);
  const Operand& to = call.op.output(0);
  IndexingParameters p{};
  p.step = from.strides[dim];
  p.limit = from.sizes[dim];
  from.strides[dim] = 0;
  const Operand& positions = call.op.input(1);
  plan(from, one_dimension ? repeated(positions, to, dim) : positions, to, to.sizes, p);
  if (p.count > 0) call.card.launch(kernels.of(to.dtype), {blocks_for(call.card, p.count, kThreads)}, kThreads, p);
  return true;
}

bool place(const Call& call, bool one_dimension, bool replace) {
  static OfTypes short_lines{Kernel("place_short_f32"), Kernel("place_short_f64"), Kernel("place_short_i32"), Kernel("place_short_u8")};
  static OfTypes long_lines{Kernel("place_long_f32"), Kernel("place_long_f64"), Kernel("place_long_i32"), Kernel("place_long_u8")};
  const int dim = static_cast<int>(call.op.attributes[0]);
  if (call.numbers != 0) return false;
  const Operand& source = call.op.input(1);
  Operand to = call.op.output(0);
  const Operand positions = one_dimension ? repeated(call.op.input(0), source, dim) : call.op.input(0);
  IndexingParameters p{};
  p.step = to.strides[dim];
  p.limit = to.sizes[dim];
  p.length = source.sizes[dim];
  p.from_step = source.strides[dim];
  p.position_step = positions.strides[dim];
  p.replace = replace ? 1 : 0;
  int64_t lines[kMaxRank];
  std::copy_n(source.sizes, source.rank, lines);
  lines[dim] = 1;
  plan(source, positions, to, lines, p);
  if (p.count == 0 || p.length == 0) return true;
  if (p.length < kLongLine) {
    call.card.launch(short_lines.of(to.dtype), {blocks_for(call.card, p.count, kThreads)}, kThreads, p);
  } else {
    call.card.launch(long_lines.of(to.dtype), {blocks_for(call.card, p.count * kThreads, kThreads)}, kThreads, p);
  }
  return true;
}

bool index_select(const Call& call) { return choose(call, true); }
bool gather(const Call& call) { return choose(call, false); }
bool index_add(const Call& call) { return place(call, true, false); }
bool scatter(const Call& call) { return place(call, false, true); }
bool scatter_add(const Call& call) { return place(call, false, false); }

bool one_hot(const Call& call) {
  static Kernel kernel("oneHot");
  const Operand& labels = call.op.input(0);
  Operand rows = call.op.output(0);
  rows.rank = labels.rank;
  IndexingParameters p{};
  p.limit = static_cast<int64_t>(call.op.attributes[0]);
  p.step = call.op.output(0).strides[labels.rank];
  if (call.numbers != 0) return false;
  plan(rows, labels, rows, labels.sizes, p);
  if (p.count * p.limit > 0) call.card.launch(kernel, {blocks_for(call.card, p.count * p.limit, kThreads)}, kThreads, p);
  return true;
}

}  // namespace

void register_indexing(LauncherTable& table) {
  for (const DType dtype : {DType::Float32, DType::Float64, DType::Int32, DType::UInt8, DType::Bool}) {
    table.set("indexSelect", dtype, index_select);
    table.set("gather", dtype, gather);
  }
  table.set("indexAdd", DType::Int32, index_add);
  table.set("scatter", DType::Int32, scatter);
  table.set("scatterAdd", DType::Int32, scatter_add);
  table.set("oneHot", DType::Int32, one_hot);
}

}  // namespace nabla::cuda
