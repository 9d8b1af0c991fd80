// Libraries of NVIDIA's that a machine may have beside the driver. Each is looked for when it is first wanted: in the folders that
// NABLA_CUDA_LIBRARIES names, a colon between two, or where the system's loader looks (LD_LIBRARY_PATH, ldconfig).
// NABLA_CUDA_LIBRARIES=none: nowhere, so that every machine computes with our own kernels and gets their bits. Nothing of them is needed
// to build (as of the driver, driver.h).
#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace nabla::cuda {

/** Opens a library by the name of its file; null when it does not load, and `why` says so in a sentence. */
void* open_library(const char* file, std::string& why);

/** What became of a library, for people to look at. */
struct LibraryState {
  /** Not asked for yet, in use, missing (it is not there, or does not start), failed (it was in use until a call failed). */
  enum class Kind { Unasked, InUse, Missing, Failed } kind = Kind::Unasked;
  /** The file and its version where it is in use; otherwise why it is not. */
  std::string details;
};

/** How many libraries have failed so far: what was chosen before one did may be another choice now. */
int failed_libraries();

/** The state of one library in this process, which threads share. */
class SharedLibraryState {
 public:
  LibraryState get() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  void set(LibraryState::Kind kind, std::string details);

 private:
  mutable std::mutex mutex_;
  LibraryState state_;
  std::atomic<bool> failed_{false};
};

}  // namespace nabla::cuda
