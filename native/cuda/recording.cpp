#include "cuda/recording.h"

namespace nabla::cuda {
namespace {

thread_local Recording* recording_of_thread = nullptr;

}  // namespace

Room::~Room() {
  for (const Block& block : blocks_) memory_.give_to_pool(block.memory, block.capacity);
}

void* Room::take(size_t bytes, size_t& capacity) {
  for (Block& block : blocks_) {
    if (block.taken || block.capacity < bytes) continue;
    block.taken = true;
    capacity = block.capacity;
    return block.memory;
  }
  void* memory = memory_.take_from_pool(bytes, capacity);
  if (memory != nullptr) blocks_.push_back({memory, capacity, true});
  return memory;
}

void Room::give(const void* memory) {
  for (Block& block : blocks_) {
    if (block.memory == memory) block.taken = false;
  }
}

Recording::Recording(Room& room) : room_(room) { recording_of_thread = this; }
Recording::~Recording() { recording_of_thread = nullptr; }

Recording* Recording::current() { return recording_of_thread; }

void Recording::add(const char* name, Function function, Grid grid, unsigned threads, const void* parameters, size_t bytes) {
  const auto* from = static_cast<const char*>(parameters);
  launches_.push_back({name, function, grid, threads, std::vector<char>(from, from + bytes)});
}

void Recording::add(const char* name, LibraryCall library, const void* parameters, size_t bytes) {
  const auto* from = static_cast<const char*>(parameters);
  launches_.push_back({name, nullptr, {}, 1, std::vector<char>(from, from + bytes), library});
}

bool Recording::refuse(const char* why) {
  refusal_ = why;
  return false;
}

}  // namespace nabla::cuda
