#include "cuda/fused/fused.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "cuda/elementwise.h"
#include "cuda/fused/emit.h"
#include "cuda/fused/parameters.h"
#include "cuda/fused/reduction.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

struct Loaded {
  Function function = nullptr;
  std::string why;
};

/** The function of a module with this text; the same chain in another program, or another shape of the same layout, has the same. */
Loaded loaded(Card& card, const std::string& text) {
  static std::mutex& mutex = *new std::mutex;
  static auto& known = *new std::map<std::string, Loaded>;
  const std::lock_guard lock(mutex);
  const auto [found, fresh] = known.try_emplace(text);
  if (fresh) found->second.function = card.load(text.c_str(), kFusedKernelName, found->second.why);
  return found->second;
}

}  // namespace

bool load_fused(Card& card, const TileGroup& group, Fused& fused, std::string& why) {
  FusedKernel kernel;
  if (!write_fused(group, kernel, why)) return false;
  const Loaded made = loaded(card, kernel.text);
  if (made.function == nullptr) why = made.why;
  fused = {made.function, kernel.flat};
  return made.function != nullptr;
}

void launch_fused(Card& card, const TileGroup& group, const Fused& fused) {
  FusedParameters p{};
  int64_t count = 1;
  for (int d = 0; d < group.rank; ++d) count *= group.sizes[d];
  if (count == 0) return;
  p.count = static_cast<uint32_t>(count);
  for (int d = 0; d < group.rank; ++d) p.sizes[d] = divider_of(static_cast<uint32_t>(group.sizes[d]));
  const std::vector<double> numbers = numbers_of(group);
  std::copy(numbers.begin(), numbers.end(), p.numbers);
  bool packed = fused.flat;
  for (const TileCall& call : group.calls) {
    const OpCall& op = call.resolved.call;
    for (int i = 0; i < op.input_count + op.output_count; ++i) {
      const TileOperand& where = call.operands[i];
      if (where.place < 0) continue;
      p.data[where.place] = op.operands[i].data;
      std::copy_n(where.strides, group.rank, p.strides[where.place]);
      const auto unit = static_cast<uintptr_t>(std::min(16, 4 * where.item_bytes));
      packed &= where.strides[0] == 0 || reinterpret_cast<uintptr_t>(op.operands[i].data) % unit == 0;
    }
  }
  p.packs = packed ? p.count / 4 : 0;
  int64_t work = packed ? std::max<int64_t>(p.packs, 1) : count;
  if (const auto reduction = reduction_of(group)) {
    p.results = reduction->results;
    p.reduced = reduction->elements;
    work = int64_t{reduction->results} * reduction->lanes;
  }
  card.launch(kFusedKernelName, fused.function, {blocks_for(card, work, kThreads)}, kThreads, &p, sizeof p);
}

}  // namespace nabla::cuda
