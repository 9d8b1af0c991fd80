// The management library of the fake driver (NVML): this process with what it has taken, and others that NABLA_FAKE_CUDA names as
// "others=4242:1000000:python+4243:-:" (process, bytes, program; "-" where the system does not tell). "management=0": it does not start.
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "test/cuda/fake_driver.h"

EXPORT int cuMemGetInfo_v2(size_t* free, size_t* total);

namespace {

constexpr int kNotStarted = 9, kNotFound = 6, kTooShort = 7;
constexpr const char* kBus = "0000:17:00.0";

struct Process {
  unsigned pid;
  unsigned long long bytes;
  unsigned gpu_instance, compute_instance;
};

struct Other {
  Process process;
  std::string name;
};

std::vector<Other> processes() {
  size_t free = 0, total = 0;
  cuMemGetInfo_v2(&free, &total);
  std::vector<Other> all = {{{static_cast<unsigned>(getpid()), total - free, ~0u, ~0u}, "node"}};
  std::string rest = nabla::fake::setting("others");
  while (!rest.empty()) {
    const std::string one = rest.substr(0, rest.find('+'));
    rest = one.size() < rest.size() ? rest.substr(one.size() + 1) : "";
    const size_t bytes = one.find(':') + 1, name = one.find(':', bytes) + 1;
    all.push_back({{static_cast<unsigned>(std::stoul(one)), one[bytes] == '-' ? ~0ULL : std::stoull(one.substr(bytes)), ~0u, ~0u}, one.substr(name)});
  }
  return all;
}

}  // namespace

EXPORT int cuDeviceGetPCIBusId(char* bus, int size, int) {
  std::strncpy(bus, kBus, static_cast<size_t>(size));
  return 0;
}

EXPORT int nvmlInit_v2() { return nabla::fake::setting("management") == "0" ? kNotStarted : 0; }

EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** device) {
  static int the_device;
  *device = &the_device;
  return std::strcmp(bus, kBus) == 0 ? 0 : kNotFound;
}

EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(void*, unsigned* count, Process* infos) {
  const std::vector<Other> all = processes();
  const bool room = *count >= all.size();
  *count = static_cast<unsigned>(all.size());
  for (size_t i = 0; room && i < all.size(); ++i) infos[i] = all[i].process;
  return room ? 0 : kTooShort;
}

EXPORT int nvmlSystemGetProcessName(unsigned pid, char* name, unsigned size) {
  for (const Other& other : processes()) {
    if (other.process.pid != pid || other.name.empty()) continue;
    std::strncpy(name, other.name.c_str(), size);
    return 0;
  }
  return kNotFound;
}
