// Choosing and placing elements by positions: gather and indexSelect are one kernel, scatter, scatterAdd and indexAdd another, whose
// positions may be repeated by a stride of 0. A position outside its dimension reads NaN (0 in whole numbers) and places nothing.
#include <cmath>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/indexing_parameters.h"
#include "cuda/kernels/ordered.cuh"

namespace nabla::cuda {

template <class T>
NABLA_DEVICE T outside() {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(NAN);
  else return T(0);
}

template <class T>
NABLA_DEVICE void choose(const IndexingParameters& p) {
  for (int64_t i = thread_number(); i < p.count; i += thread_count()) {
    const int64_t position = p.positions[place_of(p.rank, p.sizes, p.position_strides, i)];
    const T* const from = static_cast<const T*>(p.from) + place_of(p.rank, p.sizes, p.from_strides, i);
    const bool inside = position >= 0 && position < p.limit;
    static_cast<T*>(p.to)[place_of(p.rank, p.sizes, p.to_strides, i)] = inside ? from[position * p.step] : outside<T>();
  }
}

/** Where a line begins. */
template <class T>
struct Line {
  const T* from;
  T* to;
  const int32_t* positions;

  static NABLA_DEVICE Line of(const IndexingParameters& p, int64_t number) {
    return {static_cast<const T*>(p.from) + place_of(p.rank, p.sizes, p.from_strides, number),
            static_cast<T*>(p.to) + place_of(p.rank, p.sizes, p.to_strides, number),
            p.positions + place_of(p.rank, p.sizes, p.position_strides, number)};
  }
};

/** Short lines: one a thread. */
template <class T>
NABLA_DEVICE void place_short(const IndexingParameters& p) {
  for (int64_t number = thread_number(); number < p.count; number += thread_count()) {
    const Line<T> line = Line<T>::of(p, number);
    for (int64_t i = 0; i < p.length; ++i) {
      const int64_t position = line.positions[i * p.position_step];
      if (position < 0 || position >= p.limit) continue;
      T& target = line.to[position * p.step];
      const T value = line.from[i * p.from_step];
      target = p.replace != 0 ? value : Add::of(nullptr, target, value);
    }
  }
}

/** Long lines: one a block. */
template <class T>
NABLA_DEVICE void place_long(const IndexingParameters& p) {
  for (int64_t number = blockIdx.x; number < p.count; number += gridDim.x) {
    const Line<T> line = Line<T>::of(p, number);
    place_in_order<T>(
        p.length, p.replace != 0,
        [&](int64_t i) {
          const int32_t position = line.positions[i * p.position_step];
          return position < p.limit ? position : -1;
        },
        [&](int64_t i) { return line.from[i * p.from_step]; }, [&](int64_t position) -> T& { return line.to[position * p.step]; });
  }
}

#define NABLA_INDEXING_KERNELS(op, Function, type)                              \
  NABLA_KERNEL(choose_##type, IndexingParameters) { choose<type>(p); }          \
  NABLA_KERNEL(place_short_##type, IndexingParameters) { place_short<type>(p); } \
  NABLA_KERNEL(place_long_##type, IndexingParameters) { place_long<type>(p); }
NABLA_NUMBERS(NABLA_INDEXING_KERNELS, , )

/** `sizes` are those of the labels, `limit` the classes, `step` how far apart they are in the output. */
NABLA_KERNEL(oneHot, IndexingParameters) {
  for (int64_t i = thread_number(); i < p.count * p.limit; i += thread_count()) {
    const int64_t row = i / p.limit, column = i % p.limit;
    const int64_t label = p.positions[place_of(p.rank, p.sizes, p.position_strides, row)];
    const bool known = label >= 0 && label < p.limit;
    static_cast<float*>(p.to)[place_of(p.rank, p.sizes, p.to_strides, row) + column * p.step] = !known ? NAN : column == label ? 1.0f : 0.0f;
  }
}

}  // namespace nabla::cuda
