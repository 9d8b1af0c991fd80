#include "cuda/libraries/management.h"

#include <dlfcn.h>

#include <cstdlib>

namespace nabla::cuda {
namespace {

using Status = int;
using DeviceHandle = void*;

constexpr Status kSuccess = 0, kTooShort = 7;
constexpr unsigned long long kNotAvailable = ~0ULL;
constexpr const char* kFiles[] = {"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};

/** nvmlProcessInfo_t, as of the third version of the call that fills it. */
struct ProcessInfo {
  unsigned pid;
  unsigned long long bytes;
  unsigned gpu_instance, compute_instance;
};

// name here, name in the library, parameters
#define NABLA_MANAGEMENT_FUNCTIONS(X)                                                                       \
  X(start, "nvmlInit_v2", ())                                                                               \
  X(device, "nvmlDeviceGetHandleByPciBusId_v2", (const char*, DeviceHandle*))                               \
  X(processes, "nvmlDeviceGetComputeRunningProcesses_v3", (DeviceHandle, unsigned*, ProcessInfo*))          \
  X(process_name, "nvmlSystemGetProcessName", (unsigned, char*, unsigned))

struct Management {
#define NABLA_MANAGEMENT_MEMBER(name, symbol, parameters) Status(*name) parameters = nullptr;
  NABLA_MANAGEMENT_FUNCTIONS(NABLA_MANAGEMENT_MEMBER)
#undef NABLA_MANAGEMENT_MEMBER
};

void* open_management() {
  const char* chosen = std::getenv("NABLA_CUDA_LIBRARY");
  if (chosen != nullptr && *chosen != '\0') return dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
  for (const char* file : kFiles) {
    if (void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL)) return library;
  }
  return nullptr;
}

/** The library, started; null where there is none. It is not closed: it may be asked again. */
const Management* management() {
  static const std::optional<Management> opened = []() -> std::optional<Management> {
    void* library = open_management();
    if (library == nullptr) return std::nullopt;
    Management found;
    bool whole = true;
#define NABLA_MANAGEMENT_LOOK_UP(name, symbol, parameters)                         \
  found.name = reinterpret_cast<decltype(found.name)>(dlsym(library, symbol)); \
  whole = whole && found.name != nullptr;
    NABLA_MANAGEMENT_FUNCTIONS(NABLA_MANAGEMENT_LOOK_UP)
#undef NABLA_MANAGEMENT_LOOK_UP
    if (whole && found.start() == kSuccess) return found;
    return std::nullopt;
  }();
  return opened ? &*opened : nullptr;
}

}  // namespace

std::optional<std::vector<CardProcess>> processes_on(const std::string& bus) {
  const Management* library = management();
  DeviceHandle device = nullptr;
  if (library == nullptr || library->device(bus.c_str(), &device) != kSuccess) return std::nullopt;
  // Others come and go between two calls: there is room for more than were counted, and a second try.
  std::vector<ProcessInfo> infos(16);
  Status status = kTooShort;
  auto count = static_cast<unsigned>(infos.size());
  for (int attempt = 0; attempt < 3 && status == kTooShort; ++attempt) {
    if (attempt > 0) infos.resize(count + 16);
    count = static_cast<unsigned>(infos.size());
    status = library->processes(device, &count, infos.data());
  }
  if (status != kSuccess) return std::nullopt;
  std::vector<CardProcess> result;
  for (unsigned i = 0; i < count; ++i) {
    const ProcessInfo& info = infos[i];
    CardProcess process{info.pid, info.bytes == kNotAvailable ? std::nullopt : std::optional<uint64_t>(info.bytes), ""};
    char name[256] = "";
    if (library->process_name(info.pid, name, sizeof name) == kSuccess) process.name = name;
    result.push_back(std::move(process));
  }
  return result;
}

}  // namespace nabla::cuda
