#include "cpu/kernel_table.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

#include "core/op_codes.h"

namespace nabla {

namespace portable {
void register_kernels(KernelTable& table);
}
#ifdef NABLA_AVX2_KERNELS
namespace avx2 {
void register_kernels(KernelTable& table);
}
#endif
#ifdef NABLA_AVX512_KERNELS
namespace avx512 {
void register_kernels(KernelTable& table);
}
#endif

namespace {

/** The number of each op, by its name. */
const std::unordered_map<std::string_view, size_t>& numbers_of_ops() {
  static const std::unordered_map<std::string_view, size_t> numbers = [] {
    std::unordered_map<std::string_view, size_t> made;
    for (size_t i = 0; i < kOpCount; ++i) made.emplace(kOpNames[i], i);
    return made;
  }();
  return numbers;
}

struct Tables {
  KernelTable by_isa[kIsaCount];

  Tables() {
    portable::register_kernels(by_isa[static_cast<int>(Isa::portable)]);
    // Filling a table stores pointers, but the code that stores them is compiled for the set: not to be run without it.
#ifdef NABLA_AVX2_KERNELS
    if (isa_supported(Isa::avx2)) avx2::register_kernels(by_isa[static_cast<int>(Isa::avx2)]);
#endif
#ifdef NABLA_AVX512_KERNELS
    if (isa_supported(Isa::avx512)) avx512::register_kernels(by_isa[static_cast<int>(Isa::avx512)]);
#endif
  }
};

}  // namespace

KernelTable::KernelTable() : kernels_(kOpCount) {}

void KernelTable::set(const char* op, DType dtype, Kernel kernel) {
  const auto found = numbers_of_ops().find(op);
  if (found == numbers_of_ops().end()) {
    std::fprintf(stderr, "nabla: a kernel is registered for \"%s\", but there is no op of that name\n", op);
    std::abort();
  }
  kernels_[found->second][static_cast<size_t>(dtype)] = kernel;
}

const KernelTable& kernel_table(Isa isa) {
  static const Tables tables;
  return tables.by_isa[static_cast<int>(isa)];
}

const KernelTable& kernel_table() {
  static const KernelTable& chosen = kernel_table(isa_choice().isa);
  return chosen;
}

}  // namespace nabla
