// Activation functions that are more than one step, and the way back through activations in one pass each.
//
// gelu: a; attributes [approximate: 0 by the error function, 1 by tanh]. erf: a.
// leakyRelu: a; attributes [slope]. elu: a; attributes [alpha]. softplus: a; attributes [beta, threshold]. softsign,
//   hardSigmoid: a.
// reluBackward, sigmoidBackward, tanhBackward: gradient, the function's result.
// geluBackward, leakyReluBackward, eluBackward, softplusBackward, softsignBackward, hardSigmoidBackward: gradient, a; the
//   attributes of the function.
// All operands and the output Float32 or Float64, of one shape (broadcast by strides of 0).
#include "cpu/elementwise.h"
#include "cpu/error_function.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace {

using vector_math::absolute;
using vector_math::exp;

NABLA_INLINE Vector<float> tanh_of(Vector<float> x) { return float_math::tanh(x); }
NABLA_INLINE Vector<double> tanh_of(Vector<double> x) { return vector_math::tanh(x); }
NABLA_INLINE Vector<float> expm1_of(Vector<float> x) { return vector_math::through_double(x, vector_math::expm1); }
NABLA_INLINE Vector<double> expm1_of(Vector<double> x) { return vector_math::expm1(x); }
NABLA_INLINE Vector<float> log1p_of(Vector<float> x) { return vector_math::through_double(x, vector_math::log1p); }
NABLA_INLINE Vector<double> log1p_of(Vector<double> x) { return vector_math::log1p(x); }

constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kSqrtTwoOverPi = 0.79788456080286535588;
constexpr double kInverseSqrtTwoPi = 0.39894228040143267794;
constexpr double kCubic = 0.044715;

template <class T>
struct Erf {
  explicit Erf(const OpCall&) {}
  NABLA_INLINE Vector<T> apply(Vector<T> x) const { return vector_math::erf(x); }
};

template <class T>
struct GeluByErf {
  NABLA_INLINE Vector<T> apply(Vector<T> x) const {
    return x * T(0.5) * (vector_math::erf(x * T(kSqrtHalf)) + T(1));
  }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const {
    const Vector<T> below = (vector_math::erf(x * T(kSqrtHalf)) + T(1)) * T(0.5);
    const Vector<T> density = exp<T>(x * x * T(-0.5)) * T(kInverseSqrtTwoPi);
    // Far out the density is 0 and 0 times infinity would be NaN.
    return gradient * (below + (density == T(0) ? Vector<T>{} : x * density));
  }
};

template <class T>
struct GeluByTanh {
  static NABLA_INLINE Vector<T> inner(Vector<T> x) { return tanh_of((x + x * x * x * T(kCubic)) * T(kSqrtTwoOverPi)); }
  NABLA_INLINE Vector<T> apply(Vector<T> x) const { return x * T(0.5) * (inner(x) + T(1)); }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const {
    const Vector<T> t = inner(x);
    const Vector<T> slope = (x * x * T(3 * kCubic) + T(1)) * T(kSqrtTwoOverPi);
    const Vector<T> bend = T(1) - t * t;
    return gradient * ((t + T(1)) * T(0.5) + (bend == T(0) ? Vector<T>{} : x * T(0.5) * bend * slope));
  }
};

template <class T>
struct LeakyRelu {
  T slope;
  explicit LeakyRelu(const OpCall& call) : slope(static_cast<T>(call.attributes[0])) {}
  NABLA_INLINE Vector<T> apply(Vector<T> x) const { return x > T(0) ? x : x * slope; }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const { return x > T(0) ? gradient : gradient * slope; }
};

template <class T>
struct Elu {
  T alpha;
  explicit Elu(const OpCall& call) : alpha(static_cast<T>(call.attributes[0])) {}
  NABLA_INLINE Vector<T> apply(Vector<T> x) const { return x > T(0) ? x : expm1_of(x) * alpha; }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const {
    return x > T(0) ? gradient : gradient * (exp<T>(x) * alpha);
  }
};

template <class T>
struct Softplus {
  T beta, threshold;
  explicit Softplus(const OpCall& call)
      : beta(static_cast<T>(call.attributes[0])), threshold(static_cast<T>(call.attributes[1])) {}
  NABLA_INLINE Vector<T> apply(Vector<T> x) const {
    const Vector<T> scaled = x * beta;
    return scaled > threshold ? x : log1p_of(exp<T>(scaled)) / beta;
  }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const {
    const Vector<T> scaled = x * beta;
    return scaled > threshold ? gradient : gradient * vector_math::sigmoid<T>(scaled);
  }
};

