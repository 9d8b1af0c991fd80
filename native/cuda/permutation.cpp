// randperm: what cpu/random.isa.cpp says of it.
#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/permutation_parameters.h"
#include "cuda/launchers.h"
#include "cuda/sorting.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

bool random_order(const Call& call) {
  static Kernel choices("permutationChoices"), chains("permutationChains"), ends("permutationEnds");
  const OpCall& op = call.op;
  PermutationParameters p{};
  p.to = op.output(0).as<int32_t>();
  p.count = op.output(0).sizes[0];
  p.seed = static_cast<uint64_t>(op.attributes[0]) | static_cast<uint64_t>(op.attributes[1]) << 32;
  p.block = static_cast<uint64_t>(op.attributes[2]);
  if (p.count == 0) return true;
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  auto* const room = static_cast<int32_t*>(memory.take(static_cast<size_t>(5 * p.count) * sizeof(int32_t), capacity));
  if (room == nullptr) return false;
  p.choices = room;
  int32_t* const sorted = room + p.count;
  int32_t* const steps = room + 2 * p.count;
  p.sorted = sorted;
  p.steps = steps;
  p.before = room + 3 * p.count;
  p.last = room + 4 * p.count;
  call.card.launch(choices, {blocks_for(call.card, (p.count + 1) / 2, kThreads)}, kThreads, p);
  const bool ordered = sort_line(call.card, p.choices, sorted, steps, p.count);
  if (ordered) {
    call.card.launch(chains, {blocks_for(call.card, p.count, kThreads)}, kThreads, p);
    call.card.launch(ends, {blocks_for(call.card, p.count, kThreads)}, kThreads, p);
  }
  memory.give(room, capacity);  // what is started next comes after
  return ordered;
}

}  // namespace

void register_permutation(LauncherTable& table) { table.set("randperm", DType::Int32, random_order); }

}  // namespace nabla::cuda
