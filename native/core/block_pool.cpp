#include "core/block_pool.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace nabla {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
/** What may wait in the pool beside half of what is in use; above it blocks go back to the system. */
constexpr size_t kCachedBytesAllowed = size_t{256} << 20;
/**
 * How many bytes are taken before blocks that nobody wanted meanwhile go back to the system, as far as more than
 * `kIdleBytesKept` wait. A program that changes what it does (another model, another batch size) would otherwise keep the
 * blocks of everything it has done. To touch fresh pages again costs far less than filling so many bytes.
 */
constexpr size_t kBytesBetweenReleases = size_t{4} << 30;
constexpr size_t kIdleBytesKept = size_t{128} << 20;

/** The memory of the machine, or of the container where that has less (Linux, control groups version 2). */
size_t available_bytes() {
  size_t bytes = SIZE_MAX;
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGESIZE)
  bytes = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
#endif
  std::ifstream group("/sys/fs/cgroup/memory.max");
  size_t most = 0;
  if (group >> most) bytes = std::min(bytes, most);
  return bytes;
}

void* from_system(size_t capacity) {
  const bool huge = capacity >= 2 * kHugePage;
  const size_t alignment = huge ? kHugePage : kBlockAlignment;
  const size_t rounded = (capacity + alignment - 1) / alignment * alignment;
  void* block = std::aligned_alloc(alignment, rounded);
#if defined(__linux__)
  // Asking for huge pages cuts first-touch faults by 512; a refusal changes nothing but speed.
  if (block != nullptr && huge) madvise(block, rounded, MADV_HUGEPAGE);
#endif
  return block;
}

}  // namespace

BlockPool& BlockPool::process() {
  // Never destroyed: worker threads may give blocks back while the process is already exiting.
  static BlockPool* pool = new BlockPool;
  return *pool;
}

// Linux promises more memory than there is and kills who uses it: what cannot be had is refused here.
BlockPool::BlockPool() : limit_(available_bytes() / 8 * 7) {}

size_t BlockPool::limit() {
  std::lock_guard lock(mutex_);
  return limit_;
}

void BlockPool::set_limit(size_t bytes) {
  std::lock_guard lock(mutex_);
  limit_ = bytes;
}

bool BlockPool::fits_limit() {
  {
    std::lock_guard lock(mutex_);
    if (used_bytes_ > limit_) return false;
    if (used_bytes_ + cached_bytes_ <= limit_) return true;
  }
  trim();
  return true;
}

int BlockPool::class_of(size_t bytes, size_t& capacity) {
  const size_t lines = std::max<size_t>(1, (bytes + kBlockAlignment - 1) / kBlockAlignment);
  if (lines <= 8) {
    capacity = lines * kBlockAlignment;
    return static_cast<int>(lines);
  }
  const int exponent = static_cast<int>(std::bit_width(lines - 1)) - 4;
  const size_t step = size_t{1} << exponent;
  const size_t rounded = (lines + step - 1) >> exponent;
  capacity = (rounded << exponent) * kBlockAlignment;
  return 8 * (exponent + 1) + static_cast<int>(rounded) - 8 + 1;
}

size_t BlockPool::capacity_of(int size_class) {
  if (size_class <= 8) return static_cast<size_t>(size_class) * kBlockAlignment;
  const int exponent = (size_class - 1) / 8 - 1;
  const int rounded = (size_class - 1) % 8 + 8;
  return (static_cast<size_t>(rounded) << exponent) * kBlockAlignment;
}

void* BlockPool::take(size_t bytes, size_t& capacity) {
  const int size_class = class_of(bytes, capacity);
  {
    std::lock_guard lock(mutex_);
    used_bytes_ += capacity;
    taken_bytes_ += capacity;
    if (taken_bytes_ >= kBytesBetweenReleases) release_idle();
    auto& waiting = waiting_[size_class];
    if (!waiting.empty()) {
      void* block = waiting.back();
      waiting.pop_back();
      fewest_[size_class] = std::min(fewest_[size_class], waiting.size());
      cached_bytes_ -= capacity;
      return block;
    }
  }
  const bool fits = fits_limit();
  void* block = fits ? from_system(capacity) : nullptr;
  if (fits && block == nullptr) {
    trim();
    block = from_system(capacity);
  }
  if (block == nullptr) {
    std::lock_guard lock(mutex_);
    used_bytes_ -= capacity;
  }
  return block;
}

void BlockPool::give(void* block, size_t capacity) {
  size_t exact = 0;
  const int size_class = class_of(capacity, exact);
  {
    std::lock_guard lock(mutex_);
    used_bytes_ -= capacity;
    if (cached_bytes_ + capacity <= kCachedBytesAllowed + used_bytes_ / 2) {
      waiting_[size_class].push_back(block);
      cached_bytes_ += capacity;
      return;
    }
  }
  std::free(block);
}

void BlockPool::release_idle() {
  taken_bytes_ = 0;
  for (int size_class = kClassCount - 1; size_class > 0; --size_class) {
    auto& waiting = waiting_[size_class];
    if (fewest_[size_class] > 0 && cached_bytes_ > kIdleBytesKept) {
      const size_t capacity = capacity_of(size_class);
      const size_t idle = std::min(fewest_[size_class], (cached_bytes_ - kIdleBytesKept + capacity - 1) / capacity);
      // Blocks are taken from the end, so those that waited longest stand in front.
      const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(idle);
      for (auto block = waiting.begin(); block != end; ++block) std::free(*block);
      waiting.erase(waiting.begin(), end);
      cached_bytes_ -= idle * capacity;
    }
    fewest_[size_class] = waiting.size();
  }
}

size_t BlockPool::cached_bytes() {
  std::lock_guard lock(mutex_);
  return cached_bytes_;
}

void BlockPool::trim() {
  std::lock_guard lock(mutex_);
  for (auto& waiting : waiting_) {
    for (void* block : waiting) std::free(block);
    waiting.clear();
  }
  fewest_.fill(0);
  cached_bytes_ = 0;
}

SmallBlocks::~SmallBlocks() {
  for (const Slab& slab : slabs_) BlockPool::process().give(slab.memory, slab.capacity);
}

void* SmallBlocks::take(size_t bytes, size_t& capacity) {
  const size_t lines = std::max<size_t>(1, (bytes + kBlockAlignment - 1) / kBlockAlignment);
  capacity = lines * kBlockAlignment;
  auto& waiting = waiting_[lines - 1];
  if (waiting.empty()) {
    size_t slab_capacity = 0;
    void* memory = BlockPool::process().take(kSlabBytes, slab_capacity);
    if (memory == nullptr) return nullptr;
    slabs_.push_back({memory, slab_capacity});
    const size_t count = slab_capacity / capacity;
    waiting.reserve(waiting.capacity() + count);
    for (size_t i = count; i-- > 0;) waiting.push_back(static_cast<char*>(memory) + i * capacity);
  }
  void* block = waiting.back();
  waiting.pop_back();
  return block;
}

void SmallBlocks::give(void* block, size_t capacity) { waiting_[capacity / kBlockAlignment - 1].push_back(block); }

}  // namespace nabla
