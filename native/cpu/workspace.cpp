#include "cpu/workspace.h"

#include <new>

namespace nabla {

namespace {

constexpr std::align_val_t kAlignment{64};

struct Buffer {
  void* data = nullptr;
  size_t bytes = 0;

  ~Buffer() { ::operator delete(data, kAlignment); }
};

thread_local Buffer own_buffer;
thread_local Buffer call_buffer;

void* at_least(Buffer& buffer, size_t bytes) noexcept {
  if (buffer.bytes < bytes) {
    ::operator delete(buffer.data, kAlignment);
    buffer.data = nullptr;
    buffer.bytes = 0;
    buffer.data = ::operator new(bytes, kAlignment);
    buffer.bytes = bytes;
  }
  return buffer.data;
}

}  // namespace

void* workspace(size_t bytes) noexcept { return at_least(own_buffer, bytes); }

void* call_workspace(size_t bytes) noexcept { return at_least(call_buffer, bytes); }

}  // namespace nabla
