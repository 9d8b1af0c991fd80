// Calls on the card of the fake driver, beside the same calls on the CPU; on the machine's own card with NABLA_TEST_CARD=1.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "build_call.h"
#include "check.h"
#include "cuda/call.h"
#include "cuda/card.h"
#include "cuda/card_memory.h"
#include "cuda/host_call.h"
#include "cuda/transfer.h"

// Our own kernels are what most tests are about; a test of libraries names the folder of the fake ones.
#ifndef NABLA_LIBRARIES_OF_TEST
#define NABLA_LIBRARIES_OF_TEST "none"
#endif

namespace nabla::test {

/** The card of the fake driver, whose memory the host cannot touch; or the machine's own, by the kernels inside the program. */
inline cuda::Card& card() {
  static cuda::Card* const opened = [] {
    if (const char* own = std::getenv("NABLA_TEST_CARD"); own == nullptr || *own == '\0') {
      setenv("NABLA_CUDA_LIBRARY", NABLA_FAKE_CUDA_LIBRARY, 1);
      setenv("NABLA_CUDA_KERNELS", NABLA_FAKE_CUDA_KERNELS, 1);
      setenv("NABLA_FAKE_CUDA", "strict=1,memory=134217728,seed=3", 1);
      unsetenv("NABLA_CUDA_MEMORY");
      setenv("NABLA_CUDA_LIBRARIES", NABLA_LIBRARIES_OF_TEST, 1);
    } else {
      // What there is room for is tested too: not with all of a card that others may use.
      setenv("NABLA_CUDA_MEMORY", "128MiB", 1);
    }
    cuda::Card* made = cuda::Card::open();
    if (made == nullptr) {
      std::fprintf(stderr, "the card does not open: %s\n", cuda::Card::why_not().c_str());
      std::exit(1);
    }
    return made;
  }();
  return *opened;
}

/** Memory that operands of a call lie in. */
struct Memory {
  void* data;
  size_t bytes;
  DType dtype;
};

template <class T>
Memory memory_of(std::vector<T>& data, DType dtype) {
  return {data.data(), data.size() * sizeof(T), dtype};
}

/**
 * Runs a call on the card, its memories copied there and back. `own` is false where the CPU's kernels had to answer, which they
 * do where it is false before.
 */
inline bool run_on_card(OpCode op, OpCall call, const std::vector<Memory>& memories, uint32_t numbers, bool& own, Precision precision = Precision::Highest) {
  cuda::CardMemory& pool = cuda::CardMemory::of(card());
  struct Place {
    char* host;
    char* device;
    size_t bytes, capacity;
  };
  std::vector<Place> places;
  for (const Memory& memory : memories) {
    Place place{static_cast<char*>(memory.data), nullptr, memory.bytes, 0};
    place.device = static_cast<char*>(pool.take(memory.bytes, place.capacity));
    if (memory.bytes > 0 && !cuda::upload(card(), place.device, place.host, memory.bytes)) return false;
    places.push_back(place);
  }
  const int operands = call.input_count + call.output_count;
  for (int i = 0; i < operands; ++i) {
    if ((numbers >> i & 1) != 0) continue;
    auto* at = static_cast<char*>(call.operands[i].data);
    const auto place = std::find_if(places.begin(), places.end(), [&](const Place& p) { return at >= p.host && at < p.host + std::max<size_t>(p.bytes, 1); });
    if (place == places.end() && call.operands[i].count() > 0) return false;
    call.operands[i].data = place == places.end() ? nullptr : place->device + (at - place->host);
  }
  const cuda::Call on_card{call, numbers, card(), precision};
  card().use();
  const cuda::Launcher launcher = cuda::launcher_for(op, call.operands[0].dtype);
  own = own && launcher != nullptr && launcher(on_card);
  if (!own && cuda::run_on_host(op, on_card) != cuda::Outcome::Done) return false;
  bool well = true;
  for (const Place& place : places) {
    if (place.bytes > 0) well &= cuda::download(card(), place.host, place.device, place.bytes);
    pool.give(place.device, place.capacity);
  }
  return well && !card().failed();
}

template <class T>
bool near(const void* a, const void* b, size_t bytes, double tolerance) {
  const auto* x = static_cast<const T*>(a);
  const auto* y = static_cast<const T*>(b);
  for (size_t i = 0; i < bytes / sizeof(T); ++i) {
    const auto p = static_cast<double>(x[i]), q = static_cast<double>(y[i]);
    if (p == q || (std::isnan(p) && std::isnan(q))) continue;
    if (!(std::abs(p - q) <= tolerance * std::max(1.0, std::max(std::abs(p), std::abs(q))))) return false;
  }
  return true;
}

/**
 * Checks that a call leaves the same in its memories on the card as on the CPU, within a tolerance (relative to what is
 * above 1) for floating types, and that the card did it by a kernel of its own.
 */
inline void check_as_on_cpu(OpCode op, const OpCall& call, const std::vector<Memory>& memories, double tolerance = 1e-6, uint32_t numbers = 0,
                            const std::string& what = "", Precision precision = Precision::Highest) {
  std::vector<std::vector<char>> before, expected;
  const auto keep = [&](std::vector<std::vector<char>>& list) {
    list.clear();
    for (const Memory& memory : memories) list.emplace_back(static_cast<char*>(memory.data), static_cast<char*>(memory.data) + memory.bytes);
  };
  const std::string name = std::string(kOpNames[static_cast<size_t>(op)]) + " " + what;
  keep(before);
  const auto kernel = kernel_for(op, call.operands[0].dtype);
  CHECK_MESSAGE(kernel != nullptr, name + ": the CPU has no kernel");
  if (kernel == nullptr) return;
  kernel(call);
  keep(expected);
  for (size_t i = 0; i < memories.size(); ++i) {
    if (memories[i].bytes > 0) std::memcpy(memories[i].data, before[i].data(), memories[i].bytes);
  }
  bool own = true;
  const bool ran = run_on_card(op, call, memories, numbers, own, precision);
  CHECK_MESSAGE(ran, name + ": " + card().failure());
  CHECK_MESSAGE(own, name + ": computed by the CPU");
  for (size_t i = 0; i < memories.size(); ++i) {
    const Memory& memory = memories[i];
    bool same = std::memcmp(memory.data, expected[i].data(), memory.bytes) == 0;
    if (!same && memory.dtype == DType::Float32) same = near<float>(memory.data, expected[i].data(), memory.bytes, tolerance);
    if (!same && memory.dtype == DType::Float64) same = near<double>(memory.data, expected[i].data(), memory.bytes, tolerance * 1e-3);
    CHECK_MESSAGE(same, name + ": memory " + std::to_string(i) + " differs");
  }
}

inline OpCode code_of(const std::string& name) {
  for (int i = 0; i < kOpCount; ++i) {
    if (name == kOpNames[i]) return static_cast<OpCode>(i);
  }
  std::abort();
}

}  // namespace nabla::test
