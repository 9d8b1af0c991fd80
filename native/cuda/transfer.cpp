#include "cuda/transfer.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "cuda/recording.h"

namespace nabla::cuda {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;

DeviceAddress address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

/** Pinned memory, and the event after which the card has read it. */
struct Buffer {
  void* memory = nullptr;
  Event read = nullptr;
};

/** Two buffers of the process; one transfer at a time uses them. */
struct Staging {
  std::mutex mutex;
  Buffer buffers[2];
  int next = 0;

  static Staging& process() {
    static Staging& staging = *new Staging;
    return staging;
  }

  /** The buffer whose turn it is, once the card has read what lay in it; null when the card has failed. */
  Buffer* take(Card& card) {
    Buffer& buffer = buffers[next];
    next ^= 1;
    const Driver& driver = card.driver();
    if (buffer.memory == nullptr) {
      if (!card.check(driver.event_create(&buffer.read, kEventWithoutTime), "making an event") ||
          !card.check(driver.pinned_allocate(&buffer.memory, kBufferBytes, 0), "pinning memory")) {
        return nullptr;
      }
    } else if (!card.check(driver.event_synchronize(buffer.read), "waiting for a copy to the card")) {
      return nullptr;
    }
    return &buffer;
  }
};

/** Calls `move(buffer, where the piece begins, its bytes)` for each piece of a transfer until one fails: false then. */
template <class Move>
bool in_pieces(Card& card, size_t bytes, Move move) {
  if (Recording* recording = Recording::current()) return recording->refuse("it copies from the process's memory or into it");
  card.use();
  Staging& staging = Staging::process();
  const std::lock_guard lock(staging.mutex);
  for (size_t done = 0; done < bytes; done += kBufferBytes) {
    Buffer* buffer = card.failed() ? nullptr : staging.take(card);
    if (buffer == nullptr || !move(*buffer, done, std::min(kBufferBytes, bytes - done))) return false;
  }
  return !card.failed();
}

}  // namespace

bool upload(Card& card, void* device, const void* host, size_t bytes) {
  return in_pieces(card, bytes, [&](Buffer& buffer, size_t from, size_t piece) {
    std::memcpy(buffer.memory, static_cast<const char*>(host) + from, piece);
    return card.check(card.driver().copy_to_device(address(device) + from, buffer.memory, piece, card.stream()), "copying to the card") &&
           card.check(card.driver().event_record(buffer.read, card.stream()), "copying to the card");
  });
}

bool download(Card& card, void* host, const void* device, size_t bytes) {
  return in_pieces(card, bytes, [&](Buffer& buffer, size_t from, size_t piece) {
    if (!card.check(card.driver().copy_to_host(buffer.memory, address(device) + from, piece, card.stream()), "copying from the card") ||
        !card.check(card.driver().event_record(buffer.read, card.stream()), "copying from the card") || !card.synchronize()) {
      return false;
    }
    std::memcpy(static_cast<char*>(host) + from, buffer.memory, piece);
    return true;
  });
}

bool copy_on_card(Card& card, void* target, const void* source, size_t bytes) {
  if (Recording* recording = Recording::current()) return recording->refuse("it copies on the card without a kernel");
  card.use();
  return !card.failed() && card.check(card.driver().copy_on_device(address(target), address(source), bytes, card.stream()), "copying on the card");
}

}  // namespace nabla::cuda
