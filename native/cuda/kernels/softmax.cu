// softmax, and cross-entropy there and back: a warp to a row. Its lanes take the columns in turn and tell each other the largest and
// the sum by shuffles; nothing but the result is written.
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/meeting.cuh"
#include "cuda/kernels/softmax_parameters.h"

namespace nabla::cuda {

/** Of what so many neighbouring lanes of a warp have, a power of two. */
template <class T>
NABLA_DEVICE T largest_of_lanes(T value, int lanes) {
  for (int by = lanes / 2; by > 0; by /= 2) {
    const T other = __shfl_xor_sync(kWholeWarp, value, by);
    value = other > value || other != other ? other : value;
  }
  return value;
}

template <class T>
NABLA_DEVICE T sum_of_lanes(T value, int lanes) {
  for (int by = lanes / 2; by > 0; by /= 2) value += __shfl_xor_sync(kWholeWarp, value, by);
  return value;
}

/** The largest score of a row, and the sum of exp(score - largest). All lanes have both. */
template <class T>
struct Row {
  const T* at;
  int64_t step, columns;
  T largest, sum;

  static NABLA_DEVICE Row of(const T* at, int64_t step, int64_t columns, int lane, int lanes = kWarp) {
    Row row{at, step, columns, -static_cast<T>(INFINITY), T(0)};
    for (int64_t j = lane; j < columns; j += lanes) {
      const T x = at[j * step];
      row.largest = x > row.largest || x != x ? x : row.largest;
    }
    row.largest = largest_of_lanes(row.largest, lanes);
    for (int64_t j = lane; j < columns; j += lanes) row.sum += std::exp(at[j * step] - row.largest);
    row.sum = sum_of_lanes(row.sum, lanes);
    return row;
  }

  /** NaN where the label is none. */
  NABLA_DEVICE T loss(int32_t label) const {
    return label >= 0 && label < columns ? std::log(sum) - (at[label * step] - largest) : static_cast<T>(NAN);
  }
};

template <class T, bool kLogarithm>
NABLA_DEVICE void softmax(const SoftmaxParameters& p) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int64_t i = thread_number() / kWarp; i < p.rows; i += thread_count() / kWarp) {
    const Row<T> row = Row<T>::of(static_cast<const T*>(p.from) + place_of(p.rank, p.sizes, p.from_strides, i), p.from_step, p.columns, lane);
    T* const to = static_cast<T*>(p.to) + place_of(p.rank, p.sizes, p.to_strides, i);
    const T log_sum = kLogarithm ? std::log(row.sum) : T(0);
    for (int64_t j = lane; j < p.columns; j += kWarp) {
      const T shifted = row.at[j * row.step] - row.largest;
      to[j * p.to_step] = kLogarithm ? shifted - log_sum : std::exp(shifted) / row.sum;
    }
  }
}

NABLA_KERNEL(softmax_f32, SoftmaxParameters) { softmax<float, false>(p); }
NABLA_KERNEL(softmax_f64, SoftmaxParameters) { softmax<double, false>(p); }
NABLA_KERNEL(logSoftmax_f32, SoftmaxParameters) { softmax<float, true>(p); }
NABLA_KERNEL(logSoftmax_f64, SoftmaxParameters) { softmax<double, true>(p); }

/** `Out` is float64 where the losses are added up next. */
template <class T, class Out>
NABLA_DEVICE void cross_entropy(const CrossEntropyParameters& p) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int64_t i = thread_number() / kWarp; i < p.rows; i += thread_count() / kWarp) {
    const Row<T> row = Row<T>::of(static_cast<const T*>(p.scores) + i * p.score_row, p.score_column, p.columns, lane);
    if (lane == 0) static_cast<Out*>(p.to)[i * p.to_row] = static_cast<Out>(row.loss(p.labels[i * p.label_step]));
  }
}

/** The sum of few losses, or their mean: one block makes and adds them, in float64. */
template <class T>
NABLA_DEVICE void cross_entropy_in_one(const CrossEntropyParameters& p) {
  __shared__ double met[kThreads];
  const int lane = static_cast<int>(threadIdx.x) % p.lanes;
  const int64_t at_once = kThreads / p.lanes;
  double sum = 0;
  for (int64_t first = 0; first < p.rows; first += at_once) {
    const int64_t i = first + threadIdx.x / p.lanes;
    // Lanes without a row come along for the others' sake.
    const bool there = i < p.rows;
    const Row<T> row = Row<T>::of(static_cast<const T*>(p.scores) + (there ? i : 0) * p.score_row, p.score_column, p.columns, lane, p.lanes);
    if (there && lane == 0) sum += static_cast<double>(row.loss(p.labels[i * p.label_step]));
  }
  sum = meet_in_sum(met, sum, kThreads);
  if (threadIdx.x == 0) *static_cast<T*>(p.to) = static_cast<T>(sum / p.divisor);
}

template <class T>
NABLA_DEVICE void cross_entropy_backward(const CrossEntropyParameters& p) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int64_t i = thread_number() / kWarp; i < p.rows; i += thread_count() / kWarp) {
    const Row<T> row = Row<T>::of(static_cast<const T*>(p.scores) + i * p.score_row, p.score_column, p.columns, lane);
    const int32_t label = p.labels[i * p.label_step];
    const bool known = label >= 0 && label < p.columns;
    const T upstream = p.gradient == nullptr ? static_cast<T>(p.number) : static_cast<const T*>(p.gradient)[i * p.gradient_step];
    const T factor = known ? upstream * static_cast<T>(p.scale) : static_cast<T>(NAN);
    for (int64_t j = lane; j < p.columns; j += kWarp) {
      const T share = std::exp(row.at[j * row.step] - row.largest) / row.sum * factor;
      static_cast<T*>(p.to)[i * p.to_row + j * p.to_column] = j == label ? share - factor : share;
    }
  }
}

NABLA_KERNEL(crossEntropy_f32, CrossEntropyParameters) { cross_entropy<float, float>(p); }
NABLA_KERNEL(crossEntropy_f64, CrossEntropyParameters) { cross_entropy<double, double>(p); }
NABLA_KERNEL(crossEntropy_wide_f32, CrossEntropyParameters) { cross_entropy<float, double>(p); }
NABLA_KERNEL(crossEntropy_inOne_f32, CrossEntropyParameters) { cross_entropy_in_one<float>(p); }
NABLA_KERNEL(crossEntropy_inOne_f64, CrossEntropyParameters) { cross_entropy_in_one<double>(p); }
NABLA_KERNEL(crossEntropyBackward_f32, CrossEntropyParameters) { cross_entropy_backward<float>(p); }
NABLA_KERNEL(crossEntropyBackward_f64, CrossEntropyParameters) { cross_entropy_backward<double>(p); }

}  // namespace nabla::cuda
