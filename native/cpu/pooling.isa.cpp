// Pooling over the planes of a batch, Float32 or Float64: the last two dimensions are the plane, all inputs contiguous.
//
// maxPool: input [..., H, W]; outputs the largest of each window [..., oH, oW], and where it lies in its plane (Int32, row * W +
//   column, the first of equals; a NaN counts as largest). A window without positions gives -infinity at -1.
// averagePool: input [..., H, W]; output the mean of each window. Attributes 9 and 10: whether padding counts, and what to
//   divide by instead (0: the count).
// averagePoolBackward: gradient [..., oH, oW]; output [..., H, W], each window's gradient divided evenly.
// scatterPlanes: source [..., oH, oW], positions Int32 of that shape; output [..., H, W], zero but for the sources that lie
//   there: their sum, or with attribute 0 the last of them. A position outside the plane is passed over.
// gatherPlanes: planes [..., H, W], positions; output the elements there, 0 for a position outside.
//
// A plane is one thread's, so that what is added in it is added in one order.
#include <limits>

#include "cpu/elementwise.h"
#include "cpu/pooling_pairs.h"
#include "cpu/pooling_window.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** A row of few windows costs as much as one of this many numbers. */
constexpr int64_t kShortRow = 64;

template <class T>
NABLA_INLINE void max_of_windows(const PlaneWindows& w, const T* plane, int64_t i, T* values, int32_t* positions) {
  const Span rows = w.rows.at(i);
  for (int64_t j = 0; j < w.columns.outputs; ++j) {
    const Span columns = w.columns.at(j);
    T best = -std::numeric_limits<T>::infinity();
    int64_t place = -1;
    for (int64_t y = rows.start; y < rows.end; y += w.rows.dilation) {
      for (int64_t x = columns.start; x < columns.end; x += w.columns.dilation) {
        const T value = plane[y * w.columns.size + x];
        if (place < 0 || value > best || (value != value && best == best)) {
          best = value;
          place = y * w.columns.size + x;
        }
      }
    }
    values[j] = best;
    positions[j] = static_cast<int32_t>(place);
  }
}

template <class T>
void max_pool(const OpCall& call) {
  const PlaneWindows w(call, call.input(0), call.output(0));
  const T* from = call.input(0).as<T>();
  T* values = call.output(0).as<T>();
  int32_t* positions = call.output(1).as<int32_t>();
  const bool pairs = w.rows.tiles(2) && w.columns.tiles(2);
  const int64_t width = w.columns.size, outputs = w.columns.outputs;
  const int64_t work = larger(pairs ? kShortRow : 1, w.plane_size() / larger(1, w.rows.outputs));
  share(w.planes * w.rows.outputs, divide_up(pairs ? kCheapPiece : kCostlyPiece, work), [&](int64_t begin, int64_t end) {
    int64_t i = begin % w.rows.outputs;
    const T* plane = from + begin / w.rows.outputs * w.plane_size();
    for (int64_t row = begin; row < end; ++row) {
      if (pairs) {
        const T* upper = plane + 2 * i * width;
        max_of_pairs<T>(upper, upper + width, outputs, 2 * i * width, width, values + row * outputs, positions + row * outputs);
      } else {
        max_of_windows<T>(w, plane, i, values + row * outputs, positions + row * outputs);
      }
      if (++i < w.rows.outputs) continue;
      i = 0;
      plane += w.plane_size();
    }
  });
}

/** What the mean of a window divides by. */
struct Divisor {
  bool with_padding;
  double fixed;

  explicit Divisor(const OpCall& call) : with_padding(call.attributes[9] != 0), fixed(call.attributes[10]) {}

  NABLA_INLINE double of(const Span& rows, const Span& columns) const {
    if (fixed != 0) return fixed;
    if (with_padding) return static_cast<double>(rows.padded * columns.padded);
    return static_cast<double>((rows.end - rows.start) * (columns.end - columns.start));
  }
};

template <class T>
void average_pool(const OpCall& call) {
  const PlaneWindows w(call, call.input(0), call.output(0));
  const Divisor divisor(call);
  const T* from = call.input(0).as<T>();
  T* to = call.output(0).as<T>();
  const int64_t width = w.columns.size, outputs = w.columns.outputs;
  const bool pairs = w.rows.tiles(2) && w.columns.tiles(2);
  const int64_t work = larger(1, w.plane_size() / larger(1, w.rows.outputs));
  share(w.planes * w.rows.outputs, divide_up(pairs ? kCheapPiece : kCostlyPiece, work), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t i = row % w.rows.outputs;
      const T* plane = from + row / w.rows.outputs * w.plane_size();
      T* result = to + row * outputs;
      const Span rows = w.rows.at(i);
      if (pairs) {
        const T* upper = plane + rows.start * width;
        const T* lower = upper + width;
        const T by = static_cast<T>(divisor.of(rows, w.columns.at(0)));
        for (int64_t j = 0; j < outputs; ++j) result[j] = (upper[2 * j] + upper[2 * j + 1] + lower[2 * j] + lower[2 * j + 1]) / by;
        continue;
      }
      for (int64_t j = 0; j < outputs; ++j) {
        const Span columns = w.columns.at(j);
        T sum = 0;
        for (int64_t y = rows.start; y < rows.end; ++y) {
          for (int64_t x = columns.start; x < columns.end; ++x) sum += plane[y * width + x];
        }
        const bool empty = rows.start >= rows.end || columns.start >= columns.end;
        result[j] = empty ? T(0) : sum / static_cast<T>(divisor.of(rows, columns));
      }
    }
  });
}

