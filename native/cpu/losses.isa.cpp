// Losses, Float32 or Float64: cross-entropy between rows of scores and labels, with any strides, and squared error.
//
// crossEntropy: inputs scores [N, C], labels Int32 [N]; output losses [N], log sum exp(scores) - scores[label]; with an attribute
//   [mean] one number, their sum, divided by N where it is not 0.
// crossEntropyBackward: inputs scores [N, C], labels Int32 [N], gradient of the losses [N]; output gradient of the scores
//   [N, C], (softmax(scores) - onehot(label)) * gradient, times an attribute [scale] where there is one.
// mseLoss: inputs a, b, contiguous; output one number, the sum of (a - b)^2, divided by their count where the attribute
//   [mean] is not 0. mseLossBackward: inputs a, b, gradient (stretched); attributes [scale]; output (a - b) gradient scale.
// A label outside 0 ... C - 1 makes its row NaN.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/softmax_lanes.h"
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

/** Rows `begin` to `end` in groups of a vector's lanes: `body(group, first row, width)`. */
template <class T, class Body>
NABLA_INLINE void each_group(const Operand& scores, int64_t begin, int64_t end, T* room, Body&& body) {
  for (int64_t i = begin; i < end; i += kLanes<T>) {
    const int width = static_cast<int>(smaller(kLanes<T>, end - i));
    body(group_rows(scores.as<T>() + i * scores.strides[0], scores.strides[0], scores.strides[1], scores.sizes[1], width, room), i, width);
  }
}

template <class T>
T* room_for_groups(int64_t columns, int copies) {
  return static_cast<T*>(workspace(static_cast<size_t>(larger(1, columns) * kLanes<T> * copies) * sizeof(T)));
}

