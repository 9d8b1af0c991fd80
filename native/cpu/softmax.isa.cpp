// softmax, logSoftmax: input and output of one shape, Float32 or Float64; attributes [dim].
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/softmax_row.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

template <class T, bool kLogarithm>
void softmax_row(const T* row, int64_t columns, T* to) {
  const RowSums<T> sums = sum_row(row, columns, kLogarithm ? nullptr : to);
  const T log_sum = kLogarithm ? log_of(sums.sum) : 0;
  for_each_vector<T>(kLogarithm ? row : to, columns, 0, [&](Vector<T> x, int64_t j, int width) {
    const Vector<T> value = kLogarithm ? (x - sums.largest) - log_sum : x / sums.sum;
    if (width == kLanes<T>) store(to + j, value);
    else store_part(to + j, value, width);
  });
}

template <class T, bool kLogarithm>
void softmax(const OpCall& call) {
  const int dim = static_cast<int>(call.attributes[0]);
  // A scalar is one row of one column.
  const bool scalar = call.output(0).rank == 0;
  const int64_t columns = scalar ? 1 : call.output(0).sizes[dim];
  const int64_t from_stride = scalar ? 1 : call.input(0).strides[dim];
  const int64_t to_stride = scalar ? 1 : call.output(0).strides[dim];
  OpCall rows = call;
  if (!scalar) rows.operands[0].sizes[dim] = rows.operands[1].sizes[dim] = 1;
  Iteration iteration;
  plan_iteration(rows, iteration);
  if (iteration.count == 0 || columns == 0) return;
  const int last = iteration.rank - 1;
  const T* from = call.input(0).as<T>();
  T* to = call.output(0).as<T>();

  share(iteration.count, divide_up(kCostlyPiece, columns), [&](int64_t begin, int64_t end) {
    const bool direct = from_stride == 1 && to_stride == 1;
    T* const room = direct ? nullptr : static_cast<T*>(workspace(static_cast<size_t>(columns) * sizeof(T)));
    walk<2>(iteration, begin, end, [&](const int64_t* offsets, int64_t run) {
      for (int64_t i = 0; i < run; ++i) {
        const T* row = from + offsets[0] + i * iteration.strides[0][last];
        T* result = to + offsets[1] + i * iteration.strides[1][last];
        if (direct) {
          softmax_row<T, kLogarithm>(row, columns, result);
          continue;
        }
        for (int64_t j = 0; j < columns; ++j) room[j] = row[j * from_stride];
        softmax_row<T, kLogarithm>(room, columns, room);
        for (int64_t j = 0; j < columns; ++j) result[j * to_stride] = room[j];
      }
    });
  });
}

}  // namespace

void register_softmax(KernelTable& table) {
  table.set(OpCode::softmax, DType::Float32, softmax<float, false>);
  table.set(OpCode::softmax, DType::Float64, softmax<double, false>);
  table.set(OpCode::logSoftmax, DType::Float32, softmax<float, true>);
  table.set(OpCode::logSoftmax, DType::Float64, softmax<double, true>);
}

NABLA_END_ISA
