#include "core/thread_pool.h"

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>

namespace nabla {

namespace {

constexpr auto kSpinTime = std::chrono::microseconds(50);

thread_local volatile const int32_t* interrupt_flag = nullptr;
thread_local bool inside_piece = false;

bool is_set(volatile const int32_t* flag) {
  return flag != nullptr && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/** Spins until `done()` or 50 us have passed; says which. The clock costs about 20 ns, so it is read rarely. */
template <class Condition>
bool spin_until(Condition done) {
  for (int i = 0; i < 64; ++i) {
    if (done()) return true;
    pause_briefly();
  }
  const auto end = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < 64; ++i) {
      if (done()) return true;
      pause_briefly();
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

struct Job {
  const FunctionRef<void(int64_t)>* work;
  int64_t pieces;
  volatile const int32_t* flag;
};

/** Runs pieces from `next` until none is left; false when the flag stopped it. */
bool run_pieces(const Job& job, std::atomic<int64_t>& next) {
  for (;;) {
    if (is_set(job.flag)) return false;
    const int64_t piece = next.fetch_add(1, std::memory_order_relaxed);
    if (piece >= job.pieces) return true;
    (*job.work)(piece);
  }
}

/**
 * Keeps this library mapped for the life of the process. Node unloads an addon with the last environment that loaded
 * it; helper threads would then wake up in code that is gone.
 */
void pin_this_library() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&pin_this_library), &info) != 0 && info.dli_fname != nullptr) {
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

class Pool {
 public:
  explicit Pool(int count) : target_(count) {}

  int count() const { return target_.load(std::memory_order_relaxed); }

  void set_count(int count) {
    std::lock_guard<std::mutex> lock(busy_);
    target_.store(count, std::memory_order_relaxed);
  }

  /** Runs the job with the helpers, or returns false at once when another thread has the pool. */
  bool try_run(const Job& job, bool* completed) {
    std::unique_lock<std::mutex> lock(busy_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    start_helpers();

    job_ = job;
    next_.store(0, std::memory_order_relaxed);
    wanted_.store(target_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    // Odd epochs are open. Sequentially consistent with the helpers' `active_`: see `help`.
    const uint32_t open = epoch_.load(std::memory_order_relaxed) + 1;
    epoch_.store(open);
    if (asleep_.load() > 0) epoch_.notify_all();

    const bool finished = run_pieces(job, next_);

    epoch_.store(open + 1);
    if (!spin_until([this] { return active_.load() == 0; })) {
      for (int32_t active = active_.load(); active != 0; active = active_.load()) active_.wait(active);
    }
    // A helper that saw the flag stopped early just as the caller would have; it may have been cleared since.
    // Taken in any case: what is left there would stop the next job, which may be somebody else's.
    const bool stopped = stopped_.exchange(false, std::memory_order_relaxed);
    *completed = finished && !stopped;
    return true;
  }

 private:
  void start_helpers() {
    const int helpers = target_.load(std::memory_order_relaxed) - 1;
    if (started_ == 0 && helpers > 0) pin_this_library();
    while (started_ < helpers) {
      try {
        std::thread(&Pool::help, this, started_).detach();
      } catch (const std::system_error&) {
        return;  // No more threads to be had here; the caller and those that started do the work.
      }
      ++started_;
    }
  }

  void help(int index) {
    uint32_t seen = 0;
    for (;;) {
      const auto opened = [&] {
        const uint32_t epoch = epoch_.load(std::memory_order_acquire);
        return (epoch & 1) != 0 && epoch != seen;
      };
      if (!spin_until(opened)) sleep_until(opened);
      seen = epoch_.load();
      if ((seen & 1) == 0) continue;

      // Announce, then look again: the caller closes the epoch, then looks at `active_`. One of the two sees the other.
      active_.fetch_add(1);
      if (epoch_.load() == seen && index < wanted_.load(std::memory_order_relaxed)) {
        const Job job = job_;
        interrupt_flag = job.flag;
        inside_piece = true;
        if (!run_pieces(job, next_)) stopped_.store(true, std::memory_order_relaxed);
        inside_piece = false;
        interrupt_flag = nullptr;
      }
      if (active_.fetch_sub(1) == 1) active_.notify_all();
    }
  }

  template <class Condition>
  void sleep_until(Condition opened) {
    // Counted before the epoch is read again: the caller opens the epoch, then reads the count.
    asleep_.fetch_add(1);
    for (uint32_t epoch = epoch_.load(); !opened(); epoch = epoch_.load()) epoch_.wait(epoch);
    asleep_.fetch_sub(1);
  }

  std::mutex busy_;
  std::atomic<int> target_;
  int started_ = 0;
  Job job_{};
  // Each on a cache line of its own: helpers spin on the first while pieces are claimed from the second.
  alignas(64) std::atomic<uint32_t> epoch_{0};
  alignas(64) std::atomic<int64_t> next_{0};
  alignas(64) std::atomic<int32_t> active_{0};
  std::atomic<int32_t> wanted_{0};
  std::atomic<int32_t> asleep_{0};
  std::atomic<bool> stopped_{false};
};

/** Never destroyed: helpers outlive main's static destructors, and the process ends without waiting for them. */
Pool& pool() {
  static Pool* const instance = new Pool(thread_setting().count);
  return *instance;
}

/** Processors' worth of time that the container's quota allows (cgroup v2), or a large number. */
int quota_of_container() {
  int processors = kMaxThreads;
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    double quota = 0, period = 0;
    if (std::fscanf(file, "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0) {
      processors = std::max(1, static_cast<int>(std::ceil(quota / period)));
    }
    std::fclose(file);
  }
  return processors;
}

}  // namespace

bool parallel_for(int64_t pieces, FunctionRef<void(int64_t)> work) {
  const Job job{&work, pieces, interrupt_flag};
  if (pieces > 1 && !inside_piece && pool().count() > 1) {
    inside_piece = true;
    bool completed = false;
    const bool ran = pool().try_run(job, &completed);
    inside_piece = false;
    if (ran) return completed;
  }
  for (int64_t piece = 0; piece < pieces; ++piece) {
    if (is_set(job.flag)) return false;
    work(piece);
  }
  return true;
}

void set_interrupt_flag(volatile const int32_t* flag) { interrupt_flag = flag; }

bool interrupted() { return is_set(interrupt_flag); }

int thread_count() { return pool().count(); }

void set_thread_count(int count) { pool().set_count(std::clamp(count, 1, kMaxThreads)); }

ThreadSetting choose_thread_count(const char* requested) {
  const int processors = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, quota_of_container());
  if (requested == nullptr || *requested == '\0') return {processors, ""};
  char* end = nullptr;
  const long count = std::strtol(requested, &end, 10);
  if (*end == '\0' && count >= 1 && count <= kMaxThreads) return {static_cast<int>(count), ""};
  return {processors, "NABLA_THREADS=" + std::string(requested) + " is not a number of threads. Use a whole number from 1 to " +
                          std::to_string(kMaxThreads) + ", or unset it for one per processor (" + std::to_string(processors) + ")."};
}

const ThreadSetting& thread_setting() {
  static const ThreadSetting setting = choose_thread_count(std::getenv("NABLA_THREADS"));
  return setting;
}

}  // namespace nabla
