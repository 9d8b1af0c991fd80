// Finding elements: where they are not 0, and where others belong among sorted ones. For the first each block counts a stretch, one
// block adds the counts up, and each block then knows where its own go.
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/finding_parameters.h"

namespace nabla::cuda {

/** The sum of what this thread and those before it in the block hold. All threads of the block come here. */
NABLA_DEVICE int64_t sum_up_to(int64_t* met, int64_t value) {
  const int own = static_cast<int>(threadIdx.x);
  met[own] = value;
  __syncthreads();
  for (int reach = 1; reach < kThreads; reach *= 2) {
    const int64_t before = own >= reach ? met[own - reach] : 0;
    __syncthreads();
    met[own] += before;
    __syncthreads();
  }
  return met[own];
}

template <class T>
NABLA_DEVICE bool found(const NonzeroParameters& p, int64_t i) {
  return i < p.count && static_cast<const T*>(p.from)[i] != T(0);
}

template <class T>
NABLA_DEVICE void count_nonzero(const NonzeroParameters& p) {
  __shared__ int64_t met[kThreads];
  for (int64_t first = static_cast<int64_t>(blockIdx.x) * kThreads; first < p.count; first += static_cast<int64_t>(gridDim.x) * kThreads) {
    const int64_t so_far = sum_up_to(met, found<T>(p, first + threadIdx.x) ? 1 : 0);
    if (threadIdx.x == kThreads - 1) p.starts[first / kThreads] = so_far;
    __syncthreads();
  }
}

/** One block: each stretch's count becomes the sum of those before it. */
NABLA_KERNEL(nonzeroStarts, NonzeroParameters) {
  __shared__ int64_t met[kThreads];
  const int64_t stretches = (p.count + kThreads - 1) / kThreads;
  int64_t before = 0;
  for (int64_t first = 0; first < stretches; first += kThreads) {
    const int64_t at = first + threadIdx.x, own = at < stretches ? p.starts[at] : 0;
    const int64_t so_far = sum_up_to(met, own);
    if (at < stretches) p.starts[at] = before + so_far - own;
    before += met[kThreads - 1];
    __syncthreads();
  }
}

template <class T>
NABLA_DEVICE void write_nonzero(const NonzeroParameters& p) {
  __shared__ int64_t met[kThreads];
  for (int64_t first = static_cast<int64_t>(blockIdx.x) * kThreads; first < p.count; first += static_cast<int64_t>(gridDim.x) * kThreads) {
    const int64_t i = first + threadIdx.x;
    const bool own = found<T>(p, i);
    const int64_t place = p.starts[first / kThreads] + sum_up_to(met, own ? 1 : 0) - 1;
    if (own && p.flat != 0) p.to[place] = static_cast<int32_t>(i);
    int64_t rest = i;
    for (int d = p.rank - 1; d >= 0 && own && p.flat == 0; --d) {
      p.to[place * p.rank + d] = static_cast<int32_t>(rest % p.sizes[d]);
      rest /= p.sizes[d];
    }
    __syncthreads();
  }
}

/** NaN comes after everything. */
template <class T>
NABLA_DEVICE bool comes_before(T a, T b) {
  return a < b || (a == a && b != b);
}

template <class T>
NABLA_DEVICE void search_sorted(const SearchParameters& p) {
  for (int64_t i = thread_number(); i < p.count; i += thread_count()) {
    const T* const line = static_cast<const T*>(p.sorted) + (p.one_line != 0 ? 0 : i / p.row * p.length);
    const T value = static_cast<const T*>(p.values)[i];
    int64_t low = 0, high = p.length;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (p.right != 0 ? !comes_before(value, line[middle]) : comes_before(line[middle], value)) low = middle + 1;
      else high = middle;
    }
    p.to[i] = static_cast<int32_t>(low);
  }
}

#define NABLA_FINDING_KERNELS(op, Function, type)                                        \
  NABLA_KERNEL(nonzeroCount_##type, NonzeroParameters) { count_nonzero<type>(p); }       \
  NABLA_KERNEL(nonzero_##type, NonzeroParameters) { write_nonzero<type>(p); }            \
  NABLA_KERNEL(searchsorted_##type, SearchParameters) { search_sorted<type>(p); }
NABLA_NUMBERS(NABLA_FINDING_KERNELS, , )

}  // namespace nabla::cuda
