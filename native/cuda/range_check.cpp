#include "cuda/range_check.h"

#include <new>
#include <unordered_map>

#include "cpu/iteration.h"
#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;

std::atomic<RangeChecks*> made{nullptr};

}  // namespace

RangeChecks& RangeChecks::of(Card& card) {
  // As the card itself, never destroyed.
  static RangeChecks& checks = *new RangeChecks(card);
  made.store(&checks, std::memory_order_release);
  return checks;
}

RangeChecks* RangeChecks::existing() { return made.load(std::memory_order_acquire); }

int32_t RangeChecks::number_of(const std::string& name) {
  static std::mutex mutex;
  static auto& numbers = *new std::unordered_map<std::string, int32_t>;
  const std::lock_guard lock(mutex);
  return numbers.emplace(name, static_cast<int32_t>(numbers.size())).first->second;
}

bool RangeChecks::prepare() {
  const std::lock_guard lock(mutex_);
  card_.use();
  unsettled_.store(true);
  if (found_ != nullptr) return !card_.failed();
  const Driver& driver = card_.driver();
  if (violation_.load() == nullptr) {
    void* pinned = nullptr;
    DeviceAddress address = 0;
    if (!card_.check(driver.pinned_allocate(&pinned, sizeof(Violation), kPinnedOnDevice), "pinning memory") ||
        !card_.check(driver.pinned_on_device(&address, pinned, 0), "finding pinned memory on the card")) {
      return false;
    }
    on_card_ = reinterpret_cast<Violation*>(static_cast<uintptr_t>(address));
    violation_.store(new (pinned) Violation{}, std::memory_order_release);
  }
  size_t capacity = 0;
  found_ = static_cast<int32_t*>(CardMemory::of(card_).take(sizeof(int32_t), capacity));
  if (found_ == nullptr) return false;
  clear();
  return !card_.failed();
}

void RangeChecks::clear() {
  static Kernel again("checkRange_again");
  RangeCheckParameters p{};
  p.found = found_;
  card_.launch(again, {1}, 1, p);
}

bool RangeChecks::start(const Operand& elements, const ElementRange& range) {
  static OfTypes kernels{Kernel("checkRange_f32"), Kernel("checkRange_f64"), Kernel("checkRange_i32"), Kernel("checkRange_u8")};
  if (!prepare()) return false;
  OpCall one{};
  one.output_count = 1;
  one.operands[0] = elements;
  Iteration iteration;
  plan_iteration(one, iteration);
  RangeCheckParameters p{};
  p.from = elements.data;
  p.count = iteration.count;
  p.rank = iteration.rank;
  p.check = range.check;
  for (int d = 0; d < p.rank; ++d) {
    p.sizes[d] = iteration.sizes[d];
    p.strides[d] = iteration.strides[0][d];
  }
  p.low = range.low;
  p.high = range.high;
  p.no_nan = range.no_nan ? 1 : 0;
  p.violation = on_card_;
  p.found = found_;
  if (p.count > 0) card_.launch(kernels.of(elements.dtype), {blocks_for(card_, p.count, kThreads)}, kThreads, p);
  return !card_.failed();
}

bool RangeChecks::settle() {
  if (unsettled_.exchange(false)) {
    card_.use();
    card_.synchronize();
  }
  return violated();
}

bool RangeChecks::take(Violation& violation) {
  const std::lock_guard lock(mutex_);
  if (!violated()) return false;
  Violation* noted = violation_.load();
  violation = *noted;
  // In this order: what is started after the word on the card is 0 again finds the host's ready.
  noted->noted = 0;
  card_.use();
  clear();
  return true;
}

}  // namespace nabla::cuda
