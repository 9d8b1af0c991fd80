// The one card a process computes on: its driver, context and stream, the kernels loaded onto it, and what went wrong with
// it. It is opened when it is first asked for and never closed: the driver may be gone before the process's last destructors.
//
// Every launch and copy goes to one stream, so they happen in the order of the calls and memory that is given back may be used
// again at once. Calls return before their work is done; `synchronize` waits.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "cuda/driver.h"

namespace nabla::cuda {

/** What is known of a card. */
struct CardInfo {
  std::string name;
  int compute_major = 0, compute_minor = 0;
  int multiprocessors = 0;
  /** The CUDA version of the driver, 13000 for 13.0. */
  int driver_version = 0;
  size_t total_bytes = 0;
  /** Its address on the bus, "0000:17:00.0", by which other libraries know it. */
  std::string bus;
};

struct Grid {
  unsigned x = 1, y = 1, z = 1;
};

class Card;
class Kernel;

/**
 * Has a library put its work into a stream: kernels of its own, which nobody else can name. `parameters` is the one struct that it takes.
 * False when the library fails; called again, it does the same work by kernels of ours.
 */
using LibraryCall = bool (*)(Card&, Stream, const void* parameters);

/** A kernel as it is started, or a library as it is called: what a graph keeps of it. */
struct Launch {
  const char* name = nullptr;
  Function function = nullptr;
  Grid grid;
  unsigned threads = 1;
  /** The one struct that the kernel takes. */
  std::vector<char> parameters;
  /** In place of a function. */
  LibraryCall library = nullptr;
};

class Card {
 public:
  /** The card, opened with the first call; null when there is none that can be used, and `why_not` says why. */
  static Card* open();
  static const std::string& why_not();

  const CardInfo& info() const { return info_; }
  const Driver& driver() const { return driver_; }
  Stream stream() const { return stream_; }
  /** A stream on which nothing ever runs: calls of libraries are captured on it. */
  Stream capture_stream() const { return capture_stream_; }

  /** Makes the card's context that of the calling thread. */
  void use() const;

  /** Starts a kernel whose one parameter is a struct; or notes it, while the thread records (recording.h). */
  template <class Parameters>
  void launch(Kernel& kernel, Grid grid, unsigned threads, const Parameters& parameters) {
    launch(kernel, grid, threads, &parameters, sizeof parameters);
  }

  /** The same for a kernel that has been looked up. */
  void launch(const char* name, Function function, Grid grid, unsigned threads, const void* parameters, size_t bytes);

  /** Calls a library; or notes that, while the thread records. */
  template <class Parameters>
  void call(const char* name, LibraryCall library, const Parameters& parameters) {
    call(name, library, &parameters, sizeof parameters);
  }

  /** Starts a kernel on a stream at once: what a library's call does where the library fails. */
  template <class Parameters>
  void launch_on(Stream stream, Kernel& kernel, Grid grid, unsigned threads, const Parameters& parameters) {
    launch_on(stream, kernel, grid, threads, static_cast<const void*>(&parameters));
  }

  /** Loads a module (its text or image) that stays, and looks a kernel up in it; null when the driver refuses it, and `why` says so. */
  Function load(const void* image, const char* kernel, std::string& why);

  /** Starts what was recorded. */
  void start(const Launch& launch);

  /** Waits until all that was started is done. */
  bool synchronize();

  /** Bytes that nobody holds, of all processes. */
  size_t free_bytes() const;

  /** Notes an error of the driver; true where there is none. */
  bool check(Result result, const char* while_doing);
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  /** What went wrong first, in a sentence. After that nothing that lay on the card can be trusted. */
  std::string failure();

 private:
  struct Opened {
    Card* card = nullptr;
    std::string why_not;
  };
  Card() = default;
  static const Opened& opened();
  bool begin(std::string& why);
  bool load_kernels(std::string& why);
  void launch(Kernel& kernel, Grid grid, unsigned threads, const void* parameters, size_t bytes);
  void call(const char* name, LibraryCall library, const void* parameters, size_t bytes);
  void launch_on(Stream stream, Kernel& kernel, Grid grid, unsigned threads, const void* parameters);
  Function look_up(Kernel& kernel);
  void start(Stream stream, const char* name, Function function, Grid grid, unsigned threads, const void* parameters);
  Function find(const char* name);

  Driver driver_;
  CardInfo info_;
  Context context_ = nullptr;
  Stream stream_ = nullptr, capture_stream_ = nullptr;
  std::vector<Module> modules_;
  std::mutex mutex_;
  std::string failure_;
  std::atomic<bool> failed_{false};
};

/** A kernel by its name in the card's modules, looked up when it is first started. */
class Kernel {
 public:
  explicit constexpr Kernel(const char* name) : name_(name) {}
  const char* name() const { return name_; }

 private:
  friend class Card;
  const char* name_;
  std::atomic<Function> function_{nullptr};
};

}  // namespace nabla::cuda
