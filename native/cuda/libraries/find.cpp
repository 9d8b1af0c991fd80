#include "cuda/libraries/find.h"

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string_view>

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
  if (kind != LibraryState::Kind::Failed) return;
  failed_.store(true, std::memory_order_release);
  failures.fetch_add(1, std::memory_order_release);
}

void* open_library(const char* file, std::string& why) {
  const char* folders = std::getenv("NABLA_CUDA_LIBRARIES");
  const bool chosen = folders != nullptr && *folders != '\0';
  if (chosen && std::strcmp(folders, "none") == 0) {
    why = "NABLA_CUDA_LIBRARIES is none";
    return nullptr;
  }
  // A folder may be one of several, as of a PATH.
  std::string_view left = chosen ? folders : "";
  why.clear();
  do {
    const size_t end = std::min(left.find(':'), left.size());
    const std::string path = chosen ? std::string(left.substr(0, end)) + "/" + file : file;
    if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
    why += std::string(why.empty() ? "it does not load: " : ", ") + dlerror();
    left.remove_prefix(std::min(end + 1, left.size()));
  } while (!left.empty());
  return nullptr;
}

}  // namespace nabla::cuda
