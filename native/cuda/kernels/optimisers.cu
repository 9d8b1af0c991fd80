// Steps of optimisers: one kernel for several parameters of any sizes, each element by itself, by the formulas of
// cpu/optimisers.isa.cpp.
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/optimisers_parameters.h"

namespace nabla::cuda {

/** numbers: lr, momentum, 1 - dampening, weight decay, whether it is the first step, whether Nesterov's. */
template <class T, bool kWithVelocity>
struct Sgd {
  static constexpr int kStreams = kWithVelocity ? 3 : 2;
  static NABLA_DEVICE void step(const double* n, T* v) {
    const T lr = static_cast<T>(n[0]), momentum = static_cast<T>(n[1]), keep = static_cast<T>(n[2]), decay = static_cast<T>(n[3]);
    T d = decay != T(0) ? v[0] + decay * v[1] : v[0];
    if constexpr (kWithVelocity) {
      v[2] = n[4] != 0 ? d : momentum * v[2] + keep * d;
      d = n[5] != 0 ? d + momentum * v[2] : v[2];
    }
    v[1] = v[1] - lr * d;
  }
};

/** numbers: rate, 1 - beta1, beta2, 1 - beta2, root of beta2's correction, epsilon, weight decay, shrinking by decoupled decay. */
template <class T, bool kAmsgrad>
struct Adam {
  static constexpr int kStreams = kAmsgrad ? 5 : 4;
  static NABLA_DEVICE void step(const double* n, T* v) {
    const T decay = static_cast<T>(n[6]);
    v[1] = v[1] * static_cast<T>(n[7]);
    const T gradient = decay != T(0) ? v[0] + decay * v[1] : v[0];
    v[2] = v[2] + static_cast<T>(n[1]) * (gradient - v[2]);
    v[3] = static_cast<T>(n[2]) * v[3] + static_cast<T>(n[3]) * gradient * gradient;
    if constexpr (kAmsgrad) v[4] = v[4] > v[3] ? v[4] : v[3];
    const T root = std::sqrt(v[kStreams - 1]) / static_cast<T>(n[4]);
    v[1] = v[1] - static_cast<T>(n[0]) * v[2] / (root + static_cast<T>(n[5]));
  }
};

template <class T, class Rule>
NABLA_DEVICE void step_all(const OptimiserParameters& p) {
  const int64_t total = p.ends[p.groups - 1];
  // The first element's parameter by halves: there may be a hundred of them. The thread's next elements lie behind.
  int group = 0;
  for (int by = 64; by > 0; by /= 2) {
    if (group + by < p.groups && p.ends[group + by - 1] <= thread_number()) group += by;
  }
  for (int64_t i = thread_number(); i < total; i += thread_count()) {
    while (i >= p.ends[group]) ++group;
    const int64_t at = group == 0 ? i : i - p.ends[group - 1];
    T v[Rule::kStreams];
    for (int s = 0; s < Rule::kStreams; ++s) v[s] = static_cast<const T*>(p.data[s * p.groups + group])[at];
    Rule::step(p.numbers, v);
    for (int s = 1; s < Rule::kStreams; ++s) static_cast<T*>(p.data[s * p.groups + group])[at] = v[s];
  }
}

NABLA_KERNEL(sgd_f32, OptimiserParameters) { step_all<float, Sgd<float, false>>(p); }
NABLA_KERNEL(sgd_f64, OptimiserParameters) { step_all<double, Sgd<double, false>>(p); }
NABLA_KERNEL(sgd_velocity_f32, OptimiserParameters) { step_all<float, Sgd<float, true>>(p); }
NABLA_KERNEL(sgd_velocity_f64, OptimiserParameters) { step_all<double, Sgd<double, true>>(p); }
NABLA_KERNEL(adam_f32, OptimiserParameters) { step_all<float, Adam<float, false>>(p); }
NABLA_KERNEL(adam_f64, OptimiserParameters) { step_all<double, Adam<double, false>>(p); }
NABLA_KERNEL(amsgrad_f32, OptimiserParameters) { step_all<float, Adam<float, true>>(p); }
NABLA_KERNEL(amsgrad_f64, OptimiserParameters) { step_all<double, Adam<double, true>>(p); }

}  // namespace nabla::cuda
