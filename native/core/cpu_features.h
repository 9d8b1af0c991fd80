// Which set of CPU kernels this processor, operating system and environment allow.
//
// CPUID says what the processor has; XGETBV says which registers the operating system saves when it switches threads, and
// a kernel that uses registers that are not saved computes garbage (Intel SDM volume 1, 13.3 and 15.2). Libraries that
// look at the processor's model name instead fall back to an older set on every processor they have not met.
#pragma once

#include <string>

namespace nabla {

enum class Isa : int { portable = 0, avx2 = 1, avx512 = 2 };

inline constexpr int kIsaCount = 3;

const char* isa_name(Isa isa);

/** True when this build has kernels of the set (NABLA_INSTRUCTION_SETS in CMake). */
bool isa_built(Isa isa);

/** True when kernels of this set are built and run here. */
bool isa_supported(Isa isa);

/** The best set that is built and that the processor and the operating system support. */
Isa best_isa();

struct IsaChoice {
  Isa isa;
  /** Empty, or what was wrong with NABLA_ISA; `isa` is then the best supported one. */
  std::string error;
};

/** What a value of NABLA_ISA asks for; null and "" ask for the best. */
IsaChoice choose_isa(const char* requested);

/** The choice for this process, made from NABLA_ISA on the first call. */
const IsaChoice& isa_choice();

}  // namespace nabla
