// argmax, argmin: the position of the largest (smallest) element. Attributes [number of dimensions, dimensions...] with one
// dimension, or with all of them (or 0) for the position in row-major order. Output Int32 of the input's rank, with size 1
// where a dimension is reduced. The first of equal elements wins; NaN counts as larger and smaller than any number.
#include "cpu/reduce.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** `beats` for two numbers, or lane by lane. */
template <class T>
struct Larger {
  template <class V>
  static NABLA_INLINE auto beats(V a, V b) {
    return (a > b) | ((a != a) & (b == b));
  }
};

template <class T>
struct Smaller {
  template <class V>
  static NABLA_INLINE auto beats(V a, V b) {
    return (a < b) | ((a != a) & (b == b));
  }
};

/** The reduced dimensions in the order of the attributes: positions count in row-major order, not as memory lies. */
void keep_logical_order(const OpCall& call, Iteration& reduced) {
  const Operand& input = call.input(0);
  const int listed = static_cast<int>(call.attributes[0]);
  const int dims = listed == 0 ? input.rank : listed;
  reduced.rank = dims > 0 ? dims : 1;
  reduced.count = 1;
  reduced.sizes[0] = 1;
  reduced.strides[0][0] = 1;
  for (int i = 0; i < dims; ++i) {
    const int d = listed == 0 ? i : static_cast<int>(call.attributes[1 + i]);
    reduced.sizes[i] = input.sizes[d];
    reduced.strides[0][i] = input.strides[d];
    reduced.count *= input.sizes[d];
  }
}

/** The position in a contiguous row of at least a vector's length: the best of each lane first, then of the lanes. */
template <class T, template <class> class Order>
int32_t position_in_row(const T* x, int64_t count) {
  constexpr int kCount = kLanes<T>;
  using Index = typename MaskOf<T>::type;
  Vector<Index> lane{};
  for (int i = 0; i < kCount; ++i) lane[i] = static_cast<Index>(i);
  Vector<T> best = load(x);
  Vector<Index> where = lane;
  int64_t at = kCount;
  for (; at + kCount <= count; at += kCount) {
    const Vector<T> v = load(x + at);
    const auto better = Order<T>::beats(v, best);
    best = better ? v : best;
    where = better ? lane + static_cast<Index>(at) : where;
  }
  T values[kCount];
  Index positions[kCount];
  store(values, best);
  store(positions, where);
  T top = values[0];
  Index top_position = positions[0];
  for (int i = 1; i < kCount; ++i) {
    // Of equal ones the first in the row.
    const bool equal = !Order<T>::beats(top, values[i]) && positions[i] < top_position;
    if (Order<T>::beats(values[i], top) || equal) top = values[i], top_position = positions[i];
  }
  for (; at < count; ++at) {
    if (Order<T>::beats(x[at], top)) top = x[at], top_position = static_cast<Index>(at);
  }
  return static_cast<int32_t>(top_position);
}

template <class T, template <class> class Order>
int32_t position(const T* at, const Iteration& reduced) {
  const int64_t stride = reduced.strides[0][reduced.rank - 1];
  if constexpr (sizeof(T) >= 4) {
    if (reduced.rank == 1 && stride == 1 && reduced.count >= 2 * kLanes<T>) return position_in_row<T, Order>(at, reduced.count);
  }
  T best = *at;
  int64_t best_position = 0, position = 0;
  walk<1>(reduced, 0, reduced.count, [&](const int64_t* offset, int64_t run) {
    const T* x = at + offset[0];
    for (int64_t i = 0; i < run; ++i, ++position) {
      if (Order<T>::beats(x[i * stride], best)) {
        best = x[i * stride];
        best_position = position;
      }
    }
  });
  return static_cast<int32_t>(best_position);
}

template <class T, template <class> class Order>
void argument_of(const OpCall& call) {
  ReductionPlan plan;
  plan_reduction(call, plan);
  keep_logical_order(call, plan.reduced);
  if (plan.reduced.count == 0) return;  // refused by the caller: nothing has no largest element
  const T* from = call.input(0).as<T>();
  int32_t* to = call.output(0).as<int32_t>();
  const int last = plan.kept.rank - 1;
  share(plan.kept.count, larger(1, kCostlyPiece / plan.reduced.count), [&](int64_t begin, int64_t end) {
    walk<2>(plan.kept, begin, end, [&](const int64_t* offsets, int64_t run) {
      for (int64_t i = 0; i < run; ++i) {
        to[offsets[1] + i * plan.kept.strides[1][last]] =
            position<T, Order>(from + offsets[0] + i * plan.kept.strides[0][last], plan.reduced);
      }
    });
  });
}

template <template <class> class Order>
void register_for_all(KernelTable& table, const char* op) {
  table.set(op, DType::Float32, argument_of<float, Order>);
  table.set(op, DType::Float64, argument_of<double, Order>);
  table.set(op, DType::Int32, argument_of<int32_t, Order>);
  table.set(op, DType::UInt8, argument_of<uint8_t, Order>);
  table.set(op, DType::Bool, argument_of<uint8_t, Order>);
}

}  // namespace

void register_argument_reductions(KernelTable& table) {
  register_for_all<Larger>(table, "argmax");
  register_for_all<Smaller>(table, "argmin");
}

NABLA_END_ISA
