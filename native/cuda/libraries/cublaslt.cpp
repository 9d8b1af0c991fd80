#include "cuda/libraries/cublaslt.h"

#include <dlfcn.h>

#include "cuda/libraries/find.h"

namespace nabla::cuda::cublaslt {
namespace {

constexpr const char* kFiles[] = {"libcublasLt.so.13", "libcublasLt.so.12"};

/** From 130200 "13.2.0"; versions up to 12 are counted in the same way. */
std::string version_text(size_t version) {
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." + std::to_string(version % 100);
}

bool look_up(void* opened, Library& library, std::string& why) {
  const char* missing = nullptr;
#define NABLA_CUBLASLT_LOOK_UP(name, result, symbol, parameters)                    \
  library.name = reinterpret_cast<decltype(library.name)>(dlsym(opened, symbol)); \
  if (library.name == nullptr) missing = symbol;
  NABLA_CUBLASLT_FUNCTIONS(NABLA_CUBLASLT_LOOK_UP)
#undef NABLA_CUBLASLT_LOOK_UP
  if (missing != nullptr) why = std::string("it has no ") + missing;
  return missing == nullptr;
}

}  // namespace

bool load(Library& library, Handle& handle, std::string& details) {
  details.clear();
  for (const char* file : kFiles) {
    std::string why;
    void* opened = open_library(file, why);
    if (opened != nullptr && look_up(opened, library, why)) {
      // One that is newer than the driver says no here.
      const Status status = library.create(&handle);
      if (status == kSuccess) {
        details = std::string(file) + " " + version_text(library.version());
        return true;
      }
      why = std::string("it does not start: ") + library.status_name(status);
    }
    details += std::string(details.empty() ? "" : "; ") + file + ": " + why;
    if (opened != nullptr) dlclose(opened);
  }
  return false;
}

}  // namespace nabla::cuda::cublaslt
