// The tensors' memory of one environment (the main thread, or one worker thread), named by small integers. JavaScript
// holds the integer; a call names its operands by it, which costs 5 ns where unwrapping an object costs 37.
//
// The table also keeps the account that decides when the collector is asked for help: V8 sees a tensor as some hundred
// bytes of JavaScript, so in a loop that makes gigabytes of native memory it finds no reason to collect. `pressure()` says
// when a minor collection is due (by growth since the last one) and when a full one (by bytes alive); the growth rule of the
// second is V8's own for its heap, twice what survived. Each device has an account of its own.
//
// A storage lies in the memory of the CPU or of a card. Its handle says which, so that neither side looks it up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/block_pool.h"

namespace nabla {

using Handle = int32_t;
inline constexpr Handle kNoHandle = -1;

/** Where a storage lies. The numbers cross the binding: they equal the order of `devices` in src/tensor/device.ts. */
enum class Device : int32_t { Cpu = 0, Cuda = 1 };
inline constexpr int kDeviceCount = 2;

/** A handle is the number of a slot, and above it the device. */
inline constexpr int kDeviceShift = 26;
inline Device device_of(Handle handle) { return static_cast<Device>(handle >> kDeviceShift); }

/** Memory that is not the process's own. */
class DeviceMemory {
 public:
  virtual ~DeviceMemory() = default;
  /** At least `bytes`, or null when there is no room. `capacity` receives what it is counted as. */
  virtual void* take(size_t bytes, size_t& capacity) = 0;
  virtual void give(void* block, size_t capacity) = 0;
  /** Growth after which the young generation is collected, and bytes below which nothing but that ever is. */
  virtual int64_t minor_budget() const = 0;
  virtual int64_t smallest_full_limit() const = 0;
};

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

  /** Says where the memory of a device comes from; the CPU's is there always. */
  void attach(Device device, DeviceMemory& memory);
  bool attached(Device device) const { return device == Device::Cpu || memories_[static_cast<size_t>(device)] != nullptr; }

  /** Memory for `bytes`, uninitialised; kNoHandle when there is none. */
  Handle allocate(size_t bytes, Device device = Device::Cpu);
  /** Gives the memory back. A reference whose generation has passed is ignored: somebody released it before. */
  void release(StorageReference reference);

  bool alive(Handle handle) const {
    return handle >= 0 && slot_of(handle) < slots_.size() && slots_[slot_of(handle)].handle == handle;
  }
  void* data(Handle handle) const { return slots_[slot_of(handle)].data; }
  size_t bytes(Handle handle) const { return slots_[slot_of(handle)].bytes; }
  StorageReference reference(Handle handle) const { return {handle, slots_[slot_of(handle)].generation}; }

  /** Calls `see(handle, bytes)` for each storage on a device. */
  template <class See>
  void each_alive(Device device, See see) const {
    for (const Slot& slot : slots_) {
      if (slot.handle != kNoHandle && device_of(slot.handle) == device) see(slot.handle, slot.bytes);
    }
  }

  int64_t live_count(Device device = Device::Cpu) const { return accounts_[static_cast<size_t>(device)].live_count; }
  int64_t live_bytes(Device device = Device::Cpu) const { return accounts_[static_cast<size_t>(device)].live_bytes; }

  /** What the collector should do now. */
  Pressure pressure() const {
    Pressure most = Pressure::None;
    for (const Account& account : accounts_) {
      if (account.live_bytes - account.bytes_after_collection < account.minor_budget) continue;
      if (account.live_bytes >= account.full_limit) return Pressure::Full;
      most = Pressure::Minor;
    }
    return most;
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

  static constexpr size_t slot_of(Handle handle) { return static_cast<size_t>(handle & ((1 << kDeviceShift) - 1)); }

  /** What one device's storages hold. */
  struct Account {
    int64_t live_count = 0;
    int64_t live_bytes = 0;
    int64_t bytes_after_collection = 0;
    int64_t minor_budget = kMinorBudget;
    int64_t smallest_full_limit = kSmallestFullLimit;
    int64_t full_limit = kSmallestFullLimit;
  };

  void* take(size_t bytes, Device device, size_t& capacity);
  void give(void* data, Device device, size_t capacity);

  struct Slot {
    /** kNoHandle while the slot is vacant. */
    Handle handle = kNoHandle;
    void* data = nullptr;
    size_t bytes = 0;
    size_t capacity = 0;
    uint32_t generation = 0;
  };

  SmallBlocks small_;
  std::vector<Slot> slots_;
  std::vector<size_t> vacant_;
  std::array<Account, kDeviceCount> accounts_;
  std::array<DeviceMemory*, kDeviceCount> memories_{};
};

}  // namespace nabla
