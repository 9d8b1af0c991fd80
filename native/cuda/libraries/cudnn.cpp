#include "cuda/libraries/cudnn.h"

#include <dlfcn.h>

#include "cuda/libraries/find.h"

namespace nabla::cuda::cudnn {
namespace {

constexpr const char* kFile = "libcudnn.so.9";

/** From 92800 "9.28.0". */
std::string version_text(size_t version) {
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." + std::to_string(version % 100);
}

bool look_up(void* opened, Library& library, std::string& why) {
  const char* missing = nullptr;
#define NABLA_CUDNN_LOOK_UP(name, result, symbol, parameters)                     \
  library.name = reinterpret_cast<decltype(library.name)>(dlsym(opened, symbol)); \
  if (library.name == nullptr) missing = symbol;
  NABLA_CUDNN_FUNCTIONS(NABLA_CUDNN_LOOK_UP)
#undef NABLA_CUDNN_LOOK_UP
  if (missing != nullptr) why = std::string("it has no ") + missing;
  return missing == nullptr;
}

}  // namespace

bool load(Library& library, Handle& handle, std::string& details) {
  std::string why;
  void* opened = open_library(kFile, why);
  if (opened != nullptr && look_up(opened, library, why)) {
    // One that is newer than the driver, or that does not find its parts, says no here.
    const Status status = library.create(&handle);
    if (status == kSuccess) {
      details = std::string(kFile) + " " + version_text(library.version());
      return true;
    }
    why = std::string("it does not start: ") + library.status_name(status);
  }
  details = std::string(kFile) + ": " + why;
  if (opened != nullptr) dlclose(opened);
  return false;
}

}  // namespace nabla::cuda::cudnn
