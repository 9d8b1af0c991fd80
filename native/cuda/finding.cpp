// nonzero and searchsorted: what cpu/counting.isa.cpp says of them.
#include <algorithm>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/finding_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

struct Pair {
  Kernel count, write;
};

bool nonzero(const Call& call, Pair& kernels) {
  static Kernel starts("nonzeroStarts");
  const Operand& input = call.op.input(0);
  if (call.numbers != 0) return false;
  if (call.op.output(0).count() == 0) return true;
  NonzeroParameters p{};
  p.from = input.data;
  p.to = call.op.output(0).as<int32_t>();
  p.count = input.count();
  p.flat = call.op.attributes[0] != 0 ? 1 : 0;
  p.rank = input.rank;
  std::copy_n(input.sizes, input.rank, p.sizes);
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  const int64_t stretches = (p.count + kThreads - 1) / kThreads;
  p.starts = static_cast<int64_t*>(memory.take(static_cast<size_t>(stretches) * sizeof(int64_t), capacity));
  if (p.starts == nullptr) return false;
  const unsigned blocks = blocks_for(call.card, p.count, kThreads);
  call.card.launch(kernels.count, {blocks}, kThreads, p);
  call.card.launch(starts, {1}, kThreads, p);
  call.card.launch(kernels.write, {blocks}, kThreads, p);
  memory.give(p.starts, capacity);  // what is started next comes after
  return true;
}

/** Attributes [right]. */
bool search(const Call& call, Kernel& kernel) {
  const Operand& sorted = call.op.input(0);
  const Operand& values = call.op.input(1);
  if (call.numbers != 0) return false;
  SearchParameters p{};
  p.sorted = sorted.data;
  p.values = values.data;
  p.to = call.op.output(0).as<int32_t>();
  p.count = values.count();
  p.length = sorted.sizes[sorted.rank - 1];
  p.row = values.rank == 0 ? 1 : values.sizes[values.rank - 1];
  p.one_line = sorted.rank > 1 ? 0 : 1;
  p.right = call.op.attributes[0] != 0 ? 1 : 0;
  if (p.count > 0) call.card.launch(kernel, {blocks_for(call.card, p.count, kThreads)}, kThreads, p);
  return true;
}

}  // namespace

#define NABLA_ENTER(dtype, type)                                                                 \
  table.set("nonzero", DType::dtype, [](const Call& call) -> bool {                              \
    static Pair kernels{Kernel("nonzeroCount_" #type), Kernel("nonzero_" #type)};                \
    return nonzero(call, kernels);                                                               \
  });                                                                                            \
  if (DType::dtype != DType::Bool) table.set("searchsorted", DType::dtype, NABLA_LAUNCHER("searchsorted_" #type, search));

void register_finding(LauncherTable& table) {
  NABLA_ENTER(Float32, f32)
  NABLA_ENTER(Float64, f64)
  NABLA_ENTER(Int32, i32)
  NABLA_ENTER(UInt8, u8)
  NABLA_ENTER(Bool, u8)
}

}  // namespace nabla::cuda
