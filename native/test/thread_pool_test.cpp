// The pool's promises: every piece once, interrupts between pieces, several callers, any number of threads.
#include "core/thread_pool.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "check.h"
#include "core/cpu_features.h"

namespace nabla::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void use_threads(int count) { set_thread_count(count); }

TEST_THAT("every piece runs exactly once, for 1, 2 and 7 threads") {
  for (int threads : {1, 2, 7}) {
    use_threads(threads);
    for (int64_t pieces : {0, 1, 2, 3, 100, 1000}) {
      const auto counts = std::make_unique<std::atomic<int>[]>(static_cast<size_t>(pieces) + 1);
      CHECK(parallel_for(pieces, [&](int64_t piece) { counts[piece].fetch_add(1); }));
      for (int64_t piece = 0; piece < pieces; ++piece) CHECK(counts[piece].load() == 1);
    }
  }
}

TEST_THAT("what pieces wrote is seen by the caller, ten thousand times in a row") {
  use_threads(3);
  int64_t wrong = 0;
  int64_t values[16];
  for (int64_t round = 0; round < 10000; ++round) {
    parallel_for(16, [&](int64_t piece) { values[piece] = round + piece; });
    for (int64_t piece = 0; piece < 16; ++piece) wrong += values[piece] != round + piece;
  }
  CHECK(wrong == 0);
}

TEST_THAT("jobs that find the helpers asleep are done too") {
  use_threads(2);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(milliseconds(2));
    std::atomic<int> done{0};
    CHECK(parallel_for(8, [&](int64_t) { done.fetch_add(1); }));
    CHECK(done.load() == 8);
  }
}

TEST_THAT("a second thread works beside the caller when pieces are long") {
  use_threads(2);
  std::atomic<int> inside{0}, most{0};
  parallel_for(2, [&](int64_t) {
    const int now = inside.fetch_add(1) + 1;
    if (now > most.load()) most.store(now);
    const auto end = steady_clock::now() + milliseconds(300);
    while (most.load() < 2 && steady_clock::now() < end) std::this_thread::yield();
    inside.fetch_sub(1);
  });
  CHECK(most.load() == 2);
}

TEST_THAT("a piece may itself call parallel_for") {
  use_threads(2);
  std::atomic<int> inner{0};
  CHECK(parallel_for(4, [&](int64_t) { CHECK(parallel_for(5, [&](int64_t) { inner.fetch_add(1); })); }));
  CHECK(inner.load() == 20);
}

TEST_THAT("a set interrupt flag skips the pieces not begun, and the caller is told") {
  for (int threads : {1, 2}) {
    use_threads(threads);
    volatile int32_t flag = 0;
    set_interrupt_flag(&flag);
    CHECK(!interrupted());
    std::atomic<int> ran{0};
    const bool completed = parallel_for(1000, [&](int64_t) {
      if (ran.fetch_add(1) == 3) __atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
    });
    CHECK(!completed);
    CHECK(ran.load() >= 4 && ran.load() < 100);
    CHECK(interrupted());
    CHECK(!parallel_for(10, [&](int64_t) { ran.fetch_add(1000); }));
    CHECK(ran.load() < 1000);
    flag = 0;
    CHECK(parallel_for(10, [&](int64_t) {}));
    set_interrupt_flag(nullptr);
  }
}

TEST_THAT("a job that caller and helper both left leaves the next one whole") {
  use_threads(2);
  volatile int32_t flag = 0;
  set_interrupt_flag(&flag);
  int stopped = 0, completed = 0;
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> inside{0};
    // Both are inside a piece when the flag is set, so both see it.
    stopped += !parallel_for(1000, [&](int64_t) {
      inside.fetch_add(1);
      const auto end = steady_clock::now() + milliseconds(20);
      while (inside.load() < 2 && steady_clock::now() < end) std::this_thread::yield();
      __atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
    });
    __atomic_store_n(&flag, 0, __ATOMIC_RELAXED);
    completed += parallel_for(4, [](int64_t) {});
  }
  CHECK(stopped == 200);
  CHECK(completed == 200);
  set_interrupt_flag(nullptr);
}

TEST_THAT("inside a piece, interrupted() reads the flag of the thread that started the job") {
  use_threads(2);
  volatile int32_t flag = 0;
  set_interrupt_flag(&flag);
  std::atomic<int> saw{0};
  parallel_for(2, [&](int64_t) {
    __atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
    if (interrupted()) saw.fetch_add(1);
  });
  CHECK(saw.load() >= 1);
  set_interrupt_flag(nullptr);
}

TEST_THAT("an interrupt of one caller does not stop another") {
  use_threads(2);
  std::atomic<bool> other_completed{true};
  volatile int32_t flag = 1;
  std::thread other([&] {
    for (int round = 0; round < 2000; ++round) {
      if (!parallel_for(4, [](int64_t) {})) other_completed.store(false);
    }
  });
  set_interrupt_flag(&flag);
  int stopped = 0;
  for (int round = 0; round < 2000; ++round) stopped += !parallel_for(4, [](int64_t) {});
  set_interrupt_flag(nullptr);
  other.join();
  CHECK(stopped == 2000);
  CHECK(other_completed.load());
}

TEST_THAT("four callers at once, with the number of threads changing under them, lose no piece") {
  std::atomic<int64_t> total{0};
  {
    std::thread callers[4];
    for (std::thread& caller : callers) {
      caller = std::thread([&] {
        for (int round = 0; round < 500; ++round) parallel_for(8, [&](int64_t) { total.fetch_add(1); });
      });
    }
    for (int round = 0; round < 50; ++round) use_threads(1 + round % 4);
    for (std::thread& caller : callers) caller.join();
  }
  CHECK(total.load() == 4 * 500 * 8);
}

TEST_THAT("NABLA_THREADS takes a number from 1 to 256 and explains anything else") {
  CHECK(choose_thread_count("3").count == 3);
  CHECK(choose_thread_count("3").error.empty());
  CHECK(choose_thread_count(nullptr).count >= 1);
  CHECK(choose_thread_count("").error.empty());
  for (const char* bad : {"0", "-1", "two", "257", "2x", "99999999999999999999"}) {
    const ThreadSetting setting = choose_thread_count(bad);
    CHECK(setting.count == choose_thread_count(nullptr).count);
    CHECK(setting.error.find(std::string("NABLA_THREADS=") + bad) == 0);
  }
}

TEST_THAT("NABLA_ISA takes a name and explains one that is unknown or not supported here") {
  CHECK(choose_isa(nullptr).isa == best_isa());
  CHECK(choose_isa("portable").isa == Isa::portable);
  CHECK(choose_isa("portable").error.empty());
  CHECK(choose_isa("sse9").error.find("NABLA_ISA=sse9") == 0);
  for (int i = 0; i < kIsaCount; ++i) {
    const Isa isa = static_cast<Isa>(i);
    CHECK(choose_isa(isa_name(isa)).error.empty() == isa_supported(isa));
  }
}

TEST_THAT("the compiler's own check of the processor agrees with ours") {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  CHECK(isa_supported(Isa::avx2) == (avx2 && isa_built(Isa::avx2)));
  CHECK(isa_supported(Isa::avx512) == (avx512 && isa_built(Isa::avx512)));
#else
  CHECK(best_isa() == Isa::portable);
#endif
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
