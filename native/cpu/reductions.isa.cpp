// Reductions over a set of dimensions. Attributes of all: [number of dimensions, dimensions in increasing order...]; none
// means all. The output keeps the input's rank, with size 1 where a dimension is reduced.
//
// sum, prod: Float32 and Float64, output the same; Int32, UInt8 and Bool, output Int32 (wrapping around).
// mean: Float32 and Float64, output the same; NaN over nothing.
// max, min: any dtype, output the same; NaN where one is among the elements.
// any, all: any dtype, output Bool.
#include "cpu/column_sums.h"
#include "cpu/reduce.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace {

template <class InputType, class SumType, class ResultType>
struct Types {
  using Input = InputType;
  using Sum = SumType;
  using Result = ResultType;

  static NABLA_INLINE SumType widen(InputType x) { return static_cast<SumType>(x); }
  static NABLA_INLINE Vector<SumType> widen(Vector<InputType, kLanes<SumType>> v) {
    return __builtin_convertvector(v, Vector<SumType>);
  }
  NABLA_INLINE ResultType finish(SumType sum) const { return static_cast<ResultType>(sum); }
};

template <class Input, class SumType, class Result>
struct Total : Types<Input, SumType, Result> {
  static NABLA_INLINE SumType identity() { return 0; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return a + b;
  }
};

template <class Input>
struct Mean : Total<Input, double, Input> {
  double count;

  NABLA_INLINE Input finish(double sum) const { return static_cast<Input>(sum / count); }
};

template <class Input, class SumType, class Result>
struct Product : Types<Input, SumType, Result> {
  static NABLA_INLINE SumType identity() { return 1; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return a * b;
  }
};

template <class T>
struct Limits;
template <>
struct Limits<float> {
  static constexpr float kLowest = -vector_math::kInfinity<float>, kHighest = vector_math::kInfinity<float>;
};
template <>
struct Limits<double> {
  static constexpr double kLowest = -vector_math::kInfinity<double>, kHighest = vector_math::kInfinity<double>;
};
template <>
struct Limits<int32_t> {
  static constexpr int32_t kLowest = -2147483647 - 1, kHighest = 2147483647;
};
template <>
struct Limits<uint8_t> {
  static constexpr uint8_t kLowest = 0, kHighest = 255;
};

template <class T>
struct Largest : Types<T, T, T> {
  static NABLA_INLINE T identity() { return Limits<T>::kLowest; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return (b > a) | (b != b) ? b : a;
  }
};

template <class T>
struct Smallest : Types<T, T, T> {
  static NABLA_INLINE T identity() { return Limits<T>::kHighest; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return (b < a) | (b != b) ? b : a;
  }
};

/** Truth is accumulated as comparisons give it: all bits set or none. */
template <class T>
struct Truth : Types<T, typename MaskOf<T>::type, uint8_t> {
  using Mask = typename MaskOf<T>::type;

  static NABLA_INLINE Mask widen(T x) { return static_cast<Mask>(x != 0 ? -1 : 0); }
  static NABLA_INLINE Vector<Mask> widen(Vector<T> v) { return v != Vector<T>{}; }
  NABLA_INLINE uint8_t finish(Mask truth) const { return truth != 0; }
};

template <class T>
struct AnyTrue : Truth<T> {
  static NABLA_INLINE typename Truth<T>::Mask identity() { return 0; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return a | b;
  }
};

template <class T>
struct AllTrue : Truth<T> {
  static NABLA_INLINE typename Truth<T>::Mask identity() { return -1; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return a & b;
  }
};

template <class Reducer>
void reduction(const OpCall& call) {
  ReductionPlan plan;
  plan_reduction(call, plan);
  reduce(call, plan, Reducer{});
}

template <class T>
void mean(const OpCall& call) {
  ReductionPlan plan;
  plan_reduction(call, plan);
  Mean<T> reducer;
  reducer.count = static_cast<double>(plan.reduced.count);
  reduce(call, plan, reducer);
}

/** Integers are accumulated without sign, whose overflow is defined; the low bits are those of the signed sum. */
template <template <class, class, class> class Reducer>
void register_accumulation(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, reduction<Reducer<float, double, float>>);
  table.set(op, DType::Float64, reduction<Reducer<double, double, double>>);
  table.set(op, DType::Int32, reduction<Reducer<int32_t, uint64_t, int32_t>>);
  table.set(op, DType::UInt8, reduction<Reducer<uint8_t, uint64_t, int32_t>>);
  table.set(op, DType::Bool, reduction<Reducer<uint8_t, uint64_t, int32_t>>);
}

template <template <class> class Reducer>
void register_for_all(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, reduction<Reducer<float>>);
  table.set(op, DType::Float64, reduction<Reducer<double>>);
  table.set(op, DType::Int32, reduction<Reducer<int32_t>>);
  table.set(op, DType::UInt8, reduction<Reducer<uint8_t>>);
  table.set(op, DType::Bool, reduction<Reducer<uint8_t>>);
}

}  // namespace

template <class T>
void sum_columns(int64_t rows, int64_t columns, const T* from, T* to) {
  constexpr DType kType = sizeof(T) == sizeof(float) ? DType::Float32 : DType::Float64;
  OpCall call;
  call.input_count = 1;
  call.output_count = 1;
  call.attribute_count = 2;
  call.operands[0] = {const_cast<T*>(from), kType, 2, {rows, columns}, {columns, 1}};
  call.operands[1] = {to, kType, 2, {1, columns}, {columns, 1}};
  call.attributes[0] = 1;
  call.attributes[1] = 0;
  reduction<Total<T, double, T>>(call);
}

template void sum_columns<float>(int64_t, int64_t, const float*, float*);
template void sum_columns<double>(int64_t, int64_t, const double*, double*);

void register_reductions(KernelTable& table) {
  register_accumulation<Total>(table, "sum");
  register_accumulation<Product>(table, "prod");
  table.set("mean", DType::Float32, mean<float>);
  table.set("mean", DType::Float64, mean<double>);
  register_for_all<Largest>(table, "max");
  register_for_all<Smallest>(table, "min");
  register_for_all<AnyTrue>(table, "any");
  register_for_all<AllTrue>(table, "all");
}

NABLA_END_ISA
