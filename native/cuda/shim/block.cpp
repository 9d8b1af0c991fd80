// A jump from one stack to another is what is wanted here; the checked longjmp takes it for a mistake.
#undef _FORTIFY_SOURCE

#include "cuda/shim/block.h"

#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

ThreadIndex threadIdx, blockIdx, blockDim, gridDim;

namespace nabla::shim {
namespace {

constexpr size_t kStackBytes = 128 * 1024;
constexpr unsigned kLanes = 32;

std::unordered_map<std::string_view, Registered>& kernels() {
  static std::unordered_map<std::string_view, Registered> all;
  return all;
}

enum class State : uint8_t { Fresh, Runs, AtBlock, AtWarp, Done };

struct Thread {
  State state = State::Fresh;
  unsigned mask = 0;
  int fiber = -1;
  /** What the lanes of the warp see at a shuffle, whose of them this thread wants (-1: nobody's), and what it gets. */
  uint64_t bits = 0;
  int source = -1;
  uint64_t received = 0;
};

/**
 * Where a fiber or the scheduler goes on. swapcontext asks the system for the signal mask each time, so it only begins a fiber;
 * afterwards a jump does it, some ten times faster. AddressSanitizer takes such a jump for one within a stack.
 */
struct Place {
  ucontext_t context;
#if !defined(__SANITIZE_ADDRESS__)
  jmp_buf jump;
#endif
};

/** A stack. It carries threads from their beginning to their end, one after the other, until one of them rests in it. */
struct Fiber {
  Place place;
  std::unique_ptr<char[]> stack;
  bool begun = false;
};

/** Goes on at `to`; returns when somebody goes on at `from`. */
__attribute__((noinline)) void change(Place& from, Place& to, [[maybe_unused]] bool first) {
#if defined(__SANITIZE_ADDRESS__)
  swapcontext(&from.context, &to.context);
#else
  if (_setjmp(from.jump) != 0) return;
  if (first) setcontext(&to.context);
  _longjmp(to.jump, 1);
#endif
}

[[noreturn]] void give_up(const char* what, int thread) {
  std::fprintf(stderr, "nabla: a kernel cannot go on: %s (thread %d of block %u %u %u)\n", what, thread, blockIdx.x, blockIdx.y, blockIdx.z);
  std::abort();
}

class Block {
 public:
  void run(Body body, const void* parameters, unsigned threads) {
    body_ = body;
    parameters_ = parameters;
    threads_.assign(threads, {});
    order_.resize(threads);
    for (unsigned i = 0; i < threads; ++i) order_[i] = static_cast<int>(i);
    shuffle(order_);
    next_ = 0;
    while (step()) {
    }
  }

  void rest(State state, unsigned mask) {
    Thread& self = threads_[static_cast<size_t>(current_)];
    self.state = state;
    self.mask = mask;
    switch_to_scheduler(fibers_[static_cast<size_t>(self.fiber)]);
  }

  Thread& thread(int number) { return threads_[static_cast<size_t>(number)]; }
  int current() const { return current_; }
  size_t count() const { return threads_.size(); }

  void seed(uint32_t seed) { random_ = seed; }

  /** What each fiber does: threads that have not begun, until there is none; then it waits for the next block. */
  void carry() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &scheduler_stack_, &scheduler_bytes_);
#endif
    const int fiber = running_;
    for (;;) {
      while (next_ < order_.size()) {
        const int number = order_[next_++];
        Thread& self = thread(number);
        self.fiber = fiber;
        self.state = State::Runs;
        become(number);
        body_(parameters_);
        thread(number).state = State::Done;
      }
      idle_.push_back(fiber);
      switch_to_scheduler(fibers_[static_cast<size_t>(fiber)]);
    }
  }

 private:
  void become(int number) {
    current_ = number;
    threadIdx.x = static_cast<unsigned>(number);
  }

  void switch_to_scheduler(Fiber& from) {
#if defined(__SANITIZE_ADDRESS__)
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, scheduler_stack_, scheduler_bytes_);
    change(from.place, scheduler_, false);
    __sanitizer_finish_switch_fiber(fake, &scheduler_stack_, &scheduler_bytes_);
#else
    change(from.place, scheduler_, false);
#endif
  }

  void resume(int fiber) {
    running_ = fiber;
    Fiber& to = fibers_[static_cast<size_t>(fiber)];
    const bool first = !to.begun;
    to.begun = true;
#if defined(__SANITIZE_ADDRESS__)
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, to.stack.get(), kStackBytes);
    change(scheduler_, to.place, first);
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#else
    change(scheduler_, to.place, first);
