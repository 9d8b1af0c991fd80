// Elements compared with the range in which they must lie, without anybody waiting for the answer. Usually each thread looks at its own
// elements and that is all. Where one is outside, the first block that has seen one looks for the smallest and the largest
// of all and writes them down; so what is written does not depend on which block that was. Only the first check that finds
// something writes: what comes after it, until the host has taken note, follows from it as a rule.
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/meeting.cuh"
#include "cuda/kernels/range_check_parameters.h"

namespace nabla::cuda {

template <class T>
NABLA_DEVICE double element_of(const RangeCheckParameters& p, int64_t number) {
  return static_cast<double>(static_cast<const T*>(p.from)[place_of(p.rank, p.sizes, p.strides, number)]);
}

template <class T>
NABLA_DEVICE void check_range(const RangeCheckParameters& p) {
  __shared__ int32_t seen, first;
  __shared__ double met[kThreads];
  // NaN is neither below nor above.
  bool outside = false;
  for (int64_t i = thread_number(); i < p.count; i += thread_count()) {
    const double value = element_of<T>(p, i);
    outside = outside || value < p.low || value > p.high || (p.no_nan != 0 && value != value);
  }
  if (threadIdx.x == 0) seen = 0;
  __syncthreads();
  if (outside) seen = 1;
  __syncthreads();
  if (seen == 0) return;
  if (threadIdx.x == 0) first = atomicCAS(p.found, 0, 1) == 0 ? 1 : 0;
  __syncthreads();
  if (first == 0) return;
  double smallest = static_cast<double>(INFINITY), largest = -smallest;
  for (int64_t i = threadIdx.x; i < p.count; i += kThreads) {
    const double value = element_of<T>(p, i);
    if (p.no_nan != 0 && value != value) smallest = largest = value;
    smallest = value < smallest ? value : smallest;
    largest = value > largest ? value : largest;
  }
  smallest = meet(met, smallest, kThreads, [](double a, double b) { return b < a || b != b ? b : a; });
  largest = meet(met, largest, kThreads, [](double a, double b) { return b > a || b != b ? b : a; });
  if (threadIdx.x != 0) return;
  volatile Violation& violation = *p.violation;
  violation.smallest = smallest;
  violation.largest = largest;
  violation.low = p.low;
  violation.high = p.high;
  violation.check = p.check;
  __threadfence_system();
  violation.noted = 1;
}

#define NABLA_RANGE_CHECK(op, Function, type) \
  NABLA_KERNEL(checkRange_##type, RangeCheckParameters) { check_range<type>(p); }
NABLA_NUMBERS(NABLA_RANGE_CHECK, , )

/** One thread: checks may find something again. */
NABLA_KERNEL(checkRange_again, RangeCheckParameters) { *p.found = 0; }

}  // namespace nabla::cuda
