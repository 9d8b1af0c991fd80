// Random choices. Streams are core/philox.h's; everything a choice depends on is computed in the same steps on every
// instruction set (plain float64, no fused operations), so booleans and whole numbers are the same everywhere.
//
// bernoulli: input probabilities, contiguous or one number repeated, F; output of any dtype, contiguous. Attributes [seed
//   low word, seed high word, first block]. Element i takes word i: 1 where word / 2^32 is below its probability.
// multinomial: input weights [rows, categories], contiguous, F; output Int32 [rows, draws]. Attributes [seed low word,
//   seed high word, first block, replacement]. Draw i of all takes the words 2 i and 2 i + 1, whose upper 53 bits choose a
//   point of the sum of the weights; it is found by going down a tree of partial sums (Wong and Easton, "An efficient
//   method for weighted sampling without replacement", 1980), from which a category that must not come again is taken out.
// truncatedNormal: no inputs; output F, contiguous. Attributes [seed low word, seed high word, first block, mean,
//   deviation, low, high]. Element i takes the words 2 i and 2 i + 1, whose upper 53 bits choose a point of the
//   distribution function between the limits, which is then inverted (Wichura, "Algorithm AS 241", Applied Statistics 37,
//   1988).
#include "cpu/elementwise.h"
#include "cpu/random_words.h"
#include "cpu/register_kernels.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

constexpr int kStreamPairs = RandomWords::kWords / 2;

/** The numbers of 64 bits of a stream, in runs. */
struct Pairs {
  RandomWords words;
  uint64_t block;

  explicit Pairs(const OpCall& call)
      : words{static_cast<uint64_t>(call.attributes[0]) | static_cast<uint64_t>(call.attributes[1]) << 32},
        block(static_cast<uint64_t>(call.attributes[2])) {}

  NABLA_INLINE void run(int64_t number, uint64_t* pairs) const {
    words.generate(block + static_cast<uint64_t>(number * RandomWords::kBlocks), pairs);
  }
};

template <class P, class T>
void bernoulli_as(const OpCall& call) {
  const Operand& input = call.input(0);
  const int64_t count = call.output(0).count();
  bool repeated = true;
  for (int d = 0; d < input.rank; ++d) repeated &= input.sizes[d] == 1 || input.strides[d] == 0;
  const int64_t step = repeated ? 0 : 1;
  const P* const probabilities = input.as<P>();
  T* const to = call.output(0).as<T>();
  const Pairs stream(call);
  constexpr int kRun = RandomWords::kWords;
  share(divide_up(count, kRun), kCostlyPiece / kRun, [&](int64_t begin, int64_t end) {
    alignas(kVectorBytes) uint64_t pairs[kStreamPairs];
    for (int64_t run = begin; run < end; ++run) {
      stream.run(run, pairs);
      const int64_t first = run * kRun, here = smaller(kRun, count - first);
      for (int64_t i = 0; i < here; ++i) {
        const double word = static_cast<double>(static_cast<uint32_t>(pairs[i / 2] >> (i % 2 * 32)));
        to[first + i] = static_cast<T>(word * 0x1p-32 < static_cast<double>(probabilities[(first + i) * step]));
      }
    }
  });
}

template <class P>
void bernoulli(const OpCall& call) {
  switch (call.output(0).dtype) {
    case DType::Float32: return bernoulli_as<P, float>(call);
    case DType::Float64: return bernoulli_as<P, double>(call);
    case DType::Int32: return bernoulli_as<P, int32_t>(call);
    default: return bernoulli_as<P, uint8_t>(call);
  }
}

/** Weights as the leaves of a complete binary tree; each inner node holds the sum of its two children. */
struct SumTree {
  double* nodes;
  int64_t leaves;

  static int64_t leaves_for(int64_t count) {
    int64_t leaves = 1;
    while (leaves < count) leaves *= 2;
    return leaves;
  }

  template <class T>
  void fill(const T* weights, int64_t count) const {
    for (int64_t i = 0; i < leaves; ++i) nodes[leaves + i] = i < count ? static_cast<double>(weights[i]) : 0.0;
    for (int64_t i = leaves - 1; i > 0; --i) nodes[i] = nodes[2 * i] + nodes[2 * i + 1];
  }

  /** The leaf at a part, in [0, 1), of the whole sum; never one of weight 0 while another has some. */
  int64_t find(double part) const {
    double point = part * nodes[1];
    int64_t node = 1;
    while (node < leaves) {
      const double left = nodes[2 * node], right = nodes[2 * node + 1];
      // A point that rounding has brought to the end of the sum must not fall off it.
      const bool go_right = right > 0 && (point >= left || left == 0);
      if (go_right) point = point > left ? point - left : 0;
      node = 2 * node + go_right;
    }
    return node - leaves;
  }

  void remove(int64_t leaf) const {
    int64_t node = leaves + leaf;
    nodes[node] = 0;
    for (node /= 2; node > 0; node /= 2) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
  }
};

