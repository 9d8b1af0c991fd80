// Memory for tensors, kept and handed out again. A fresh page costs 1.3 us the first time it is touched, a page used
// before 0.014 us: elementwise work on large tensors is several times faster when memory is pooled than when each result
// is a new allocation. One pool a process, behind a lock, for blocks of every size; `SmallBlocks` carves tiny blocks out of
// its slabs without a lock and belongs to one environment.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <vector>

namespace nabla {

/** Every block starts at a multiple of this, a cache line and the widest vector register. */
inline constexpr size_t kBlockAlignment = 64;

/** Process-wide pool of blocks in size classes: eight classes for each doubling, so at most 12.5 % is wasted. */
class BlockPool {
 public:
  static BlockPool& process();

  /** A block of at least `bytes`, or null when the system has no more memory. `capacity` receives its true size. */
  void* take(size_t bytes, size_t& capacity);
  /** Gives a block back. `capacity` is what `take` reported. */
  void give(void* block, size_t capacity);

  /** Bytes that wait in the pool for their next use. */
  size_t cached_bytes();
  /** The most bytes that blocks in use and waiting may take together; more is refused. */
  size_t limit();
  void set_limit(size_t bytes);
  /** Returns every waiting block to the system. */
  void trim();

 private:
  BlockPool();
  /**
   * Returns blocks to the system that have waited all the time since the last call: of each class at most as many as were
   * never missing from it, the largest first, until little waits. The caller holds the lock.
   */
  void release_idle();
  /** Whether `capacity` bytes, counted as used already, stay within the limit; waiting blocks are given up for it. */
  bool fits_limit();
  static constexpr int kClassCount = 512;
  static int class_of(size_t bytes, size_t& capacity);
  /** The true size of the blocks of a class. */
  static size_t capacity_of(int size_class);

  std::mutex mutex_;
  std::array<std::vector<void*>, kClassCount> waiting_;
  /** The fewest blocks that waited in each class since idle ones were released. */
  std::array<size_t, kClassCount> fewest_{};
  /** Bytes taken since then. */
  size_t taken_bytes_ = 0;
  size_t cached_bytes_ = 0;
  size_t used_bytes_ = 0;
  size_t limit_;
};

/** Blocks of up to 1 KB for one environment, cut from slabs: taking one is a pop from a list. */
class SmallBlocks {
 public:
  static constexpr size_t kLargest = 1024;

  SmallBlocks() = default;
  SmallBlocks(const SmallBlocks&) = delete;
  SmallBlocks& operator=(const SmallBlocks&) = delete;
  ~SmallBlocks();

  void* take(size_t bytes, size_t& capacity);
  void give(void* block, size_t capacity);

 private:
  struct Slab {
    void* memory;
    size_t capacity;
  };
  static constexpr size_t kSlabBytes = 64 * 1024;

  std::array<std::vector<void*>, kLargest / kBlockAlignment> waiting_;
  std::vector<Slab> slabs_;
};

}  // namespace nabla
