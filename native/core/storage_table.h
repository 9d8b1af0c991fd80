// The tensors' memory of one environment (the main thread, or one worker thread), named by small integers. JavaScript
// holds the integer; a call names its operands by it, which costs 5 ns where unwrapping an object costs 37.
//
// The table also keeps the account that decides when the collector is asked for help: V8 sees a tensor as some hundred
// bytes of JavaScript, so in a loop that makes gigabytes of native memory it finds no reason to collect. `pressure()` says
// when a minor collection is due (by growth since the last one) and when a full one (by bytes alive); the growth rule of the
// second is V8's own for its heap, twice what survived.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/block_pool.h"

namespace nabla {

using Handle = int32_t;
inline constexpr Handle kNoHandle = -1;

/** Names a storage for good: a handle is used again after release, together with its generation it is not. */
struct StorageReference {
  Handle handle;
  uint32_t generation;
};

enum class Pressure : int32_t { None = 0, Minor = 1, Full = 2 };

class StorageTable {
 public:
  StorageTable() = default;
  StorageTable(const StorageTable&) = delete;
  StorageTable& operator=(const StorageTable&) = delete;
  ~StorageTable();

  /** Memory for `bytes`, uninitialised; kNoHandle when there is none. */
  Handle allocate(size_t bytes);
  /** Gives the memory back. A reference whose generation has passed is ignored: somebody released it before. */
  void release(StorageReference reference);

  bool alive(Handle handle) const {
    return handle >= 0 && static_cast<size_t>(handle) < slots_.size() && slots_[handle].data != nullptr;
  }
  void* data(Handle handle) const { return slots_[handle].data; }
  size_t bytes(Handle handle) const { return slots_[handle].bytes; }
  StorageReference reference(Handle handle) const { return {handle, slots_[handle].generation}; }

  int64_t live_count() const { return live_count_; }
  int64_t live_bytes() const { return live_bytes_; }

  /** What the collector should do now. */
  Pressure pressure() const {
    if (live_bytes_ - bytes_after_collection_ < kMinorBudget) return Pressure::None;
    return live_bytes_ >= full_limit_ ? Pressure::Full : Pressure::Minor;
  }
  /** Told after a collection, when everything it found dead has been released. */
  void collected(bool full);

 private:
  /**
   * Growth after which the young generation is collected. Small enough for a last-level cache to hold: dropped results are
   * then written over while they are still in it (tanh of a million floats 141 us with 128 MB, 98 us with 32 MB), and a
   * minor collection costs 30 to 150 us, little beside writing as many bytes.
   */
  static constexpr int64_t kMinorBudget = int64_t{24} << 20;
  static constexpr int64_t kSmallestFullLimit = int64_t{256} << 20;

  struct Slot {
    void* data = nullptr;
    size_t bytes = 0;
    size_t capacity = 0;
    uint32_t generation = 0;
  };

  SmallBlocks small_;
  std::vector<Slot> slots_;
  std::vector<Handle> vacant_;
  int64_t live_count_ = 0;
  int64_t live_bytes_ = 0;
  int64_t bytes_after_collection_ = 0;
  int64_t full_limit_ = kSmallestFullLimit;
};

}  // namespace nabla
