#include "cuda/host_call.h"

#include <algorithm>
#include <vector>

#include "core/block_pool.h"
#include "cpu/kernel_table.h"
#include "cuda/transfer.h"

namespace nabla::cuda {
namespace {

/** A stretch of the card's memory and its copy. */
struct Stretch {
  char* first;
  char* end;
  bool written;
  char* copy = nullptr;
  size_t capacity = 0;
};

/** What an operand's elements lie between. */
Stretch span_of(const Operand& operand, bool written) {
  const auto item = static_cast<int64_t>(byte_size(operand.dtype));
  int64_t low = 0, high = 0;
  for (int d = 0; d < operand.rank; ++d) {
    const int64_t reach = (operand.sizes[d] - 1) * operand.strides[d];
    (reach < 0 ? low : high) += reach;
  }
  auto* base = static_cast<char*>(operand.data);
  return {base + low * item, base + (high + 1) * item, written};
}

class Copies {
 public:
  explicit Copies(Card& card) : card_(card) {}
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;
  ~Copies() {
    for (const Stretch& stretch : stretches_) {
      if (stretch.copy != nullptr) BlockPool::process().give(stretch.copy, stretch.capacity);
    }
  }

  /** Stretches that overlap become one: an op in place sees one memory. */
  void add(Stretch added) {
    for (size_t i = 0; i < stretches_.size();) {
      const Stretch& other = stretches_[i];
      if (added.first >= other.end || other.first >= added.end) {
        ++i;
        continue;
      }
      added = {std::min(added.first, other.first), std::max(added.end, other.end), added.written || other.written};
      stretches_.erase(stretches_.begin() + static_cast<ptrdiff_t>(i));
      i = 0;
    }
    stretches_.push_back(added);
  }

  Outcome fetch() {
    for (Stretch& stretch : stretches_) {
      const auto bytes = static_cast<size_t>(stretch.end - stretch.first);
      stretch.copy = static_cast<char*>(BlockPool::process().take(bytes, stretch.capacity));
      if (stretch.copy == nullptr) return Outcome::OutOfMemory;
      if (!download(card_, stretch.copy, stretch.first, bytes)) return Outcome::Failed;
    }
    return Outcome::Done;
  }

  void* place(const void* on_card) const {
    const auto* at = static_cast<const char*>(on_card);
    for (const Stretch& stretch : stretches_) {
      if (at >= stretch.first && at < stretch.end) return stretch.copy + (at - stretch.first);
    }
    return nullptr;
  }

  Outcome put_back() {
    for (const Stretch& stretch : stretches_) {
      if (stretch.written && !upload(card_, stretch.first, stretch.copy, static_cast<size_t>(stretch.end - stretch.first))) {
        return Outcome::Failed;
      }
    }
    return Outcome::Done;
  }

 private:
  Card& card_;
  std::vector<Stretch> stretches_;
};

}  // namespace

Outcome run_on_host(OpCode op, const Call& call) {
  const auto kernel = kernel_for(op, call.op.operands[0].dtype);
  if (kernel == nullptr) return Outcome::NotImplemented;
  OpCall local = call.op;
  Copies copies(call.card);
  const int operands = local.input_count + local.output_count;
  for (int i = 0; i < operands; ++i) {
    if (!call.is_number(i) && local.operands[i].count() > 0) copies.add(span_of(local.operands[i], i >= local.input_count));
  }
  Outcome outcome = copies.fetch();
  if (outcome != Outcome::Done) return outcome;
  // An operand without elements has no memory to point at, and a kernel reads none of it.
  for (int i = 0; i < operands; ++i) {
    if (!call.is_number(i)) local.operands[i].data = copies.place(local.operands[i].data);
  }
  kernel(local);
  return copies.put_back();
}

}  // namespace nabla::cuda
