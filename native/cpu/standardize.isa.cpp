// Standardisation of groups of elements, Float32 or Float64: what batch, layer, group and instance normalisation share.
//
// The input, contiguous, is seen as [outer, groups, inner] (attributes 0 to 2; attribute 3 is epsilon). A group's elements
// are those of one index of the middle dimension.
// standardize: input x; outputs (x - mean) / sqrt(variance + epsilon) of x's shape, and the mean and the (biased) variance of
//   each group [groups].
// standardizeBackward: inputs gradient, standardised x, variance [groups]; output the gradient of x, which is
//   (g - mean(g) - y mean(g y)) / sqrt(variance + epsilon) in each group.
//
// A group is one thread's, or one lane's where neighbouring groups are neighbours in memory (inner 1), and is summed in one
// order. The mean is taken first, made better by the mean of what is left, and the squares of differences come last: a large mean
// would cancel the digits of the variance in one pass, and has rounded a float's own sum in two.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

struct Groups {
  int64_t outer, groups, inner;
  double epsilon;

  explicit Groups(const OpCall& call)
      : outer(static_cast<int64_t>(call.attributes[0])),
        groups(static_cast<int64_t>(call.attributes[1])),
        inner(static_cast<int64_t>(call.attributes[2])),
        epsilon(call.attributes[3]) {}

  int64_t run(int64_t o, int64_t group) const { return (o * groups + group) * inner; }
  double count() const { return static_cast<double>(outer * inner); }
};

template <class T>
NABLA_INLINE T total(Vector<T> v) {
  T sum = 0;
  for (int lane = 0; lane < kLanes<T>; ++lane) sum += v[lane];
  return sum;
}

/** The sum of `term(offset, count)` over a group's elements: a vector of `count` terms, zeros after them. */
template <class T, class Term>
NABLA_INLINE T sum_of(const Groups& g, int64_t group, Term&& term) {
  Vector<T> sum{};
  for (int64_t o = 0; o < g.outer; ++o) {
    const int64_t begin = g.run(o, group);
    int64_t i = 0;
    for (; i + kLanes<T> <= g.inner; i += kLanes<T>) sum += term(begin + i, kLanes<T>);
    if (i < g.inner) sum += term(begin + i, static_cast<int>(g.inner - i));
  }
  return total<T>(sum);
}

template <class T>
NABLA_INLINE Vector<T> load_some(const T* from, int count) {
  return count == kLanes<T> ? load<T>(from) : load_lanes_part<kLanes<T>>(from, count);
}

/** The lanes below `count`; the others, which hold nothing, are 0. */
template <class T>
NABLA_INLINE Vector<T> only(Vector<T> v, int count) {
  if (count == kLanes<T>) return v;
  for (int lane = 0; lane < kLanes<T>; ++lane) {
    if (lane >= count) v[lane] = 0;
  }
  return v;
}

template <class T>
NABLA_INLINE void store_some(T* to, Vector<T> v, int count) {
  if (count == kLanes<T>) {
    store<T>(to, v);
  } else {
    for (int lane = 0; lane < count; ++lane) to[lane] = v[lane];
  }
}

template <class T>
NABLA_INLINE T scale_of(T variance, double epsilon) {
  return (splat<T>(1) / square_root(splat<T>(variance + static_cast<T>(epsilon))))[0];
}

/** One group at a time, its runs contiguous. */
template <class T>
void standardize_runs(const Groups& g, const T* x, T* y, T* means, T* variances) {
  const T by = static_cast<T>(g.count());
  share(g.groups, divide_up(kCostlyPiece, larger(1, g.outer * g.inner)), [&](int64_t begin, int64_t end) {
    for (int64_t group = begin; group < end; ++group) {
      const T rough = sum_of<T>(g, group, [&](int64_t at, int count) { return load_some<T>(x + at, count); }) / by;
      const auto beside = [&](int64_t at, int count) { return only<T>(load_some<T>(x + at, count) - splat<T>(rough), count); };
      const T mean = rough + sum_of<T>(g, group, beside) / by;
      const auto squares = [&](int64_t at, int count) {
        const Vector<T> difference = only<T>(load_some<T>(x + at, count) - splat<T>(mean), count);
        return difference * difference;
      };
      const T variance = sum_of<T>(g, group, squares) / by;
      const T scale = scale_of<T>(variance, g.epsilon);
      means[group] = mean;
      variances[group] = variance;
      for (int64_t o = 0; o < g.outer; ++o) {
        const int64_t run = g.run(o, group);
        for (int64_t i = run; i < run + g.inner; ++i) y[i] = (x[i] - mean) * scale;
      }
    }
  });
}

