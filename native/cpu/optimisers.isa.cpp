// sgdStep: input gradient; outputs parameter and, with momentum, velocity, all of one shape, changed in place.
// Attributes [lr, momentum, dampening, weightDecay, nesterov, firstStep] (the last two 0 or 1).
//
// PyTorch's order of operations: d = gradient + weightDecay * parameter; velocity = momentum * velocity +
// (1 - dampening) * d, or d itself in the first step; d = d + momentum * velocity with Nesterov's, else velocity;
// parameter -= lr * d.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

template <class T>
struct Settings {
  T lr, momentum, keep, decay;
  bool with_velocity, nesterov, first;

  /** One step for a number or a vector of them. */
  template <class V>
  NABLA_INLINE void step(V gradient, V& parameter, V& velocity) const {
    V d = decay != 0 ? gradient + decay * parameter : gradient;
    if (with_velocity) {
      velocity = first ? d : momentum * velocity + keep * d;
      d = nesterov ? d + momentum * velocity : velocity;
    }
    parameter = parameter - lr * d;
  }
};

template <class T>
void sgd_step(const OpCall& call) {
  const bool with_velocity = call.output_count == 2;
  const Settings<T> settings{static_cast<T>(call.attributes[0]),
                             static_cast<T>(call.attributes[1]),
                             static_cast<T>(1 - call.attributes[2]),
                             static_cast<T>(call.attributes[3]),
                             with_velocity,
                             call.attributes[4] != 0,
                             call.attributes[5] != 0};
  Iteration it;
  plan_iteration(call, it);
  const int last = it.rank - 1, velocity_at = with_velocity ? 2 : 1;
  const T* gradients = call.input(0).as<T>();
  T* parameters = call.output(0).as<T>();
  T* velocities = call.operands[velocity_at].as<T>();
  const int64_t strides[3] = {it.strides[0][last], it.strides[1][last], it.strides[velocity_at][last]};
  const bool contiguous = strides[0] == 1 && strides[1] == 1 && strides[2] == 1;

  share(it.count, kCheapPiece, [&](int64_t begin, int64_t end) {
    walk<3>(it, begin, end, [&](const int64_t* offsets, int64_t run) {
      const T* g = gradients + offsets[0];
      T* p = parameters + offsets[1];
      T* v = with_velocity ? velocities + offsets[2] : nullptr;
      int64_t i = 0;
      if (contiguous) {
        for (; i + kLanes<T> <= run; i += kLanes<T>) {
          Vector<T> parameter = load(p + i), velocity = with_velocity ? load(v + i) : Vector<T>{};
          settings.step(load(g + i), parameter, velocity);
          store(p + i, parameter);
          if (with_velocity) store(v + i, velocity);
        }
      }
      for (; i < run; ++i) {
        T velocity = with_velocity ? v[i * strides[2]] : T{};
        settings.step(g[i * strides[0]], p[i * strides[1]], velocity);
        if (with_velocity) v[i * strides[2]] = velocity;
      }
    });
  });
}

}  // namespace

void register_optimisers(KernelTable& table) {
  table.set(OpCode::sgdStep, DType::Float32, sgd_step<float>);
  table.set(OpCode::sgdStep, DType::Float64, sgd_step<double>);
}

NABLA_END_ISA
