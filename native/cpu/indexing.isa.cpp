// Choosing and placing elements. Positions are Int32; one that lies outside its dimension reads NaN (0 in whole numbers)
// and is not written to.
//
// where: inputs condition Bool, a, b of one shape; output a where the condition holds, else b. No attributes.
// indexSelect: inputs tensor, positions [K]; output with K elements along the dimension. Attributes [dim].
// indexAdd: inputs positions [K], source; output (in place) += the source's slices, in their order. Attributes [dim].
// gather: inputs tensor, positions of the output's shape; attributes [dim].
// scatterAdd: inputs positions, source of their shape; output (in place) += source, element by element in the order in
//   which the source lies in memory. Attributes [dim].
// scatter: as scatterAdd, but output = source; the last of several for one place stays.
// oneHot: input labels; output Float32 with one more dimension, a 1 at each label; attributes [classes].
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace {

template <class T>
struct Choose {
  template <class V>
  NABLA_INLINE V apply(Vector<uint8_t, sizeof(V) / sizeof(T)> condition, V a, V b) const {
    using Mask = Vector<typename MaskOf<T>::type, sizeof(V) / sizeof(T)>;
    return __builtin_convertvector(condition, Mask) != 0 ? a : b;
  }
};

void where(const OpCall& call) {
  switch (call.input(1).dtype) {
    case DType::Float32: return elementwise<float, uint8_t, float, float>(call, Choose<float>{}, kCheapPiece);
    case DType::Float64: return elementwise<double, uint8_t, double, double>(call, Choose<double>{}, kCheapPiece);
    case DType::Int32: return elementwise<int32_t, uint8_t, int32_t, int32_t>(call, Choose<int32_t>{}, kCheapPiece);
    case DType::UInt8:
    case DType::Bool: return elementwise<uint8_t, uint8_t, uint8_t, uint8_t>(call, Choose<uint8_t>{}, kCheapPiece);
  }
}

template <class T>
constexpr T kOutside = static_cast<T>(0);
template <>
constexpr float kOutside<float> = vector_math::kNaN<float>;
template <>
constexpr double kOutside<double> = vector_math::kNaN<double>;

struct Same {
  template <class V>
  NABLA_INLINE V apply(V x) const {
    return x;
  }
};

template <class T>
struct Value {
  T value;

  NABLA_INLINE Vector<T> apply() const { return splat<T>(value); }
};

struct Plus {
  template <class V>
  NABLA_INLINE V apply(V a, V b) const {
    return a + b;
  }
};

/** One slice of an operand across a dimension, as an operand of size 1 there. */
template <class T>
Operand slice(const Operand& whole, int dim, int64_t position) {
  Operand part = whole;
  part.data = whole.as<T>() + position * whole.strides[dim];
  part.sizes[dim] = 1;
  return part;
}

/** The numbers in one slice when both operands hold them in one run, else 0. */
int64_t run_of_slice(const Operand& a, const Operand& b, int dim) {
  int64_t run = 1;
  for (int d = a.rank - 1; d > dim; --d) {
    if (a.sizes[d] != 1 && (a.strides[d] != run || b.strides[d] != run)) return 0;
    run *= a.sizes[d];
  }
  for (int d = 0; d < dim; ++d) {
    if (a.sizes[d] != 1) return 0;
  }
  return run;
}

template <class T>
void index_select(const OpCall& call) {
  const Operand& tensor = call.input(0);
  const Operand& positions = call.input(1);
  const Operand& output = call.output(0);
  const int dim = static_cast<int>(call.attributes[0]);
  const int64_t run = run_of_slice(output, tensor, dim);
  const int64_t count = positions.sizes[0];
  const auto position_of = [&](int64_t k) { return static_cast<int64_t>(positions.as<int32_t>()[k * positions.strides[0]]); };

  if (run > 0) {
    share(count, divide_up(kCheapPiece, run), [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k) {
        T* to = output.as<T>() + k * output.strides[dim];
        const int64_t position = position_of(k);
        if (position >= 0 && position < tensor.sizes[dim]) {
          __builtin_memcpy(to, tensor.as<T>() + position * tensor.strides[dim], static_cast<size_t>(run) * sizeof(T));
        } else {
          for (int64_t i = 0; i < run; ++i) to[i] = kOutside<T>;
        }
      }
    });
    return;
  }
  OpCall part = call;
  for (int64_t k = 0; k < count; ++k) {
    const int64_t position = position_of(k);
    if (position >= 0 && position < tensor.sizes[dim]) {
      part.input_count = 1;
      part.operands[0] = slice<T>(tensor, dim, position);
      part.operands[1] = slice<T>(output, dim, k);
      elementwise<T, T>(part, Same{}, kCheapPiece);
    } else {
      part.input_count = 0;
      part.operands[0] = slice<T>(output, dim, k);
      elementwise<T>(part, Value<T>{kOutside<T>}, kCheapPiece);
    }
  }
}

template <class T>
void add_slices(const OpCall& call) {
  const Operand& positions = call.input(0);
  const Operand& source = call.input(1);
  const Operand& output = call.output(0);
  const int dim = static_cast<int>(call.attributes[0]);
  OpCall part = call;
  part.input_count = 2;
  for (int64_t k = 0; k < positions.sizes[0]; ++k) {
    const int64_t position = positions.as<int32_t>()[k * positions.strides[0]];
    if (position < 0 || position >= output.sizes[dim]) continue;
    part.operands[0] = part.operands[2] = slice<T>(output, dim, position);
    part.operands[1] = slice<T>(source, dim, k);
    elementwise<T, T, T>(part, Plus{}, kCheapPiece);
  }
}

