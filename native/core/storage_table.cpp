#include "core/storage_table.h"

#include <algorithm>

namespace nabla {

StorageTable::~StorageTable() {
  for (const Slot& slot : slots_) {
    if (slot.data != nullptr && slot.capacity > SmallBlocks::kLargest) {
      BlockPool::process().give(slot.data, slot.capacity);
    }
  }
}

Handle StorageTable::allocate(size_t bytes) {
  size_t capacity = 0;
  void* data = bytes <= SmallBlocks::kLargest ? small_.take(bytes, capacity) : BlockPool::process().take(bytes, capacity);
  if (data == nullptr) return kNoHandle;
  Handle handle;
  if (vacant_.empty()) {
    handle = static_cast<Handle>(slots_.size());
    slots_.emplace_back();
  } else {
    handle = vacant_.back();
    vacant_.pop_back();
  }
  Slot& slot = slots_[handle];
  slot.data = data;
  slot.bytes = bytes;
  slot.capacity = capacity;
  ++live_count_;
  live_bytes_ += static_cast<int64_t>(capacity);
  return handle;
}

void StorageTable::release(StorageReference reference) {
  if (!alive(reference.handle)) return;
  Slot& slot = slots_[reference.handle];
  if (slot.generation != reference.generation) return;
  --live_count_;
  live_bytes_ -= static_cast<int64_t>(slot.capacity);
  if (slot.capacity > SmallBlocks::kLargest) {
    BlockPool::process().give(slot.data, slot.capacity);
  } else {
    small_.give(slot.data, slot.capacity);
  }
  slot.data = nullptr;
  ++slot.generation;
  vacant_.push_back(reference.handle);
}

void StorageTable::collected(bool full) {
  bytes_after_collection_ = live_bytes_;
  if (full) full_limit_ = std::max(kSmallestFullLimit, 2 * live_bytes_);
}

}  // namespace nabla
