// Random tensors. The layout of the streams is core/philox.h's; outputs are contiguous, whatever the number of threads.
//
// uniform: no inputs, output Float32 or Float64; attributes [seed low word, seed high word, offset, from, to].
//   Values in [from, to).
#include "core/thread_pool.h"
#include "cpu/elementwise.h"
#include "cpu/random_words.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

constexpr int kPairs = RandomWords::kWords / 2;

/** The stream that the attributes name. */
struct Stream {
  RandomWords words;
  uint64_t offset;

  explicit Stream(const OpCall& call)
      : words{static_cast<uint64_t>(call.attributes[0]) | static_cast<uint64_t>(call.attributes[1]) << 32},
        offset(static_cast<uint64_t>(call.attributes[2])) {}
};

int64_t count_of(const Operand& operand) {
  int64_t count = 1;
  for (int d = 0; d < operand.rank; ++d) count *= operand.sizes[d];
  return count;
}

/**
 * Fills a tensor by runs of `kRun` elements, each from one run of words: `make(pairs, values)` turns the words into
 * vectors of values.
 */
template <class T, int kRun, class Make>
void generate(const OpCall& call, Make make) {
  const Stream stream(call);
  const Operand& output = call.output(0);
  T* const to = output.as<T>();
  const int64_t count = count_of(output);
  share(divide_up(count, kRun), kCostlyPiece / kRun, [&](int64_t begin, int64_t end) {
    alignas(kVectorBytes) uint64_t pairs[kPairs];
    alignas(kVectorBytes) T values[kRun];
    for (int64_t run = begin; run < end; ++run) {
      stream.words.generate(stream.offset + static_cast<uint64_t>(run * RandomWords::kBlocks), pairs);
      const int64_t first = run * kRun;
      if (first + kRun <= count) {
        make(pairs, to + first);
      } else {
        make(pairs, values);
        for (int64_t i = first; i < count; ++i) to[i] = values[i - first];
      }
    }
  });
}

/** Uniform numbers in [0, 1) from words: one word each in float32, a pair each in float64. */
NABLA_INLINE Vector<float> uniform_lanes(const uint64_t* pairs, int index, float) {
  Vector<uint32_t> words;
  __builtin_memcpy(&words, reinterpret_cast<const char*>(pairs) + index * kVectorBytes, sizeof words);
  return __builtin_convertvector((Vector<int32_t>)(words >> 8), Vector<float>) * 0x1p-24f;
}

NABLA_INLINE Vector<double> uniform_lanes(const uint64_t* pairs, int index, double) {
  const Vector<uint64_t> words = load(pairs + index * kLanes<uint64_t>);
  return __builtin_convertvector((Vector<int64_t>)(words >> 11), Vector<double>) * 0x1p-53;
}

template <class T>
void uniform(const OpCall& call) {
  constexpr int kRun = RandomWords::kWords * 4 / static_cast<int>(sizeof(T));
  const T from = static_cast<T>(call.attributes[3]), to = static_cast<T>(call.attributes[4]);
  const T width = to - from;
  // from + u * width may round up to `to`, which does not belong to the interval.
  const T below = to > from ? (sizeof(T) == 4 ? static_cast<T>(__builtin_nextafterf(static_cast<float>(to), static_cast<float>(from)))
                                              : static_cast<T>(__builtin_nextafter(static_cast<double>(to), static_cast<double>(from))))
                            : from;
  generate<T, kRun>(call, [&](const uint64_t* pairs, T* values) {
    for (int i = 0; i < kRun / kLanes<T>; ++i) {
      const Vector<T> value = uniform_lanes(pairs, i, T{}) * width + from;
      store(values + i * kLanes<T>, value > below ? splat(below) : value);
    }
  });
}

}  // namespace

void register_random(KernelTable& table) {
  table.set(OpCode::uniform, DType::Float32, uniform<float>);
  table.set(OpCode::uniform, DType::Float64, uniform<double>);
}

NABLA_END_ISA
