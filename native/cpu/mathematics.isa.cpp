// Functions of one tensor; input and output of one dtype and shape.
//
// No attributes: exp, log, log1p, expm1, sqrt, rsqrt, reciprocal, sin, cos, tanh, sigmoid (Float32, Float64);
//   neg, abs, sign, square, relu, floor, ceil, round (also Int32; abs, sign, square, relu and rounding also UInt8).
// clamp: attributes [min, max], -infinity and infinity for none; NaN stays NaN, and max wins where min is above it.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace {

struct Exp {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return vector_math::exp<float>(x); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return vector_math::exp<double>(x); }
};

struct Log {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return vector_math::log<float>(x); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return vector_math::log<double>(x); }
};

struct Sigmoid {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return vector_math::sigmoid<float>(x); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return vector_math::sigmoid<double>(x); }
};

struct Tanh {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return float_math::tanh(x); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return vector_math::tanh(x); }
};

/** A function that exists on float64 vectors only. */
template <class Function>
struct InDouble {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return vector_math::through_double(x, Function::of); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return Function::of(x); }
};

struct Log1p {
  static NABLA_INLINE Vector<double> of(Vector<double> x) { return vector_math::log1p(x); }
};
struct Expm1 {
  static NABLA_INLINE Vector<double> of(Vector<double> x) { return vector_math::expm1(x); }
};
struct Sin {
  static NABLA_INLINE Vector<double> of(Vector<double> x) { return vector_math::sine_or_cosine<0>(x); }
};
struct Cos {
  static NABLA_INLINE Vector<double> of(Vector<double> x) { return vector_math::sine_or_cosine<1>(x); }
};

struct Sqrt {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return square_root(x);
  }
};

struct Rsqrt {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return 1 / square_root(x);
  }
};

struct Reciprocal {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return 1 / x;
  }
};

struct Square {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return x * x;
  }
  NABLA_INLINE Vector<int32_t> apply(Vector<int32_t> x) const {
    return (Vector<int32_t>)((Vector<uint32_t>)x * (Vector<uint32_t>)x);
  }
};

struct Negative {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return -x;
  }
  NABLA_INLINE Vector<int32_t> apply(Vector<int32_t> x) const { return (Vector<int32_t>)(-(Vector<uint32_t>)x); }
};

struct Absolute {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return vector_math::absolute<float>(x); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return vector_math::absolute<double>(x); }
  NABLA_INLINE Vector<int32_t> apply(Vector<int32_t> x) const { return x < 0 ? Negative{}.apply(x) : x; }
  NABLA_INLINE Vector<uint8_t> apply(Vector<uint8_t> x) const { return x; }
};

struct Sign {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    const V zero{};
    const V one = zero + 1;
    return x > zero ? one : (x < zero ? zero - one : zero);
  }
};

struct Relu {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return x < V{} ? V{} : x;
  }
};

struct RoundEven {
  NABLA_INLINE Vector<float> apply(Vector<float> x) const { return vector_math::round_even<float>(x); }
  NABLA_INLINE Vector<double> apply(Vector<double> x) const { return vector_math::round_even<double>(x); }
};

struct Floor {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    const V rounded = RoundEven{}.apply(x);
    return rounded > x ? rounded - 1 : rounded;
  }
};

struct Ceil {
  static NABLA_INLINE Vector<float> with_sign_of(Vector<float> v, Vector<float> x) { return vector_math::with_sign<float>(v, x); }
  static NABLA_INLINE Vector<double> with_sign_of(Vector<double> v, Vector<double> x) { return vector_math::with_sign<double>(v, x); }

  template <class V>
  NABLA_INLINE V apply(V x) const {
    const V rounded = RoundEven{}.apply(x);
    // What rounds up to 0 from below is -0, as in the C library.
    return with_sign_of(rounded < x ? rounded + 1 : rounded, x);
  }
};

struct Same {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return x;
  }
};

template <class T>
struct Clamp {
  T min, max;

  NABLA_INLINE Vector<T> apply(Vector<T> x) const {
    x = x < min ? splat<T>(min) : x;
    return x > max ? splat<T>(max) : x;
  }
};

template <class T, class Op>
void cheap(const OpCall& call) {
  elementwise<T, T>(call, Op{}, kCheapPiece);
}

template <class T, class Op>
void costly(const OpCall& call) {
  elementwise<T, T>(call, Op{}, kCostlyPiece);
}

template <class T>
void clamp(const OpCall& call) {
  elementwise<T, T>(call, Clamp<T>{static_cast<T>(call.attributes[0]), static_cast<T>(call.attributes[1])}, kCheapPiece);
}

/** The limits as whole numbers inside the interval and the type. */
template <class T>
void clamp_whole(const OpCall& call) {
  constexpr double kLowest = sizeof(T) == 1 ? 0.0 : -2147483648.0, kHighest = sizeof(T) == 1 ? 255.0 : 2147483647.0;
  const auto within = [](double limit) { return limit < kLowest ? kLowest : limit > kHighest ? kHighest : limit; };
  elementwise<T, T>(call,
                    Clamp<T>{static_cast<T>(within(__builtin_ceil(call.attributes[0]))),
                             static_cast<T>(within(__builtin_floor(call.attributes[1])))},
                    kCheapPiece);
}

template <class Op>
void register_costly(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, costly<float, Op>);
  table.set(op, DType::Float64, costly<double, Op>);
}

template <class Op>
void register_cheap(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, cheap<float, Op>);
  table.set(op, DType::Float64, cheap<double, Op>);
}

template <class Op, class WholeOp>
void register_with_whole(KernelTable& table, const char* op) {
  register_cheap<Op>(table, op);
  table.set(op, DType::Int32, cheap<int32_t, WholeOp>);
  table.set(op, DType::UInt8, cheap<uint8_t, WholeOp>);
}

}  // namespace

void register_mathematics(KernelTable& table) {
  register_costly<Exp>(table, "exp");
  register_costly<Log>(table, "log");
  register_costly<Sigmoid>(table, "sigmoid");
  register_costly<InDouble<Log1p>>(table, "log1p");
  register_costly<InDouble<Expm1>>(table, "expm1");
  register_costly<Tanh>(table, "tanh");
  register_costly<InDouble<Sin>>(table, "sin");
  register_costly<InDouble<Cos>>(table, "cos");
  register_cheap<Sqrt>(table, "sqrt");
  register_cheap<Rsqrt>(table, "rsqrt");
  register_cheap<Reciprocal>(table, "reciprocal");
  register_cheap<Negative>(table, "neg");
  table.set("neg", DType::Int32, cheap<int32_t, Negative>);
  register_with_whole<Absolute, Absolute>(table, "abs");
  register_with_whole<Sign, Sign>(table, "sign");
  register_with_whole<Square, Square>(table, "square");
  register_with_whole<Relu, Relu>(table, "relu");
  register_with_whole<Floor, Same>(table, "floor");
  register_with_whole<Ceil, Same>(table, "ceil");
  register_with_whole<RoundEven, Same>(table, "round");
  table.set("clamp", DType::Float32, clamp<float>);
  table.set("clamp", DType::Float64, clamp<double>);
  table.set("clamp", DType::Int32, clamp_whole<int32_t>);
  table.set("clamp", DType::UInt8, clamp_whole<uint8_t>);
}

NABLA_END_ISA
