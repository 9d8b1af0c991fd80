// A driver without a card: it exports the functions of NVIDIA's that the backend looks up, and runs kernels on the CPU by the
// fibers of cuda/shim. Through it everything from TypeScript down to a kernel is tested where there is no card.
//
// It is stricter than a card. Nothing that was started is done before somebody waits for it, so a missing wait shows. Fresh
// memory holds NaN. What else a test wants of it is asked for by NABLA_FAKE_CUDA, a list such as
// "memory=64000000,fail=cuLaunchKernel:10":
//   strict=1     the host cannot touch the card's memory: a stray pointer is a crash at once (slow: each piece of work changes the
//                protection of pages)
//   count=N      so many cards           version=N   the driver's CUDA version, 13000 for 13.0
//   compute=N    compute capability, 90 for 9.0       memory=N    bytes of the card
//   refuse=ptx  no kernels that come as text
//   waits=FILE   each time the host waits for work that is not done adds a byte to the file
//   others=…, management=0  what it tells of other processes (fake_management.cpp)
//   seed=N       the order of fibers     fail=NAME:N the N-th call of a function fails, and all after it (memory, captures, graphs and libraries: that one alone)
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cuda/shim/block.h"
#include "test/cuda/fake_driver.h"
#include "test/cuda/fake_ptx.h"

namespace nabla::fake {

std::string setting(const char* name) {
  const char* all = std::getenv("NABLA_FAKE_CUDA");
  const std::string text = std::string(",") + (all == nullptr ? "" : all) + ",";
  const size_t at = text.find(std::string(",") + name + "=");
  if (at == std::string::npos) return "";
  const size_t from = at + std::strlen(name) + 2;
  return text.substr(from, text.find(',', from) - from);
}

}  // namespace nabla::fake

namespace {

using Address = unsigned long long;
using nabla::fake::Result, nabla::fake::kSuccess, nabla::fake::kInvalidValue, nabla::fake::setting;

constexpr Result kOutOfMemory = 2, kNotFound = 500, kLaunchFailed = 719, kLost = 46, kInvalidImage = 200, kNotReady = 600;
constexpr size_t kGranularity = size_t{2} << 20;
constexpr const char* kImage = "nabla: kernels of the fake driver";

long long number(const char* name, long long otherwise) {
  const std::string text = setting(name);
  return text.empty() ? otherwise : std::atoll(text.c_str());
}

/** Notes that the host waits, where a test counts it. */
void note_wait() {
  const std::string file = setting("waits");
  if (!file.empty()) std::ofstream(file, std::ios::app) << '.';
}

/** The card's memory: a stretch of addresses that, if strict, can be touched only while the card works. */
class Memory {
 public:
  Memory() : bytes_(static_cast<size_t>(number("memory", 1LL << 30)) / kGranularity * kGranularity) {
    base_ = static_cast<char*>(mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    free_[0] = bytes_;
    if (!strict_) mprotect(base_, bytes_, PROT_READ | PROT_WRITE);
  }

  size_t bytes() const { return bytes_; }
  size_t left() const {
    size_t sum = 0;
    for (const auto& [at, size] : free_) sum += size;
    return sum;
  }

  void* take(size_t bytes) {
    bytes = (bytes + kGranularity - 1) / kGranularity * kGranularity;
    for (const auto& [at, size] : free_) {
      if (size < bytes) continue;
      const size_t from = at, rest = size - bytes;
      free_.erase(at);
      if (rest > 0) free_[from + bytes] = rest;
      taken_[from] = bytes;
      open();
      std::memset(base_ + from, 0xff, bytes);
      close();
      return base_ + from;
    }
    return nullptr;
  }

  bool give(Address block) {
    const auto found = taken_.find(static_cast<size_t>(block - reinterpret_cast<uintptr_t>(base_)));
    if (found == taken_.end()) return false;
    size_t from = found->first, size = found->second;
    taken_.erase(found);
    const auto next = free_.find(from + size);
    if (next != free_.end()) {
      size += next->second;
      free_.erase(next);
    }
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->first + it->second != from) continue;
      it->second += size;
      return true;
    }
    free_[from] = size;
    return true;
  }

  void open() {
    if (strict_) mprotect(base_, bytes_, PROT_READ | PROT_WRITE);
  }
  void close() {
    if (strict_) mprotect(base_, bytes_, PROT_NONE);
  }

 private:
  const bool strict_ = number("strict", 0) != 0;
  size_t bytes_;
  char* base_;
  std::map<size_t, size_t> free_, taken_;
};

struct Work {
  std::function<void()> run;
};

struct FakeStream {
  std::deque<Work> waiting;
  std::unique_ptr<nabla::fake::Capture> capture;
};

struct FakeEvent {
  FakeStream* stream = nullptr;
  /** How much of the stream's work, counted from its beginning, came before it. */
  size_t after = 0;
};

struct Card {
  std::mutex mutex;
  Memory memory;
  std::map<FakeStream*, size_t> done;
  std::map<std::string, int> calls;
  std::vector<FakeStream*> streams;
  bool lost = false;