template <class T>
void multinomial(const OpCall& call) {
  const Operand& weights = call.input(0);
  const int64_t rows = weights.sizes[0], categories = weights.sizes[1], draws = call.output(0).sizes[1];
  if (rows == 0 || draws == 0) return;
  const bool replacement = call.attributes[3] != 0;
  int32_t* const to = call.output(0).as<int32_t>();
  const Pairs stream(call);
  const int64_t leaves = SumTree::leaves_for(categories);
  share(rows, larger(1, kCostlyPiece / (2 * leaves + 16 * draws)), [&](int64_t begin, int64_t end) {
    const SumTree tree{static_cast<double*>(workspace(static_cast<size_t>(2 * leaves) * sizeof(double))), leaves};
    alignas(kVectorBytes) uint64_t pairs[kStreamPairs];
    int64_t generated = -1;
    for (int64_t row = begin; row < end; ++row) {
      tree.fill(weights.as<T>() + row * categories, categories);
      for (int64_t i = row * draws; i < (row + 1) * draws; ++i) {
        if (i / kStreamPairs != generated) {
          generated = i / kStreamPairs;
          stream.run(generated, pairs);
        }
        const int64_t chosen = tree.find(static_cast<double>(pairs[i % kStreamPairs] >> 11) * 0x1p-53);
        to[i] = static_cast<int32_t>(chosen);
        if (!replacement) tree.remove(chosen);
      }
    }
  });
}

template <int kTerms>
double polynomial(const double (&coefficients)[kTerms], double x) {
  double value = coefficients[kTerms - 1];
  for (int i = kTerms - 2; i >= 0; --i) value = value * x + coefficients[i];
  return value;
}

/** The inverse of the standard normal distribution function, to about 16 digits. */
double normal_quantile(double p) {
  constexpr double kCentre[2][8] = {
      {3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
       4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3},
      {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
       3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3}};
  constexpr double kMiddle[2][8] = {
      {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
       1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
      {1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
       1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9}};
  constexpr double kFar[2][8] = {
      {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
       2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
      {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
       1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}};
  const double centred = p - 0.5;
  if (centred >= -0.425 && centred <= 0.425) {
    const double r = 0.180625 - centred * centred;
    return centred * polynomial(kCentre[0], r) / polynomial(kCentre[1], r);
  }
  const double r = __builtin_sqrt(-__builtin_log(centred < 0 ? p : 1 - p));
  const double tail = r <= 5 ? polynomial(kMiddle[0], r - 1.6) / polynomial(kMiddle[1], r - 1.6)
                             : polynomial(kFar[0], r - 5) / polynomial(kFar[1], r - 5);
  return centred < 0 ? -tail : tail;
}

double normal_distribution(double x) { return 0.5 * __builtin_erfc(-x * 0.70710678118654752440); }

template <class T>
void truncated_normal(const OpCall& call) {
  const double mean = call.attributes[3], deviation = call.attributes[4], low = call.attributes[5], high = call.attributes[6];
  double from = (low - mean) / deviation, to = (high - mean) / deviation;
  // Far above the mean the distribution function has no digits left; below it has, so such an interval is mirrored.
  const double sign = from > 0 ? -1 : 1;
  if (from > 0) {
    const double mirrored = -from;
    from = -to;
    to = mirrored;
  }
  const double start = normal_distribution(from), width = normal_distribution(to) - start;
  const T smallest = static_cast<T>(low), largest = static_cast<T>(high);
  const int64_t count = call.output(0).count();
  T* const out = call.output(0).as<T>();
  const Pairs stream(call);
  share(divide_up(count, kStreamPairs), larger(1, kCostlyPiece / 8 / kStreamPairs), [&](int64_t begin, int64_t end) {
    alignas(kVectorBytes) uint64_t pairs[kStreamPairs];
    for (int64_t run = begin; run < end; ++run) {
      stream.run(run, pairs);
      for (int64_t i = run * kStreamPairs; i < smaller(count, (run + 1) * kStreamPairs); ++i) {
        const double part = (static_cast<double>(pairs[i % kStreamPairs] >> 11) + 0.5) * 0x1p-53;
        const T value = static_cast<T>(mean + deviation * sign * normal_quantile(start + part * width));
        out[i] = value < smallest ? smallest : value > largest ? largest : value;
      }
    }
  });
}

}  // namespace

void register_sampling(KernelTable& table) {
  table.set("bernoulli", DType::Float32, bernoulli<float>);
  table.set("bernoulli", DType::Float64, bernoulli<double>);
  table.set("multinomial", DType::Float32, multinomial<float>);
  table.set("multinomial", DType::Float64, multinomial<double>);
  table.set("truncatedNormal", DType::Float32, truncated_normal<float>);
  table.set("truncatedNormal", DType::Float64, truncated_normal<double>);
}

NABLA_END_ISA
