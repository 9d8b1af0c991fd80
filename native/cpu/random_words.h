// Philox on vectors: as many blocks at once as a register holds 64-bit lanes. The layout of streams is core/philox.h's.
#pragma once

#include "core/philox.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Products of the low 32 bits of each 64-bit lane with one word. */
NABLA_INLINE Vector<uint64_t> multiply_low_words(Vector<uint64_t> v, uint32_t factor) {
#if defined(__AVX512F__)
  return (Vector<uint64_t>)_mm512_mul_epu32((__m512i)v, _mm512_set1_epi64(factor));
#elif defined(__AVX2__)
  return (Vector<uint64_t>)_mm256_mul_epu32((__m256i)v, _mm256_set1_epi64x(factor));
#elif defined(__x86_64__)
  return (Vector<uint64_t>)_mm_mul_epu32((__m128i)v, _mm_set1_epi64x(factor));
#else
  return (v & 0xffffffffu) * factor;
#endif
}

/** a0 b0 a1 b1 ... : the first half of the interleaved lanes, or the second. */
NABLA_INLINE Vector<uint64_t> interleave(Vector<uint64_t> a, Vector<uint64_t> b, bool second_half) {
  constexpr int kCount = kLanes<uint64_t>;
  const int first = second_half ? kCount / 2 : 0;
#if defined(__clang__)
  Vector<uint64_t> mixed{};
  for (int i = 0; i < kCount; ++i) mixed[i] = i % 2 == 0 ? a[first + i / 2] : b[first + i / 2];
  return mixed;
#else
  Vector<int64_t> order{};
  for (int i = 0; i < kCount; ++i) order[i] = first + i / 2 + (i % 2) * kCount;
  return __builtin_shuffle(a, b, order);
#endif
}

/** The words of a stream, in runs of `kWords`. */
struct RandomWords {
  static constexpr int kBlocks = kLanes<uint64_t>;
  static constexpr int kWords = 4 * kBlocks;

  uint64_t seed;

  /** Words 0 and 2 of each block, then words 1 and 3, in the order of the stream. */
  struct Halves {
    Vector<uint32_t> even, odd;
  };

  NABLA_INLINE Halves halves(uint64_t number) const {
    constexpr uint64_t kLow = 0xffffffffu;
    const Block block = blocks(number);
    return {(Vector<uint32_t>)((block.words[0] & kLow) | (block.words[2] << 32)),
            (Vector<uint32_t>)((block.words[1] & kLow) | (block.words[3] << 32))};
  }

  /** The words of the blocks from `number` on, as pairs: low word first, which is how they lie in memory. */
  NABLA_INLINE void generate(uint64_t number, uint64_t* pairs) const {
    constexpr uint64_t kLow = 0xffffffffu;
    const Block block = blocks(number);
    const Vector<uint64_t> front = (block.words[0] & kLow) | (block.words[1] << 32);
    const Vector<uint64_t> back = (block.words[2] & kLow) | (block.words[3] << 32);
    store(pairs, interleave(front, back, false));
    store(pairs + kBlocks, interleave(front, back, true));
  }

 private:
  /** A block a lane; of each lane only the low half counts. */
  struct Block {
    Vector<uint64_t> words[4];
  };

  NABLA_INLINE Block blocks(uint64_t number) const {
    Vector<uint64_t> counter{};
    for (int i = 0; i < kBlocks; ++i) counter[i] = static_cast<uint64_t>(i);
    counter += number;
    Vector<uint64_t> c0 = counter, c1 = counter >> 32, c2{}, c3{};
    uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
    NABLA_UNROLL
    for (int round = 0; round < kPhiloxRounds; ++round) {
      // Multiplication ignores the upper halves.
      const Vector<uint64_t> product0 = multiply_low_words(c0, kPhiloxMultiplier0);
      const Vector<uint64_t> product1 = multiply_low_words(c2, kPhiloxMultiplier1);
      c0 = (product1 >> 32) ^ c1 ^ key0;
      c2 = (product0 >> 32) ^ c3 ^ key1;
      c1 = product1;
      c3 = product0;
      key0 += kPhiloxWeyl0;
      key1 += kPhiloxWeyl1;
    }
    return {{c0, c1, c2, c3}};
  }
};

NABLA_END_ISA