  /** Does the work of a stream, up to a number of pieces. */
  void work(FakeStream& stream, size_t until = SIZE_MAX) {
    if (stream.waiting.empty()) return;
    memory.open();
    while (!stream.waiting.empty() && done[&stream] < until) {
      stream.waiting.front().run();
      stream.waiting.pop_front();
      ++done[&stream];
    }
    memory.close();
  }

  /** The same, because the host waits for it. */
  void wait_for(FakeStream& stream, size_t until = SIZE_MAX) {
    if (!stream.waiting.empty() && done[&stream] < until) note_wait();
    work(stream, until);
  }

  void wait_for_all() {
    for (FakeStream* stream : streams) wait_for(*stream);
  }
};

Card& card() {
  static Card& the_card = *new Card;
  return the_card;
}

template <class T>
T* pointer(Address address) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(address));
}

}  // namespace

namespace nabla::fake {

std::mutex& mutex() { return card().mutex; }

bool fails(const char* name) {
  Card& c = card();
  if (c.lost) return true;
  const std::string text = setting("fail");
  const size_t colon = text.find(':');
  if (text.empty() || text.substr(0, colon) != name) return false;
  if (++c.calls[name] != std::atoi(text.c_str() + colon + 1)) return false;
  const auto begins = [&](const char* with) { return std::strncmp(name, with, std::strlen(with)) == 0; };
  if (!begins("cuStreamBeginCapture") && !begins("cuMem") && !begins("cuGraph") && !begins("cublas") && !begins("cudnn")) c.lost = true;
  return true;
}

Result start(void* stream, std::function<void()> run) {
  auto& [queue, capture] = *static_cast<FakeStream*>(stream);
  if (capture != nullptr) {
    capture->work.push_back(std::move(run));
    return capture->spoilt ? kCaptureInvalidated : kSuccess;
  }
  queue.push_back({std::move(run)});
  if (queue.size() > 512) card().work(*static_cast<FakeStream*>(stream));
  return kSuccess;
}

bool begin_capture(void* stream) {
  auto& capture = static_cast<FakeStream*>(stream)->capture;
  if (capture != nullptr) return false;
  capture = std::make_unique<Capture>();
  return true;
}

std::unique_ptr<Capture> end_capture(void* stream) { return std::move(static_cast<FakeStream*>(stream)->capture); }

bool can_start(unsigned x, unsigned y, unsigned z, unsigned threads, unsigned threads_y, unsigned threads_z) {
  return x > 0 && y > 0 && z > 0 && y <= 65535 && z <= 65535 && threads > 0 && threads <= 1024 && threads_y == 1 && threads_z == 1;
}

}  // namespace nabla::fake

using namespace nabla::fake;

// What the fake libraries ask of this driver, as NVIDIA's ask of theirs.
EXPORT void nabla_fake_start(void* stream, const std::function<void()>* run) {
  const std::lock_guard guard(card().mutex);
  start(stream, *run);
}
EXPORT bool nabla_fake_fails(const char* name) {
  const std::lock_guard guard(card().mutex);
  return fails(name);
}

