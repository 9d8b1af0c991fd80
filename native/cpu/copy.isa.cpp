// copy: input and output of one shape, any strides, any two dtypes. No attributes. Makes tensors contiguous and converts
// between dtypes: to Bool by "is not 0", to integers by cutting off the fraction.
#include "cpu/elementwise.h"
#include "cpu/gemm_pack.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

template <class To>
struct Convert {
  template <class V>
  NABLA_INLINE auto apply(V v) const {
    return __builtin_convertvector(v, Vector<To, sizeof(V) / sizeof(v[0])>);
  }
};

/** Bool is a byte like UInt8, but holds only 0 and 1. */
struct IsNotZero {
  template <class V>
  NABLA_INLINE auto apply(V v) const {
    return to_flags(v != V{});
  }
};

#if !defined(__clang__)
/**
 * One square of as many rows as a vector has lanes, transposed in registers: neighbours at distance 1, 2, 4 ... change
 * places, so whole cache lines are read and written once (Eklundh, "A fast computer method for matrix transposing", 1972).
 */
template <class T>
NABLA_INLINE void transpose_in_registers(const T* from, int64_t from_stride, T* to, int64_t to_stride) {
  constexpr int kCount = kLanes<T>;
  using Index = typename MaskOf<T>::type;
  Vector<T> rows[kCount];
  NABLA_UNROLL
  for (int i = 0; i < kCount; ++i) rows[i] = load(from + i * from_stride);
  NABLA_UNROLL
  for (int distance = 1; distance < kCount; distance *= 2) {
    Vector<Index> upper{}, lower{};
    NABLA_UNROLL
    for (int k = 0; k < kCount; ++k) {
      upper[k] = (k & distance) == 0 ? k : kCount + k - distance;
      lower[k] = (k & distance) == 0 ? k + distance : kCount + k;
    }
    NABLA_UNROLL
    for (int i = 0; i < kCount; ++i) {
      if ((i & distance) != 0) continue;
      const Vector<T> a = rows[i], b = rows[i + distance];
      rows[i] = __builtin_shuffle(a, b, upper);
      rows[i + distance] = __builtin_shuffle(a, b, lower);
    }
  }
  NABLA_UNROLL
  for (int i = 0; i < kCount; ++i) store(to + i * to_stride, rows[i]);
}
#endif

/** A block of the transposition, `lines` of them `length` long: to[k * to_stride + i] = from[i * line_stride + k]. */
template <class T>
NABLA_INLINE void transpose_block(int64_t lines, int64_t length, const T* from, int64_t line_stride, T* to, int64_t to_stride) {
#if !defined(__clang__)
  constexpr int64_t kCount = kLanes<T>;
  if (lines % kCount == 0 && length % kCount == 0) {
    for (int64_t i = 0; i < lines; i += kCount) {
      for (int64_t k = 0; k < length; k += kCount) {
        transpose_in_registers(from + i * line_stride + k, line_stride, to + k * to_stride + i, to_stride);
      }
    }
    return;
  }
#endif
  pack_lines<T, false>(lines, length, from, line_stride, 1, to, to_stride);
}

/**
 * Output rows contiguous, input columns contiguous: a transposition, done in squares so that both sides use whole cache
 * lines. False when the call is not one.
 */
template <class T>
bool transpose(const OpCall& call) {
  int64_t strides[2];
  if (is_one_run<2>(call, strides)) return false;
  Iteration it;
  plan_iteration(call, it);
  constexpr int kFrom = 0, kTo = 1;
  const int row = it.rank - 2, column = it.rank - 1;
  if (it.rank < 2 || it.strides[kTo][column] != 1 || it.strides[kFrom][row] != 1) return false;
  const int64_t rows = it.sizes[row], columns = it.sizes[column];
  if (rows < 4 || columns < 4) return false;

  // One cache line square: with rows a power of two apart, more lines than that fall into one set of the cache.
  constexpr int64_t kSide = 64 / sizeof(T);
  const int64_t strips = divide_up(rows, kSide);
  const int64_t strip_size = kSide * columns;
  Iteration outer = it;
  outer.rank = it.rank - 1;
  outer.sizes[row] = strips;
  outer.strides[kFrom][row] = kSide * it.strides[kFrom][row];
  outer.strides[kTo][row] = kSide * it.strides[kTo][row];
  const int64_t all_strips = it.count / (rows * columns) * strips;
  const T* from = call.input(0).as<T>();
  T* to = call.output(0).as<T>();
  share(all_strips, larger(1, kCheapPiece / strip_size), [&](int64_t begin, int64_t end) {
    for (int64_t strip = begin; strip < end; ++strip) {
      walk<2>(outer, strip, strip + 1, [&](const int64_t* offsets, int64_t) {
        const int64_t height = smaller(kSide, rows - strip % strips * kSide);
        for (int64_t j = 0; j < columns; j += kSide) {
          transpose_block(smaller(kSide, columns - j), height, from + offsets[kFrom] + j * it.strides[kFrom][column],
                          it.strides[kFrom][column], to + offsets[kTo] + j, it.strides[kTo][row]);
        }
      });
    }
  });
  return true;
}

template <class From, class To>
void convert(const OpCall& call) {
  elementwise<To, From>(call, Convert<To>{}, kCheapPiece);
}

template <class T>
void copy(const OpCall& call) {
  constexpr bool kWide = sizeof(T) >= 4;
  switch (call.output(0).dtype) {
    case DType::Float32:
      if constexpr (sizeof(T) == 4) {
        if (call.input(0).dtype == DType::Float32 && transpose<float>(call)) return;
      }
      return convert<T, float>(call);
    case DType::Float64:
      if constexpr (sizeof(T) == 8) {
        if (transpose<double>(call)) return;
      }
      return convert<T, double>(call);
    case DType::Int32: return convert<T, int32_t>(call);
    case DType::UInt8: return convert<T, uint8_t>(call);
    case DType::Bool:
      if (!kWide && call.input(0).dtype == DType::Bool) return convert<T, uint8_t>(call);
      return elementwise<uint8_t, T>(call, IsNotZero{}, kCheapPiece);
  }
}

}  // namespace

void register_copy(KernelTable& table) {
  table.set("copy", DType::Float32, copy<float>);
  table.set("copy", DType::Float64, copy<double>);
  table.set("copy", DType::Int32, copy<int32_t>);
  table.set("copy", DType::UInt8, copy<uint8_t>);
  table.set("copy", DType::Bool, copy<uint8_t>);
}

NABLA_END_ISA
