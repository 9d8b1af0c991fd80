// Optimisers: one call changes several parameters in place, each in one pass over its memory, so that a model's small
// parameters do not cost a call each (PyTorch's "fused" optimisers do the same). Operands come in groups of G parameters,
// in one order: G gradients as inputs; as outputs G parameters, then G of each state the optimiser keeps. The operands of
// one parameter have one shape. Every element is computed on its own, so neither grouping nor threads change a bit.
//
// sgdStep: state velocity, or none. Attributes [lr, first, momentum, dampening, weightDecay, nesterov].
// adamStep: states mean, square and, for AMSGrad, largest. Attributes [lr, step, beta1, beta2, epsilon, weightDecay,
// decoupled]; the first step is 1.
#include <cmath>

#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/**
 * PyTorch's order of operations: d = gradient + weightDecay * parameter; velocity = momentum * velocity +
 * (1 - dampening) * d, or d itself in the first step; d = d + momentum * velocity with Nesterov's, else velocity;
 * parameter -= lr * d.
 */
template <class T, bool kWithVelocity>
struct Sgd {
  static constexpr int kStreams = kWithVelocity ? 3 : 2;
  T lr, momentum, keep, decay;
  bool first, nesterov;

  explicit Sgd(const double* a)
      : lr(static_cast<T>(a[0])),
        momentum(static_cast<T>(a[2])),
        keep(static_cast<T>(1 - a[3])),
        decay(static_cast<T>(a[4])),
        first(a[1] != 0),
        nesterov(a[5] != 0) {}

  /** `v`: gradient, parameter, states. */
  NABLA_INLINE void step(Vector<T>* v) const {
    Vector<T> d = decay != 0 ? v[0] + decay * v[1] : v[0];
    if constexpr (kWithVelocity) {
      v[2] = first ? d : momentum * v[2] + keep * d;
      d = nesterov ? d + momentum * v[2] : v[2];
    }
    v[1] = v[1] - lr * d;
  }
};

/** Kingma and Ba 2015; with `decoupled` decay Loshchilov and Hutter 2019; AMSGrad is Reddi et al. 2018. */
template <class T, bool kAmsgrad>
struct Adam {
  static constexpr int kStreams = kAmsgrad ? 5 : 4;
  T rate, keep_mean, keep_square, new_square, root_of_correction, epsilon, decay, shrink;

  explicit Adam(const double* a)
      : rate(static_cast<T>(a[0] / (1 - std::pow(a[2], a[1])))),
        keep_mean(static_cast<T>(1 - a[2])),
        keep_square(static_cast<T>(a[3])),
        new_square(static_cast<T>(1 - a[3])),
        root_of_correction(static_cast<T>(std::sqrt(1 - std::pow(a[3], a[1])))),
        epsilon(static_cast<T>(a[4])),
        decay(static_cast<T>(a[6] != 0 ? 0 : a[5])),
        shrink(static_cast<T>(a[6] != 0 ? 1 - a[0] * a[5] : 1)) {}

  NABLA_INLINE void step(Vector<T>* v) const {
    v[1] = v[1] * shrink;
    const Vector<T> gradient = decay != 0 ? v[0] + decay * v[1] : v[0];
    v[2] = v[2] + keep_mean * (gradient - v[2]);
    v[3] = keep_square * v[3] + new_square * gradient * gradient;
    // A NaN in either stays one, as in PyTorch: the comparison is false and the new square is kept.
    if constexpr (kAmsgrad) v[4] = v[4] > v[3] ? v[4] : v[3];
    const Vector<T> root = square_root(v[kStreams - 1]) / root_of_correction;
    v[1] = v[1] - rate * v[2] / (root + epsilon);
  }
};

/** A run of `count` elements of one parameter; `at` and `strides` by stream. */
template <class T, class Rule>
NABLA_INLINE void step_run(const Rule& rule, T* const* at, const int64_t* strides, int64_t count) {
  constexpr int kStreams = Rule::kStreams;
  constexpr int64_t lanes = kLanes<T>;
  bool contiguous = true;
  for (int s = 0; s < kStreams; ++s) contiguous &= strides[s] == 1;
  Vector<T> v[kStreams];
  int64_t i = 0;
  if (contiguous) {
    for (; i + lanes <= count; i += lanes) {
      for (int s = 0; s < kStreams; ++s) v[s] = load(at[s] + i);
      rule.step(v);
      for (int s = 1; s < kStreams; ++s) store(at[s] + i, v[s]);
    }
  }
  for (; i < count; i += lanes) {
    const int part = static_cast<int>(smaller(lanes, count - i));
    for (int s = 0; s < kStreams; ++s) {
      v[s] = Vector<T>{};
      for (int j = 0; j < part; ++j) v[s][j] = at[s][(i + j) * strides[s]];
    }
    rule.step(v);
    for (int s = 1; s < kStreams; ++s) {
      for (int j = 0; j < part; ++j) at[s][(i + j) * strides[s]] = v[s][j];
    }
  }
}

/** The elements `begin` to `end` of parameter `group`. */
template <class T, class Rule>
void step_part(const OpCall& call, const Rule& rule, int group, int64_t begin, int64_t end) {
  constexpr int kStreams = Rule::kStreams;
  OpCall one;
  one.input_count = 1;
  one.output_count = kStreams - 1;
  for (int s = 0; s < kStreams; ++s) one.operands[s] = call.operands[s * call.input_count + group];
  Iteration iteration;
  plan_iteration(one, iteration);
  int64_t strides[kStreams];
  for (int s = 0; s < kStreams; ++s) strides[s] = iteration.strides[s][iteration.rank - 1];
  walk<kStreams>(iteration, begin, end, [&](const int64_t* offsets, int64_t run) {
    T* at[kStreams];
    for (int s = 0; s < kStreams; ++s) at[s] = static_cast<T*>(one.operands[s].data) + offsets[s];
    step_run<T>(rule, at, strides, run);
  });
}

template <class T, class Rule>
void step_all(const OpCall& call) {
  const Rule rule(call.attributes);
  const int groups = call.input_count;
  int64_t ends[kMaxOperands];
  int64_t total = 0;
  for (int g = 0; g < groups; ++g) {
    int64_t count = 1;
    const Operand& gradient = call.operands[g];
    for (int d = 0; d < gradient.rank; ++d) count *= gradient.sizes[d];
    ends[g] = total += count;
  }
  // One range over all parameters, so that small ones share a piece.
  share(total, kCheapPiece, [&](int64_t begin, int64_t end) {
    for (int g = 0; g < groups; ++g) {
      const int64_t start = g == 0 ? 0 : ends[g - 1];
      const int64_t from = begin > start ? begin : start, to = smaller(end, ends[g]);
      if (from < to) step_part<T>(call, rule, g, from - start, to - start);
    }
  });
}

template <class T>
void sgd_step(const OpCall& call) {
  if (call.output_count == call.input_count) {
    step_all<T, Sgd<T, false>>(call);
  } else {
    step_all<T, Sgd<T, true>>(call);
  }
}

template <class T>
void adam_step(const OpCall& call) {
  if (call.output_count == 3 * call.input_count) {
    step_all<T, Adam<T, false>>(call);
  } else {
    step_all<T, Adam<T, true>>(call);
  }
}

}  // namespace

void register_optimisers(KernelTable& table) {
  table.set("sgdStep", DType::Float32, sgd_step<float>);
  table.set("sgdStep", DType::Float64, sgd_step<double>);
  table.set("adamStep", DType::Float32, adam_step<float>);
  table.set("adamStep", DType::Float64, adam_step<double>);
}

NABLA_END_ISA
