// Random numbers by Philox, in the layout of core/philox.h: whole numbers, uniform ones and choices are the CPU's to the last bit.
// A thread makes a block of four words and what they give.
#include <type_traits>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/normal_pair.cuh"
#include "cuda/kernels/random_parameters.h"

namespace nabla::cuda {

struct Words {
  uint32_t words[4];

  NABLA_DEVICE uint64_t pair(int i) const { return words[2 * i] | static_cast<uint64_t>(words[2 * i + 1]) << 32; }
};

/** Block `number` of a seed's stream: the rounds and constants of core/philox.h. */
NABLA_DEVICE Words philox_words(uint64_t seed, uint64_t number) {
  uint32_t c0 = static_cast<uint32_t>(number), c1 = static_cast<uint32_t>(number >> 32), c2 = 0, c3 = 0;
  uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint32_t high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
    const uint32_t high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
    c0 = high1 ^ c1 ^ key0;
    c2 = high0 ^ c3 ^ key1;
    c1 = low1;
    c3 = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

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
