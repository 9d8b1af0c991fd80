// Reductions over a set of dimensions. Attributes of all: [number of dimensions, dimensions in increasing order...]; none
// means all. The output keeps the input's rank, with size 1 where a dimension is reduced.
//
// sum: input Float32 or Float64, output the same; or Int32, UInt8, Bool, output Int32.
#include "cpu/reduce.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

template <class InputType, class SumType, class ResultType>
struct Types {
  using Input = InputType;
  using Sum = SumType;
  using Result = ResultType;
};

template <class InputType, class SumType, class ResultType>
struct SumOf : Types<InputType, SumType, ResultType> {
  static NABLA_INLINE SumType identity() { return 0; }
  template <class V>
  static NABLA_INLINE V combine(V a, V b) {
    return a + b;
  }
  NABLA_INLINE ResultType finish(SumType sum) const { return static_cast<ResultType>(sum); }
};

template <class Reducer>
void reduction(const OpCall& call) {
  ReductionPlan plan;
  plan_reduction(call, plan);
  reduce(call, plan, Reducer{});
}

}  // namespace

void register_reductions(KernelTable& table) {
  table.set(OpCode::sum, DType::Float32, reduction<SumOf<float, double, float>>);
  table.set(OpCode::sum, DType::Float64, reduction<SumOf<double, double, double>>);
  table.set(OpCode::sum, DType::Int32, reduction<SumOf<int32_t, int64_t, int32_t>>);
  table.set(OpCode::sum, DType::UInt8, reduction<SumOf<uint8_t, int64_t, int32_t>>);
  table.set(OpCode::sum, DType::Bool, reduction<SumOf<uint8_t, int64_t, int32_t>>);
}

NABLA_END_ISA
