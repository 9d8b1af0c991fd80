#include "cpu/kernel_table.h"

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

const KernelTable& kernel_table(Isa isa) {
  static const Tables tables;
  return tables.by_isa[static_cast<int>(isa)];
}

const KernelTable& kernel_table() {
  static const KernelTable& chosen = kernel_table(isa_choice().isa);
  return chosen;
}

}  // namespace nabla
