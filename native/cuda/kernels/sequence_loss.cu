// Connectionist temporal classification: a block takes a sequence, its threads the states of a time, and they wait for each other from
// time to time. The formulas are those of cpu/ctc.isa.cpp, which names their source; sums of probabilities are logarithms in
// float64. States of one symbol add to one gradient: the thread of the first adds them in their order.
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/sequence_loss_parameters.h"

namespace nabla::cuda {

NABLA_DEVICE double never() { return -static_cast<double>(INFINITY); }

NABLA_DEVICE double log_add(double a, double b) {
  const double high = a > b ? a : b, low = a > b ? b : a;
  return low == never() ? high : high + std::log1p(std::exp(low - high));
}

/** Lengths have been checked; whatever they are, nothing beyond memory is touched. */
NABLA_DEVICE int64_t within(int32_t length, int64_t most) { return length < 0 ? 0 : length > most ? most : length; }

/** One sequence of the batch, its target stretched by blanks: blank, first, blank, second, ..., blank. */
template <class T>
struct Alignment {
  const T* log_probs;
  const int32_t* target;
  int64_t time_stride, steps, states, classes;
  int32_t blank;

  NABLA_DEVICE Alignment(const SequenceLossParameters& p, int64_t n)
      : log_probs(static_cast<const T*>(p.log_probs) + n * p.classes), target(p.targets + n * p.symbols), time_stride(p.batch * p.classes),
        steps(within(p.input_lengths[n], p.steps)), states(2 * within(p.target_lengths[n], p.symbols) + 1), classes(p.classes), blank(p.blank) {}

  NABLA_DEVICE int32_t symbol(int64_t state) const {
    if (state % 2 == 0) return blank;
    const int32_t said = target[state / 2];
    return said >= 0 && said < classes ? said : blank;
  }
  NABLA_DEVICE double log_prob(int64_t t, int64_t state) const { return static_cast<double>(log_probs[t * time_stride + symbol(state)]); }
  /** A blank between two symbols may be left out when they differ. */
  NABLA_DEVICE bool may_skip(int64_t state) const { return state >= 2 && state % 2 == 1 && symbol(state) != symbol(state - 2); }

  /** What a state takes over from the time before. */
  NABLA_DEVICE double arriving(const double* before, int64_t state) const {
    double sum = before[state];
    if (state >= 1) sum = log_add(sum, before[state - 1]);
    if (may_skip(state)) sum = log_add(sum, before[state - 2]);
    return sum;
  }

  /** The same backwards: `after` holds beta times the probability of each state's symbol at the time after. */
  NABLA_DEVICE double leaving(const double* after, int64_t state) const {
    double sum = after[state];
    if (state + 1 < states) sum = log_add(sum, after[state + 1]);
    if (state + 2 < states && may_skip(state + 2)) sum = log_add(sum, after[state + 2]);
    return sum;
  }
};

template <class T>
NABLA_DEVICE void ctc_loss(const SequenceLossParameters& p) {
  for (int64_t n = blockIdx.x; n < p.batch; n += gridDim.x) {
    const Alignment<T> a(p, n);
    T* const out = static_cast<T*>(p.forward) + n * p.rows * p.width;
    for (int64_t k = threadIdx.x; k < p.rows * p.width; k += kThreads) out[k] = static_cast<T>(never());
    double *now = p.states + n * 2 * p.width, *before = now + p.width;
    __syncthreads();
    for (int64_t t = 0; t < a.steps; ++t) {
      for (int64_t s = threadIdx.x; s < a.states; s += kThreads) {
        const double arrived = t == 0 ? (s < 2 ? 0 : never()) : a.arriving(before, s);
        now[s] = arrived + a.log_prob(t, s);
        out[t * p.width + s] = static_cast<T>(now[s]);
      }
      __syncthreads();
      double* const swapped = now;
      now = before;
      before = swapped;
    }
    if (threadIdx.x == 0) {
      // After no step at all only the empty target has been said.
      double total = a.steps == 0 ? (a.states == 1 ? 0 : never()) : before[a.states - 1];
      if (a.steps > 0 && a.states > 1) total = log_add(total, before[a.states - 2]);
      static_cast<T*>(p.losses)[n] = static_cast<T>(-total);
    }
  }
}

template <class T>
NABLA_DEVICE void ctc_loss_backward(const SequenceLossParameters& p) {
  for (int64_t n = blockIdx.x; n < p.batch; n += gridDim.x) {
    const Alignment<T> a(p, n);
    T* const result = static_cast<T*>(p.to) + n * p.classes;
    for (int64_t i = threadIdx.x; i < p.steps * p.classes; i += kThreads) result[i / p.classes * p.batch * p.classes + i % p.classes] = T(0);
    const double loss = static_cast<double>(static_cast<const T*>(p.losses)[n]);
    if (loss == static_cast<double>(INFINITY)) continue;
    // Below 0: the first of its symbol, whose next one is ~next.
    int32_t* const next = p.next + n * p.width;
    for (int64_t s = threadIdx.x; s < a.states; s += kThreads) {
      int64_t following = s + 1;
      while (following < a.states && a.symbol(following) != a.symbol(s)) ++following;
      bool first = true;
      for (int64_t other = 0; other < s && first; ++other) first = a.symbol(other) != a.symbol(s);
      next[s] = static_cast<int32_t>(first ? ~following : following);
    }
    const double gradient = static_cast<double>(static_cast<const T*>(p.gradient)[n]);
    const T* const alpha = static_cast<const T*>(p.forward) + n * p.rows * p.width;
    double *now = p.states + n * 3 * p.width, *after = now + p.width, *const through = now + 2 * p.width;
    __syncthreads();
    for (int64_t t = a.steps - 1; t >= 0; --t) {
      for (int64_t s = threadIdx.x; s < a.states; s += kThreads) {
        const double beta = t == a.steps - 1 ? (s + 2 >= a.states ? 0 : never()) : a.leaving(after, s);
        now[s] = beta + a.log_prob(t, s);
        through[s] = gradient * std::exp(static_cast<double>(alpha[t * p.width + s]) + beta + loss);
      }
      __syncthreads();
      for (int64_t s = threadIdx.x; s < a.states; s += kThreads) {
        if (next[s] >= 0) continue;
        T sum = T(0);
        for (int64_t each = s; each < a.states; each = next[each] < 0 ? ~next[each] : next[each]) sum -= static_cast<T>(through[each]);
        result[t * p.batch * p.classes + a.symbol(s)] = sum;
      }
      __syncthreads();
      double* const swapped = now;
      now = after;
      after = swapped;
    }
  }
}

NABLA_KERNEL(ctcLoss_f32, SequenceLossParameters) { ctc_loss<float>(p); }
NABLA_KERNEL(ctcLoss_f64, SequenceLossParameters) { ctc_loss<double>(p); }
NABLA_KERNEL(ctcLossBackward_f32, SequenceLossParameters) { ctc_loss_backward<float>(p); }
NABLA_KERNEL(ctcLossBackward_f64, SequenceLossParameters) { ctc_loss_backward<double>(p); }

}  // namespace nabla::cuda