EXPORT Result cuInit(unsigned) {
  nabla::shim::set_seed(static_cast<uint32_t>(number("seed", 1)));
  GUARD("cuInit", kLost)
  return kSuccess;
}
EXPORT Result cuDriverGetVersion(int* version) {
  *version = static_cast<int>(number("version", 13000));
  return kSuccess;
}
EXPORT Result cuGetErrorName(Result result, const char** name) {
  static const std::map<Result, const char*> names = {{kInvalidValue, "CUDA_ERROR_INVALID_VALUE"}, {kOutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
                                                      {kNotFound, "CUDA_ERROR_NOT_FOUND"},         {kLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"},
                                                      {kLost, "CUDA_ERROR_DEVICE_UNAVAILABLE"},    {kInvalidImage, "CUDA_ERROR_INVALID_IMAGE"},
                                                      {kCaptureUnsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
                                                      {kCaptureInvalidated, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"}};
  const auto found = names.find(result);
  *name = found == names.end() ? nullptr : found->second;
  return found == names.end() ? kInvalidValue : kSuccess;
}
EXPORT Result cuGetErrorString(Result, const char** text) {
  *text = "said by the fake driver";
  return kSuccess;
}
EXPORT Result cuDeviceGetCount(int* count) {
  *count = static_cast<int>(number("count", 1));
  return kSuccess;
}
EXPORT Result cuDeviceGet(int* device, int) {
  *device = 0;
  return kSuccess;
}
EXPORT Result cuDeviceGetName(char* name, int size, int) {
  std::strncpy(name, "Fake card", static_cast<size_t>(size));
  return kSuccess;
}
EXPORT Result cuDeviceGetAttribute(int* value, int attribute, int) {
  const auto compute = static_cast<int>(number("compute", 90));
  *value = attribute == 16 ? 4 : attribute == 75 ? compute / 10 : attribute == 76 ? compute % 10 : 0;
  return kSuccess;
}
EXPORT Result cuDevicePrimaryCtxRetain(void** context, int) {
  GUARD("cuDevicePrimaryCtxRetain", kLost)
  *context = &card();
  return kSuccess;
}
EXPORT Result cuCtxSetCurrent(void*) { return kSuccess; }

EXPORT Result cuMemGetInfo_v2(size_t* free, size_t* total) {
  const std::lock_guard guard(card().mutex);
  *free = card().memory.left();
  *total = card().memory.bytes();
  return kSuccess;
}
EXPORT Result cuMemAlloc_v2(Address* address, size_t bytes) {
  GUARD("cuMemAlloc_v2", kOutOfMemory)
  void* block = card().memory.take(bytes);
  *address = reinterpret_cast<uintptr_t>(block);
  return block == nullptr ? kOutOfMemory : kSuccess;
}
EXPORT Result cuMemFree_v2(Address address) {
  GUARD("cuMemFree_v2", kLost)
  // As the driver does: memory is given up only when nobody uses it any more.
  card().wait_for_all();
  return card().memory.give(address) ? kSuccess : kInvalidValue;
}
EXPORT Result cuMemHostAlloc(void** memory, size_t bytes, unsigned) {
  GUARD("cuMemHostAlloc", kOutOfMemory)
  *memory = std::malloc(bytes);
  return kSuccess;
}

EXPORT Result cuMemHostGetDevicePointer_v2(Address* address, void* memory, unsigned) {
  *address = reinterpret_cast<uintptr_t>(memory);
  return kSuccess;
}

EXPORT Result cuStreamCreate(void** stream, unsigned) {
  const std::lock_guard guard(card().mutex);
  card().streams.push_back(new FakeStream);
  *stream = card().streams.back();
  return kSuccess;
}
EXPORT Result cuStreamSynchronize(void* stream) {
  GUARD("cuStreamSynchronize", kLost)
  if (const auto& capture = static_cast<FakeStream*>(stream)->capture; capture != nullptr) {
    capture->spoilt = true;
    return kCaptureUnsupported;
  }
  card().wait_for(*static_cast<FakeStream*>(stream));
  return kSuccess;
}
EXPORT Result cuEventCreate(void** event, unsigned) {
  *event = new FakeEvent;
  return kSuccess;
}
EXPORT Result cuEventRecord(void* event, void* stream) {
  GUARD("cuEventRecord", kLost)
  auto& s = *static_cast<FakeStream*>(stream);
  *static_cast<FakeEvent*>(event) = {&s, card().done[&s] + s.waiting.size()};
  return kSuccess;
}
EXPORT Result cuEventSynchronize(void* event) {
  GUARD("cuEventSynchronize", kLost)
  const auto& e = *static_cast<FakeEvent*>(event);
  if (e.stream != nullptr) card().wait_for(*e.stream, e.after);
  return kSuccess;
}

EXPORT Result cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
  GUARD("cuMemcpyHtoDAsync_v2", kLost)
  return start(stream, [=] { std::memcpy(pointer<void>(to), from, bytes); });
}
EXPORT Result cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
  GUARD("cuMemcpyDtoHAsync_v2", kLost)
  return start(stream, [=] { std::memcpy(to, pointer<void>(from), bytes); });
}
EXPORT Result cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream) {
  GUARD("cuMemcpyDtoDAsync_v2", kLost)
  return start(stream, [=] { std::memmove(pointer<void>(to), pointer<void>(from), bytes); });
}

EXPORT Result cuModuleLoadData(void** module, const void* image) {
  GUARD("cuModuleLoadData", kLost)
  const auto* text = static_cast<const char*>(image);
  *module = std::strncmp(text, kImage, std::strlen(kImage)) == 0 ? &card() : setting("refuse") == "ptx" ? nullptr : static_cast<void*>(nabla::fake::load_ptx(text));
  return *module != nullptr ? kSuccess : kInvalidImage;
}
EXPORT Result cuModuleGetFunction(void** function, void* module, const char* name) {
  if (module != &card()) {
    *function = nabla::fake::ptx_kernel(static_cast<nabla::fake::PtxModule*>(module), name);
    return *function != nullptr ? kSuccess : kNotFound;
  }
  const nabla::shim::Registered found = nabla::shim::find(name);
  if (found.body == nullptr) return kNotFound;
  *function = new FakeFunction{found.parameter_bytes, [found](const void* parameters, ThreadIndex grid, unsigned threads) {
                                 nabla::shim::run(found.body, parameters, grid, threads);
                               }};
  return kSuccess;
}
EXPORT Result cuLaunchKernel(void* function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned threads_y,
                             unsigned threads_z, unsigned, void* stream, void** arguments, void**) {
  GUARD("cuLaunchKernel", kLaunchFailed)
  if (!can_start(x, y, z, threads, threads_y, threads_z)) return kInvalidValue;
  const auto& kernel = *static_cast<FakeFunction*>(function);
  // The driver copies the parameters when the kernel is started, not when it runs.
  const auto* bytes = static_cast<const char*>(arguments[0]);
  std::vector<char> parameters(bytes, bytes + kernel.parameter_bytes);
  return start(stream, [=] { kernel.run(parameters.data(), {x, y, z}, threads); });
}
