// Placing elements one after the other, several at a time: what is added to one place is added in the order of the elements, so that
// the bits are those of a single thread and there is no atomic addition. A block takes as many elements as it has threads; the
// first of those for one place does it for all of them.
#pragma once

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_functions.cuh"

namespace nabla::cuda {

/**
 * Adds `value(i)` to `at(place(i))`, or puts it there, for i from 0 to count - 1, in this order; a place below 0 is none. All
 * threads of the block come here with the same arguments.
 */
template <class T, class Place, class Value, class At>
NABLA_DEVICE void place_in_order(int64_t count, bool replace, Place place, Value value, At at) {
  __shared__ int32_t places[kThreads];
  __shared__ T values[kThreads];
  const int own = static_cast<int>(threadIdx.x);
  for (int64_t first = 0; first < count; first += kThreads) {
    const int width = count - first < kThreads ? static_cast<int>(count - first) : kThreads;
    if (own < width) {
      places[own] = place(first + own);
      values[own] = value(first + own);
    }
    __syncthreads();
    bool mine = own < width && places[own] >= 0;
    for (int i = 0; i < own && mine; ++i) mine = places[i] != places[own];
    if (mine) {
      T& target = at(places[own]);
      T kept = target;
      for (int i = own; i < width; ++i) {
        if (places[i] == places[own]) kept = replace ? values[i] : Add::of(nullptr, kept, values[i]);
      }
      target = kept;
    }
    __syncthreads();
  }
}

}  // namespace nabla::cuda
