// What the files of the fake driver share: its queue of work, and the failures that a test asks for.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cuda/shim/block.h"

namespace nabla::fake {

using Result = int;

inline constexpr Result kSuccess = 0, kInvalidValue = 1, kCaptureUnsupported = 900, kCaptureInvalidated = 901;

/** What a module's kernel is to this driver: the body that the ordinary compiler made, or PTX (fake_ptx.cpp). */
struct FakeFunction {
  size_t parameter_bytes = 0;
  std::function<void(const void* parameters, ThreadIndex grid, unsigned threads)> run;
};

/** A setting of NABLA_FAKE_CUDA; empty where it is not there. */
std::string setting(const char* name);

std::mutex& mutex();
/** Counts a call, and says whether it is one that shall fail. */
bool fails(const char* name);
/** Puts work into a stream; into the capture where the stream is captured. */
Result start(void* stream, std::function<void()> run);

/** What a stream is given while it is captured. */
struct Capture {
  std::vector<std::function<void()>> work;
  /** It was asked for something that no graph holds, such as to be waited for. */
  bool spoilt = false;
};
/** Begins a capture; false where one is under way. */
bool begin_capture(void* stream);
/** Ends it; null where none is under way. */
std::unique_ptr<Capture> end_capture(void* stream);
/** Whether a card starts a grid of this size. */
bool can_start(unsigned x, unsigned y, unsigned z, unsigned threads, unsigned threads_y, unsigned threads_z);

}  // namespace nabla::fake

#define EXPORT extern "C" __attribute__((visibility("default")))
#define GUARD(name, error)                                    \
  const std::lock_guard guard(nabla::fake::mutex());          \
  if (nabla::fake::fails(name)) return error;
