#include "cpu/reduction_plan.h"

#include <algorithm>
#include <cstdlib>

namespace nabla {

namespace {

void plan_group(const OpCall& call, int* dims, int count, Iteration& group) {
  const Operand& input = call.input(0);
  const Operand& output = call.output(0);
  std::stable_sort(dims, dims + count, [&](int a, int b) { return std::abs(input.strides[a]) > std::abs(input.strides[b]); });
  group.count = 1;
  int merged = 0;
  for (int i = 0; i < count; ++i) {
    const int d = dims[i];
    const int64_t size = input.sizes[d];
    const int64_t in = input.strides[d];
    const int64_t out = output.sizes[d] == 1 ? 0 : output.strides[d];
    group.count *= size;
    if (size == 1) continue;
    const bool joins = merged > 0 && group.strides[0][merged - 1] == in * size && group.strides[1][merged - 1] == out * size;
    const int at = joins ? merged - 1 : merged++;
    group.sizes[at] = joins ? group.sizes[at] * size : size;
    group.strides[0][at] = in;
    group.strides[1][at] = out;
  }
  if (merged == 0) {
    merged = 1;
    group.sizes[0] = 1;
    group.strides[0][0] = 1;
    group.strides[1][0] = 1;
  }
  group.rank = merged;
}

}  // namespace

void plan_reduction(const OpCall& call, ReductionPlan& plan) {
  const int rank = call.input(0).rank;
  const int listed = static_cast<int>(call.attributes[0]);
  bool reduced[kMaxRank];
  std::fill(reduced, reduced + kMaxRank, listed == 0);
  for (int i = 0; i < listed; ++i) reduced[static_cast<int>(call.attributes[1 + i])] = true;

  int kept_dims[kMaxRank], reduced_dims[kMaxRank];
  int kept_count = 0, reduced_count = 0;
  for (int d = 0; d < rank; ++d) (reduced[d] ? reduced_dims[reduced_count++] : kept_dims[kept_count++]) = d;
  plan_group(call, kept_dims, kept_count, plan.kept);
  plan_group(call, reduced_dims, reduced_count, plan.reduced);
}

}  // namespace nabla
