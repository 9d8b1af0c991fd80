// advancedIndex and indexPut: what cpu/advanced_indexing.isa.cpp says of them. A table of more entries than 31 bits count is the
// CPU's.
#include "cpu/iteration.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/advanced_indexing_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
/** Longer lists are walked by a block for each element, unless there are enough elements to keep the card busy. */
constexpr int64_t kLongList = 16, kThreadsOfMultiprocessor = 512;
constexpr int64_t kMostEntries = (int64_t{1} << 31) - 1;

/** The slices of an operand behind its first dimensions. */
Operand slice_of(const Operand& whole, int skipped) {
  Operand slice{};
  slice.dtype = whole.dtype;
  slice.rank = whole.rank - skipped;
  for (int d = 0; d < slice.rank; ++d) {
    slice.sizes[d] = whole.sizes[d + skipped];
    slice.strides[d] = whole.strides[d + skipped];
  }
  return slice;
}

bool describe(const Call& call, const Operand& table, const Operand& list, int first_positions, int indexed, TableParameters& p) {
  if (call.numbers != 0) return false;
  p.indexed = indexed;
  int64_t entries = 1;
  for (int k = 0; k < indexed; ++k) {
    p.positions[k] = call.op.operands[first_positions + k].as<const int32_t>();
    p.table_sizes[k] = table.sizes[k];
    p.table_strides[k] = table.strides[k];
    entries *= table.sizes[k];
  }
  p.count = list.sizes[0];
  p.list_stride = list.strides[0];
  OpCall one{};
  one.input_count = one.output_count = 1;
  one.operands[0] = slice_of(list, 1);
  one.operands[1] = slice_of(table, indexed);
  Iteration slice;
  plan_iteration(one, slice);
  p.rank = slice.rank;
  p.slice_count = slice.count;
  for (int d = 0; d < slice.rank; ++d) {
    p.slice_sizes[d] = slice.sizes[d];
    p.in_list[d] = slice.strides[0][d];
    p.in_table[d] = slice.strides[1][d];
  }
  return entries <= kMostEntries;
}

bool advanced_index(const Call& call) {
  static OfTypes kernels{Kernel("readEntries_f32"), Kernel("readEntries_f64"), Kernel("readEntries_i32"), Kernel("readEntries_u8")};
  const Operand& output = call.op.output(0);
  TableParameters p{};
  if (!describe(call, call.op.input(0), output, 1, call.op.input_count - 1, p)) return false;
  p.from = call.op.input(0).data;
  p.to = output.data;
  const int64_t elements = p.count * p.slice_count;
  if (elements > 0) call.card.launch(kernels.of(output.dtype), {blocks_for(call.card, elements, kThreads)}, kThreads, p);
  return true;
}

bool index_put(const Call& call) {
  static OfTypes short_lists{Kernel("writeEntries_short_f32"), Kernel("writeEntries_short_f64"), Kernel("writeEntries_short_i32"), Kernel("writeEntries_short_u8")};
  static OfTypes long_lists{Kernel("writeEntries_long_f32"), Kernel("writeEntries_long_f64"), Kernel("writeEntries_long_i32"), Kernel("writeEntries_long_u8")};
  const int positions = call.op.input_count - 1;
  const Operand& source = call.op.input(positions);
  const Operand& table = call.op.output(0);
  TableParameters p{};
  if (!describe(call, table, source, 0, positions, p)) return false;
  p.from = source.data;
  p.to = table.data;
  p.accumulate = call.op.attributes[0] != 0 ? 1 : 0;
  if (p.count == 0 || p.slice_count == 0) return true;
  if (p.count < kLongList || p.slice_count >= kThreadsOfMultiprocessor * call.card.info().multiprocessors) {
    call.card.launch(short_lists.of(table.dtype), {blocks_for(call.card, p.slice_count, kThreads)}, kThreads, p);
  } else {
    call.card.launch(long_lists.of(table.dtype), {blocks_for(call.card, p.slice_count * kThreads, kThreads)}, kThreads, p);
  }
  return true;
}

}  // namespace

void register_advanced_indexing(LauncherTable& table) {
  for (const DType dtype : {DType::Float32, DType::Float64, DType::Int32, DType::UInt8, DType::Bool}) table.set("advancedIndex", dtype, advanced_index);
  table.set("indexPut", DType::Int32, index_put);
}

}  // namespace nabla::cuda
