// The namespace of the instruction set that a *.isa.cpp file is being compiled for.
//
// The same source becomes nabla::portable, nabla::avx2 and nabla::avx512, as PyTorch's native/cpu files become
// DEFAULT, AVX2 and AVX512. One rule follows: such a file includes no header that defines inline functions outside this
// namespace, unless they are always inlined. The linker keeps one copy of a plain inline function, and if that copy
// comes from the AVX-512 file an older processor stops with an illegal instruction. A test looks for such symbols.
#pragma once

#ifndef NABLA_ISA
#error "compile this file through nabla_add_isa (native/cpu/CMakeLists.txt)"
#endif

#define NABLA_BEGIN_ISA namespace nabla::NABLA_ISA {
#define NABLA_END_ISA }

#if defined(__clang__)
#define NABLA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define NABLA_UNROLL _Pragma("GCC unroll 32")
#endif

#define NABLA_INLINE inline __attribute__((always_inline))
