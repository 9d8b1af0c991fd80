// The memory of tensors: blocks of the right size and alignment that come back, handles that do not confuse old with new,
// and the account by which the collector is asked for help.
#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "check.h"
#include "core/block_pool.h"
#include "core/storage_table.h"

namespace nabla::test {
namespace {

constexpr size_t kMegabyte = size_t{1} << 20;

TEST_THAT("a block is aligned to a cache line, holds what was asked for, and wastes at most an eighth above half a KB") {
  BlockPool& pool = BlockPool::process();
  for (size_t bytes = 1; bytes < 3 * kMegabyte; bytes = bytes * 5 / 4 + 1) {
    size_t capacity = 0;
    void* block = pool.take(bytes, capacity);
    CHECK(block != nullptr);
    CHECK(reinterpret_cast<uintptr_t>(block) % kBlockAlignment == 0);
    CHECK(capacity >= bytes);
    if (bytes > 512) CHECK(capacity <= bytes + bytes / 8 + kBlockAlignment);
    std::memset(block, 1, capacity);
    pool.give(block, capacity);
  }
}

TEST_THAT("a block that was given back is handed out again for a size of its class") {
  BlockPool& pool = BlockPool::process();
  size_t first_capacity = 0;
  size_t second_capacity = 0;
  void* first = pool.take(100'000, first_capacity);
  pool.give(first, first_capacity);
  void* second = pool.take(first_capacity, second_capacity);
  CHECK(second == first);
  CHECK(second_capacity == first_capacity);
  pool.give(second, second_capacity);
}

TEST_THAT("more than the machine has is refused") {
  size_t capacity = 0;
  CHECK(BlockPool::process().take(size_t{1} << 50, capacity) == nullptr);
}

TEST_THAT("what waits in the pool is bounded, and trimming returns all of it") {
  BlockPool& pool = BlockPool::process();
  pool.trim();
  std::vector<void*> blocks;
  size_t capacity = 0;
  for (int i = 0; i < 40; ++i) blocks.push_back(pool.take(16 * kMegabyte, capacity));
  for (void* block : blocks) pool.give(block, capacity);
  CHECK(pool.cached_bytes() > 0);
  CHECK(pool.cached_bytes() <= (256 + 320) * kMegabyte);
  pool.trim();
  CHECK(pool.cached_bytes() == 0);
}

TEST_THAT("blocks that nobody wants any more go back to the system, and those in use again and again wait") {
  BlockPool& pool = BlockPool::process();
  pool.trim();
  std::vector<void*> blocks;
  size_t large = 0;
  for (int i = 0; i < 5; ++i) blocks.push_back(pool.take(48 * kMegabyte, large));
  for (void* block : blocks) pool.give(block, large);
  CHECK(pool.cached_bytes() == 5 * large);
  // Ten gigabytes in blocks of one size: that one is the same each time, the large ones are idle.
  size_t capacity = 0;
  void* first = pool.take(5 * kMegabyte, capacity);
  pool.give(first, capacity);
  for (int i = 0; i < 2000; ++i) {
    void* block = pool.take(5 * kMegabyte, capacity);
    CHECK(block == first);
    pool.give(block, capacity);
  }
  CHECK(pool.cached_bytes() == 2 * large + capacity);
  pool.trim();
}

TEST_THAT("several threads may take and give at once") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 2000; ++i) {
        size_t capacity = 0;
        auto* block = static_cast<unsigned char*>(BlockPool::process().take(4096 * (1 + i % 5), capacity));
        std::memset(block, t, 64);
        CHECK(block[63] == t);
        BlockPool::process().give(block, capacity);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_THAT("small blocks of one environment never overlap") {
  StorageTable table;
  std::set<char*> starts;
  for (int i = 0; i < 5000; ++i) {
    const Handle handle = table.allocate(1 + i % 200);
    CHECK(starts.insert(static_cast<char*>(table.data(handle))).second);
    std::memset(table.data(handle), i, table.bytes(handle));
  }
  char* before = nullptr;
  for (char* start : starts) {
    CHECK(before == nullptr || start - before >= static_cast<int64_t>(kBlockAlignment));
    before = start;
  }
  CHECK(table.live_count() == 5000);
}

TEST_THAT("a reference from before a release does not release what has the handle now") {
  StorageTable table;
  const Handle old_handle = table.allocate(16);
  const StorageReference old_reference = table.reference(old_handle);
  table.release(old_reference);
  CHECK(!table.alive(old_handle));
  const Handle handle = table.allocate(16);
  CHECK(handle == old_handle);
  table.release(old_reference);
  CHECK(table.alive(handle));
  CHECK(table.live_count() == 1);
  table.release({handle + 100, 0});
  CHECK(table.live_count() == 1);
}

TEST_THAT("growth by 24 MB asks for a minor collection, and for a full one when much is alive") {
  StorageTable table;
  std::vector<Handle> handles;
  const auto grow = [&](size_t megabytes) { handles.push_back(table.allocate(megabytes * kMegabyte)); };
  grow(20);
  CHECK(table.pressure() == Pressure::None);
  grow(5);
  CHECK(table.pressure() == Pressure::Minor);
  table.collected(false);
  CHECK(table.pressure() == Pressure::None);
  grow(240);
  CHECK(table.pressure() == Pressure::Full);
  table.collected(true);
  CHECK(table.pressure() == Pressure::None);
  grow(30);
  CHECK(table.pressure() == Pressure::Minor);
  table.collected(false);
  for (Handle handle : handles) table.release(table.reference(handle));
  CHECK(table.live_bytes() == 0);
  CHECK(table.pressure() == Pressure::None);
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
