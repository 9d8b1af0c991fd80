// One pool of threads per process, for kernels that cut their work into pieces.
//
// A kernel cuts its work into more pieces than there are threads, by shape alone, so that results do not depend on the
// number of threads. Pieces are claimed from one counter: the caller works too, and takes whatever the helpers have not
// begun, so a helper that the operating system has put aside delays nothing but the piece it holds. Helpers spin for at
// most 50 microseconds after a job, then sleep on a futex (std::atomic::wait): forking to a spinning helper costs a
// tenth of waking a sleeping one, and a condition variable costs fifty times that.
//
// Several threads (Node workers) may call at once: the pool serves one of them, the others run their pieces alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace nabla {

template <class Signature>
class FunctionRef;

/** A borrowed callable: two pointers, no allocation. It must not outlive what it refers to. */
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class Callable>
    requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef>)
  FunctionRef(Callable&& callable)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        invoke_([](void* object, Arguments... arguments) -> Result {
          return (*static_cast<std::remove_reference_t<Callable>*>(object))(arguments...);
        }) {}

  Result operator()(Arguments... arguments) const { return invoke_(object_, arguments...); }

 private:
  void* object_;
  Result (*invoke_)(void*, Arguments...);
};

/**
 * Runs `work(0)` to `work(pieces - 1)`, in any order, on the pool's threads and the calling one, and returns when all
 * are done. Returns false when the calling thread's interrupt flag was seen set: the pieces not begun by then are
 * skipped. A call from inside a piece, or while another thread has the pool, runs on the calling thread alone.
 * `work` must not throw.
 */
bool parallel_for(int64_t pieces, FunctionRef<void(int64_t piece)> work);

/**
 * Gives the calling thread (an environment: the main thread or a Node worker) its interrupt flag, or none (null). Any
 * value but 0 means "stop". The memory must stay valid until the flag is replaced.
 */
void set_interrupt_flag(volatile const int32_t* flag);

/** True when the flag of the calling thread, or inside a piece that of the thread that started the job, is set. */
bool interrupted();

/** How many threads share the work, the caller included. */
int thread_count();

/** Sets it, between 1 and `kMaxThreads`; values outside are brought inside. Waits for a running job of another thread. */
void set_thread_count(int count);

inline constexpr int kMaxThreads = 256;

struct ThreadSetting {
  int count;
  /** Empty, or what was wrong with NABLA_THREADS; `count` is then the number of processors. */
  std::string error;
};

/** What a value of NABLA_THREADS asks for; null and "" ask for one thread per processor this process may use. */
ThreadSetting choose_thread_count(const char* requested);

/** The setting this process started with, made from NABLA_THREADS on the first call. */
const ThreadSetting& thread_setting();

}  // namespace nabla
