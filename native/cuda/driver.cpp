#include "cuda/driver.h"

#include <dlfcn.h>

#include <cstdlib>

namespace nabla::cuda {
namespace {

/** Where the driver's library is: the last one is WSL2's, which not every distribution has on its search path. */
constexpr const char* kLibraries[] = {"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"};

void* open_library(std::string& why) {
  const char* chosen = std::getenv("NABLA_CUDA_LIBRARY");
  if (chosen != nullptr && *chosen != '\0') {
    void* library = dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) why = std::string("the library that NABLA_CUDA_LIBRARY names does not load: ") + dlerror();
    return library;
  }
  for (const char* name : kLibraries) {
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return library;
  }
  why = "no NVIDIA driver was found (libcuda.so.1 does not load)";
  return nullptr;
}

}  // namespace

bool load_driver(Driver& driver, std::string& why) {
  void* library = open_library(why);
  if (library == nullptr) return false;
  const char* missing = nullptr;
#define NABLA_DRIVER_LOOK_UP(name, symbol, parameters)                                 \
  driver.name = reinterpret_cast<decltype(driver.name)>(dlsym(library, symbol)); \
  if (driver.name == nullptr) missing = symbol;
  NABLA_DRIVER_FUNCTIONS(NABLA_DRIVER_LOOK_UP)
#undef NABLA_DRIVER_LOOK_UP
  if (missing == nullptr) return true;
  why = std::string("the NVIDIA driver is too old: it has no ") + missing;
  dlclose(library);
  return false;
}

std::string Driver::describe(Result result) const {
  const char* name = nullptr;
  const char* text = nullptr;
  if (error_name(result, &name) != result::kSuccess || name == nullptr) return "error " + std::to_string(result);
  if (error_text(result, &text) != result::kSuccess || text == nullptr) return name;
  return std::string(name) + " (" + text + ")";
}

}  // namespace nabla::cuda
