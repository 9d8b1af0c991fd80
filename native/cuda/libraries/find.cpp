#include "cuda/libraries/find.h"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace nabla::cuda {
namespace {

std::atomic<int> failures{0};

}  // namespace

int failed_libraries() { return failures.load(std::memory_order_acquire); }

void SharedLibraryState::set(LibraryState::Kind kind, std::string details) {
  {
    const std::lock_guard lock(mutex_);
    state_ = {kind, std::move(details)};
  }
  if (kind == LibraryState::Kind::Failed) failures.fetch_add(1, std::memory_order_release);
}

void* open_library(const char* file, std::string& why) {
  const char* folder = std::getenv("NABLA_CUDA_LIBRARIES");
  const bool chosen = folder != nullptr && *folder != '\0';
  if (chosen && std::strcmp(folder, "none") == 0) {
    why = "NABLA_CUDA_LIBRARIES is none";
    return nullptr;
  }
  const std::string path = chosen ? std::string(folder) + "/" + file : file;
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) why = std::string("it does not load: ") + dlerror();
  return library;
}

}  // namespace nabla::cuda
