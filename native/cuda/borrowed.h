// Memory of the card for the kernels of one call.
#pragma once

#include "cuda/card_memory.h"

namespace nabla::cuda {

/** Memory that what is started until the end of this object's life may use: what is started later comes after. */
class Borrowed {
 public:
  Borrowed(Card& card, size_t bytes) : card_(card), data_(bytes == 0 ? nullptr : CardMemory::of(card).take(bytes, capacity_)), well_(bytes == 0 || data_ != nullptr) {}
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {
    if (data_ != nullptr) CardMemory::of(card_).give(data_, capacity_);
  }

  void* data() const { return data_; }
  /** False where there was no room. */
  bool well() const { return well_; }

 private:
  Card& card_;
  size_t capacity_ = 0;
  void* data_;
  bool well_;
};

}  // namespace nabla::cuda
