// Cross-entropy between rows of scores and labels, Float32 or Float64, with any strides. No attributes.
//
// crossEntropy: inputs scores [N, C], labels Int32 [N]; output losses [N], log sum exp(scores) - scores[label].
// crossEntropyBackward: inputs scores [N, C], labels Int32 [N], gradient of the losses [N]; output gradient of the scores
//   [N, C], (softmax(scores) - onehot(label)) * gradient.
// A label outside 0 ... C - 1 makes its row NaN.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/softmax_row.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

/** The rows of a matrix, each made contiguous where it is not. */
template <class T>
struct Rows {
  const T* data;
  int64_t row_stride, column_stride, columns;
  T* room;

  explicit Rows(const Operand& scores)
      : data(scores.as<T>()),
        row_stride(scores.strides[0]),
        column_stride(scores.strides[1]),
        columns(scores.sizes[1]),
        room(column_stride == 1 ? nullptr : static_cast<T*>(workspace(static_cast<size_t>(columns) * sizeof(T)))) {}

  const T* operator[](int64_t i) const {
    const T* row = data + i * row_stride;
    if (room == nullptr) return row;
    for (int64_t j = 0; j < columns; ++j) room[j] = row[j * column_stride];
    return room;
  }
};

bool is_label(int32_t label, int64_t classes) { return label >= 0 && label < classes; }

template <class T>
void cross_entropy(const OpCall& call) {
  const Operand& scores = call.input(0);
  const Operand& labels = call.input(1);
  const Operand& losses = call.output(0);
  const int64_t classes = scores.sizes[1];
  share(scores.sizes[0], divide_up(kCostlyPiece, larger(1, classes)), [&](int64_t begin, int64_t end) {
    const Rows<T> rows(scores);
    for (int64_t i = begin; i < end; ++i) {
      const int32_t label = labels.as<int32_t>()[i * labels.strides[0]];
      T& loss = losses.as<T>()[i * losses.strides[0]];
      if (!is_label(label, classes)) {
        loss = vector_math::kNaN<T>;
        continue;
      }
      const T* row = rows[i];
      const RowSums<T> sums = sum_row<T>(row, classes, nullptr);
      loss = log_of(sums.sum) - (row[label] - sums.largest);
    }
  });
}

template <class T>
void cross_entropy_backward(const OpCall& call) {
  const Operand& scores = call.input(0);
  const Operand& labels = call.input(1);
  const Operand& upstream = call.input(2);
  const Operand& result = call.output(0);
  const int64_t classes = scores.sizes[1];
  share(scores.sizes[0], divide_up(kCostlyPiece, larger(1, classes)), [&](int64_t begin, int64_t end) {
    const Rows<T> rows(scores);
    for (int64_t i = begin; i < end; ++i) {
      const int32_t label = labels.as<int32_t>()[i * labels.strides[0]];
      const T factor = is_label(label, classes) ? upstream.as<T>()[i * upstream.strides[0]] : vector_math::kNaN<T>;
      T* to = result.as<T>() + i * result.strides[0];
      const RowSums<T> sums = sum_row<T>(rows[i], classes, to);
      for_each_vector<T>(to, classes, 0, [&](Vector<T> e, int64_t j, int width) {
        const Vector<T> value = e / sums.sum * factor;
        if (width == kLanes<T>) store(to + j, value);
        else store_part(to + j, value, width);
      });
      // Subtracted once per row: cheaper than looking for the label in every vector.
      if (is_label(label, classes)) to[label] -= factor;
    }
  });
}

}  // namespace

void register_losses(KernelTable& table) {
  table.set(OpCode::crossEntropy, DType::Float32, cross_entropy<float>);
  table.set(OpCode::crossEntropy, DType::Float64, cross_entropy<double>);
  table.set(OpCode::crossEntropyBackward, DType::Float32, cross_entropy_backward<float>);
  table.set(OpCode::crossEntropyBackward, DType::Float64, cross_entropy_backward<double>);
}

NABLA_END_ISA