/** Calls `body(plane, source, target)` for each plane: its number, where its windows and where its elements begin. */
template <class Body>
void each_plane(const PlaneWindows& w, Body&& body) {
  share(w.planes, divide_up(kCostlyPiece, larger(1, w.plane_size())), [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; ++plane) body(plane * w.outputs(), plane * w.plane_size());
  });
}

template <class T>
void average_pool_backward(const OpCall& call) {
  const PlaneWindows w(call, call.output(0), call.input(0));
  const Divisor divisor(call);
  const T* gradient = call.input(0).as<T>();
  T* to = call.output(0).as<T>();
  const int64_t width = w.columns.size;
  each_plane(w, [&](int64_t source, int64_t target) {
    T* plane = to + target;
    for (int64_t k = 0; k < w.plane_size(); ++k) plane[k] = 0;
    for (int64_t i = 0; i < w.rows.outputs; ++i) {
      const Span rows = w.rows.at(i);
      for (int64_t j = 0; j < w.columns.outputs; ++j) {
        const Span columns = w.columns.at(j);
        if (rows.start >= rows.end || columns.start >= columns.end) continue;
        const T part = gradient[source + i * w.columns.outputs + j] / static_cast<T>(divisor.of(rows, columns));
        for (int64_t y = rows.start; y < rows.end; ++y) {
          for (int64_t x = columns.start; x < columns.end; ++x) plane[y * width + x] += part;
        }
      }
    }
  });
}

/** A batch of planes of one size, and how many positions each has. */
struct PlanePositions {
  int64_t planes = 1, size, count;

  PlanePositions(const Operand& whole, const Operand& positions) {
    const int last = whole.rank - 1;
    for (int d = 0; d < last - 1; ++d) planes *= whole.sizes[d];
    size = whole.sizes[last - 1] * whole.sizes[last];
    count = positions.sizes[last - 1] * positions.sizes[last];
  }

  bool holds(int32_t position) const { return position >= 0 && position < size; }

  template <class Body>
  void each(Body&& body) const {
    share(planes, divide_up(kCostlyPiece, larger(1, size + count)), [&](int64_t begin, int64_t end) {
      for (int64_t plane = begin; plane < end; ++plane) body(plane * size, plane * count);
    });
  }
};

template <class T>
void scatter_planes(const OpCall& call) {
  const PlanePositions p(call.output(0), call.input(1));
  const bool last_wins = call.attributes[0] != 0;
  p.each([&](int64_t whole, int64_t list) {
    const T* source = call.input(0).as<T>() + list;
    const int32_t* positions = call.input(1).as<int32_t>() + list;
    T* plane = call.output(0).as<T>() + whole;
    for (int64_t k = 0; k < p.size; ++k) plane[k] = 0;
    for (int64_t k = 0; k < p.count; ++k) {
      if (!p.holds(positions[k])) continue;
      T& target = plane[positions[k]];
      target = last_wins ? source[k] : target + source[k];
    }
  });
}

template <class T>
void gather_planes(const OpCall& call) {
  const PlanePositions p(call.input(0), call.input(1));
  p.each([&](int64_t whole, int64_t list) {
    const T* plane = call.input(0).as<T>() + whole;
    const int32_t* positions = call.input(1).as<int32_t>() + list;
    T* result = call.output(0).as<T>() + list;
    for (int64_t k = 0; k < p.count; ++k) result[k] = p.holds(positions[k]) ? plane[positions[k]] : T(0);
  });
}

template <class T>
void register_for(KernelTable& table, DType dtype) {
  table.set("maxPool", dtype, max_pool<T>);
  table.set("averagePool", dtype, average_pool<T>);
  table.set("averagePoolBackward", dtype, average_pool_backward<T>);
  table.set("scatterPlanes", dtype, scatter_planes<T>);
  table.set("gatherPlanes", dtype, gather_planes<T>);
}

}  // namespace

void register_pooling(KernelTable& table) {
  register_for<float>(table, DType::Float32);
  register_for<double>(table, DType::Float64);
}

NABLA_END_ISA
