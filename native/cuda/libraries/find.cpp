#include "cuda/libraries/find.h"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>

namespace nabla::cuda {

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