/** As many groups at a time as a vector has lanes: inner is 1, so a row of x has one element of each. */
template <class T>
void standardize_columns(const Groups& g, const T* x, T* y, T* means, T* variances) {
  const Vector<T> by = splat<T>(static_cast<T>(g.count()));
  const int64_t blocks = divide_up(g.groups, kLanes<T>);
  share(blocks, divide_up(kCostlyPiece, larger(1, g.outer * kLanes<T>)), [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * kLanes<T>;
      const int lanes = static_cast<int>(smaller(kLanes<T>, g.groups - first));
      Vector<T> sum{};
      for (int64_t o = 0; o < g.outer; ++o) sum += load_some<T>(x + o * g.groups + first, lanes);
      const Vector<T> rough = sum / by;
      Vector<T> beside{};
      for (int64_t o = 0; o < g.outer; ++o) beside += load_some<T>(x + o * g.groups + first, lanes) - rough;
      const Vector<T> mean = rough + beside / by;
      Vector<T> squares{};
      for (int64_t o = 0; o < g.outer; ++o) {
        const Vector<T> difference = load_some<T>(x + o * g.groups + first, lanes) - mean;
        squares += difference * difference;
      }
      const Vector<T> variance = squares / by;
      store_some<T>(means + first, mean, lanes);
      store_some<T>(variances + first, variance, lanes);
      const Vector<T> scale = splat<T>(1) / square_root(variance + splat<T>(static_cast<T>(g.epsilon)));
      for (int64_t o = 0; o < g.outer; ++o) {
        const int64_t at = o * g.groups + first;
        store_some<T>(y + at, (load_some<T>(x + at, lanes) - mean) * scale, lanes);
      }
    }
  });
}

template <class T>
void standardize(const OpCall& call) {
  const Groups g(call);
  const T* x = call.input(0).as<T>();
  T* y = call.output(0).as<T>();
  T* means = call.output(1).as<T>();
  T* variances = call.output(2).as<T>();
  if (g.inner == 1) standardize_columns<T>(g, x, y, means, variances);
  else standardize_runs<T>(g, x, y, means, variances);
}

template <class T>
void standardize_backward(const OpCall& call) {
  const Groups g(call);
  const T* gradient = call.input(0).as<T>();
  const T* y = call.input(1).as<T>();
  const T* variances = call.input(2).as<T>();
  T* result = call.output(0).as<T>();
  const T by = static_cast<T>(g.count());
  share(g.groups, divide_up(kCostlyPiece, larger(1, g.outer * g.inner)), [&](int64_t begin, int64_t end) {
    for (int64_t group = begin; group < end; ++group) {
      const auto own = [&](int64_t at, int count) { return load_some<T>(gradient + at, count); };
      const auto along = [&](int64_t at, int count) { return load_some<T>(gradient + at, count) * load_some<T>(y + at, count); };
      const T mean = sum_of<T>(g, group, own) / by;
      const T slope = sum_of<T>(g, group, along) / by;
      const T scale = scale_of<T>(variances[group], g.epsilon);
      for (int64_t o = 0; o < g.outer; ++o) {
        const int64_t run = g.run(o, group);
        for (int64_t i = run; i < run + g.inner; ++i) result[i] = (gradient[i] - mean - y[i] * slope) * scale;
      }
    }
  });
}

template <class T>
void register_for(KernelTable& table, DType dtype) {
  table.set("standardize", dtype, standardize<T>);
  table.set("standardizeBackward", dtype, standardize_backward<T>);
}

}  // namespace

void register_standardize(KernelTable& table) {
  register_for<float>(table, DType::Float32);
  register_for<double>(table, DType::Float64);
}

NABLA_END_ISA