void index_add(const OpCall& call) {
  switch (call.output(0).dtype) {
    case DType::Float32: return add_slices<float>(call);
    case DType::Float64: return add_slices<double>(call);
    case DType::Int32: return add_slices<int32_t>(call);
    default: return add_slices<uint8_t>(call);
  }
}

/** Three operands walked together: a tensor that stands still along `dim`, positions, and what goes with them. */
void plan_along(const Operand& tensor, const Operand& positions, const Operand& other, int dim, Iteration& iteration) {
  OpCall call;
  call.input_count = 2;
  call.output_count = 1;
  call.operands[0] = tensor;
  call.operands[1] = positions;
  call.operands[2] = other;
  for (int d = 0; d < tensor.rank; ++d) call.operands[0].sizes[d] = other.sizes[d];
  call.operands[0].strides[dim] = 0;
  plan_iteration(call, iteration);
}

template <class T>
void gather(const OpCall& call) {
  const Operand& tensor = call.input(0);
  const Operand& output = call.output(0);
  const int dim = static_cast<int>(call.attributes[0]);
  Iteration it;
  plan_along(tensor, call.input(1), output, dim, it);
  const int last = it.rank - 1;
  share(it.count, kCheapPiece, [&](int64_t begin, int64_t end) {
    walk<3>(it, begin, end, [&](const int64_t* offsets, int64_t run) {
      for (int64_t i = 0; i < run; ++i) {
        const int64_t position = call.input(1).as<int32_t>()[offsets[1] + i * it.strides[1][last]];
        output.as<T>()[offsets[2] + i * it.strides[2][last]] =
            position >= 0 && position < tensor.sizes[dim]
                ? tensor.as<T>()[offsets[0] + i * it.strides[0][last] + position * tensor.strides[dim]]
                : kOutside<T>;
      }
    });
  });
}

struct AddTo {
  template <class T>
  static NABLA_INLINE T place(T old, T next) {
    return static_cast<T>(old + next);
  }
};

struct Replace {
  template <class T>
  static NABLA_INLINE T place(T, T next) {
    return next;
  }
};

template <class T, class Placing>
void place_elements(const OpCall& call) {
  const Operand& source = call.input(1);
  const Operand& output = call.output(0);
  const int dim = static_cast<int>(call.attributes[0]);
  Iteration it;
  plan_along(output, call.input(0), source, dim, it);
  const int last = it.rank - 1;
  walk<3>(it, 0, it.count, [&](const int64_t* offsets, int64_t run) {
    for (int64_t i = 0; i < run; ++i) {
      const int64_t position = call.input(0).as<int32_t>()[offsets[1] + i * it.strides[1][last]];
      if (position < 0 || position >= output.sizes[dim]) continue;
      T& to = output.as<T>()[offsets[0] + i * it.strides[0][last] + position * output.strides[dim]];
      to = Placing::place(to, source.as<T>()[offsets[2] + i * it.strides[2][last]]);
    }
  });
}

template <class Placing>
void scatter(const OpCall& call) {
  switch (call.output(0).dtype) {
    case DType::Float32: return place_elements<float, Placing>(call);
    case DType::Float64: return place_elements<double, Placing>(call);
    case DType::Int32: return place_elements<int32_t, Placing>(call);
    default: return place_elements<uint8_t, Placing>(call);
  }
}

void one_hot(const OpCall& call) {
  const Operand& labels = call.input(0);
  const int64_t classes = static_cast<int64_t>(call.attributes[0]);
  OpCall rows = call;
  // The rows of the output: the labels' shape, with the row's start as the element.
  rows.operands[1].rank = labels.rank;
  Iteration it;
  plan_iteration(rows, it);
  const int last = it.rank - 1;
  const int64_t column = call.output(0).strides[labels.rank];
  walk<2>(it, 0, it.count, [&](const int64_t* offsets, int64_t run) {
    for (int64_t i = 0; i < run; ++i) {
      const int32_t label = labels.as<int32_t>()[offsets[0] + i * it.strides[0][last]];
      float* row = call.output(0).as<float>() + offsets[1] + i * it.strides[1][last];
      const bool known = label >= 0 && label < classes;
      for (int64_t j = 0; j < classes; ++j) row[j * column] = known ? 0.0f : kOutside<float>;
      if (known) row[label * column] = 1;
    }
  });
}

}  // namespace

void register_indexing(KernelTable& table) {
  table.set("where", DType::Bool, where);
  table.set("indexSelect", DType::Float32, index_select<float>);
  table.set("indexSelect", DType::Float64, index_select<double>);
  table.set("indexSelect", DType::Int32, index_select<int32_t>);
  table.set("indexSelect", DType::UInt8, index_select<uint8_t>);
  table.set("indexSelect", DType::Bool, index_select<uint8_t>);
  table.set("indexAdd", DType::Int32, index_add);
  table.set("gather", DType::Float32, gather<float>);
  table.set("gather", DType::Float64, gather<double>);
  table.set("gather", DType::Int32, gather<int32_t>);
  table.set("gather", DType::UInt8, gather<uint8_t>);
  table.set("gather", DType::Bool, gather<uint8_t>);
  table.set("scatter", DType::Int32, scatter<Replace>);
  table.set("scatterAdd", DType::Int32, scatter<AddTo>);
  table.set("oneHot", DType::Int32, one_hot);
}

NABLA_END_ISA
