// What every file of kernels begins with. The same sources are compiled by nvcc for cards and by the ordinary compiler for the
// fibers of cuda/shim, where they run on the CPU: so a kernel keeps to what both know. It takes one struct, called p, which
// the host fills in (the *_parameters.h beside it), and has at most kThreads threads in x, in blocks of whole warps.
//
// So that more blocks run at once, ptxas holds back with registers and now and then puts some of a thread's numbers into memory for it.
// A kernel that it does this to is a NABLA_ROOMY_KERNEL: one block at a time is enough, and all numbers stay in registers.
#pragma once

#include <cstdint>

#include "cuda/kernels/divider.h"

#if defined(__CUDACC__)
#define NABLA_DEVICE __device__ __forceinline__
#define NABLA_KERNEL(name, Parameters) extern "C" __global__ void __launch_bounds__(256) name(const __grid_constant__ Parameters p)
#define NABLA_ROOMY_KERNEL(name, Parameters) extern "C" __global__ void __launch_bounds__(256, 1) name(const __grid_constant__ Parameters p)
#else
#include "cuda/shim/block.h"
#define NABLA_DEVICE inline
#define NABLA_KERNEL(name, Parameters)                                                                      \
  static void name(const Parameters& p);                                                                    \
  static const ::nabla::shim::Registration registration_of_##name(                                          \
      #name, sizeof(Parameters), [](const void* p) { name(*static_cast<const Parameters*>(p)); });          \
  static void name(const Parameters& p)
#define NABLA_ROOMY_KERNEL NABLA_KERNEL
#endif

namespace nabla::cuda {

inline constexpr int kThreads = 256;
inline constexpr int kWarp = 32;
inline constexpr unsigned kWholeWarp = 0xffffffffu;

/** The number of this thread among all of the grid's, and how many there are. */
NABLA_DEVICE int64_t thread_number() { return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
NABLA_DEVICE int64_t thread_count() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }

/** The whole part of n / d. */
NABLA_DEVICE uint32_t quotient(const Divider& d, uint32_t n) { return (__umulhi(n, d.magic) + n) >> d.shift; }

/** Where the element of a number, counted in row-major order, lies among sizes with these strides. */
NABLA_DEVICE int64_t place_of(int rank, const int64_t* sizes, const int64_t* strides, int64_t number) {
  if (rank == 0) return 0;
  int64_t place = 0;
  for (int d = rank - 1; d > 0; --d) {
    place += number % sizes[d] * strides[d];
    number /= sizes[d];
  }
  return place + number * strides[0];
}

}  // namespace nabla::cuda
