// The squared error of two tensors, there and back. Each block sums a part in float64, and where there are several parts a
// second kernel adds them up: which thread takes what depends on the sizes and the card alone, and so do the bits.
#include "cuda/kernels/elementwise.cuh"
#include "cuda/kernels/losses_parameters.h"
#include "cuda/kernels/meeting.cuh"

namespace nabla::cuda {

template <class T>
NABLA_DEVICE void squared_error(const SquaredErrorParameters& p) {
  __shared__ double met[kThreads];
  const int64_t part = blockIdx.x, begin = p.count * part / p.part_count, end = p.count * (part + 1) / p.part_count;
  double sum = 0;
  for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
    const double difference = static_cast<double>(static_cast<const T*>(p.a)[i]) - static_cast<double>(static_cast<const T*>(p.b)[i]);
    sum += difference * difference;
  }
  sum = meet_in_sum(met, sum, kThreads);
  if (threadIdx.x != 0) return;
  if (p.parts != nullptr) p.parts[part] = sum;
  else *static_cast<T*>(p.to) = static_cast<T>(sum / p.divisor);
}

template <class T>
NABLA_DEVICE void join_squared_error(const SquaredErrorParameters& p) {
  __shared__ double met[kThreads];
  double sum = 0;
  for (int part = static_cast<int>(threadIdx.x); part < p.part_count; part += kThreads) sum += p.parts[part];
  sum = meet_in_sum(met, sum, kThreads);
  if (threadIdx.x == 0) *static_cast<T*>(p.to) = static_cast<T>(sum / p.divisor);
}

/** a, b, the upstream gradient; attribute: a scale. */
struct SquaredErrorBackward {
  template <class T>
  static NABLA_DEVICE T of(const double* attributes, T a, T b, T gradient) {
    return (a - b) * (gradient * static_cast<T>(attributes[0]));
  }
};

#define NABLA_SQUARED_ERROR(type, T)                                                              \
  NABLA_KERNEL(squaredError_##type, SquaredErrorParameters) { squared_error<T>(p); }              \
  NABLA_KERNEL(squaredError_join_##type, SquaredErrorParameters) { join_squared_error<T>(p); }    \
  NABLA_KERNEL(mseLossBackward_##type, ElementwiseParameters) { elementwise<SquaredErrorBackward, T, T, T, T>(p); }
NABLA_SQUARED_ERROR(f32, float)
NABLA_SQUARED_ERROR(f64, double)

}  // namespace nabla::cuda
