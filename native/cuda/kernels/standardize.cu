// Standardisation of groups of elements, there and back: what batch, layer, group and instance normalisation share. Some threads
// take a group and meet in shared memory. Sums are kept in float64; the variance is that of the differences from the mean.
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/meeting.cuh"
#include "cuda/kernels/standardize_parameters.h"

namespace nabla::cuda {

/** One thread's share of a group. */
struct GroupShare {
  const StandardizeParameters& p;
  int64_t group;
  int lane;

  /** Calls `visit(place)` for each element of this thread: neighbouring threads take neighbours. */
  template <class Visit>
  NABLA_DEVICE void each(Visit visit) const {
    if (group >= p.groups) return;
    if (p.inner >= p.lanes) {
      for (int64_t o = 0; o < p.outer; ++o) {
        const int64_t run = (o * p.groups + group) * p.inner;
        for (int64_t i = lane; i < p.inner; i += p.lanes) visit(run + i);
      }
      return;
    }
    // Short runs: several at once.
    const int inner = static_cast<int>(p.inner), runs = p.lanes / inner;
    if (lane >= runs * inner) return;
    for (int64_t o = lane / inner; o < p.outer; o += runs) visit((o * p.groups + group) * p.inner + lane % inner);
  }

  /** The mean of `term(place)` over the group; all its threads get it. */
  template <class Term>
  NABLA_DEVICE double mean(double* met, Term term) const {
    double sum = 0;
    each([&](int64_t place) { sum += term(place); });
    return meet_in_sum(met, sum, p.lanes) / static_cast<double>(p.outer * p.inner);
  }
};

/** Calls `work(share)` for each group of this block's; all threads of a block come as often. */
template <class Work>
NABLA_DEVICE void each_group(const StandardizeParameters& p, Work work) {
  const int lane = static_cast<int>(threadIdx.x) % p.lanes;
  const int64_t at_once = kThreads / p.lanes;
  for (int64_t first = blockIdx.x * at_once; first < p.groups; first += gridDim.x * at_once) {
    work(GroupShare{p, first + static_cast<int>(threadIdx.x) / p.lanes, lane});
  }
}

template <class T>
NABLA_DEVICE T scale_of(T variance, double epsilon) {
  return T(1) / std::sqrt(variance + static_cast<T>(epsilon));
}

template <class T>
NABLA_DEVICE void standardize(const StandardizeParameters& p) {
  __shared__ double met[kThreads];
  const T* const x = static_cast<const T*>(p.from);
  each_group(p, [&](const GroupShare& own) {
    const T mean = static_cast<T>(own.mean(met, [&](int64_t at) { return static_cast<double>(x[at]); }));
    const T variance = static_cast<T>(own.mean(met, [&](int64_t at) {
      const double difference = static_cast<double>(x[at] - mean);
      return difference * difference;
    }));
    const T scale = scale_of(variance, p.epsilon);
    own.each([&](int64_t at) { static_cast<T*>(p.to)[at] = (x[at] - mean) * scale; });
    if (own.lane != 0 || own.group >= p.groups) return;
    static_cast<T*>(p.means)[own.group] = mean;
    static_cast<T*>(p.variances)[own.group] = variance;
  });
}

template <class T>
NABLA_DEVICE void standardize_backward(const StandardizeParameters& p) {
  __shared__ double met[kThreads];
  const T* const gradient = static_cast<const T*>(p.from);
  const T* const y = static_cast<const T*>(p.standardised);
  each_group(p, [&](const GroupShare& own) {
    const T mean = static_cast<T>(own.mean(met, [&](int64_t at) { return static_cast<double>(gradient[at]); }));
    const T slope = static_cast<T>(own.mean(met, [&](int64_t at) { return static_cast<double>(gradient[at]) * static_cast<double>(y[at]); }));
    if (own.group >= p.groups) return;
    const T scale = scale_of(static_cast<const T*>(p.variances)[own.group], p.epsilon);
    own.each([&](int64_t at) { static_cast<T*>(p.to)[at] = (gradient[at] - mean - y[at] * slope) * scale; });
  });
}

NABLA_KERNEL(standardize_f32, StandardizeParameters) { standardize<float>(p); }
NABLA_KERNEL(standardize_f64, StandardizeParameters) { standardize<double>(p); }
NABLA_KERNEL(standardizeBackward_f32, StandardizeParameters) { standardize_backward<float>(p); }
NABLA_KERNEL(standardizeBackward_f64, StandardizeParameters) { standardize_backward<double>(p); }

}  // namespace nabla::cuda
