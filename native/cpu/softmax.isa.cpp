// softmax, logSoftmax: input and output of one shape, Float32 or Float64; attributes [dim].
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/softmax_lanes.h"
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

/** A run of rows side by side; `room` holds columns x lanes, twice. */
template <class T, bool kLogarithm>
void softmax_run(const T* rows, int64_t row_stride, int64_t column_stride, T* to, int64_t to_row_stride, int64_t to_column_stride,
                 int64_t columns, int64_t run, T* room) {
  constexpr int kCount = kLanes<T>;
  T* const results = room + columns * kCount;
  for (int64_t i = 0; i < run; i += kCount) {
    const int width = static_cast<int>(smaller(kCount, run - i));
    const RowGroup<T> group = group_rows(rows + i * row_stride, row_stride, column_stride, columns, width, room);
    T* const own = to + i * to_row_stride;
    const GroupSums<T> sums = sum_group<T>(group, [&](int64_t j, Vector<T> e) {
      if constexpr (!kLogarithm) store(results + j * kCount, e);
    });
    const Vector<T> log_sum = kLogarithm ? vector_math::log<T>(sums.sum) : Vector<T>{};
    for (int64_t j = 0; j < columns; ++j) {
      const Vector<T> value = kLogarithm ? (group[j] - sums.largest) - log_sum : load(results + j * kCount) / sums.sum;
      if (to_row_stride != 1) store(results + j * kCount, value);
      else if (width == kCount) store(own + j * to_column_stride, value);
      else store_part(own + j * to_column_stride, value, width);
    }
    if (to_row_stride == 1) continue;
    for (int k = 0; k < width; ++k) {
      for (int64_t j = 0; j < columns; ++j) own[k * to_row_stride + j * to_column_stride] = results[j * kCount + k];
    }
  }
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
    const bool grouped = side_by_side<T>(columns, from_stride, smaller(iteration.sizes[last], end - begin));
    const int64_t needed = grouped ? 2 * columns * kLanes<T> : columns;
    T* const room = direct && !grouped ? nullptr : static_cast<T*>(workspace(static_cast<size_t>(needed) * sizeof(T)));
    walk<2>(iteration, begin, end, [&](const int64_t* offsets, int64_t run) {
      if (grouped) {
        softmax_run<T, kLogarithm>(from + offsets[0], iteration.strides[0][last], from_stride, to + offsets[1],
                                   iteration.strides[1][last], to_stride, columns, run, room);
        return;
      }
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
  table.set("softmax", DType::Float32, softmax<float, false>);
  table.set("softmax", DType::Float64, softmax<double, false>);
  table.set("logSoftmax", DType::Float32, softmax<float, true>);
  table.set("logSoftmax", DType::Float64, softmax<double, true>);
}

NABLA_END_ISA
