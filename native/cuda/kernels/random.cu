// Random numbers by Philox, in the layout of core/philox.h: whole numbers, uniform ones and choices are the CPU's to the last bit.
// A thread makes a block of four words and what they give.
#include <cmath>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/normal_pair.cuh"
#include "cuda/kernels/philox.cuh"
#include "cuda/kernels/random_parameters.h"

namespace nabla::cuda {

/** Calls `make(words, first element)` for each block; a block makes `kElements`. */
template <int kElements, class Make>
NABLA_DEVICE void each_block(const RandomParameters& p, Make make) {
  const int64_t blocks = (p.count + kElements - 1) / kElements;
  for (int64_t i = thread_number(); i < blocks; i += thread_count()) make(philox_words(p.seed, p.block + static_cast<uint64_t>(i)), i * kElements);
}

template <class T>
NABLA_DEVICE void put(const RandomParameters& p, int64_t i, T value) {
  if (i < p.count) static_cast<T*>(p.to)[i] = value;
}

template <class T>
NABLA_DEVICE void uniform(const RandomParameters& p) {
  constexpr int kElements = sizeof(T) == 4 ? 4 : 2;
  const T from = static_cast<T>(p.a), width = static_cast<T>(p.b) - from, below = static_cast<T>(p.below);
  each_block<kElements>(p, [&](const Words& w, int64_t first) {
    for (int i = 0; i < kElements; ++i) {
      T unit;
      if constexpr (sizeof(T) == 4) unit = static_cast<float>(w.words[i] >> 8) * 0x1p-24f;
      else unit = static_cast<double>(w.pair(i) >> 11) * 0x1p-53;
      const T value = unit * width + from;
      put(p, first + i, value > below ? below : value);
    }
  });
}

template <class T>
NABLA_DEVICE void put_normal_pair(const RandomParameters& p, int64_t first, const NormalPair& pair) {
  put(p, first, pair.first<T>(p.a, p.b));
  put(p, first + 1, pair.second<T>(p.a, p.b));
}

NABLA_KERNEL(uniform_f32, RandomParameters) { uniform<float>(p); }
NABLA_KERNEL(uniform_f64, RandomParameters) { uniform<double>(p); }

NABLA_KERNEL(normal_f32, RandomParameters) {
  each_block<4>(p, [&](const Words& w, int64_t first) {
    for (int i = 0; i < 4; i += 2) put_normal_pair<float>(p, first + i, NormalPair::of_words(w.words[i], w.words[i + 1]));
  });
}
NABLA_KERNEL(normal_f64, RandomParameters) {
  each_block<2>(p, [&](const Words& w, int64_t first) {
    put_normal_pair<double>(p, first, NormalPair::of((static_cast<double>(w.pair(0) >> 11) + 1.0) * 0x1p-53, static_cast<double>(w.pair(1) >> 11) * 0x1p-53));
  });
}

template <class... Coefficients>
NABLA_DEVICE double polynomial(double x, double constant, Coefficients... rest) {
  if constexpr (sizeof...(rest) == 0) return constant;
  else return polynomial(x, rest...) * x + constant;
}

/** The inverse of the standard normal distribution function: Algorithm AS 241, as cpu/sampling.isa.cpp has it. */
NABLA_DEVICE double normal_quantile(double p) {
  const double centred = p - 0.5;
  if (centred >= -0.425 && centred <= 0.425) {
    const double r = 0.180625 - centred * centred;
    return centred *
           polynomial(r, 3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                      4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3) /
           polynomial(r, 1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
                      3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3);
  }
  const double r = std::sqrt(-std::log(centred < 0 ? p : 1 - p));
  double tail;
  if (r <= 5) {
    tail = polynomial(r - 1.6, 1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
                      1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4) /
           polynomial(r - 1.6, 1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
                      1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9);
  } else {
    tail = polynomial(r - 5, 6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
                      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7) /
           polynomial(r - 5, 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
                      1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15);
  }
  return centred < 0 ? -tail : tail;
}

template <class T>
NABLA_DEVICE void truncated_normal(const TruncatedNormalParameters& p) {
  const T smallest = static_cast<T>(p.low), largest = static_cast<T>(p.high);
  each_block<2>(p.stream, [&](const Words& w, int64_t first) {
    for (int i = 0; i < 2; ++i) {
      const double part = (static_cast<double>(w.pair(i) >> 11) + 0.5) * 0x1p-53;
      const T value = static_cast<T>(p.stream.a + p.factor * normal_quantile(p.start + part * p.width));
      put(p.stream, first + i, value < smallest ? smallest : value > largest ? largest : value);
    }
  });
}
NABLA_KERNEL(truncatedNormal_f32, TruncatedNormalParameters) { truncated_normal<float>(p); }
NABLA_KERNEL(truncatedNormal_f64, TruncatedNormalParameters) { truncated_normal<double>(p); }

template <class T>
NABLA_DEVICE void randint(const RandomParameters& p) {
  each_block<2>(p, [&](const Words& w, int64_t first) {
    for (int i = 0; i < 2; ++i) put(p, first + i, static_cast<T>(static_cast<int64_t>(p.a) + static_cast<int64_t>(__umul64hi(w.pair(i), p.range))));
  });
}
NABLA_KERNEL(randint_f32, RandomParameters) { randint<float>(p); }
NABLA_KERNEL(randint_f64, RandomParameters) { randint<double>(p); }
NABLA_KERNEL(randint_i32, RandomParameters) { randint<int32_t>(p); }
NABLA_KERNEL(randint_u8, RandomParameters) { randint<uint8_t>(p); }

template <class P, class T>
NABLA_DEVICE void bernoulli(const RandomParameters& p) {
  const P* const probabilities = static_cast<const P*>(p.probabilities);
  each_block<4>(p, [&](const Words& w, int64_t first) {
    for (int i = 0; i < 4 && first + i < p.count; ++i) {
      const double probability = probabilities == nullptr ? p.a : static_cast<double>(probabilities[(first + i) * p.step]);
      put(p, first + i, static_cast<T>(w.words[i] * 0x1p-32 < probability ? 1 : 0));
    }
  });
}
// Choices by weight: the tree of sums of cpu/sampling.isa.cpp, added up and gone down in its order, so that the choices are the CPU's.
// A block takes a row. Where a category must not come again each draw changes the tree, so that one thread makes them all.

/** The leaf at a part, in [0, 1), of the whole sum; never one of weight 0 while another has some. */
NABLA_DEVICE int64_t find_leaf(const double* nodes, int64_t leaves, double part) {
  double point = part * nodes[1];
  int64_t node = 1;
  while (node < leaves) {
    const double left = nodes[2 * node], right = nodes[2 * node + 1];
    // A point that rounding has brought to the end of the sum must not fall off it.
    const bool go_right = right > 0 && (point >= left || left == 0);
    if (go_right) point = point > left ? point - left : 0;
    node = 2 * node + (go_right ? 1 : 0);
  }
  return node - leaves;
}

NABLA_DEVICE void remove_leaf(double* nodes, int64_t leaves, int64_t leaf) {
  int64_t node = leaves + leaf;
  nodes[node] = 0;
  for (node /= 2; node > 0; node /= 2) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
}

template <class T>
NABLA_DEVICE void multinomial(const ChoiceParameters& p) {
  for (int64_t row = blockIdx.x; row < p.rows; row += gridDim.x) {
    double* const nodes = p.trees + row * 2 * p.leaves;
    const T* const weights = static_cast<const T*>(p.weights) + row * p.categories;
    for (int64_t i = threadIdx.x; i < p.leaves; i += kThreads) nodes[p.leaves + i] = i < p.categories ? static_cast<double>(weights[i]) : 0.0;
    __syncthreads();
    for (int64_t level = p.leaves / 2; level > 0; level /= 2) {
      for (int64_t i = level + threadIdx.x; i < 2 * level; i += kThreads) nodes[i] = nodes[2 * i] + nodes[2 * i + 1];
      __syncthreads();
    }
    const int64_t first = p.replacement != 0 ? threadIdx.x : 0, step = p.replacement != 0 ? kThreads : 1;
    const int64_t end = p.replacement != 0 || threadIdx.x == 0 ? p.draws : 0;
    for (int64_t draw = first; draw < end; draw += step) {
      const int64_t i = row * p.draws + draw;
      const uint64_t word = philox_words(p.seed, p.block + static_cast<uint64_t>(i / 2)).pair(static_cast<int>(i % 2));
      const int64_t chosen = find_leaf(nodes, p.leaves, static_cast<double>(word >> 11) * 0x1p-53);
      p.to[i] = static_cast<int32_t>(chosen);
      if (p.replacement == 0) remove_leaf(nodes, p.leaves, chosen);
    }
  }
}
NABLA_KERNEL(multinomial_f32, ChoiceParameters) { multinomial<float>(p); }
NABLA_KERNEL(multinomial_f64, ChoiceParameters) { multinomial<double>(p); }

NABLA_KERNEL(bernoulli_f32_f32, RandomParameters) { bernoulli<float, float>(p); }
NABLA_KERNEL(bernoulli_f32_f64, RandomParameters) { bernoulli<float, double>(p); }
NABLA_KERNEL(bernoulli_f32_i32, RandomParameters) { bernoulli<float, int32_t>(p); }
NABLA_KERNEL(bernoulli_f32_u8, RandomParameters) { bernoulli<float, uint8_t>(p); }
NABLA_KERNEL(bernoulli_f64_f32, RandomParameters) { bernoulli<double, float>(p); }
NABLA_KERNEL(bernoulli_f64_f64, RandomParameters) { bernoulli<double, double>(p); }
NABLA_KERNEL(bernoulli_f64_i32, RandomParameters) { bernoulli<double, int32_t>(p); }
NABLA_KERNEL(bernoulli_f64_u8, RandomParameters) { bernoulli<double, uint8_t>(p); }

}  // namespace nabla::cuda