template <class T>
struct Softsign {
  explicit Softsign(const OpCall&) {}
  NABLA_INLINE Vector<T> apply(Vector<T> x) const { return x / (absolute<T>(x) + T(1)); }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const {
    const Vector<T> share = T(1) / (absolute<T>(x) + T(1));
    return gradient * share * share;
  }
};

template <class T>
struct HardSigmoid {
  explicit HardSigmoid(const OpCall&) {}
  NABLA_INLINE Vector<T> apply(Vector<T> x) const {
    Vector<T> y = x + T(3);
    y = y < T(0) ? Vector<T>{} : y;
    return (y > T(6) ? splat<T>(6) : y) / T(6);
  }
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> x) const {
    return (x > T(-3)) & (x < T(3)) ? gradient / T(6) : Vector<T>{};
  }
};

template <class T>
struct ReluBackward {
  explicit ReluBackward(const OpCall&) {}
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> y) const { return y <= T(0) ? Vector<T>{} : gradient; }
};

template <class T>
struct SigmoidBackward {
  explicit SigmoidBackward(const OpCall&) {}
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> y) const { return gradient * ((T(1) - y) * y); }
};

template <class T>
struct TanhBackward {
  explicit TanhBackward(const OpCall&) {}
  NABLA_INLINE Vector<T> apply(Vector<T> gradient, Vector<T> y) const { return gradient * (T(1) - y * y); }
};

template <class T, template <class> class Function, int64_t kPiece>
void forward(const OpCall& call) {
  elementwise<T, T>(call, Function<T>(call), kPiece);
}

template <class T, template <class> class Function, int64_t kPiece>
void backward(const OpCall& call) {
  elementwise<T, T, T>(call, Function<T>(call), kPiece);
}

template <class T>
void gelu(const OpCall& call) {
  if (call.attributes[0] == 0) elementwise<T, T>(call, GeluByErf<T>{}, kCostlyPiece);
  else elementwise<T, T>(call, GeluByTanh<T>{}, kCostlyPiece);
}

template <class T>
void gelu_backward(const OpCall& call) {
  if (call.attributes[0] == 0) elementwise<T, T, T>(call, GeluByErf<T>{}, kCostlyPiece);
  else elementwise<T, T, T>(call, GeluByTanh<T>{}, kCostlyPiece);
}

template <template <class> class Function, int64_t kPiece>
void register_forward(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, forward<float, Function, kPiece>);
  table.set(op, DType::Float64, forward<double, Function, kPiece>);
}

template <template <class> class Function, int64_t kPiece>
void register_backward(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, backward<float, Function, kPiece>);
  table.set(op, DType::Float64, backward<double, Function, kPiece>);
}

}  // namespace

void register_activations(KernelTable& table) {
  register_forward<Erf, kCostlyPiece>(table, "erf");
  register_forward<LeakyRelu, kCheapPiece>(table, "leakyRelu");
  register_forward<Elu, kCostlyPiece>(table, "elu");
  register_forward<Softplus, kCostlyPiece>(table, "softplus");
  register_forward<Softsign, kCheapPiece>(table, "softsign");
  register_forward<HardSigmoid, kCheapPiece>(table, "hardSigmoid");
  register_backward<LeakyRelu, kCheapPiece>(table, "leakyReluBackward");
  register_backward<Elu, kCostlyPiece>(table, "eluBackward");
  register_backward<Softplus, kCostlyPiece>(table, "softplusBackward");
  register_backward<Softsign, kCheapPiece>(table, "softsignBackward");
  register_backward<HardSigmoid, kCheapPiece>(table, "hardSigmoidBackward");
  register_backward<ReluBackward, kCheapPiece>(table, "reluBackward");
  register_backward<SigmoidBackward, kCheapPiece>(table, "sigmoidBackward");
  register_backward<TanhBackward, kCheapPiece>(table, "tanhBackward");
  table.set("gelu", DType::Float32, gelu<float>);
  table.set("gelu", DType::Float64, gelu<double>);
  table.set("geluBackward", DType::Float32, gelu_backward<float>);
  table.set("geluBackward", DType::Float64, gelu_backward<double>);
}

NABLA_END_ISA
