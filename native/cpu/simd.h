// Vectors of the instruction set being compiled: 64 bytes with AVX-512, 32 with AVX2, 16 otherwise (SSE2, NEON).
//
// They are the compiler's vector extensions, which gcc and clang share: `a * b + c`, comparisons and `mask ? a : b` work
// on them as on numbers. Intrinsics appear only where the extensions have no word: fused multiply-add and the loads and
// stores of a part of a vector.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "cpu/isa.h"

NABLA_BEGIN_ISA

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

/** A vector of a given number of lanes, which need not fill a register. */
template <class T, int kCount>
struct VectorOf {
  typedef T type __attribute__((vector_size(kCount * sizeof(T))));
};

/** How many numbers of type T a register holds. */
template <class T>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

template <class T, int kCount = kLanes<T>>
using Vector = typename VectorOf<T, kCount>::type;

template <int kCount, class T>
NABLA_INLINE Vector<T, kCount> load_lanes(const T* from) {
  Vector<T, kCount> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class T>
NABLA_INLINE Vector<T> load(const T* from) {
  return load_lanes<kLanes<T>>(from);
}

template <class T, class V>
NABLA_INLINE void store(T* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

template <class T, int kCount = kLanes<T>>
NABLA_INLINE Vector<T, kCount> splat(T value) {
  return value - Vector<T, kCount>{};  // not value + 0, which would turn -0 into 0
}

NABLA_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
NABLA_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
NABLA_INLINE int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** The first `count` (1 to kCount) numbers at `from`, zeros after them; reads nothing beyond. */
template <int kCount, class T>
NABLA_INLINE Vector<T, kCount> load_lanes_part(const T* from, int count) {
  using V = Vector<T, kCount>;
#if defined(__AVX512F__)
  const uint64_t mask = ~uint64_t{0} >> (64 - count);
  if constexpr (sizeof(V) == 64 && sizeof(T) == 4) return (V)_mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), from);
  else if constexpr (sizeof(V) == 64 && sizeof(T) == 8) return (V)_mm512_maskz_loadu_epi64(static_cast<__mmask8>(mask), from);
  else if constexpr (sizeof(V) == 64 && sizeof(T) == 1) return (V)_mm512_maskz_loadu_epi8(mask, from);
  else if constexpr (sizeof(V) == 32 && sizeof(T) == 4) return (V)_mm256_maskz_loadu_epi32(static_cast<__mmask8>(mask), from);
  else if constexpr (sizeof(V) == 16 && sizeof(T) == 1) return (V)_mm_maskz_loadu_epi8(static_cast<__mmask16>(mask), from);
#endif
  V v{};
  for (int i = 0; i < count; ++i) v[i] = from[i];
  return v;
}

template <class T>
NABLA_INLINE Vector<T> load_part(const T* from, int count) {
  return load_lanes_part<kLanes<T>>(from, count);
}

/** Stores the first `count` (1 to the number of lanes) numbers of a vector and touches nothing beyond. */
template <class T, class V>
NABLA_INLINE void store_part(T* to, V v, int count) {
#if defined(__AVX512F__)
  const uint64_t mask = ~uint64_t{0} >> (64 - count);
  if constexpr (sizeof(V) == 64 && sizeof(T) == 4) return _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(mask), (__m512i)v);
  else if constexpr (sizeof(V) == 64 && sizeof(T) == 8) return _mm512_mask_storeu_epi64(to, static_cast<__mmask8>(mask), (__m512i)v);
  else if constexpr (sizeof(V) == 64 && sizeof(T) == 1) return _mm512_mask_storeu_epi8(to, mask, (__m512i)v);
  else if constexpr (sizeof(V) == 32 && sizeof(T) == 4) return _mm256_mask_storeu_epi32(to, static_cast<__mmask8>(mask), (__m256i)v);
  else if constexpr (sizeof(V) == 16 && sizeof(T) == 1) return _mm_mask_storeu_epi8(to, static_cast<__mmask16>(mask), (__m128i)v);
#endif
  for (int i = 0; i < count; ++i) to[i] = v[i];
}

/** a * b + c, rounded once where the instruction set can and twice where it cannot (SSE2). */
NABLA_INLINE Vector<float> fused_multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
#if defined(__AVX512F__)
  return (Vector<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Vector<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (Vector<float>)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

NABLA_INLINE Vector<double> fused_multiply_add(Vector<double> a, Vector<double> b, Vector<double> c) {
#if defined(__AVX512F__)
  return (Vector<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  return (Vector<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  return (Vector<double>)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}

/** a < b ? a : b, which is b where either is NaN: one instruction on x86, where the compiler makes two of the words. */
NABLA_INLINE Vector<float> lesser(Vector<float> a, Vector<float> b) {
#if defined(__AVX512F__)
  return (Vector<float>)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (Vector<float>)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return a < b ? a : b;
#endif
}

/** a > b ? a : b, which is b where either is NaN. */
NABLA_INLINE Vector<float> greater(Vector<float> a, Vector<float> b) {
#if defined(__AVX512F__)
  return (Vector<float>)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (Vector<float>)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return a > b ? a : b;
#endif
}

NABLA_INLINE Vector<float> square_root(Vector<float> v) {
#if defined(__AVX512F__)
  return (Vector<float>)_mm512_sqrt_ps((__m512)v);
#elif defined(__AVX2__)
  return (Vector<float>)_mm256_sqrt_ps((__m256)v);
#elif defined(__x86_64__)
  return (Vector<float>)_mm_sqrt_ps((__m128)v);
#elif defined(__aarch64__)
  return (Vector<float>)vsqrtq_f32((float32x4_t)v);
#else
  for (int i = 0; i < kLanes<float>; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
#endif
}

NABLA_INLINE Vector<double> square_root(Vector<double> v) {
#if defined(__AVX512F__)
  return (Vector<double>)_mm512_sqrt_pd((__m512d)v);
#elif defined(__AVX2__)
  return (Vector<double>)_mm256_sqrt_pd((__m256d)v);
#elif defined(__x86_64__)
  return (Vector<double>)_mm_sqrt_pd((__m128d)v);
#elif defined(__aarch64__)
  return (Vector<double>)vsqrtq_f64((float64x2_t)v);
#else
  for (int i = 0; i < kLanes<double>; ++i) v[i] = __builtin_sqrt(v[i]);
  return v;
#endif
}

/** The integer type of an element's size: what comparisons of vectors give, lane by lane, as 0 or -1. */
template <class T>
struct MaskOf;
template <>
struct MaskOf<float> {
  using type = int32_t;
};
template <>
struct MaskOf<double> {
  using type = int64_t;
};
template <>
struct MaskOf<int32_t> {
  using type = int32_t;
};
template <>
struct MaskOf<uint8_t> {
  using type = int8_t;
};

/** True when a comparison holds in at least one lane. */
NABLA_INLINE bool any_lane(Vector<int64_t> mask) {
#if defined(__AVX512F__)
  return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX2__)
  return _mm256_movemask_pd((__m256d)mask) != 0;
#else
  int64_t any = 0;
  for (int i = 0; i < kLanes<int64_t>; ++i) any |= mask[i];
  return any != 0;
#endif
}

/** A comparison's lanes as Bool stores them: bytes that are 0 or 1. */
template <class Mask>
NABLA_INLINE auto to_flags(Mask mask) {
  return __builtin_convertvector(mask, Vector<uint8_t, sizeof(Mask) / sizeof(mask[0])>) & 1;
}

NABLA_END_ISA