/** The loss of each row, to `losses`. False when interrupted. */
template <class T>
bool row_losses(const Operand& scores, const Operand& labels, T* losses, int64_t stride) {
  const int64_t classes = scores.sizes[1];
  return share(scores.sizes[0], divide_up(kCostlyPiece, larger(1, classes)), [&](int64_t begin, int64_t end) {
    if (side_by_side<T>(classes, scores.strides[1], end - begin)) {
      each_group<T>(scores, begin, end, room_for_groups<T>(classes, 1), [&](const RowGroup<T>& group, int64_t first, int width) {
        const GroupSums<T> sums = sum_group<T>(group, [](int64_t, Vector<T>) {});
        T chosen[kLanes<T>] = {}, results[kLanes<T>];
        for (int i = 0; i < width; ++i) {
          const int32_t label = labels.as<int32_t>()[(first + i) * labels.strides[0]];
          chosen[i] = is_label(label, classes) ? group.at[label * group.stride + i] : vector_math::kNaN<T>;
        }
        store(results, vector_math::log<T>(sums.sum) - (load(chosen) - sums.largest));
        for (int i = 0; i < width; ++i) losses[(first + i) * stride] = results[i];
      });
      return;
    }
    const Rows<T> rows(scores);
    for (int64_t i = begin; i < end; ++i) {
      const int32_t label = labels.as<int32_t>()[i * labels.strides[0]];
      T& loss = losses[i * stride];
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

/** The sum of contiguous numbers, in float64 and in one order. */
template <class T>
double sum_of(const T* values, int64_t count) {
  constexpr int kCount = kLanes<double>;
  Vector<double> sums{};
  int64_t i = 0;
  for (; i + kCount <= count; i += kCount) sums += __builtin_convertvector(load_lanes<kCount>(values + i), Vector<double>);
  double total = sum_lanes<double>(sums);
  for (; i < count; ++i) total += static_cast<double>(values[i]);
  return total;
}

template <class T>
void cross_entropy(const OpCall& call) {
  const Operand& losses = call.output(0);
  const int64_t rows = call.input(0).sizes[0];
  if (call.attribute_count == 0) {
    row_losses<T>(call.input(0), call.input(1), losses.as<T>(), losses.strides[0]);
    return;
  }
  T* const room = static_cast<T*>(call_workspace(static_cast<size_t>(larger(1, rows)) * sizeof(T)));
  if (!row_losses<T>(call.input(0), call.input(1), room, 1)) return;
  const double total = sum_of(room, rows);
  *losses.as<T>() = static_cast<T>(call.attributes[0] != 0 ? total / static_cast<double>(rows) : total);
}

template <class T>
void cross_entropy_backward(const OpCall& call) {
  const Operand& scores = call.input(0);
  const Operand& labels = call.input(1);
  const Operand& upstream = call.input(2);
  const Operand& result = call.output(0);
  const int64_t classes = scores.sizes[1];
  const T scale = call.attribute_count > 0 ? static_cast<T>(call.attributes[0]) : T{1};
  share(scores.sizes[0], divide_up(kCostlyPiece, larger(1, classes)), [&](int64_t begin, int64_t end) {
    if (side_by_side<T>(classes, scores.strides[1], end - begin)) {
      constexpr int kCount = kLanes<T>;
      T* const room = room_for_groups<T>(classes, 2);
      T* const results = room + classes * kCount;
      each_group<T>(scores, begin, end, room, [&](const RowGroup<T>& group, int64_t first, int width) {
        T factors[kCount] = {};
        for (int i = 0; i < width; ++i) {
          const bool known = is_label(labels.as<int32_t>()[(first + i) * labels.strides[0]], classes);
          factors[i] = known ? upstream.as<T>()[(first + i) * upstream.strides[0]] * scale : vector_math::kNaN<T>;
        }
        const Vector<T> factor = load(factors);
        const GroupSums<T> sums = sum_group<T>(group, [&](int64_t j, Vector<T> e) { store(results + j * kCount, e); });
        for (int64_t j = 0; j < classes; ++j) store(results + j * kCount, load(results + j * kCount) / sums.sum * factor);
        for (int i = 0; i < width; ++i) {
          T* const to = result.as<T>() + (first + i) * result.strides[0];
          for (int64_t j = 0; j < classes; ++j) to[j] = results[j * kCount + i];
          const int32_t label = labels.as<int32_t>()[(first + i) * labels.strides[0]];
          if (is_label(label, classes)) to[label] -= factors[i];
        }
      });
      return;
    }
    const Rows<T> rows(scores);
    for (int64_t i = begin; i < end; ++i) {
      const int32_t label = labels.as<int32_t>()[i * labels.strides[0]];
      const T factor = is_label(label, classes) ? upstream.as<T>()[i * upstream.strides[0]] * scale : vector_math::kNaN<T>;
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

/** Parts of this many numbers are summed alone, then in order: the bits do not depend on the number of threads. */
constexpr int64_t kLossPart = 1 << 14;

template <class T>
double squared_error(const T* a, const T* b, int64_t count) {
  constexpr int kCount = kLanes<double>;
  Vector<double> sums[2] = {};
  int64_t i = 0;
  const auto difference = [&](int64_t at) {
    return __builtin_convertvector(load_lanes<kCount>(a + at), Vector<double>) - __builtin_convertvector(load_lanes<kCount>(b + at), Vector<double>);
  };
  for (; i + 2 * kCount <= count; i += 2 * kCount) {
    const Vector<double> first = difference(i), second = difference(i + kCount);
    sums[0] += first * first;
    sums[1] += second * second;
  }
  double total = sum_lanes<double>(sums[0] + sums[1]);
  for (; i < count; ++i) {
    const double rest = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    total += rest * rest;
  }
  return total;
}

template <class T>
void mse_loss(const OpCall& call) {
  const T* const a = call.input(0).as<T>();
  const T* const b = call.input(1).as<T>();
  int64_t count = 1;
  for (int d = 0; d < call.input(0).rank; ++d) count *= call.input(0).sizes[d];
  const int64_t parts = divide_up(count, kLossPart);
  double total = 0;
  if (parts <= 4) {
    for (int64_t part = 0; part < parts; ++part) {
      total += squared_error(a + part * kLossPart, b + part * kLossPart, smaller(kLossPart, count - part * kLossPart));
    }
  } else {
    double* const sums = static_cast<double*>(workspace(static_cast<size_t>(parts) * sizeof(double)));
    const bool finished = parallel_for(parts, [&](int64_t part) {
      sums[part] = squared_error(a + part * kLossPart, b + part * kLossPart, smaller(kLossPart, count - part * kLossPart));
    });
    if (!finished) return;
    for (int64_t part = 0; part < parts; ++part) total += sums[part];
  }
  *call.output(0).as<T>() = static_cast<T>(call.attributes[0] != 0 ? total / static_cast<double>(count) : total);
}

template <class T>
struct SquaredErrorBackward {
  T scale;
  NABLA_INLINE Vector<T> apply(Vector<T> a, Vector<T> b, Vector<T> gradient) const { return (a - b) * (gradient * scale); }
};

template <class T>
void mse_loss_backward(const OpCall& call) {
  elementwise<T, T, T, T>(call, SquaredErrorBackward<T>{static_cast<T>(call.attributes[0])}, kCheapPiece);
}

}  // namespace

void register_losses(KernelTable& table) {
  table.set("crossEntropy", DType::Float32, cross_entropy<float>);
  table.set("crossEntropy", DType::Float64, cross_entropy<double>);
  table.set("crossEntropyBackward", DType::Float32, cross_entropy_backward<float>);
  table.set("crossEntropyBackward", DType::Float64, cross_entropy_backward<double>);
  table.set("mseLoss", DType::Float32, mse_loss<float>);
  table.set("mseLoss", DType::Float64, mse_loss<double>);
  table.set("mseLossBackward", DType::Float32, mse_loss_backward<float>);
  table.set("mseLossBackward", DType::Float64, mse_loss_backward<double>);
}

NABLA_END_ISA
