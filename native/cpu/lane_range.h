// Loads and stores of some neighbouring lanes of a vector, wherever in it they lie: what is beside them is neither read nor
// written, so a row of an image can be read with its padding as if that were there.
#pragma once

#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** The lanes `begin` to `end` of a vector of floats; none where `begin` is not below `end`. */
struct LaneRange {
#if defined(__AVX512F__)
  __mmask16 mask;
#elif defined(__AVX2__)
  __m256i mask;
#else
  int64_t first, last;
#endif

  NABLA_INLINE LaneRange(int64_t begin, int64_t end) {
    begin = smaller(larger(begin, 0), kLanes<float>);
    end = larger(begin, smaller(end, kLanes<float>));
#if defined(__AVX512F__)
    mask = static_cast<__mmask16>((uint32_t{1} << end) - (uint32_t{1} << begin));
#elif defined(__AVX2__)
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i before = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(begin)), lanes);
    mask = _mm256_andnot_si256(before, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(end)), lanes));
#else
    first = begin;
    last = end;
#endif
  }

  /** The numbers of the vector at `from` that belong to the lanes, zeros beside them; nothing else is read. */
  NABLA_INLINE Vector<float> load(const float* from) const {
#if defined(__AVX512F__)
    return (Vector<float>)_mm512_maskz_loadu_ps(mask, from);
#elif defined(__AVX2__)
    return (Vector<float>)_mm256_maskload_ps(from, mask);
#else
    Vector<float> v{};
    for (int64_t i = first; i < last; ++i) v[i] = from[i];
    return v;
#endif
  }

  /** Stores the lanes of `v` and touches nothing else. */
  NABLA_INLINE void store(float* to, Vector<float> v) const {
#if defined(__AVX512F__)
    _mm512_mask_storeu_ps(to, mask, (__m512)v);
#elif defined(__AVX2__)
    _mm256_maskstore_ps(to, mask, (__m256)v);
#else
    for (int64_t i = first; i < last; ++i) to[i] = v[i];
#endif
  }
};

NABLA_END_ISA
