#include "cuda/transfer.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <mutex>
#include <vector>

#include "cuda/recording.h"

namespace nabla::cuda {
namespace {

constexpr size_t kRingBytes = size_t{8} << 20, kLargestPiece = size_t{1} << 20, kAlignment = 256;

DeviceAddress address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

/** Pinned memory of the process, handed out from one end to the other and then from the beginning; one transfer at a time uses it. */
class Ring {
 public:
  static Ring& process() {
    static Ring& ring = *new Ring;
    return ring;
  }

  std::mutex mutex;

  /** Room for a piece. Waits where the card has not yet read what lies there; null when it has failed. */
  char* take(Card& card, size_t bytes) {
    if (memory_ == nullptr) {
      void* pinned = nullptr;
      if (!card.check(card.driver().pinned_allocate(&pinned, kRingBytes, 0), "pinning memory")) return nullptr;
      memory_ = static_cast<char*>(pinned);
    }
    bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    while (!has_room(bytes)) {
      const Piece oldest = on_the_way_.front();
      if (!card.check(card.driver().event_synchronize(oldest.copied), "waiting for a copy to the card")) return nullptr;
      spare_.push_back(oldest.copied);
      on_the_way_.pop_front();
    }
    begin_ = next_;
    next_ += bytes;
    return memory_ + begin_;
  }

  /** The piece last taken is kept until the card has done all that it was given so far. */
  bool keep(Card& card) {
    Event copied = nullptr;
    if (!spare_.empty()) {
      copied = spare_.back();
      spare_.pop_back();
    } else if (!card.check(card.driver().event_create(&copied, kEventWithoutTime), "making an event")) {
      return false;
    }
    on_the_way_.push_back({begin_, copied});
    return card.check(card.driver().event_record(copied, card.stream()), "copying to the card");
  }

  /** The card has been waited for: nothing is on its way. */
  void clear() {
    for (const Piece& piece : on_the_way_) spare_.push_back(piece.copied);
    on_the_way_.clear();
  }

 private:
  /** Its end is the beginning of the next one. */
  struct Piece {
    size_t begin;
    Event copied;
  };

  /** Whether so many bytes are free from `next_` on, which goes back to the beginning where that helps. */
  bool has_room(size_t bytes) {
    if (on_the_way_.empty()) {
      next_ = 0;
      return true;
    }
    const size_t oldest = on_the_way_.front().begin;
    if (next_ > oldest) {
      if (kRingBytes - next_ >= bytes) return true;
      next_ = 0;
    }
    // It never reaches the oldest piece: so equal places mean that all is free.
    return next_ + bytes < oldest;
  }

  char* memory_ = nullptr;
  size_t begin_ = 0, next_ = 0;
  std::deque<Piece> on_the_way_;
  std::vector<Event> spare_;
};

/** Calls `move(ring, pinned memory, where the piece begins, its bytes)` for each piece of a transfer until one fails: false then. */
template <class Move>
bool in_pieces(Card& card, size_t bytes, Move move) {
  if (Recording* recording = Recording::current()) return recording->refuse("it copies from the process's memory or into it");
  card.use();
  Ring& ring = Ring::process();
  const std::lock_guard lock(ring.mutex);
  for (size_t done = 0; done < bytes; done += kLargestPiece) {
    const size_t piece = std::min(kLargestPiece, bytes - done);
    char* pinned = card.failed() ? nullptr : ring.take(card, piece);
    if (pinned == nullptr || !move(ring, pinned, done, piece)) return false;
  }
  return !card.failed();
}

}  // namespace

bool upload(Card& card, void* device, const void* host, size_t bytes) {
  return in_pieces(card, bytes, [&](Ring& ring, char* pinned, size_t from, size_t piece) {
    std::memcpy(pinned, static_cast<const char*>(host) + from, piece);
    return card.check(card.driver().copy_to_device(address(device) + from, pinned, piece, card.stream()), "copying to the card") && ring.keep(card);
  });
}

bool download(Card& card, void* host, const void* device, size_t bytes) {
  return in_pieces(card, bytes, [&](Ring& ring, char* pinned, size_t from, size_t piece) {
    if (!card.check(card.driver().copy_to_host(pinned, address(device) + from, piece, card.stream()), "copying from the card") || !card.synchronize()) {
      return false;
    }
    ring.clear();
    std::memcpy(static_cast<char*>(host) + from, pinned, piece);
    return true;
  });
}

bool copy_on_card(Card& card, void* target, const void* source, size_t bytes) {
  if (Recording* recording = Recording::current()) return recording->refuse("it copies on the card without a kernel");
  card.use();
  return !card.failed() && card.check(card.driver().copy_on_device(address(target), address(source), bytes, card.stream()), "copying on the card");
}

}  // namespace nabla::cuda
