// Random tensors. The layout of the streams is core/philox.h's; outputs are contiguous, whatever the number of threads.
//
// uniform: no inputs, output Float32 or Float64; attributes [seed low word, seed high word, offset, from, to].
//   Values in [from, to).
// normal: no inputs, output Float32 or Float64; attributes [seed low word, seed high word, offset, mean, deviation].
// randint: no inputs, output of any number type; attributes [seed low word, seed high word, offset, low, high].
//   Whole numbers in [low, high).
// randperm: no inputs, output Int32 of rank 1; attributes [seed low word, seed high word, offset]. The numbers 0 to n - 1.
#include "core/thread_pool.h"
#include "cpu/elementwise.h"
#include "cpu/normal_pair.h"
#include "cpu/random_words.h"
#include "cpu/register_kernels.h"
#include "cpu/vector_math.h"

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

/** Two independent normal numbers a lane from two uniform ones, u in (0, 1] and v in [0, 1) (Box and Muller, 1958). */
NABLA_INLINE vector_math::SineCosine box_muller(Vector<double> u, Vector<double> v) {
  const Vector<double> radius = square_root(vector_math::log<double>(u) * -2.0);
  // v counts whole turns, so the reduction to an eighth of a turn is exact.
  constexpr double kHalfPi = 1.57079632679489661923;
  const Vector<double> shifted = v * 4.0 + vector_math::Format<double>::kRounder;
  const Vector<double> quarter = shifted - vector_math::Format<double>::kRounder;
  const vector_math::SineCosine rest = vector_math::sine_cosine_near_zero((v * 4.0 - quarter) * kHalfPi);
  const Vector<int64_t> quadrant = (Vector<int64_t>)shifted;
  return {radius * vector_math::turn(rest, quadrant, 0), radius * vector_math::turn(rest, quadrant, 1)};
}

NABLA_INLINE Vector<double> to_double(Vector<uint64_t> whole) {
  return __builtin_convertvector((Vector<int64_t>)whole, Vector<double>);
}

/** a0 b0 a1 b1 ... of the first half of the lanes, then of the second. */
NABLA_INLINE void store_interleaved(float* to, Vector<float> a, Vector<float> b) {
  constexpr int kCount = kLanes<float>;
#if defined(__clang__)
  for (int i = 0; i < kCount; ++i) to[2 * i] = a[i], to[2 * i + 1] = b[i];
#else
  Vector<int32_t> first{}, second{};
  for (int i = 0; i < kCount; ++i) {
    first[i] = i / 2 + (i % 2) * kCount;
    second[i] = kCount / 2 + i / 2 + (i % 2) * kCount;
  }
  store(to, __builtin_shuffle(a, b, first));
  store(to + kCount, __builtin_shuffle(a, b, second));
#endif
}

/**
 * A batch of words first and then the arithmetic on it: one after the other for each run of words, the two long chains of
 * dependent instructions leave a processor nothing to do meanwhile (half the speed, measured on Zen 5).
 */
void normal_float32(const OpCall& call) {
  constexpr int kRun = RandomWords::kWords, kBatch = 8;
  const Stream stream(call);
  const float mean = static_cast<float>(call.attributes[3]), deviation = static_cast<float>(call.attributes[4]);
  float* const to = call.output(0).as<float>();
  const int64_t count = count_of(call.output(0));
  share(divide_up(count, kRun), kCostlyPiece / kRun, [&](int64_t begin, int64_t end) {
    RandomWords::Halves words[kBatch];
    for (int64_t run = begin; run < end; run += kBatch) {
      const int batch = static_cast<int>(smaller(kBatch, end - run));
      for (int i = 0; i < batch; ++i) {
        words[i] = stream.words.halves(stream.offset + static_cast<uint64_t>((run + i) * RandomWords::kBlocks));
      }
      for (int i = 0; i < batch; ++i) {
        const NormalPair pair = normal_pair(words[i].even, words[i].odd);
        const Vector<float> cosine = float_math::RoundedSum::of(pair.cosine, splat(deviation), splat(mean));
        const Vector<float> sine = float_math::RoundedSum::of(pair.sine, splat(deviation), splat(mean));
        const int64_t first = (run + i) * kRun;
        if (first + kRun <= count) {
          store_interleaved(to + first, cosine, sine);
        } else {
          float values[kRun];
          store_interleaved(values, cosine, sine);
          for (int64_t j = first; j < count; ++j) to[j] = values[j - first];
        }
      }
    }
  });
}

void normal_float64(const OpCall& call) {
  constexpr int kCount = kLanes<double>;
  const double mean = call.attributes[3], deviation = call.attributes[4];
  generate<double, kPairs>(call, [&](const uint64_t* pairs, double* values) {
    uint64_t first[kCount], second[kCount];
    for (int j = 0; j < kCount; ++j) {
      first[j] = pairs[2 * j];
      second[j] = pairs[2 * j + 1];
    }
    const Vector<double> u = (to_double(load(first) >> 11) + 1.0) * 0x1p-53;
    const Vector<double> v = to_double(load(second) >> 11) * 0x1p-53;
    const vector_math::SineCosine z = box_muller(u, v);
    double cosine[kCount], sine[kCount];
    store(cosine, z.cosine * deviation + mean);
    store(sine, z.sine * deviation + mean);
    for (int j = 0; j < kCount; ++j) {
      values[2 * j] = cosine[j];
      values[2 * j + 1] = sine[j];
    }
  });
}

/** floor(r * range / 2^64): each number with probability 1 / range, to within 2^-64 (Lemire, 2019, without rejection). */
NABLA_INLINE uint64_t below(uint64_t r, uint64_t range) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(r) * range) >> 64);
}

template <class T>
void randint(const OpCall& call) {
  const int64_t low = static_cast<int64_t>(call.attributes[3]);
  const uint64_t range = static_cast<uint64_t>(static_cast<int64_t>(call.attributes[4]) - low);
  generate<T, kPairs>(call, [&](const uint64_t* pairs, T* values) {
    for (int i = 0; i < kPairs; ++i) values[i] = static_cast<T>(low + static_cast<int64_t>(below(pairs[i], range)));
  });
}

void randperm(const OpCall& call) {
  const Stream stream(call);
  const int64_t count = call.output(0).sizes[0];
  int32_t* const to = call.output(0).as<int32_t>();
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<int32_t>(i);
  uint64_t pairs[kPairs];
  for (int64_t s = 0; s + 1 < count; ++s) {
    if (s % kPairs == 0) stream.words.generate(stream.offset + static_cast<uint64_t>(s / kPairs * RandomWords::kBlocks), pairs);
    const int64_t left = count - s;
    const int64_t chosen = static_cast<int64_t>(below(pairs[s % kPairs], static_cast<uint64_t>(left)));
    const int32_t swapped = to[left - 1];
    to[left - 1] = to[chosen];
    to[chosen] = swapped;
  }
}

}  // namespace

void register_random(KernelTable& table) {
  table.set("normal", DType::Float32, normal_float32);
  table.set("normal", DType::Float64, normal_float64);
  table.set("randint", DType::Float32, randint<float>);
  table.set("randint", DType::Float64, randint<double>);
  table.set("randint", DType::Int32, randint<int32_t>);
  table.set("randint", DType::UInt8, randint<uint8_t>);
  table.set("randint", DType::Bool, randint<uint8_t>);
  table.set("randperm", DType::Int32, randperm);
  table.set("uniform", DType::Float32, uniform<float>);
  table.set("uniform", DType::Float64, uniform<double>);
}

NABLA_END_ISA
