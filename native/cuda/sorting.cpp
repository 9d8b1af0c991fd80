// sort and topk: what cpu/sorting.isa.cpp says of them; topk's elements are always in order here.
#include "cuda/sorting.h"

#include <utility>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/sorting_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

struct Pair {
  Kernel blocks, write;
};

Kernel& merging(bool wide) {
  static Kernel narrow_entries("mergeRuns_narrow"), wide_entries("mergeRuns_wide");
  return wide ? wide_entries : narrow_entries;
}

/** Sorts the lines of `p`, which says all but where the entries go. False where there is no room for them. */
bool launch(Card& card, Pair& kernels, SortingParameters& p, bool wide) {
  const bool merges = p.length > kSortedByBlock;
  const size_t bytes = static_cast<size_t>(p.count * p.length) * (wide ? 16 : 8);
  CardMemory& memory = CardMemory::of(card);
  size_t capacity = 0;
  void* const block = memory.take(merges ? 2 * bytes : bytes, capacity);
  if (block == nullptr) return false;
  p.entries = block;
  p.merged = static_cast<char*>(block) + bytes;
  const int64_t chunks = (p.length + kSortedByBlock - 1) / kSortedByBlock;
  card.launch(kernels.blocks, {blocks_for(card, p.count * chunks * kThreads, kThreads)}, kThreads, p);
  for (p.run = kSortedByBlock; p.run < p.length; p.run *= 2) {
    card.launch(merging(wide), {blocks_for(card, p.count * p.length, kThreads)}, kThreads, p);
    std::swap(p.entries, p.merged);
  }
  card.launch(kernels.write, {blocks_for(card, p.count * p.wanted, kThreads)}, kThreads, p);
  memory.give(block, capacity);  // what is started next comes after
  return true;
}

bool start(const Call& call, Pair& kernels, int64_t wanted, bool descending) {
  const OpCall& op = call.op;
  const Operand& input = op.input(0);
  if (call.numbers != 0) return false;
  if (op.output(0).count() == 0) return true;
  const int dim = static_cast<int>(op.attributes[0]);
  SortingParameters p{};
  p.from = input.data;
  p.values = op.output(0).data;
  p.positions = op.output(1).as<int32_t>();
  p.length = input.sizes[dim];
  p.from_step = input.strides[dim];
  p.value_step = op.output(0).strides[dim];
  p.position_step = op.output(1).strides[dim];
  p.wanted = wanted;
  p.descending = descending ? 1 : 0;
  const Iteration lines = lines_along(op, dim);
  p.rank = lines.rank;
  p.count = lines.count;
  for (int d = 0; d < lines.rank; ++d) {
    p.sizes[d] = lines.sizes[d];
    p.from_strides[d] = lines.strides[0][d];
    p.value_strides[d] = lines.strides[1][d];
    p.position_strides[d] = lines.strides[2][d];
  }
  return launch(call.card, kernels, p, byte_size(input.dtype) == 8);
}

/** Attributes [dim, descending]. */
bool sort(const Call& call, Pair& kernels) {
  return start(call, kernels, call.op.input(0).sizes[static_cast<int>(call.op.attributes[0])], call.op.attributes[1] != 0);
}

/** Attributes [dim, k, largest, sorted]. */
bool topk(const Call& call, Pair& kernels) {
  return start(call, kernels, static_cast<int64_t>(call.op.attributes[1]), call.op.attributes[2] != 0);
}

template <bool (*run)(const Call&, Pair&)>
void enter(LauncherTable& table, const char* op) {
  static Pair f32{Kernel("sortBlocks_f32"), Kernel("writeSorted_f32")}, f64{Kernel("sortBlocks_f64"), Kernel("writeSorted_f64")};
  static Pair i32{Kernel("sortBlocks_i32"), Kernel("writeSorted_i32")}, u8{Kernel("sortBlocks_u8"), Kernel("writeSorted_u8")};
  table.set_floats(op, [](const Call& call) { return run(call, f32); }, [](const Call& call) { return run(call, f64); });
  table.set(op, DType::Int32, [](const Call& call) { return run(call, i32); });
  table.set(op, DType::UInt8, [](const Call& call) { return run(call, u8); });
  table.set(op, DType::Bool, [](const Call& call) { return run(call, u8); });
}

}  // namespace

bool sort_line(Card& card, const int32_t* from, int32_t* values, int32_t* positions, int64_t count) {
  static Pair kernels{Kernel("sortBlocks_i32"), Kernel("writeSorted_i32")};
  SortingParameters p{};
  p.from = from;
  p.values = values;
  p.positions = positions;
  p.count = 1;
  p.length = p.wanted = count;
  p.from_step = p.value_step = p.position_step = 1;
  return launch(card, kernels, p, false);
}

void register_sorting(LauncherTable& table) {
  enter<sort>(table, "sort");
  enter<topk>(table, "topk");
}

}  // namespace nabla::cuda
