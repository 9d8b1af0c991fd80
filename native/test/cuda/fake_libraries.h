// What the fake libraries share: the way to the fake driver, which is the one that the process has loaded.
#pragma once

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <functional>

namespace nabla::fake {

/** A function that the fake driver exports for libraries. */
template <class Function>
Function of_driver(const char* name) {
  const char* path = std::getenv("NABLA_CUDA_LIBRARY");
  void* driver = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  void* function = driver == nullptr ? nullptr : dlsym(driver, name);
  if (function == nullptr) {
    std::fprintf(stderr, "a fake library runs on the fake driver, and that is not loaded\n");
    std::abort();
  }
  return reinterpret_cast<Function>(function);
}

inline void put(void* stream, const std::function<void()>& run) {
  static const auto start = of_driver<void (*)(void*, const std::function<void()>*)>("nabla_fake_start");
  start(stream, &run);
}

/** Whether a call of a library is one that shall fail (NABLA_FAKE_CUDA). */
inline bool call_fails(const char* name) {
  static const auto fails = of_driver<bool (*)(const char*)>("nabla_fake_fails");
  return fails(name);
}

}  // namespace nabla::fake
