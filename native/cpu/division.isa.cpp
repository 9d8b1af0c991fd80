// Division with a remainder: floorDivide, remainder, fmod. Inputs a, b and output of one dtype, F I U, and shape
// (broadcast by strides of 0); no attributes. A remainder has the sign of b (Python's %), fmod's that of a (C's %). The
// caller has looked for whole numbers divided by 0; the kernels give 0 there.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

NABLA_INLINE float rest_of(float a, float b) { return __builtin_fmodf(a, b); }
NABLA_INLINE double rest_of(double a, double b) { return __builtin_fmod(a, b); }
NABLA_INLINE int32_t rest_of(int32_t a, int32_t b) { return b == 0 || b == -1 ? 0 : a % b; }
NABLA_INLINE uint8_t rest_of(uint8_t a, uint8_t b) { return b == 0 ? uint8_t{0} : static_cast<uint8_t>(a % b); }

template <class T>
NABLA_INLINE bool signs_differ(T rest, T b) {
  return rest != 0 && (rest < 0) != (b < 0);
}

template <class T>
struct Fmod {
  static NABLA_INLINE T one(T a, T b) { return rest_of(a, b); }
};

template <class T>
struct Remainder {
  static NABLA_INLINE T one(T a, T b) {
    const T rest = rest_of(a, b);
    return signs_differ(rest, b) ? static_cast<T>(rest + b) : rest;
  }
};

/** The quotient is taken of what b divides without a rest, as Python does, so that a = b * quotient + remainder. */
template <class T>
struct FloorDivide {
  static NABLA_INLINE T one(T a, T b) {
    if constexpr (static_cast<T>(0.5) != 0) {
      if (b == 0) return a / b;
      const T rest = rest_of(a, b);
      T quotient = (a - rest) / b;
      if (signs_differ(rest, b)) quotient -= 1;
      if (quotient == 0) return __builtin_copysign(T{0}, a / b);
      const T whole = __builtin_floor(quotient);
      return quotient - whole > T{0.5} ? whole + 1 : whole;
    } else {
      if (b == 0) return 0;
      // -2^31 / -1 does not fit and wraps around.
      if (b == static_cast<T>(-1)) return static_cast<T>(0u - static_cast<uint32_t>(a));
      return static_cast<T>(a / b - (signs_differ(rest_of(a, b), b) ? 1 : 0));
    }
  }
};
template <>
struct FloorDivide<uint8_t> {
  static NABLA_INLINE uint8_t one(uint8_t a, uint8_t b) { return b == 0 ? uint8_t{0} : static_cast<uint8_t>(a / b); }
};

/** One pair of numbers after another: the remainder of floats is exact only in as many steps as the exponents differ. */
template <class Op>
struct EachLane {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    V result{};
    for (size_t i = 0; i < sizeof(V) / sizeof(a[0]); ++i) result[i] = Op::one(a[i], b[i]);
    return result;
  }
};

template <class T, template <class> class Op>
void divide(const OpCall& call) {
  elementwise<T, T, T>(call, EachLane<Op<T>>{}, kCostlyPiece);
}

template <template <class> class Op>
void register_for_all(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, divide<float, Op>);
  table.set(op, DType::Float64, divide<double, Op>);
  table.set(op, DType::Int32, divide<int32_t, Op>);
  table.set(op, DType::UInt8, divide<uint8_t, Op>);
}

}  // namespace

void register_division(KernelTable& table) {
  register_for_all<FloorDivide>(table, "floorDivide");
  register_for_all<Remainder>(table, "remainder");
  register_for_all<Fmod>(table, "fmod");
}

NABLA_END_ISA
