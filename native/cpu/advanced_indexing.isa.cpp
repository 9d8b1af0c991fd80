// Elements chosen and written by several tensors of positions at once (NumPy's advanced indexing).
//
// A tensor of rank k + r is seen as a table of k dimensions, whose entries are slices of r dimensions; the caller has
// moved the chosen dimensions to the front. Positions are k tensors Int32 [n], contiguous; a negative one counts from the
// end. One outside its dimension reads NaN (0 in whole numbers) and is not written to.
//
// advancedIndex: inputs tensor, k positions; output [n, r dimensions...], of its dtype.
// indexPut: inputs k positions, source [n, r dimensions...]; output (in place): the tensor. Slices are written in the
//   order of the positions, so the last of equal ones stays. Attributes [accumulate]: 1 adds instead.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

NABLA_BEGIN_ISA

namespace {

template <class T>
constexpr T kOutsideOfTable = static_cast<T>(0);
template <>
constexpr float kOutsideOfTable<float> = vector_math::kNaN<float>;
template <>
constexpr double kOutsideOfTable<double> = vector_math::kNaN<double>;

/** A table of slices, and the walk over one slice together with one of the list [n, slices]. */
struct Table {
  const OpCall& call;
  const Operand& tensor;
  const Operand& list;
  int first_positions, indexed;
  Iteration slice;

  Table(const OpCall& op_call, const Operand& whole, const Operand& slices, int first, int count)
      : call(op_call), tensor(whole), list(slices), first_positions(first), indexed(count) {
    OpCall one{};
    one.input_count = 1;
    one.output_count = 1;
    for (int o = 0; o < 2; ++o) {
      const Operand& from = o == 0 ? list : tensor;
      const int skipped = o == 0 ? 1 : indexed;
      Operand& to = one.operands[o];
      to.rank = from.rank - skipped;
      for (int d = 0; d < to.rank; ++d) {
        to.sizes[d] = from.sizes[d + skipped];
        to.strides[d] = from.strides[d + skipped];
      }
    }
    plan_iteration(one, slice);
  }

  int64_t count() const { return list.sizes[0]; }

  /** Where the slice of entry `i` of the list begins in the tensor; -1 where a position is outside. */
  NABLA_INLINE int64_t place(int64_t i) const {
    int64_t offset = 0;
    for (int k = 0; k < indexed; ++k) {
      int64_t position = call.operands[first_positions + k].as<int32_t>()[i];
      const int64_t size = tensor.sizes[k];
      if (position < 0) position += size;
      if (position < 0 || position >= size) return kOutside;
      offset += position * tensor.strides[k];
    }
    return offset;
  }

  /** Calls `body(offset in the list's slice, offset in the tensor's, count, list stride, tensor stride)` over a slice. */
  template <class Body>
  NABLA_INLINE void each_run(const Body& body) const {
    const int last = slice.rank - 1;
    walk<2>(slice, 0, slice.count, [&](const int64_t* offsets, int64_t run) {
      body(offsets[0], offsets[1], run, slice.strides[0][last], slice.strides[1][last]);
    });
  }

  /** No offset: those of a tensor whose data points at its first element are at least 0, or belong to another layout. */
  static constexpr int64_t kOutside = INT64_MIN;
};

template <class T>
void advanced_index(const OpCall& call) {
  const Operand& output = call.output(0);
  const Table table(call, call.input(0), output, 1, call.input_count - 1);
  const T* const from = call.input(0).as<T>();
  T* const to = output.as<T>();
  share(table.count(), larger(1, kCostlyPiece / larger(1, table.slice.count)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t place = table.place(i);
      T* const row = to + i * output.strides[0];
      table.each_run([&](int64_t a, int64_t b, int64_t run, int64_t a_stride, int64_t b_stride) {
        if (place == Table::kOutside) {
          for (int64_t j = 0; j < run; ++j) row[a + j * a_stride] = kOutsideOfTable<T>;
        } else if (a_stride == 1 && b_stride == 1) {
          __builtin_memcpy(row + a, from + place + b, static_cast<size_t>(run) * sizeof(T));
        } else {
          for (int64_t j = 0; j < run; ++j) row[a + j * a_stride] = from[place + b + j * b_stride];
        }
      });
    }
  });
}

template <class T>
void put(const OpCall& call) {
  const int positions = call.input_count - 1;
  const Operand& source = call.input(positions);
  const Table table(call, call.output(0), source, 0, positions);
  const T* const from = source.as<T>();
  T* const to = call.output(0).as<T>();
  const bool accumulate = call.attributes[0] != 0;
  for (int64_t i = 0; i < table.count(); ++i) {
    const int64_t place = table.place(i);
    if (place == Table::kOutside) continue;
    const T* const row = from + i * source.strides[0];
    table.each_run([&](int64_t a, int64_t b, int64_t run, int64_t a_stride, int64_t b_stride) {
      T* const at = to + place + b;
      if (accumulate) {
        for (int64_t j = 0; j < run; ++j) at[j * b_stride] = static_cast<T>(at[j * b_stride] + row[a + j * a_stride]);
      } else {
        for (int64_t j = 0; j < run; ++j) at[j * b_stride] = row[a + j * a_stride];
      }
    });
  }
}

void index_put(const OpCall& call) {
  switch (call.output(0).dtype) {
    case DType::Float32: return put<float>(call);
    case DType::Float64: return put<double>(call);
    case DType::Int32: return put<int32_t>(call);
    default: return put<uint8_t>(call);
  }
}

}  // namespace

void register_advanced_indexing(KernelTable& table) {
  table.set("advancedIndex", DType::Float32, advanced_index<float>);
  table.set("advancedIndex", DType::Float64, advanced_index<double>);
  table.set("advancedIndex", DType::Int32, advanced_index<int32_t>);
  table.set("advancedIndex", DType::UInt8, advanced_index<uint8_t>);
  table.set("advancedIndex", DType::Bool, advanced_index<uint8_t>);
  table.set("indexPut", DType::Int32, index_put);
}

NABLA_END_ISA
