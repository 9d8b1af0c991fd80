#include "cuda/card.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "cuda/images.h"
#include "cuda/recording.h"

namespace nabla::cuda {
namespace {

constexpr int kOldestMajor = 7, kOldestMinor = 5;

std::string version_text(int version) { return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10); }

/** A file's bytes, or nothing. */
std::vector<char> contents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<char>(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

const Card::Opened& Card::opened() {
  static const Opened opened = [] {
    Opened result;
    std::unique_ptr<Card> card(new Card);
    // Never destroyed: the driver may be gone before the process's last destructors.
    if (card->begin(result.why_not)) result.card = card.release();
    return result;
  }();
  return opened;
}

Card* Card::open() { return opened().card; }

const std::string& Card::why_not() { return opened().why_not; }

bool Card::begin(std::string& why) {
  if (!load_driver(driver_, why)) return false;
  const auto refused = [&](Result result, const char* what) {
    if (result == result::kSuccess) return false;
    why = std::string("the NVIDIA driver ") + what + ": " + driver_.describe(result);
    return true;
  };
  if (refused(driver_.init(0), "does not start")) return false;
  if (refused(driver_.driver_version(&info_.driver_version), "does not tell its version")) return false;
  if (info_.driver_version / 1000 < kKernelVersion / 1000) {
    why = "the NVIDIA driver is too old: it knows CUDA " + version_text(info_.driver_version) + ", and the kernels of this build need " +
          version_text(kKernelVersion);
    return false;
  }
  int count = 0;
  if (refused(driver_.device_count(&count), "does not count its cards")) return false;
  if (count == 0) {
    why = "the NVIDIA driver sees no card (CUDA_VISIBLE_DEVICES may hide it)";
    return false;
  }
  DeviceNumber number = 0;
  if (refused(driver_.device_get(&number, 0), "does not give its card")) return false;
  char name[256] = "";
  if (refused(driver_.device_name(name, sizeof name, number), "does not name its card")) return false;
  info_.name = name;
  char bus[32] = "";
  if (refused(driver_.device_bus(bus, sizeof bus, number), "does not tell where its card is")) return false;
  info_.bus = bus;
  for (const auto& [where, which] : {std::pair{&info_.compute_major, attribute::kComputeMajor},
                                     std::pair{&info_.compute_minor, attribute::kComputeMinor},
                                     std::pair{&info_.multiprocessors, attribute::kMultiprocessors}}) {
    if (refused(driver_.device_attribute(where, which, number), "does not describe its card")) return false;
  }
  if (info_.compute_major * 10 + info_.compute_minor < kOldestMajor * 10 + kOldestMinor) {
    why = "the card " + info_.name + " is too old: its compute capability is " + std::to_string(info_.compute_major) + "." +
          std::to_string(info_.compute_minor) + ", and 7.5 is the oldest that works";
    return false;
  }
  if (refused(driver_.context_retain(&context_, number), "does not open its card")) return false;
  use();
  size_t free = 0;
  if (refused(driver_.memory_info(&free, &info_.total_bytes), "does not tell its memory")) return false;
  if (refused(driver_.stream_create(&stream_, kStreamNonBlocking), "does not make a stream")) return false;
  if (refused(driver_.stream_create(&capture_stream_, kStreamNonBlocking), "does not make a stream")) return false;
  return load_kernels(why);
}

bool Card::load_kernels(std::string& why) {
  const auto load = [&](const void* image, const std::string& from) {
    Module module = nullptr;
    const Result result = driver_.module_load(&module, image);
    if (result == result::kSuccess) modules_.push_back(module);
    else why = "the kernels" + from + " do not load onto the card: " + driver_.describe(result);
    return result == result::kSuccess;
  };
  const char* file = std::getenv("NABLA_CUDA_KERNELS");
  if (file != nullptr && *file != '\0') {
    std::vector<char> image = contents(file);
    if (image.empty()) {
      why = std::string("there are no kernels in the file that NABLA_CUDA_KERNELS names, ") + file;
      return false;
    }
    image.push_back('\0');  // PTX is text that ends with a zero
    return load(image.data(), std::string(" in ") + file);
  }
  if (images().empty()) {
    why = "this build has no kernels for NVIDIA cards: nvcc was not found when it was built";
    return false;
  }
  for (const void* image : images()) {
    if (!load(image, "")) return false;
  }
  return true;
}

void Card::use() const {
  thread_local Context current = nullptr;
  if (current == context_) return;
  if (driver_.context_set_current(context_) == result::kSuccess) current = context_;
}

Function Card::find(const char* name) {
  for (Module module : modules_) {
    Function function = nullptr;
    if (driver_.module_function(&function, module, name) == result::kSuccess) return function;
  }
  return nullptr;
}

Function Card::look_up(Kernel& kernel) {
  Function function = kernel.function_.load(std::memory_order_acquire);
  if (function != nullptr) return function;
  function = find(kernel.name());
  if (function == nullptr) check(-1, (std::string("looking for the kernel ") + kernel.name()).c_str());
  else kernel.function_.store(function, std::memory_order_release);
  return function;
}

void Card::launch(Kernel& kernel, Grid grid, unsigned threads, const void* parameters, size_t bytes) {
  if (failed() || grid.x == 0 || grid.y == 0 || grid.z == 0) return;
  if (Function function = look_up(kernel)) launch(kernel.name(), function, grid, threads, parameters, bytes);
}

void Card::launch(const char* name, Function function, Grid grid, unsigned threads, const void* parameters, size_t bytes) {
  if (Recording* recording = Recording::current()) recording->add(name, function, grid, threads, parameters, bytes);
  else if (!failed()) start(stream_, name, function, grid, threads, parameters);
}

void Card::call(const char* name, LibraryCall library, const void* parameters, size_t bytes) {
  if (Recording* recording = Recording::current()) recording->add(name, library, parameters, bytes);
  else if (!failed() && !library(*this, stream_, parameters)) library(*this, stream_, parameters);
}

void Card::launch_on(Stream stream, Kernel& kernel, Grid grid, unsigned threads, const void* parameters) {
  if (Function function = look_up(kernel)) start(stream, kernel.name(), function, grid, threads, parameters);
}

Function Card::load(const void* image, const char* kernel, std::string& why) {
  use();
  Module module = nullptr;
  Function function = nullptr;
  Result result = driver_.module_load(&module, image);
  if (result == result::kSuccess) result = driver_.module_function(&function, module, kernel);
  if (result == result::kSuccess) return function;
  why = "the driver does not take the kernel that was written for it: " + driver_.describe(result);
  return nullptr;
}

void Card::start(const Launch& launch) {
  if (failed()) return;
  if (launch.library != nullptr) call(launch.name, launch.library, launch.parameters.data(), launch.parameters.size());
  else start(stream_, launch.name, launch.function, launch.grid, launch.threads, launch.parameters.data());
}

void Card::start(Stream stream, const char* name, Function function, Grid grid, unsigned threads, const void* parameters) {
  void* arguments[] = {const_cast<void*>(parameters)};
  check(driver_.launch(function, grid.x, grid.y, grid.z, threads, 1, 1, 0, stream, static_cast<void**>(arguments), nullptr), name);
}

bool Card::synchronize() {
  if (Recording* recording = Recording::current()) return recording->refuse("it waits for the card");
  return !failed() && check(driver_.stream_synchronize(stream_), "waiting for the card");
}

size_t Card::free_bytes() const {
  size_t free = 0, total = 0;
  use();
  return driver_.memory_info(&free, &total) == result::kSuccess ? free : 0;
}

bool Card::check(Result result, const char* while_doing) {
  if (result == result::kSuccess) return true;
  const std::lock_guard lock(mutex_);
  if (!failed_.load()) {
    failure_ = "the card " + info_.name + " failed (" + while_doing + "): " + driver_.describe(result);
    failed_.store(true, std::memory_order_release);
  }
  return false;
}

std::string Card::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace nabla::cuda
