// Arithmetic of two tensors: add, sub, mul, div, pow, maximum, minimum. Inputs a, b and output of one dtype and shape
// (broadcast by strides of 0); no attributes. Integers wrap around; on Bool, add and maximum are "or", mul and minimum "and".
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace {

/** Unsigned for integers, whose overflow is then defined. */
template <class V>
struct Wrapping {
  using type = V;
};
template <>
struct Wrapping<Vector<int32_t>> {
  using type = Vector<uint32_t>;
};

template <class V>
using Wrap = typename Wrapping<V>::type;

struct Add {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return (V)((Wrap<V>)a + (Wrap<V>)b);
  }
};

struct Subtract {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return (V)((Wrap<V>)a - (Wrap<V>)b);
  }
};

struct Multiply {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return (V)((Wrap<V>)a * (Wrap<V>)b);
  }
};

struct Divide {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return a / b;
  }
};

/** NaN where either operand is. */
struct Maximum {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return (a > b) | (a != a) ? a : b;
  }
};

struct Minimum {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return (a < b) | (a != a) ? a : b;
  }
};

struct Or {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return a | b;
  }
};

struct And {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return a & b;
  }
};

struct Power {
  NABLA_INLINE Vector<float> apply(Vector<float> a, Vector<float> b) const {
    // In float64, e^(b log a) is off by less than a thousandth of float32's last bit.
    constexpr int kHalf = kLanes<double>;
    float base[kLanes<float>], exponent[kLanes<float>], result[kLanes<float>];
    store(base, a);
    store(exponent, b);
    for (int h = 0; h < 2; ++h) {
      const auto x = __builtin_convertvector(load_lanes<kHalf>(base + h * kHalf), Vector<double>);
      const auto y = __builtin_convertvector(load_lanes<kHalf>(exponent + h * kHalf), Vector<double>);
      const Vector<double> power = vector_math::exp<double>(y * vector_math::log<double>(x));
      store(result + h * kHalf, __builtin_convertvector(power, Vector<float, kHalf>));
    }
    // Element by element: what one lane holds must not change the bits of another.
    constexpr float kInfinity = vector_math::kInfinity<float>;
    const auto ordinary = (a > 0.0f) & (a < kInfinity) & (b > -kInfinity) & (b < kInfinity);
    int32_t is_ordinary[kLanes<float>];
    store(is_ordinary, ordinary);
    for (int i = 0; i < kLanes<float>; ++i) {
      if (is_ordinary[i] == 0) result[i] = __builtin_powf(base[i], exponent[i]);
    }
    return load(result);
  }

  NABLA_INLINE Vector<double> apply(Vector<double> a, Vector<double> b) const {
    for (int i = 0; i < kLanes<double>; ++i) a[i] = __builtin_pow(a[i], b[i]);
    return a;
  }

  /** Whole powers wrap around; a negative exponent leaves what is whole of the fraction. */
  NABLA_INLINE Vector<int32_t> apply(Vector<int32_t> a, Vector<int32_t> b) const {
    for (int i = 0; i < kLanes<int32_t>; ++i) {
      uint32_t base = static_cast<uint32_t>(a[i]), power = 1;
      if (b[i] < 0) {
        power = a[i] == 1 ? 1u : a[i] == -1 ? (b[i] % 2 == 0 ? 1u : ~0u) : 0u;
      } else {
        for (uint32_t n = static_cast<uint32_t>(b[i]); n > 0; n >>= 1, base *= base) power *= n & 1 ? base : 1;
      }
      a[i] = static_cast<int32_t>(power);
    }
    return a;
  }
};

/** x to a power that is the same for all elements and takes a few multiplications. */
template <int kExponent>
struct SmallPower {
  template <class V>
  NABLA_INLINE V apply(V x, V) const {
    if constexpr (kExponent == 3) return x * x * x;
    else if constexpr (kExponent == 2) return x * x;
    else return x;
  }
};

struct PowerOneHalf {
  template <class V>
  NABLA_INLINE V apply(V x, V) const {
    return square_root(x);
  }
};

template <class T, class Op>
void binary(const OpCall& call) {
  elementwise<T, T, T>(call, Op{}, kCheapPiece);
}

template <class T>
void power(const OpCall& call) {
  const Operand& exponent = call.input(1);
  bool one_exponent = true;
  for (int d = 0; d < exponent.rank; ++d) one_exponent &= exponent.strides[d] == 0 || exponent.sizes[d] == 1;
  for (int d = 0; d < exponent.rank; ++d) one_exponent &= exponent.sizes[d] != 0;
  if constexpr (sizeof(T) > 4 || T(0.5) != 0) {
    if (one_exponent) {
      const T value = *exponent.as<T>();
      if (value == 2) return elementwise<T, T, T>(call, SmallPower<2>{}, kCheapPiece);
      if (value == 3) return elementwise<T, T, T>(call, SmallPower<3>{}, kCheapPiece);
      if (value == 1) return elementwise<T, T, T>(call, SmallPower<1>{}, kCheapPiece);
      if (value == T(0.5)) return elementwise<T, T, T>(call, PowerOneHalf{}, kCheapPiece);
    }
  }
  elementwise<T, T, T>(call, Power{}, kCostlyPiece);
}

template <class Op>
void register_for_numbers(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, binary<float, Op>);
  table.set(op, DType::Float64, binary<double, Op>);
  table.set(op, DType::Int32, binary<int32_t, Op>);
  table.set(op, DType::UInt8, binary<uint8_t, Op>);
}

}  // namespace

void register_arithmetic(KernelTable& table) {
  register_for_numbers<Add>(table, "add");
  register_for_numbers<Subtract>(table, "sub");
  register_for_numbers<Multiply>(table, "mul");
  register_for_numbers<Maximum>(table, "maximum");
  register_for_numbers<Minimum>(table, "minimum");
  table.set("add", DType::Bool, binary<uint8_t, Or>);
  table.set("mul", DType::Bool, binary<uint8_t, And>);
  table.set("maximum", DType::Bool, binary<uint8_t, Or>);
  table.set("minimum", DType::Bool, binary<uint8_t, And>);
  table.set("div", DType::Float32, binary<float, Divide>);
  table.set("div", DType::Float64, binary<double, Divide>);
  table.set("pow", DType::Float32, power<float>);
  table.set("pow", DType::Float64, power<double>);
  table.set("pow", DType::Int32, power<int32_t>);
}

NABLA_END_ISA
