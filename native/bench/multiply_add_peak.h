// The floor under matrix multiplication: how many fused multiply-adds a second the processor can do at all.
#pragma once

#include "core/cpu_features.h"
#include "core/thread_pool.h"
#include "timing.h"

namespace nabla::bench {

#if defined(__x86_64__)

// Twelve independent chains of fused multiply-adds on registers, so neither latency nor memory is in the way.
#define NABLA_TWELVE_CHAINS(instruction)                                                                              \
  instruction " %[x],%[y],%[a]\n" instruction " %[x],%[y],%[b]\n" instruction " %[x],%[y],%[c]\n" instruction         \
              " %[x],%[y],%[d]\n" instruction " %[x],%[y],%[e]\n" instruction " %[x],%[y],%[f]\n" instruction         \
              " %[x],%[y],%[g]\n" instruction " %[x],%[y],%[h]\n" instruction " %[x],%[y],%[i]\n" instruction         \
              " %[x],%[y],%[j]\n" instruction " %[x],%[y],%[k]\n" instruction " %[x],%[y],%[l]\n"

#define NABLA_PEAK(name, features, bytes, constraint)                                                                 \
  __attribute__((target(features), noinline)) inline void name(int64_t count) {                                      \
    typedef float Lanes __attribute__((vector_size(bytes)));                                                         \
    Lanes a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{}, x{}, y{};                                      \
    for (int64_t n = 0; n < count; ++n) {                                                                            \
      __asm__ volatile(NABLA_TWELVE_CHAINS("vfmadd231ps")                                                            \
                       : [a] "+" constraint(a), [b] "+" constraint(b), [c] "+" constraint(c), [d] "+" constraint(d), \
                         [e] "+" constraint(e), [f] "+" constraint(f), [g] "+" constraint(g), [h] "+" constraint(h), \
                         [i] "+" constraint(i), [j] "+" constraint(j), [k] "+" constraint(k), [l] "+" constraint(l)  \
                       : [x] constraint(x), [y] constraint(y));                                                      \
    }                                                                                                                \
  }

NABLA_PEAK(spin_512, "avx512f", 64, "v")
NABLA_PEAK(spin_256, "avx2,fma", 32, "x")

#undef NABLA_PEAK
#undef NABLA_TWELVE_CHAINS

#endif

/** float32 GFLOP/s on all threads of the pool; 0 where this processor has no fused multiply-add that we know. */
inline double peak_gflops(Isa isa, int threads) {
#if defined(__x86_64__)
  constexpr int64_t kCount = 100000;
  if (isa == Isa::portable) return 0;
  const int lanes = isa == Isa::avx512 ? 16 : 8;
  const double seconds = seconds_per_call([&] {
    parallel_for(threads, [&](int64_t) { isa == Isa::avx512 ? spin_512(kCount) : spin_256(kCount); });
  });
  return 2.0 * 12 * lanes * kCount * threads / seconds / 1e9;
#else
  (void)isa, (void)threads;
  return 0;
#endif
}

}  // namespace nabla::bench
