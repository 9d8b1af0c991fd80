#include "cuda/card_memory.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "cuda/recording.h"

namespace nabla::cuda {
namespace {

constexpr size_t round_up(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

void* pointer(DeviceAddress address) { return reinterpret_cast<void*>(static_cast<uintptr_t>(address)); }
DeviceAddress address(void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

}  // namespace

size_t parse_bytes(const char* text) {
  char* end = nullptr;
  const double number = std::strtod(text, &end);
  while (*end == ' ') ++end;
  constexpr const char* kLetters = "KMGT";
  double unit = 1;
  const char* letter = *end == '\0' ? nullptr : std::strchr(kLetters, *end & ~0x20);
  if (letter != nullptr) {
    // "G" and "GiB" are powers of 1024, "GB" of 1000.
    const bool decimal = (end[1] & ~0x20) == 'B';
    unit = 1;
    for (const char* l = kLetters; l <= letter; ++l) unit *= decimal ? 1000 : 1024;
    end += 1;
    if (*end == 'i') ++end;
  }
  if ((*end & ~0x20) == 'B') ++end;
  const bool whole = *end == '\0' && end != text;
  return whole && number > 0 && number * unit < 9e18 ? static_cast<size_t>(number * unit) : 0;
}

CardMemory::CardMemory(Card& card) : card_(card) {
  limit_ = card.free_bytes() / 4 * 3;
  const char* setting = std::getenv("NABLA_CUDA_MEMORY");
  if (setting == nullptr || *setting == '\0') return;
  const size_t bytes = parse_bytes(setting);
  if (bytes > 0) limit_ = bytes;
  else setting_error_ = std::string("NABLA_CUDA_MEMORY is \"") + setting + "\"; write a size such as 4GiB or 500MB";
}

CardMemory& CardMemory::of(Card& card) {
  // Never destroyed: the driver may be gone before the process's last destructors.
  static CardMemory& memory = *new CardMemory(card);
  return memory;
}

int64_t CardMemory::minor_budget() const { return static_cast<int64_t>(std::min(limit_ / 8, size_t{256} << 20)); }
int64_t CardMemory::smallest_full_limit() const { return static_cast<int64_t>(limit_ / 2); }

size_t CardMemory::capacity_for(size_t bytes) {
  if (bytes <= kSmallest) return kSmallest;
  // Eight sizes for each doubling: at most an eighth is wasted.
  const size_t step = std::max(std::bit_floor(bytes - 1) / 8, kSmallest / 8);
  const size_t capacity = round_up(bytes, step);
  return capacity <= kLargestSmall ? round_up(capacity, kSmallest / 2) : round_up(capacity, kSlab);
}

void* CardMemory::take(size_t bytes, size_t& capacity) {
  if (Recording* recording = Recording::current()) return recording->take(bytes, capacity);
  return take_from_pool(bytes, capacity);
}

void CardMemory::give(void* block, size_t capacity) {
  if (Recording* recording = Recording::current()) recording->give(block);
  else give_to_pool(block, capacity);
}

void* CardMemory::take_from_pool(size_t bytes, size_t& capacity) {
  capacity = capacity_for(bytes);
  const std::lock_guard lock(mutex_);
  if (card_.failed()) return nullptr;
  const auto found = waiting_.find(capacity);
  if (found != waiting_.end() && !found->second.empty()) {
    void* block = found->second.back();
    found->second.pop_back();
    waiting_bytes_ -= capacity;
    return block;
  }
  return capacity <= kLargestSmall ? take_small(capacity) : take_large(capacity);
}

void* CardMemory::take_small(size_t capacity) {
  if (slab_left_ < capacity) {
    // What is left of a slab is lost: less than half of it, and seldom.
    auto* slab = static_cast<char*>(reserve(kSlab));
    if (slab == nullptr) return nullptr;
    slab_ = slab;
    slab_left_ = kSlab;
  }
  void* block = slab_;
  slab_ += capacity;
  slab_left_ -= capacity;
  return block;
}

void* CardMemory::take_large(size_t& capacity) {
  // One that is a little larger serves as well.
  for (auto it = waiting_.upper_bound(capacity); it != waiting_.end() && it->first <= capacity + capacity / 8; ++it) {
    if (it->second.empty()) continue;
    void* block = it->second.back();
    it->second.pop_back();
    capacity = it->first;
    waiting_bytes_ -= capacity;
    return block;
  }
  return reserve(capacity);
}

void* CardMemory::reserve(size_t bytes) {
  if (reserved_ + bytes > limit_) trim_locked();
  if (reserved_ + bytes > limit_) return nullptr;
  card_.use();
  DeviceAddress block = 0;
  Result result = card_.driver().memory_allocate(&block, bytes);
  if (result == result::kOutOfMemory) {
    trim_locked();
    result = card_.driver().memory_allocate(&block, bytes);
  }
  if (result == result::kOutOfMemory || !card_.check(result, "allocating memory")) return nullptr;
  reserved_ += bytes;
  return pointer(block);
}

void CardMemory::give_to_pool(void* block, size_t capacity) {
  const std::lock_guard lock(mutex_);
  waiting_[capacity].push_back(block);
  waiting_bytes_ += capacity;
}

void CardMemory::trim() {
  const std::lock_guard lock(mutex_);
  trim_locked();
}

void CardMemory::trim_locked() {
  card_.use();
  for (auto& [capacity, blocks] : waiting_) {
    if (capacity <= kLargestSmall) continue;
    for (void* block : blocks) {
      if (card_.failed() || !card_.check(card_.driver().memory_free(address(block)), "freeing memory")) return;
      reserved_ -= capacity;
      waiting_bytes_ -= capacity;
    }
    blocks.clear();
  }
}

size_t CardMemory::reserved_bytes() {
  const std::lock_guard lock(mutex_);
  return reserved_;
}

size_t CardMemory::cached_bytes() {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_;
}

}  // namespace nabla::cuda
