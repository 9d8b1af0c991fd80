#include "core/storage_table.h"

#include <algorithm>

namespace nabla {

StorageTable::~StorageTable() {
  for (const Slot& slot : slots_) {
    // Small blocks of the CPU go with their slabs.
    const bool slab = slot.handle != kNoHandle && device_of(slot.handle) == Device::Cpu && slot.capacity <= SmallBlocks::kLargest;
    if (slot.handle != kNoHandle && !slab) give(slot.data, device_of(slot.handle), slot.capacity);
  }
}

void StorageTable::attach(Device device, DeviceMemory& memory) {
  memories_[static_cast<size_t>(device)] = &memory;
  Account& account = accounts_[static_cast<size_t>(device)];
  account.minor_budget = memory.minor_budget();
  account.smallest_full_limit = memory.smallest_full_limit();
  account.full_limit = std::max(account.full_limit, account.smallest_full_limit);
}

void* StorageTable::take(size_t bytes, Device device, size_t& capacity) {
  if (device != Device::Cpu) return attached(device) ? memories_[static_cast<size_t>(device)]->take(bytes, capacity) : nullptr;
  return bytes <= SmallBlocks::kLargest ? small_.take(bytes, capacity) : BlockPool::process().take(bytes, capacity);
}

void StorageTable::give(void* data, Device device, size_t capacity) {
  if (device != Device::Cpu) memories_[static_cast<size_t>(device)]->give(data, capacity);
  else if (capacity > SmallBlocks::kLargest) BlockPool::process().give(data, capacity);
  else small_.give(data, capacity);
}

Handle StorageTable::allocate(size_t bytes, Device device) {
  size_t capacity = 0;
  void* data = take(bytes, device, capacity);
  if (data == nullptr) return kNoHandle;
  size_t number;
  if (vacant_.empty()) {
    number = slots_.size();
    slots_.emplace_back();
  } else {
    number = vacant_.back();
    vacant_.pop_back();
  }
  Slot& slot = slots_[number];
  slot.handle = static_cast<Handle>(number) | static_cast<Handle>(device) << kDeviceShift;
  slot.data = data;
  slot.bytes = bytes;
  slot.capacity = capacity;
  Account& account = accounts_[static_cast<size_t>(device)];
  ++account.live_count;
  account.live_bytes += static_cast<int64_t>(capacity);
  return slot.handle;
}

void StorageTable::release(StorageReference reference) {
  if (!alive(reference.handle)) return;
  const size_t number = slot_of(reference.handle);
  Slot& slot = slots_[number];
  if (slot.generation != reference.generation) return;
  const Device device = device_of(reference.handle);
  Account& account = accounts_[static_cast<size_t>(device)];
  --account.live_count;
  account.live_bytes -= static_cast<int64_t>(slot.capacity);
  give(slot.data, device, slot.capacity);
  slot.handle = kNoHandle;
  slot.data = nullptr;
  ++slot.generation;
  vacant_.push_back(number);
}

void StorageTable::collected(bool full) {
  for (Account& account : accounts_) {
    account.bytes_after_collection = account.live_bytes;
    if (full) account.full_limit = std::max(account.smallest_full_limit, 2 * account.live_bytes);
  }
}

}  // namespace nabla
