#include "cuda/reductions.h"

#include <algorithm>

#include "cpu/reduction_plan.h"
#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/reductions_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kThreads = 256, kWarp = 32;
/** Elements that a part has at least, and parts at most. */
constexpr int64_t kSmallestPart = 16384, kMostParts = 256;
/** Bytes of the largest thing that a part leaves: a float64 and its position. */
constexpr size_t kPartBytes = 16;

struct Pair {
  Kernel whole, join;
};

void take_dimensions(const Iteration& iteration, Dimensions& dimensions) {
  dimensions.rank = iteration.rank;
  dimensions.count = iteration.count;
  for (int d = 0; d < iteration.rank; ++d) {
    dimensions.sizes[d] = iteration.sizes[d];
    dimensions.from[d] = iteration.strides[0][d];
    dimensions.to[d] = iteration.strides[1][d];
  }
}

/** The reduced dimensions in the order of the attributes: positions count in row-major order, not as memory lies. */
void take_logical_order(const OpCall& op, Dimensions& reduced) {
  const Operand& input = op.input(0);
  const int listed = static_cast<int>(op.attributes[0]);
  const int dims = listed == 0 ? input.rank : listed;
  reduced.rank = std::max(dims, 1);
  reduced.sizes[0] = 1;
  reduced.from[0] = 1;
  for (int i = 0; i < dims; ++i) {
    const int d = listed == 0 ? i : static_cast<int>(op.attributes[1 + i]);
    reduced.sizes[i] = input.sizes[d];
    reduced.from[i] = input.strides[d];
  }
}

void start(Card& card, Pair& kernels, ReductionParameters p) {
  const int64_t results = p.kept.count, elements = p.reduced.count;
  if (results == 0) return;
  p.lanes = static_cast<int32_t>(elements <= kWarp ? 1 : elements <= 4 * kThreads ? kWarp : kThreads);
  const auto threads = static_cast<unsigned>(kThreads);
  const unsigned blocks = blocks_for(card, results * p.lanes, threads);
  const int64_t parts = std::min({elements / kSmallestPart, kMostParts, 4 * int64_t{card.info().multiprocessors} / blocks});
  CardMemory& memory = CardMemory::of(card);
  size_t capacity = 0;
  if (parts > 1) p.parts = memory.take(static_cast<size_t>(parts * results) * kPartBytes, capacity);
  if (p.parts == nullptr) {
    card.launch(kernels.whole, {blocks}, threads, p);
    return;
  }
  p.part_count = static_cast<int32_t>(parts);
  card.launch(kernels.whole, {blocks, static_cast<unsigned>(parts)}, threads, p);
  card.launch(kernels.join, {blocks_for(card, results, threads)}, threads, p);
  memory.give(p.parts, capacity);  // what is started next comes after
}

bool reduce(const Call& call, Pair& kernels, bool positions) {
  if (call.numbers != 0) return false;
  ReductionPlan plan;
  plan_reduction(call.op, plan);
  ReductionParameters p{};
  p.from = call.op.input(0).data;
  p.to = call.op.output(0).data;
  take_dimensions(plan.kept, p.kept);
  take_dimensions(plan.reduced, p.reduced);
  p.divisor = static_cast<double>(p.reduced.count);
  if (positions) {
    if (p.reduced.count == 0) return true;  // refused by the caller: nothing has no largest element
    take_logical_order(call.op, p.reduced);
  }
  start(call.card, kernels, p);
  return true;
}

bool plain(const Call& call, Pair& kernels) { return reduce(call, kernels, false); }
bool position(const Call& call, Pair& kernels) { return reduce(call, kernels, true); }

Dimensions one_dimension(int64_t size, int64_t from, int64_t to) { return {1, size, {size}, {from}, {to}}; }

}  // namespace

void sum_columns(Card& card, const Operand& matrix, void* to) {
  static Pair single{Kernel("sum_f32"), Kernel("sum_join_f32")}, twice{Kernel("sum_f64"), Kernel("sum_join_f64")};
  ReductionParameters p{};
  p.from = matrix.data;
  p.to = to;
  p.kept = one_dimension(matrix.sizes[1], matrix.strides[1], 1);
  p.reduced = one_dimension(matrix.sizes[0], matrix.strides[0], 0);
  start(card, matrix.dtype == DType::Float32 ? single : twice, p);
}

void reduce_all(Card& card, const void* from, int64_t count, bool mean, void* to) {
  static Pair sums{Kernel("sum_f64"), Kernel("sum_join_f64")}, means{Kernel("mean_f64"), Kernel("mean_join_f64")};
  ReductionParameters p{};
  p.from = from;
  p.to = to;
  p.kept = one_dimension(1, 1, 1);
  p.reduced = one_dimension(count, 1, 0);
  p.divisor = static_cast<double>(count);
  start(card, mean ? means : sums, p);
}

#define NABLA_REDUCTION(op, type, launch)                                             \
  [](const Call& call) -> bool {                                                      \
    static Pair kernels{Kernel(#op "_" #type), Kernel(#op "_join_" #type)};           \
    return launch(call, kernels);                                                     \
  }
#define NABLA_ENTER(op, launch)                                            \
  table.set(#op, DType::Float32, NABLA_REDUCTION(op, f32, launch));        \
  table.set(#op, DType::Float64, NABLA_REDUCTION(op, f64, launch));        \
  table.set(#op, DType::Int32, NABLA_REDUCTION(op, i32, launch));          \
  table.set(#op, DType::UInt8, NABLA_REDUCTION(op, u8, launch));           \
  table.set(#op, DType::Bool, NABLA_REDUCTION(op, u8, launch));

void register_reductions(LauncherTable& table) {
  NABLA_ENTER(sum, plain)
  NABLA_ENTER(prod, plain)
  NABLA_ENTER(max, plain)
  NABLA_ENTER(min, plain)
  NABLA_ENTER(any, plain)
  NABLA_ENTER(all, plain)
  NABLA_ENTER(argmax, position)
  NABLA_ENTER(argmin, position)
  table.set_floats("mean", NABLA_REDUCTION(mean, f32, plain), NABLA_REDUCTION(mean, f64, plain));
}

}  // namespace nabla::cuda
