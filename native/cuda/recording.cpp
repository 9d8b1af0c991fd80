#include "cuda/recording.h"

#include <algorithm>

namespace nabla::cuda {
namespace {

thread_local Recording* recording_of_thread = nullptr;

/** As much as this a program takes before one of its calls gets what another one had. */
constexpr size_t kAmple = size_t{64} << 20;

}  // namespace

Room::~Room() {
  for (const Kept& kept : blocks_) memory_.give_to_pool(kept.block.memory, kept.block.capacity);
}

Room::Block Room::take(size_t bytes) {
  const auto free = std::find_if(blocks_.begin(), blocks_.end(), [bytes](const Kept& kept) { return !kept.taken && kept.block.capacity >= bytes; });
  if (total_ >= kAmple && free != blocks_.end()) {
    free->taken = true;
    return free->block;
  }
  Block made{nullptr, 0};
  made.memory = memory_.take_from_pool(bytes, made.capacity);
  if (made.memory == nullptr) return made;
  blocks_.push_back({made, true});
  total_ += made.capacity;
  return made;
}

void Room::give(const void* memory) {
  for (Kept& kept : blocks_) {
    if (kept.block.memory == memory) kept.taken = false;
  }
}

Recording::Recording(Room& room, const std::vector<Room::Block>* known) : room_(room), known_(known) { recording_of_thread = this; }

void* Recording::take(size_t bytes, size_t& capacity) {
  Room::Block block{nullptr, 0};
  if (known_ == nullptr) block = room_.take(bytes);
  else if (taken_.size() < known_->size() && (*known_)[taken_.size()].capacity >= bytes) block = (*known_)[taken_.size()];
  else refuse("it needs other memory from run to run");
  if (block.memory == nullptr) return nullptr;
  taken_.push_back(block);
  capacity = block.capacity;
  return block.memory;
}

void Recording::give(const void* block) {
  // What was known before is not another call's to take.
  if (known_ == nullptr) room_.give(block);
}

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
