// Running sums, products and extremes. Where lines are many or short a thread walks each; else a block takes a line in stretches of
// as many elements as it has threads, joins those before each element in doubling steps (Hillis and Steele, "Data parallel
// algorithms", 1986), and carries the last on. Floats are summed in float64, as on the CPU.
#include <cstdint>
#include <type_traits>

#include "cuda/kernels/cumulative_parameters.h"
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"

namespace nabla::cuda {

template <class T>
struct RunningSum {
  using Kept = std::conditional_t<std::is_floating_point_v<T>, double, uint32_t>;
  using Result = std::conditional_t<std::is_floating_point_v<T>, T, int32_t>;
  static NABLA_DEVICE Kept of(T x, int64_t) { return static_cast<Kept>(x); }
  static NABLA_DEVICE Kept combine(Kept a, Kept b) { return a + b; }
  static NABLA_DEVICE void put(const CumulativeParameters&, Result* to, int32_t*, Kept a) { *to = static_cast<Result>(a); }
};

template <class T>
struct RunningProduct : RunningSum<T> {
  using Kept = typename RunningSum<T>::Kept;
  static NABLA_DEVICE Kept combine(Kept a, Kept b) { return a * b; }
};

template <class T>
struct Extreme {
  T value;
  int32_t position;
};

/** Of equal elements the last, of NaN the last. */
template <class T>
struct RunningLargest {
  using Kept = Extreme<T>;
  using Result = T;
  static NABLA_DEVICE Kept of(T x, int64_t position) { return {x, static_cast<int32_t>(position)}; }
  static NABLA_DEVICE Kept combine(Kept a, Kept b) { return b.value != b.value || b.value >= a.value ? b : a; }
  static NABLA_DEVICE void put(const CumulativeParameters&, T* to, int32_t* position, Kept a) {
    *to = a.value;
    *position = a.position;
  }
};

template <class T>
struct RunningSmallest : RunningLargest<T> {
  using Kept = Extreme<T>;
  static NABLA_DEVICE Kept combine(Kept a, Kept b) { return b.value != b.value || b.value <= a.value ? b : a; }
};

/** One line's elements. */
template <class T, class Running>
struct RunningLine {
  const CumulativeParameters& p;
  const T* from;
  typename Running::Result* to;
  int32_t* positions;

  NABLA_DEVICE RunningLine(const CumulativeParameters& parameters, int64_t number)
      : p(parameters), from(static_cast<const T*>(p.from) + place_of(p.rank, p.sizes, p.from_strides, number)),
        to(static_cast<typename Running::Result*>(p.to) + place_of(p.rank, p.sizes, p.to_strides, number)),
        positions(p.positions == nullptr ? nullptr : p.positions + place_of(p.rank, p.sizes, p.position_strides, number)) {}
  NABLA_DEVICE typename Running::Kept get(int64_t i) const { return Running::of(from[i * p.from_step], i); }
  NABLA_DEVICE void put(int64_t i, typename Running::Kept kept) const { Running::put(p, to + i * p.to_step, positions + i * p.position_step, kept); }
};

template <class T, class Running>
NABLA_DEVICE void run_lines(const CumulativeParameters& p) {
  for (int64_t number = thread_number(); number < p.count; number += thread_count()) {
    const RunningLine<T, Running> line(p, number);
    typename Running::Kept kept = line.get(0);
    line.put(0, kept);
    for (int64_t i = 1; i < p.length; ++i) {
      kept = Running::combine(kept, line.get(i));
      line.put(i, kept);
    }
  }
}

template <class T, class Running>
NABLA_DEVICE void run_long_lines(const CumulativeParameters& p) {
  using Kept = typename Running::Kept;
  __shared__ Kept met[kThreads];
  const int own = static_cast<int>(threadIdx.x);
  for (int64_t number = blockIdx.x; number < p.count; number += gridDim.x) {
    const RunningLine<T, Running> line(p, number);
    Kept carried{};
    for (int64_t first = 0; first < p.length; first += kThreads) {
      const int width = p.length - first < kThreads ? static_cast<int>(p.length - first) : kThreads;
      Kept kept{};
      if (own < width) met[own] = kept = line.get(first + own);
      __syncthreads();
      for (int reach = 1; reach < width; reach *= 2) {
        const bool joins = own >= reach && own < width;
        const Kept before = joins ? met[own - reach] : Kept{};
        __syncthreads();
        if (joins) met[own] = kept = Running::combine(before, kept);
        __syncthreads();
      }
      if (own < width) line.put(first + own, first == 0 ? kept : Running::combine(carried, kept));
      carried = first == 0 ? met[width - 1] : Running::combine(carried, met[width - 1]);
      __syncthreads();
    }
  }
}

#define NABLA_CUMULATIVE_KERNELS(op, Running, type)                                                  \
  NABLA_KERNEL(op##_##type, CumulativeParameters) { run_lines<type, Running<type>>(p); }             \
  NABLA_KERNEL(op##_long_##type, CumulativeParameters) { run_long_lines<type, Running<type>>(p); }
NABLA_NUMBERS(NABLA_CUMULATIVE_KERNELS, cumsum, RunningSum)
NABLA_NUMBERS(NABLA_CUMULATIVE_KERNELS, cumprod, RunningProduct)
NABLA_NUMBERS(NABLA_CUMULATIVE_KERNELS, cummax, RunningLargest)
NABLA_NUMBERS(NABLA_CUMULATIVE_KERNELS, cummin, RunningSmallest)

}  // namespace nabla::cuda
