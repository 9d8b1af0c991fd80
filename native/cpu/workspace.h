// Scratch memory of the calling thread, kept from one op to the next.
#pragma once

#include <cstddef>

namespace nabla {

/** At least `bytes` bytes, 64-byte aligned, valid until this thread's next call. Ends the process when memory is out. */
void* workspace(size_t bytes) noexcept;

/** Another such block, for what a call shares with its pieces, which use the first one. */
void* call_workspace(size_t bytes) noexcept;

}  // namespace nabla
