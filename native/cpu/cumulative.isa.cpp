// Running sums, products and extremes along a dimension. Inputs have any strides, outputs are of their shape; a scalar is
// passed as one dimension.
//
// cumsum: input of any dtype; output of the same dtype for floats, else Int32. Attributes [dim, reverse].
// cumprod: as cumsum. Attributes [dim, reverse].
// cummax, cummin: outputs the extremes so far, of the input's dtype, and their positions, Int32: of equal elements the
//   last, of NaN the last. Attributes [dim].
//
// A line is summed in its order, floats in float64. Neighbouring lines are walked together: as vectors where they lie side
// by side, else a few at a time so that their chains of additions overlap.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

constexpr int64_t kSideBySide = 64;
constexpr int64_t kStridedLines = 8;

template <class T>
struct AccumulatorOf {
  using type = uint32_t;
};
template <>
struct AccumulatorOf<float> {
  using type = double;
};
template <>
struct AccumulatorOf<double> {
  using type = double;
};

struct Sum {
  template <class A>
  static constexpr A kStart = 0;
  template <class A>
  static NABLA_INLINE A combine(A so_far, A next) {
    return so_far + next;
  }
};

struct Product {
  template <class A>
  static constexpr A kStart = 1;
  template <class A>
  static NABLA_INLINE A combine(A so_far, A next) {
    return so_far * next;
  }
};

/** `width` lines, `from_line` and `to_line` apart. */
template <class Op, bool kNeighbours, class T, class Result>
NABLA_INLINE void run_lines(const T* from, Result* to, int64_t length, int64_t from_step, int64_t to_step, int64_t width,
                            int64_t from_line, int64_t to_line) {
  using Accumulator = typename AccumulatorOf<T>::type;
  Accumulator so_far[kNeighbours ? kSideBySide : kStridedLines];
  for (int64_t j = 0; j < width; ++j) so_far[j] = Op::template kStart<Accumulator>;
  for (int64_t i = 0; i < length; ++i, from += from_step, to += to_step) {
    for (int64_t j = 0; j < width; ++j) {
      const int64_t read = kNeighbours ? j : j * from_line, write = kNeighbours ? j : j * to_line;
      so_far[j] = Op::combine(so_far[j], static_cast<Accumulator>(from[read]));
      to[write] = static_cast<Result>(so_far[j]);
    }
  }
}

/** The lines along a dimension: an iteration over the others. */
void plan_lines(const OpCall& call, int dim, Iteration& iteration) {
  OpCall lines = call;
  for (int o = 0; o < call.input_count + call.output_count; ++o) lines.operands[o].sizes[dim] = 1;
  plan_iteration(lines, iteration);
}

template <class Op, class T, class Result>
void accumulate(const OpCall& call) {
  const int dim = static_cast<int>(call.attributes[0]);
  const Operand& input = call.input(0);
  const Operand& output = call.output(0);
  const int64_t length = input.sizes[dim];
  if (input.count() == 0) return;
  Iteration lines;
  plan_lines(call, dim, lines);
  const int last = lines.rank - 1;
  const int64_t from_line = lines.strides[0][last], to_line = lines.strides[1][last];
  const bool neighbours = from_line == 1 && to_line == 1 && lines.sizes[last] > 1;
  const bool reverse = call.attributes[1] != 0;
  const int64_t from_step = reverse ? -input.strides[dim] : input.strides[dim];
  const int64_t to_step = reverse ? -output.strides[dim] : output.strides[dim];
  const T* const from = input.as<T>() + (reverse ? (length - 1) * input.strides[dim] : 0);
  Result* const to = output.as<Result>() + (reverse ? (length - 1) * output.strides[dim] : 0);
  // Whole blocks of lines a piece.
  const int64_t piece = divide_up(larger(1, kCostlyPiece / length), kSideBySide) * kSideBySide;
  share(lines.count, neighbours ? piece : larger(kStridedLines, kCostlyPiece / length), [&](int64_t begin, int64_t end) {
    walk<2>(lines, begin, end, [&](const int64_t* offsets, int64_t run) {
      const T* a = from + offsets[0];
      Result* b = to + offsets[1];
      const int64_t block = neighbours ? kSideBySide : kStridedLines;
      for (int64_t start = 0; start < run; start += block) {
        const int64_t width = smaller(block, run - start);
        const T* const at = a + start * from_line;
        Result* const out = b + start * to_line;
        if (neighbours) run_lines<Op, true>(at, out, length, from_step, to_step, width, 1, 1);
        else run_lines<Op, false>(at, out, length, from_step, to_step, width, from_line, to_line);
      }
    });
  });
}

struct NotSmaller {
  template <class T>
  static NABLA_INLINE bool replaces(T next, T best) {
    return next != next || next >= best;
  }
};

struct NotLarger {
  template <class T>
  static NABLA_INLINE bool replaces(T next, T best) {
    return next != next || next <= best;
  }
};

template <class Order, class T>
void extremes(const OpCall& call) {
  const int dim = static_cast<int>(call.attributes[0]);
  const Operand& input = call.input(0);
  const int64_t length = input.sizes[dim];
  if (input.count() == 0) return;
  const int64_t steps[3] = {input.strides[dim], call.output(0).strides[dim], call.output(1).strides[dim]};
  Iteration lines;
  plan_lines(call, dim, lines);
  const int last = lines.rank - 1;
  share(lines.count, larger(1, kCostlyPiece / length), [&](int64_t begin, int64_t end) {
    walk<3>(lines, begin, end, [&](const int64_t* offsets, int64_t run) {
      for (int64_t line = 0; line < run; ++line) {
        const T* from = input.as<T>() + offsets[0] + line * lines.strides[0][last];
        T* values = call.output(0).as<T>() + offsets[1] + line * lines.strides[1][last];
        int32_t* positions = call.output(1).as<int32_t>() + offsets[2] + line * lines.strides[2][last];
        T best = *from;
        int32_t position = 0;
        for (int64_t i = 0; i < length; ++i) {
          const T next = from[i * steps[0]];
          if (Order::replaces(next, best)) {
            best = next;
            position = static_cast<int32_t>(i);
          }
          values[i * steps[1]] = best;
          positions[i * steps[2]] = position;
        }
      }
    });
  });
}

template <class Op>
void register_accumulation(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, accumulate<Op, float, float>);
  table.set(op, DType::Float64, accumulate<Op, double, double>);
  table.set(op, DType::Int32, accumulate<Op, int32_t, int32_t>);
  table.set(op, DType::UInt8, accumulate<Op, uint8_t, int32_t>);
  table.set(op, DType::Bool, accumulate<Op, uint8_t, int32_t>);
}

template <class Order>
void register_extremes(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, extremes<Order, float>);
  table.set(op, DType::Float64, extremes<Order, double>);
  table.set(op, DType::Int32, extremes<Order, int32_t>);
  table.set(op, DType::UInt8, extremes<Order, uint8_t>);
  table.set(op, DType::Bool, extremes<Order, uint8_t>);
}

}  // namespace

void register_cumulative(KernelTable& table) {
  register_accumulation<Sum>(table, "cumsum");
  register_accumulation<Product>(table, "cumprod");
  register_extremes<NotSmaller>(table, "cummax");
  register_extremes<NotLarger>(table, "cummin");
}

NABLA_END_ISA
