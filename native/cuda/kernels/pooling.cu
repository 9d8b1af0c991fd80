// Pooling over the planes of a batch: a thread makes an element of the result. On the way back an element of the plane looks for the
// windows that hold it, in the order in which the CPU adds them, so that there is no atomic addition. Where positions say what
// lands where, a block takes a plane (ordered.cuh).
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/ordered.cuh"
#include "cuda/kernels/pooling_parameters.h"

namespace nabla::cuda {

/** The positions `start`, `start + dilation`, ... below `end`, all inside the plane; `padded` counts the padding too. */
struct Span {
  int64_t start, end, padded;
};

NABLA_DEVICE Span window_at(const PoolingAxis& axis, bool adaptive, int64_t i) {
  if (adaptive) {
    const int64_t start = i * axis.size / axis.outputs, end = ((i + 1) * axis.size + axis.outputs - 1) / axis.outputs;
    return {start, end, end - start};
  }
  int64_t start = i * axis.stride - axis.padding;
  const int64_t end = start + (axis.kernel - 1) * axis.dilation + 1;
  const int64_t padded = (end < axis.size + axis.padding ? end : axis.size + axis.padding) - start;
  if (start < 0) start += (-start + axis.dilation - 1) / axis.dilation * axis.dilation;
  return {start, end < axis.size ? end : axis.size, padded};
}

/** The first window that may hold a position, and the first after it that does not. */
NABLA_DEVICE Span windows_over(const PoolingAxis& axis, bool adaptive, int64_t position) {
  int64_t first, end;
  if (adaptive) {
    first = position * axis.outputs / axis.size;
    end = ((position + 1) * axis.outputs + axis.size - 1) / axis.size;
  } else {
    const int64_t reach = position + axis.padding - (axis.kernel - 1);
    first = reach <= 0 ? 0 : (reach + axis.stride - 1) / axis.stride;
    end = (position + axis.padding) / axis.stride + 1;
  }
  return {first, end < axis.outputs ? end : axis.outputs, 0};
}

/** Calls `make(plane, row, column, number)` for each element of planes of a size. */
template <class Make>
NABLA_DEVICE void each_element(int64_t planes, int64_t rows, int64_t columns, Make make) {
  for (int64_t i = thread_number(); i < planes * rows * columns; i += thread_count()) {
    const int64_t line = i / columns;
    make(line / rows, line % rows, i % columns, i);
  }
}

template <class T>
NABLA_DEVICE void max_pool(const PoolingParameters& p) {
  each_element(p.planes, p.rows.outputs, p.columns.outputs, [&](int64_t plane, int64_t i, int64_t j, int64_t number) {
    const T* const from = static_cast<const T*>(p.from) + plane * p.rows.size * p.columns.size;
    const Span rows = window_at(p.rows, p.adaptive != 0, i), columns = window_at(p.columns, p.adaptive != 0, j);
    T best = -static_cast<T>(INFINITY);
    int64_t place = -1;
    for (int64_t y = rows.start; y < rows.end; y += p.rows.dilation) {
      for (int64_t x = columns.start; x < columns.end; x += p.columns.dilation) {
        const T value = from[y * p.columns.size + x];
        if (place < 0 || value > best || (value != value && best == best)) {
          best = value;
          place = y * p.columns.size + x;
        }
      }
    }
    static_cast<T*>(p.to)[number] = best;
    p.positions[number] = static_cast<int32_t>(place);
  });
}

NABLA_DEVICE double divisor_of(const PoolingParameters& p, const Span& rows, const Span& columns) {
  if (p.divisor != 0) return p.divisor;
  if (p.with_padding != 0) return static_cast<double>(rows.padded * columns.padded);
  return static_cast<double>((rows.end - rows.start) * (columns.end - columns.start));
}

template <class T>
NABLA_DEVICE void average_pool(const PoolingParameters& p) {
  each_element(p.planes, p.rows.outputs, p.columns.outputs, [&](int64_t plane, int64_t i, int64_t j, int64_t number) {
    const T* const from = static_cast<const T*>(p.from) + plane * p.rows.size * p.columns.size;
    const Span rows = window_at(p.rows, p.adaptive != 0, i), columns = window_at(p.columns, p.adaptive != 0, j);
    T sum = 0;
    for (int64_t y = rows.start; y < rows.end; ++y) {
      for (int64_t x = columns.start; x < columns.end; ++x) sum += from[y * p.columns.size + x];
    }
    const bool empty = rows.start >= rows.end || columns.start >= columns.end;
    static_cast<T*>(p.to)[number] = empty ? T(0) : sum / static_cast<T>(divisor_of(p, rows, columns));
  });
}

template <class T>
NABLA_DEVICE void average_pool_backward(const PoolingParameters& p) {
  each_element(p.planes, p.rows.size, p.columns.size, [&](int64_t plane, int64_t y, int64_t x, int64_t number) {
    const T* const gradient = static_cast<const T*>(p.from) + plane * p.rows.outputs * p.columns.outputs;
    const Span down = windows_over(p.rows, p.adaptive != 0, y), across = windows_over(p.columns, p.adaptive != 0, x);
    T sum = 0;
    for (int64_t i = down.start; i < down.end; ++i) {
      const Span rows = window_at(p.rows, p.adaptive != 0, i);
      for (int64_t j = across.start; j < across.end; ++j) {
        const Span columns = window_at(p.columns, p.adaptive != 0, j);
        sum += gradient[i * p.columns.outputs + j] / static_cast<T>(divisor_of(p, rows, columns));
      }
    }
    static_cast<T*>(p.to)[number] = sum;
  });
}

template <class T>
NABLA_DEVICE void scatter_planes(const PoolingParameters& p) {
  const int64_t size = p.rows.size * p.columns.size, count = p.rows.outputs * p.columns.outputs;
  for (int64_t plane = blockIdx.x; plane < p.planes; plane += gridDim.x) {
    T* const to = static_cast<T*>(p.to) + plane * size;
    const T* const from = static_cast<const T*>(p.from) + plane * count;
    const int32_t* const positions = p.positions + plane * count;
    for (int64_t i = threadIdx.x; i < size; i += blockDim.x) to[i] = T(0);
    __syncthreads();
    place_in_order<T>(
        count, p.replace != 0, [&](int64_t i) { return positions[i] < size ? positions[i] : -1; }, [&](int64_t i) { return from[i]; },
        [&](int64_t position) -> T& { return to[position]; });
  }
}

template <class T>
NABLA_DEVICE void gather_planes(const PoolingParameters& p) {
  const int64_t size = p.rows.size * p.columns.size;
  each_element(p.planes, p.rows.outputs, p.columns.outputs, [&](int64_t plane, int64_t, int64_t, int64_t number) {
    const int32_t position = p.positions[number];
    static_cast<T*>(p.to)[number] = position >= 0 && position < size ? static_cast<const T*>(p.from)[plane * size + position] : T(0);
  });
}

#define NABLA_POOLING_KERNELS(type, T)                                                               \
  NABLA_KERNEL(maxPool_##type, PoolingParameters) { max_pool<T>(p); }                                \
  NABLA_KERNEL(averagePool_##type, PoolingParameters) { average_pool<T>(p); }                        \
  NABLA_ROOMY_KERNEL(averagePoolBackward_##type, PoolingParameters) { average_pool_backward<T>(p); } \
  NABLA_KERNEL(scatterPlanes_##type, PoolingParameters) { scatter_planes<T>(p); }                    \
  NABLA_KERNEL(gatherPlanes_##type, PoolingParameters) { gather_planes<T>(p); }
NABLA_POOLING_KERNELS(f32, float)
NABLA_POOLING_KERNELS(f64, double)

}  // namespace nabla::cuda
