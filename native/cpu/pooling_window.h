// Which part of a plane each output of a pooling looks at.
#pragma once

#include "core/op_call.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** The positions `start`, `start + step`, ... below `end` along one dimension, all inside the plane. */
struct Span {
  int64_t start, end;
  /** How many positions the window has with the padding it covers: what an average that includes padding divides by. */
  int64_t padded;
};

/** The windows along one dimension: of a fixed size and stride, or as even as `outputs` parts can be (adaptive). */
struct Windows {
  int64_t size, outputs, kernel, stride, padding, dilation;
  bool adaptive;

  NABLA_INLINE Span at(int64_t i) const {
    if (adaptive) {
      const int64_t start = i * size / outputs, end = divide_up((i + 1) * size, outputs);
      return {start, end, end - start};
    }
    int64_t start = i * stride - padding;
    const int64_t end = start + (kernel - 1) * dilation + 1;
    const int64_t padded = smaller(end, size + padding) - start;
    if (start < 0) start += divide_up(-start, dilation) * dilation;
    return {start, smaller(end, size), padded};
  }

  /** True where every window is `width` neighbours that lie inside the plane, `width` apart. */
  NABLA_INLINE bool tiles(int64_t width) const {
    return !adaptive && kernel == width && stride == width && padding == 0 && dilation == 1 && outputs * width <= size;
  }
};

/** A batch of planes, and the windows over each. Attributes 0 to 8: kernel, stride, padding, dilation (rows, columns), adaptive. */
struct PlaneWindows {
  int64_t planes;
  Windows rows, columns;

  PlaneWindows(const OpCall& call, const Operand& whole, const Operand& pooled) {
    const double* a = call.attributes;
    const auto number = [a](int i) { return static_cast<int64_t>(a[i]); };
    const int last = whole.rank - 1;
    planes = 1;
    for (int d = 0; d < last - 1; ++d) planes *= whole.sizes[d];
    const bool adaptive = a[8] != 0;
    rows = {whole.sizes[last - 1], pooled.sizes[last - 1], number(0), number(2), number(4), number(6), adaptive};
    columns = {whole.sizes[last], pooled.sizes[last], number(1), number(3), number(5), number(7), adaptive};
  }

  int64_t plane_size() const { return rows.size * columns.size; }
  int64_t outputs() const { return rows.outputs * columns.outputs; }
};

NABLA_END_ISA
