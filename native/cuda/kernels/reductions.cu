// Reductions: a number of threads take a result's elements in turn, and meet in shared memory, two and two. Where results are few
// and long, several blocks take a part of each, and a second kernel joins the parts. Which thread takes what depends on the
// sizes alone, so the bits of a sum do too. Floating sums are kept in float64, as on the CPU.
#include <cstdint>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/meeting.cuh"
#include "cuda/kernels/reductions_parameters.h"

namespace nabla::cuda {

/** Integers are accumulated without sign, whose overflow is defined. */
template <class T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;

template <class T>
using Widened = std::conditional_t<std::is_floating_point_v<T>, T, int32_t>;

template <class T>
struct Sum {
  using Result = Widened<T>;
  using Kept = Accumulator<T>;
  static NABLA_DEVICE Kept identity() { return 0; }
  static NABLA_DEVICE Kept of(T x, int64_t) { return static_cast<Kept>(x); }
  static NABLA_DEVICE Kept combine(Kept a, Kept b) { return a + b; }
  static NABLA_DEVICE Result finish(const ReductionParameters&, Kept a) { return static_cast<Result>(a); }
};

template <class T>
struct Mean : Sum<T> {
  static NABLA_DEVICE T finish(const ReductionParameters& p, double a) { return static_cast<T>(a / p.divisor); }
};

template <class T>
struct Product : Sum<T> {
  using Kept = Accumulator<T>;
  static NABLA_DEVICE Kept identity() { return 1; }
  static NABLA_DEVICE Kept combine(Kept a, Kept b) { return a * b; }
};

template <class T>
NABLA_DEVICE T lowest() {
  if constexpr (std::is_floating_point_v<T>) return -static_cast<T>(INFINITY);
  else return sizeof(T) == 1 ? T(0) : static_cast<T>(-2147483647 - 1);
}

template <class T>
NABLA_DEVICE T highest() {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(INFINITY);
  else return static_cast<T>(sizeof(T) == 1 ? 255 : 2147483647);
}

/** NaN counts as larger, and as smaller, than any number. */
template <class T>
struct Largest {
  using Result = T;
  using Kept = T;
  static NABLA_DEVICE T identity() { return lowest<T>(); }
  static NABLA_DEVICE T of(T x, int64_t) { return x; }
  static NABLA_DEVICE T combine(T a, T b) { return b > a || b != b ? b : a; }
  static NABLA_DEVICE T finish(const ReductionParameters&, T a) { return a; }
  static NABLA_DEVICE bool beats(T a, T b) { return a > b || (a != a && b == b); }
};

template <class T>
struct Smallest : Largest<T> {
  static NABLA_DEVICE T identity() { return highest<T>(); }
  static NABLA_DEVICE T combine(T a, T b) { return b < a || b != b ? b : a; }
  static NABLA_DEVICE bool beats(T a, T b) { return a < b || (a != a && b == b); }
};

template <class T>
struct AnyTrue {
  using Result = uint8_t;
  using Kept = uint8_t;
  static NABLA_DEVICE uint8_t identity() { return 0; }
  static NABLA_DEVICE uint8_t of(T x, int64_t) { return x != T(0) ? 1 : 0; }
  static NABLA_DEVICE uint8_t combine(uint8_t a, uint8_t b) { return a | b; }
  static NABLA_DEVICE uint8_t finish(const ReductionParameters&, uint8_t a) { return a; }
};

template <class T>
struct AllTrue : AnyTrue<T> {
  static NABLA_DEVICE uint8_t identity() { return 1; }
  static NABLA_DEVICE uint8_t combine(uint8_t a, uint8_t b) { return a & b; }
};

template <class T>
struct Found {
  T value;
  int32_t position;
};

/** The position of the one that beats all others; the first of equals. Position -1: none yet. */
template <class T, template <class> class Order>
struct Position {
  using Result = int32_t;
  using Kept = Found<T>;
  static NABLA_DEVICE Kept identity() { return {T(0), -1}; }
  static NABLA_DEVICE Kept of(T x, int64_t position) { return {x, static_cast<int32_t>(position)}; }
  static NABLA_DEVICE Kept combine(Kept a, Kept b) {
    if (b.position < 0) return a;
    if (a.position < 0 || Order<T>::beats(b.value, a.value)) return b;
    return !Order<T>::beats(a.value, b.value) && b.position < a.position ? b : a;
  }
  static NABLA_DEVICE int32_t finish(const ReductionParameters&, Kept a) { return a.position; }
};

template <class T, class Reducer>
NABLA_DEVICE void reduce(const ReductionParameters& p) {
  using Kept = typename Reducer::Kept;
  __shared__ Kept met[kThreads];
  const int lanes = p.lanes, lane = static_cast<int>(threadIdx.x) % lanes;
  const auto results_at_once = static_cast<int64_t>(blockDim.x) / lanes;
  const int64_t parts = p.parts == nullptr ? 1 : p.part_count, part = p.parts == nullptr ? 0 : blockIdx.y;
  const int64_t begin = p.reduced.count * part / parts, end = p.reduced.count * (part + 1) / parts;
  for (int64_t first = blockIdx.x * results_at_once; first < p.kept.count; first += gridDim.x * results_at_once) {
    const int64_t result = first + threadIdx.x / lanes;
    Kept kept = Reducer::identity();
    if (result < p.kept.count) {
      const T* const from = static_cast<const T*>(p.from) + place_of(p.kept.rank, p.kept.sizes, p.kept.from, result);
      for (int64_t i = begin + lane; i < end; i += lanes) {
        kept = Reducer::combine(kept, Reducer::of(from[place_of(p.reduced.rank, p.reduced.sizes, p.reduced.from, i)], i));
      }
    }
    kept = meet(met, kept, lanes, [](Kept a, Kept b) { return Reducer::combine(a, b); });
    if (lane != 0 || result >= p.kept.count) continue;
    if (p.parts != nullptr) static_cast<Kept*>(p.parts)[part * p.kept.count + result] = kept;
    else static_cast<typename Reducer::Result*>(p.to)[place_of(p.kept.rank, p.kept.sizes, p.kept.to, result)] = Reducer::finish(p, kept);
  }
}

template <class Reducer>
NABLA_DEVICE void join(const ReductionParameters& p) {
  for (int64_t result = thread_number(); result < p.kept.count; result += thread_count()) {
    typename Reducer::Kept kept = Reducer::identity();
    for (int64_t part = 0; part < p.part_count; ++part) {
      kept = Reducer::combine(kept, static_cast<const typename Reducer::Kept*>(p.parts)[part * p.kept.count + result]);
    }
    static_cast<typename Reducer::Result*>(p.to)[place_of(p.kept.rank, p.kept.sizes, p.kept.to, result)] = Reducer::finish(p, kept);
  }
}

template <class T>
using FirstLargest = Position<T, Largest>;
template <class T>
using FirstSmallest = Position<T, Smallest>;

#define NABLA_REDUCTION_KERNELS(op, Reducer, type)                                          \
  NABLA_KERNEL(op##_##type, ReductionParameters) { reduce<type, Reducer<type>>(p); }        \
  NABLA_KERNEL(op##_join_##type, ReductionParameters) { join<Reducer<type>>(p); }
#define NABLA_ROOMY_REDUCTION_KERNELS(op, Reducer, type)                                    \
  NABLA_ROOMY_KERNEL(op##_##type, ReductionParameters) { reduce<type, Reducer<type>>(p); }  \
  NABLA_KERNEL(op##_join_##type, ReductionParameters) { join<Reducer<type>>(p); }
NABLA_NUMBERS(NABLA_REDUCTION_KERNELS, sum, Sum)
NABLA_NUMBERS(NABLA_REDUCTION_KERNELS, prod, Product)
NABLA_FLOATS(NABLA_REDUCTION_KERNELS, mean, Mean)
NABLA_NUMBERS(NABLA_REDUCTION_KERNELS, max, Largest)
NABLA_NUMBERS(NABLA_REDUCTION_KERNELS, min, Smallest)
NABLA_NUMBERS(NABLA_ROOMY_REDUCTION_KERNELS, any, AnyTrue)
NABLA_NUMBERS(NABLA_ROOMY_REDUCTION_KERNELS, all, AllTrue)
NABLA_NUMBERS(NABLA_ROOMY_REDUCTION_KERNELS, argmax, FirstLargest)
NABLA_NUMBERS(NABLA_ROOMY_REDUCTION_KERNELS, argmin, FirstSmallest)

}  // namespace nabla::cuda