#endif
  }

  void shuffle(std::vector<int>& list) {
    if (random_ == 0) return;
    for (size_t i = list.size(); i > 1; --i) {
      random_ = random_ * 1664525u + 1013904223u;
      std::swap(list[i - 1], list[(uint64_t{random_} * i) >> 32]);
    }
    if (random_ == 0) random_ = 1;
  }

  /** Lets all go on that can; false when the block is over. */
  bool step() {
    while (next_ < order_.size()) resume(idle_fiber());
    std::vector<int> ready;
    for (size_t i = 0; i < threads_.size(); ++i) {
      if (threads_[i].state == State::Runs) ready.push_back(static_cast<int>(i));
    }
    if (ready.empty()) return release();
    shuffle(ready);
    for (int number : ready) {
      become(number);
      resume(thread(number).fiber);
    }
    return true;
  }

  /** Opens the barriers that are complete. */
  bool release() {
    bool opened = false, left = false;
    for (size_t first = 0; first < threads_.size(); first += kLanes) {
      const size_t end = std::min(first + kLanes, threads_.size());
      for (size_t i = first; i < end; ++i) {
        left |= threads_[i].state != State::Done;
        if (threads_[i].state == State::AtWarp) opened |= release_warp(first, end, i);
      }
    }
    if (opened || !left) return left;
    for (Thread& each : threads_) {
      if (each.state == State::AtWarp) give_up("a shuffle waits for a lane that does not come", static_cast<int>(&each - threads_.data()));
    }
    for (Thread& each : threads_) {
      if (each.state == State::AtBlock) each.state = State::Runs;
    }
    return true;
  }

  bool release_warp(size_t first, size_t end, size_t waiting) {
    const unsigned mask = threads_[waiting].mask;
    for (size_t i = first; i < first + kLanes; ++i) {
      if ((mask >> (i - first) & 1) == 0) continue;
      if (i >= end || threads_[i].state == State::Done) give_up("a shuffle names a lane that has ended", static_cast<int>(waiting));
      if (threads_[i].state != State::AtWarp || threads_[i].mask != mask) return false;
    }
    for (size_t i = first; i < end; ++i) {
      if ((mask >> (i - first) & 1) == 0) continue;
      Thread& each = threads_[i];
      each.state = State::Runs;
      if (each.source >= 0) each.received = threads_[static_cast<size_t>(each.source)].bits;
    }
    return true;
  }

  int idle_fiber();

  Body body_ = nullptr;
  const void* parameters_ = nullptr;
  std::vector<Thread> threads_;
  std::vector<int> order_;
  size_t next_ = 0;
  // Contexts hold pointers into themselves: they never move.
  std::vector<Fiber> fibers_ = std::vector<Fiber>(1025);
  /** Fibers that carry no thread, the last one used on top: its stack is warm. */
  std::vector<int> idle_;
  size_t made_ = 0;
  Place scheduler_;
  [[maybe_unused]] const void* scheduler_stack_ = nullptr;
  [[maybe_unused]] size_t scheduler_bytes_ = 0;
  int running_ = -1, current_ = -1;
  uint32_t random_ = 0;
};

Block& block() {
  static Block the_block;
  return the_block;
}

void fiber_main() { block().carry(); }

int Block::idle_fiber() {
  if (!idle_.empty()) {
    const int fiber = idle_.back();
    idle_.pop_back();
    return fiber;
  }
  if (made_ == fibers_.size()) give_up("more threads rest than a block has", 0);
  Fiber& fiber = fibers_[made_];
  fiber.stack.reset(new char[kStackBytes]);
  getcontext(&fiber.place.context);
  fiber.place.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.place.context.uc_stack.ss_size = kStackBytes;
  fiber.place.context.uc_link = nullptr;
  makecontext(&fiber.place.context, fiber_main, 0);
  return static_cast<int>(made_++);
}

}  // namespace

Registration::Registration(const char* name, size_t parameter_bytes, Body body) { kernels()[name] = {body, parameter_bytes}; }

Registered find(const char* name) {
  const auto found = kernels().find(name);
  return found == kernels().end() ? Registered{} : found->second;
}

void set_seed(uint32_t seed) { block().seed(seed); }

void run(Body body, const void* parameters, ThreadIndex grid, unsigned threads) {
  gridDim = grid;
  blockDim = {threads, 1, 1};
  for (unsigned z = 0; z < grid.z; ++z) {
    for (unsigned y = 0; y < grid.y; ++y) {
      for (unsigned x = 0; x < grid.x; ++x) {
        blockIdx = {x, y, z};
        block().run(body, parameters, threads);
      }
    }
  }
}

void wait_for_block() { block().rest(State::AtBlock, 0); }
void wait_for_warp(unsigned mask) { block().rest(State::AtWarp, mask); }

uint64_t exchange(unsigned mask, uint64_t bits, int from) {
  const int own = block().current();
  if ((mask >> from & 1) == 0) give_up("a shuffle reads a lane that its mask leaves out", own);
  Thread& self = block().thread(own);
  self.bits = bits;
  self.source = own / 32 * 32 + from;
  wait_for_warp(mask);
  self.source = -1;
  return self.received;
}

}  // namespace nabla::shim
