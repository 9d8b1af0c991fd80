// Memory of the card, kept and handed out again: the driver takes tens of microseconds for an allocation and waits for all
// work before it frees one. Small blocks are cut from slabs; large ones are kept by size and go back to the driver when
// there is no room. All work is on one stream, so a block may be handed out again while what used it before still runs.
//
// The process takes at most what NABLA_CUDA_MEMORY says ("4GiB"), so that several learners can share a card; three quarters of
// what is free when it starts without it. The caching is that of PyTorch's allocator, in little.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

#include "core/storage_table.h"
#include "cuda/card.h"

namespace nabla::cuda {

/** Bytes from text such as "4GiB", "500 MB", "1.5G" or "1048576"; 0 when it says none. */
size_t parse_bytes(const char* text);

class CardMemory final : public DeviceMemory {
 public:
  explicit CardMemory(Card& card);

  /** The memory of the card that is open. */
  static CardMemory& of(Card& card);

  /** While the thread records (recording.h) both are answered from what the recording keeps. */
  void* take(size_t bytes, size_t& capacity) override;
  void give(void* block, size_t capacity) override;
  int64_t minor_budget() const override;
  int64_t smallest_full_limit() const override;

  /** Bytes that the driver has given, in use or waiting. */
  size_t reserved_bytes();
  /** Bytes that wait for their next use. */
  size_t cached_bytes();
  size_t limit() const { return limit_; }
  /** What was wrong with NABLA_CUDA_MEMORY; empty when nothing was. */
  const std::string& setting_error() const { return setting_error_; }
  /** Gives large blocks that wait back to the driver. */
  void trim();

  void* take_from_pool(size_t bytes, size_t& capacity);
  void give_to_pool(void* block, size_t capacity);

 private:
  static constexpr size_t kSlab = size_t{2} << 20;
  static constexpr size_t kLargestSmall = size_t{1} << 20;
  static constexpr size_t kSmallest = 512;

  static size_t capacity_for(size_t bytes);
  void* reserve(size_t bytes);
  void* take_small(size_t capacity);
  void* take_large(size_t& capacity);
  void trim_locked();

  Card& card_;
  std::mutex mutex_;
  std::map<size_t, std::vector<void*>> waiting_;
  char* slab_ = nullptr;
  size_t slab_left_ = 0;
  size_t reserved_ = 0, waiting_bytes_ = 0, limit_ = 0;
  std::string setting_error_;
};

}  // namespace nabla::cuda
