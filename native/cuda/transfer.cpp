#include "cuda/transfer.h"

#include <algorithm>
#include <cstring>
#include <mutex>

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

}  // namespace

bool upload(Card& card, void* device, const void* host, size_t bytes) {
  card.use();
  Staging& staging = Staging::process();
  const std::lock_guard lock(staging.mutex);
  for (size_t done = 0; done < bytes; done += kBufferBytes) {
    if (card.failed()) return false;
    const size_t piece = std::min(kBufferBytes, bytes - done);
    Buffer* buffer = staging.take(card);
    if (buffer == nullptr) return false;
    std::memcpy(buffer->memory, static_cast<const char*>(host) + done, piece);
    if (!card.check(card.driver().copy_to_device(address(device) + done, buffer->memory, piece, card.stream()), "copying to the card") ||
        !card.check(card.driver().event_record(buffer->read, card.stream()), "copying to the card")) {
      return false;
    }
  }
  return !card.failed();
}

bool download(Card& card, void* host, const void* device, size_t bytes) {
  card.use();
  Staging& staging = Staging::process();
  const std::lock_guard lock(staging.mutex);
  for (size_t done = 0; done < bytes; done += kBufferBytes) {
    if (card.failed()) return false;
    const size_t piece = std::min(kBufferBytes, bytes - done);
    Buffer* buffer = staging.take(card);
    if (buffer == nullptr) return false;
    if (!card.check(card.driver().copy_to_host(buffer->memory, address(device) + done, piece, card.stream()), "copying from the card") ||
        !card.check(card.driver().event_record(buffer->read, card.stream()), "copying from the card") || !card.synchronize()) {
      return false;
    }
    std::memcpy(static_cast<char*>(host) + done, buffer->memory, piece);
  }
  return !card.failed();
}

bool copy_on_card(Card& card, void* target, const void* source, size_t bytes) {
  card.use();
  return !card.failed() && card.check(card.driver().copy_on_device(address(target), address(source), bytes, card.stream()), "copying on the card");
}

}  // namespace nabla::cuda
