#include "cpu/iteration.h"

#include <cstdlib>

namespace nabla {

void plan_iteration(const OpCall& call, Iteration& iteration) {
  const int operands = call.input_count + call.output_count;
  const Operand& output = call.output(0);

  int order[kMaxRank];
  int rank = 0;
  iteration.count = 1;
  for (int d = 0; d < output.rank; ++d) {
    iteration.count *= output.sizes[d];
    if (output.sizes[d] != 1) order[rank++] = d;
  }
  // Insertion sort: the dimensions are few and nearly always in order already.
  for (int i = 1; i < rank; ++i) {
    const int d = order[i];
    int at = i;
    for (; at > 0 && std::abs(output.strides[order[at - 1]]) < std::abs(output.strides[d]); --at) order[at] = order[at - 1];
    order[at] = d;
  }

  const auto stride_of = [&](int operand, int d) {
    const int own = d - (output.rank - call.operands[operand].rank);
    return own < 0 || call.operands[operand].sizes[own] == 1 ? 0 : call.operands[operand].strides[own];
  };
  int merged = 0;
  for (int i = 0; i < rank; ++i) {
    const int d = order[i];
    bool joins = merged > 0;
    for (int operand = 0; joins && operand < operands; ++operand) {
      joins = iteration.strides[operand][merged - 1] == stride_of(operand, d) * output.sizes[d];
    }
    const int at = joins ? merged - 1 : merged++;
    iteration.sizes[at] = joins ? iteration.sizes[at] * output.sizes[d] : output.sizes[d];
    for (int operand = 0; operand < operands; ++operand) iteration.strides[operand][at] = stride_of(operand, d);
  }
  if (merged == 0) {
    merged = 1;
    iteration.sizes[0] = 1;
    for (int operand = 0; operand < operands; ++operand) iteration.strides[operand][0] = 0;
  }
  iteration.rank = merged;
}

}  // namespace nabla
