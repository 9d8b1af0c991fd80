// Comparisons and logic: eq, ne, lt, le, gt, ge, logicalAnd, logicalOr (inputs a, b of one dtype) and logicalNot (input a).
// Output Bool; no attributes.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

struct Equal {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags(a == b);
  }
};

struct NotEqual {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags(a != b);
  }
};

struct Less {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags(a < b);
  }
};

struct LessOrEqual {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags(a <= b);
  }
};

struct Greater {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags(a > b);
  }
};

struct GreaterOrEqual {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags(a >= b);
  }
};

struct BothTrue {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags((a != V{}) & (b != V{}));
  }
};

struct EitherTrue {
  template <class V>
  NABLA_INLINE auto apply(V a, V b) const {
    return to_flags((a != V{}) | (b != V{}));
  }
};

struct NotTrue {
  template <class V>
  NABLA_INLINE auto apply(V a) const {
    return to_flags(a == V{});
  }
};

template <class T, class Op>
void compare(const OpCall& call) {
  elementwise<uint8_t, T, T>(call, Op{}, kCheapPiece);
}

template <class T, class Op>
void test(const OpCall& call) {
  elementwise<uint8_t, T>(call, Op{}, kCheapPiece);
}

template <class Op>
void register_comparison(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, compare<float, Op>);
  table.set(op, DType::Float64, compare<double, Op>);
  table.set(op, DType::Int32, compare<int32_t, Op>);
  table.set(op, DType::UInt8, compare<uint8_t, Op>);
  table.set(op, DType::Bool, compare<uint8_t, Op>);
}

}  // namespace

void register_comparisons(KernelTable& table) {
  register_comparison<Equal>(table, "eq");
  register_comparison<NotEqual>(table, "ne");
  register_comparison<Less>(table, "lt");
  register_comparison<LessOrEqual>(table, "le");
  register_comparison<Greater>(table, "gt");
  register_comparison<GreaterOrEqual>(table, "ge");
  register_comparison<BothTrue>(table, "logicalAnd");
  register_comparison<EitherTrue>(table, "logicalOr");
  table.set("logicalNot", DType::Float32, test<float, NotTrue>);
  table.set("logicalNot", DType::Float64, test<double, NotTrue>);
  table.set("logicalNot", DType::Int32, test<int32_t, NotTrue>);
  table.set("logicalNot", DType::UInt8, test<uint8_t, NotTrue>);
  table.set("logicalNot", DType::Bool, test<uint8_t, NotTrue>);
}

NABLA_END_ISA
