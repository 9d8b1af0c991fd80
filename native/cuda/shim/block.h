// CUDA's words on a CPU. Each thread of a block is a fiber (a context with a stack of its own): at a barrier or a shuffle it
// rests until the others have come. Blocks run one after the other. Which fiber goes on is drawn from a seed, so a missing
// barrier shows in some order; a barrier that not all threads reach is a sentence and an end, not a hang.
//
// What it does not show: the weak memory order of a card, coalescing, occupancy, speed.
#pragma once

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define __shared__ static
#define __restrict__ __restrict

struct ThreadIndex {
  unsigned x = 0, y = 0, z = 0;
};

/** Of the fiber that runs. */
extern ThreadIndex threadIdx, blockIdx, blockDim, gridDim;

namespace nabla::shim {

using Body = void (*)(const void* parameters);

/** A kernel under its name. */
struct Registration {
  Registration(const char* name, size_t parameter_bytes, Body body);
};

struct Registered {
  Body body = nullptr;
  size_t parameter_bytes = 0;
};

/** The kernel of a name; its body is null where there is none. */
Registered find(const char* name);

/** Runs a grid. */
void run(Body body, const void* parameters, ThreadIndex grid, unsigned threads);

/** The order of fibers from now on; 0 is the order of their numbers. */
void set_seed(uint32_t seed);

void wait_for_block();
/** Waits for the lanes of the mask in this warp. */
void wait_for_warp(unsigned mask);
/** Puts 8 bytes where the other lanes of the warp see them, and gives those of lane `from`. */
uint64_t exchange(unsigned mask, uint64_t bits, int from);

template <class T>
T exchange_value(unsigned mask, T value, int from) {
  static_assert(sizeof(T) <= 8);
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  bits = exchange(mask, bits, from);
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace nabla::shim

inline void __syncthreads() { nabla::shim::wait_for_block(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { nabla::shim::wait_for_warp(mask); }

template <class T>
T __shfl_sync(unsigned mask, T value, int from) {
  return nabla::shim::exchange_value(mask, value, from & 31);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int by) {
  return nabla::shim::exchange_value(mask, value, static_cast<int>(threadIdx.x & 31) ^ by);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned by) {
  const int own = static_cast<int>(threadIdx.x & 31), from = own + static_cast<int>(by);
  return nabla::shim::exchange_value(mask, value, from < 32 ? from : own);
}

// Fibers change places at barriers alone, so an ordinary addition is atomic.
template <class T>
T atomicAdd(T* place, T value) {
  const T before = *place;
  *place = before + value;
  return before;
}

template <class T>
T atomicCAS(T* place, T expected, T value) {
  const T before = *place;
  if (before == expected) *place = value;
  return before;
}

/** What was written before it is seen by the host before what is written after it. */
inline void __threadfence_system() { std::atomic_thread_fence(std::memory_order_seq_cst); }

inline uint32_t __umulhi(uint32_t a, uint32_t b) { return static_cast<uint32_t>(uint64_t{a} * b >> 32); }
inline uint64_t __umul64hi(uint64_t a, uint64_t b) { return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b >> 64); }
