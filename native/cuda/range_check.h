// Elements that must lie in a range (positions, labels, probabilities) are compared with it by a kernel among the others, and nobody
// waits for it: what it finds it writes into pinned memory, where the host looks whenever it comes by. So an error of this
// kind is told by a later call than the one that made it, and a training loop never stops for a check that succeeds.
//
// Device-side asserts are PyTorch's way; they take the whole context with them. Here kernels that choose by positions stay inside
// memory whatever they are given, so the process can be told and go on.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "core/op_call.h"
#include "cuda/card.h"
#include "cuda/kernels/range_check_parameters.h"

namespace nabla::cuda {

/** What the elements must lie in, both ends included, and which check says so (numbers are `RangeChecks::number_of`'s). */
struct ElementRange {
  double low, high;
  int32_t check;
  /** Whether NaN is outside too. */
  bool no_nan = false;
};

class RangeChecks {
 public:
  explicit RangeChecks(Card& card) : card_(card) {}
  static RangeChecks& of(Card& card);
  /** Those of the open card; null where nothing has ever been checked on one. */
  static RangeChecks* existing();

  /** The number of a kind of check, the same for the same name in the whole process. */
  static int32_t number_of(const std::string& name);

  /** Comes before checks are started, and before they are recorded: sees to it that there is room for an answer. False when the card gives none, or has failed. */
  bool prepare();
  /** Starts a comparison, or notes it, while the thread records. False as `prepare` is. */
  bool start(const Operand& elements, const ElementRange& range);

  /** Whether one has found something that has not been taken. A read of the process's own memory. */
  bool violated() const {
    const volatile Violation* noted = violation_.load(std::memory_order_acquire);
    return noted != nullptr && noted->noted != 0;
  }
  /** Waits for those that were started since it was last asked: when a program has nothing else to do. Whether one has found something. */
  bool settle();
  /** Takes what the first of them has found; the next to find something is one that is started from now on. False when none has. */
  bool take(Violation& violation);

 private:
  /** Says on the card that nothing has been found. */
  void clear();

  Card& card_;
  std::mutex mutex_;
  /** True while nobody has waited for the checks that were started. */
  std::atomic<bool> unsettled_{false};
  std::atomic<Violation*> violation_{nullptr};
  /** The same memory as the card names it, and the card's own word. */
  Violation* on_card_ = nullptr;
  int32_t* found_ = nullptr;
};

}  // namespace nabla::cuda
