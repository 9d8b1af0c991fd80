#include "core/cpu_features.h"

#include <cstdint>
#include <cstdlib>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace nabla {

namespace {

constexpr const char* kNames[kIsaCount] = {"portable", "avx2", "avx512"};

#if defined(__x86_64__)

uint64_t saved_register_state() {
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
}

Isa detect() {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return Isa::portable;
  constexpr uint32_t kFma = 1u << 12, kOsxsave = 1u << 27, kAvx = 1u << 28, kF16c = 1u << 29;
  constexpr uint32_t kNeeded = kFma | kOsxsave | kAvx | kF16c;
  if ((ecx & kNeeded) != kNeeded) return Isa::portable;

  constexpr uint64_t kYmmState = 0x6, kZmmState = 0xe6;
  const uint64_t saved = saved_register_state();
  if ((saved & kYmmState) != kYmmState) return Isa::portable;

  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return Isa::portable;
  constexpr uint32_t kAvx2 = 1u << 5;
  constexpr uint32_t kAvx512 = (1u << 16) | (1u << 17) | (1u << 30) | (1u << 31);  // F, DQ, BW, VL
  if ((ebx & kAvx2) == 0) return Isa::portable;
  if ((ebx & kAvx512) == kAvx512 && (saved & kZmmState) == kZmmState) return Isa::avx512;
  return Isa::avx2;
}

#else

Isa detect() { return Isa::portable; }

#endif

}  // namespace

const char* isa_name(Isa isa) { return kNames[static_cast<int>(isa)]; }

bool isa_built(Isa isa) {
  switch (isa) {
    case Isa::portable: return true;
#ifdef NABLA_AVX2_KERNELS
    case Isa::avx2: return true;
#endif
#ifdef NABLA_AVX512_KERNELS
    case Isa::avx512: return true;
#endif
    default: return false;
  }
}

bool isa_supported(Isa isa) {
  static const Isa processor = detect();
  return isa_built(isa) && static_cast<int>(isa) <= static_cast<int>(processor);
}

Isa best_isa() {
  if (isa_supported(Isa::avx512)) return Isa::avx512;
  return isa_supported(Isa::avx2) ? Isa::avx2 : Isa::portable;
}

IsaChoice choose_isa(const char* requested) {
  if (requested == nullptr || *requested == '\0') return {best_isa(), ""};
  const std::string name = requested;
  for (int i = 0; i < kIsaCount; ++i) {
    if (name != kNames[i]) continue;
    const Isa isa = static_cast<Isa>(i);
    if (isa_supported(isa)) return {isa, ""};
    if (!isa_built(isa)) {
      return {best_isa(), "NABLA_ISA=" + name + ": this build has no kernels for it, only for what the machine that built it does best; " +
                              "`npm test` builds all of them. Unset NABLA_ISA, or set it to " + std::string(isa_name(best_isa())) + "."};
    }
    return {best_isa(), "NABLA_ISA=" + name + ": this processor or operating system does not support it. The best it supports is " +
                            std::string(isa_name(best_isa())) + "; set NABLA_ISA to that, or unset it."};
  }
  return {best_isa(), "NABLA_ISA=" + name + " is not known. Use portable, avx2 or avx512, or unset it for the best this machine supports (" +
                          std::string(isa_name(best_isa())) + ")."};
}

const IsaChoice& isa_choice() {
  static const IsaChoice choice = choose_isa(std::getenv("NABLA_ISA"));
  return choice;
}

}  // namespace nabla
