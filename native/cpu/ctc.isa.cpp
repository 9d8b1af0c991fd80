// Connectionist temporal classification (Graves et al., 2006), Float32 or Float64.
//
// ctcLoss: inputs logProbs [T, N, C], targets Int32 [N, S], input lengths Int32 [N], target lengths Int32 [N]; outputs losses
//   [N] and the logarithms of the forward variables [N, T, 2 S + 1]. Attribute: the blank.
// ctcLossBackward: inputs gradient of the losses [N], logProbs, targets, both lengths, losses, forward variables; output the
//   gradient of logProbs, minus the probability that an alignment of the target goes through a symbol at a time. Where no
//   alignment exists the loss is infinite and the gradient 0.
//
// Inputs are contiguous; lengths and targets have been checked. Sums of probabilities are kept as logarithms in double
// precision. A sequence is one thread's.
#include <limits>

#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

NABLA_INLINE double log_add(double a, double b) {
  const double high = a > b ? a : b, low = a > b ? b : a;
  return low == kNever ? high : high + __builtin_log1p(__builtin_exp(low - high));
}

/** One sequence of the batch, its target stretched by blanks: blank, first, blank, second, ..., blank. */
template <class T>
struct Alignment {
  const T* log_probs;
  const int32_t* target;
  int64_t time_stride, steps, states;
  int32_t blank;

  Alignment(const OpCall& call, int first_input, int64_t n)
      : log_probs(call.input(first_input).as<T>() + n * call.input(first_input).sizes[2]),
        target(call.input(first_input + 1).as<int32_t>() + n * call.input(first_input + 1).sizes[1]),
        time_stride(call.input(first_input).sizes[1] * call.input(first_input).sizes[2]),
        steps(call.input(first_input + 2).as<int32_t>()[n]),
        states(2 * int64_t{call.input(first_input + 3).as<int32_t>()[n]} + 1),
        blank(static_cast<int32_t>(call.attributes[0])) {}

  int32_t symbol(int64_t state) const { return state % 2 == 0 ? blank : target[state / 2]; }
  double log_prob(int64_t t, int64_t state) const { return static_cast<double>(log_probs[t * time_stride + symbol(state)]); }
  /** A blank between two symbols may be left out when they differ. */
  bool may_skip(int64_t state) const { return state >= 2 && state % 2 == 1 && symbol(state) != symbol(state - 2); }

  /** What `state` at time t takes over from time t - 1, going forward. */
  double arriving(const double* before, int64_t state) const {
    double sum = before[state];
    if (state >= 1) sum = log_add(sum, before[state - 1]);
    if (may_skip(state)) sum = log_add(sum, before[state - 2]);
    return sum;
  }

  /** The same backwards: `after` holds beta times the probability of each state's symbol at time t + 1. */
  double leaving(const double* after, int64_t state) const {
    double sum = after[state];
    if (state + 1 < states) sum = log_add(sum, after[state + 1]);
    if (state + 2 < states && may_skip(state + 2)) sum = log_add(sum, after[state + 2]);
    return sum;
  }
};

template <class T>
void ctc_loss(const OpCall& call) {
  const Operand& forward = call.output(1);
  const int64_t width = forward.sizes[2], rows = forward.sizes[1];
  share(call.input(0).sizes[1], 1, [&](int64_t begin, int64_t end) {
    double* const room = static_cast<double*>(workspace(static_cast<size_t>(2 * width) * sizeof(double)));
    for (int64_t n = begin; n < end; ++n) {
      const Alignment<T> a(call, 0, n);
      T* const out = forward.as<T>() + n * rows * width;
      for (int64_t k = 0; k < rows * width; ++k) out[k] = static_cast<T>(kNever);
      double *now = room, *before = room + width;
      for (int64_t t = 0; t < a.steps; ++t) {
        for (int64_t s = 0; s < a.states; ++s) {
          const double arrived = t == 0 ? (s < 2 ? 0 : kNever) : a.arriving(before, s);
          now[s] = arrived + a.log_prob(t, s);
          out[t * width + s] = static_cast<T>(now[s]);
        }
        double* const swap = now;
        now = before;
        before = swap;
      }
      // After no step at all only the empty target has been said.
      double total = a.steps == 0 ? (a.states == 1 ? 0 : kNever) : before[a.states - 1];
      if (a.steps > 0 && a.states > 1) total = log_add(total, before[a.states - 2]);
      call.output(0).as<T>()[n] = static_cast<T>(-total);
    }
  });
}

template <class T>
void ctc_loss_backward(const OpCall& call) {
  const Operand& log_probs = call.input(1);
  const Operand& forward = call.input(6);
  const int64_t all_steps = log_probs.sizes[0], batch = log_probs.sizes[1], classes = log_probs.sizes[2];
  const int64_t width = forward.sizes[2], rows = forward.sizes[1];
  share(batch, 1, [&](int64_t begin, int64_t end) {
    double* const room = static_cast<double*>(workspace(static_cast<size_t>(2 * width) * sizeof(double)));
    for (int64_t n = begin; n < end; ++n) {
      const Alignment<T> a(call, 1, n);
      T* const result = call.output(0).as<T>() + n * classes;
      for (int64_t t = 0; t < all_steps; ++t) {
        for (int64_t c = 0; c < classes; ++c) result[t * batch * classes + c] = 0;
      }
      const double loss = static_cast<double>(call.input(5).as<T>()[n]);
      const double gradient = static_cast<double>(call.input(0).as<T>()[n]);
      if (loss == std::numeric_limits<double>::infinity()) continue;
      const T* const alpha = forward.as<T>() + n * rows * width;
      double *now = room, *after = room + width;
      for (int64_t t = a.steps - 1; t >= 0; --t) {
        for (int64_t s = 0; s < a.states; ++s) {
          const double beta = t == a.steps - 1 ? (s + 2 >= a.states ? 0 : kNever) : a.leaving(after, s);
          now[s] = beta + a.log_prob(t, s);
          const double through = static_cast<double>(alpha[t * width + s]) + beta + loss;
          result[t * batch * classes + a.symbol(s)] -= static_cast<T>(gradient * __builtin_exp(through));
        }
        double* const swap = now;
        now = after;
        after = swap;
      }
    }
  });
}

template <class T>
void register_for(KernelTable& table, DType dtype) {
  table.set("ctcLoss", dtype, ctc_loss<T>);
  table.set("ctcLossBackward", dtype, ctc_loss_backward<T>);
}

}  // namespace

void register_ctc(KernelTable& table) {
  register_for<float>(table, DType::Float32);
  register_for<double>(table, DType::Float64);
}

NABLA_END_ISA
