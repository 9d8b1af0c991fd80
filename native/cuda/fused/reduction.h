// A sum or mean at the end of a fused kernel: what a chain makes is added up by the threads that make it, and need not be written and read
// again. The order of the additions is that of kernels/reductions.cu, so the bits are those of the calls one by one: as many lanes
// as there take a result's elements in turn, and meet in shared memory, two and two (kernels/meeting.cuh).
//
// Only what one block adds up in one go is written so: long sums are shared by several blocks there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cuda/fused/operations.h"
#include "program/tiles.h"

namespace nabla::cuda {

struct Reduction {
  bool mean = false;
  uint32_t results = 1, elements = 1;
  /** How many threads share a result. */
  int lanes = 1;
  /** True where the first dimensions are added up, and not the last ones. */
  bool leading = false;
};

/** Whether an op may end a chain, with input and output of these types. */
bool can_reduce(const std::string& op, DType input, DType output);

/** The reduction that ends a group; nothing where none does, or none that a fused kernel has (write_fused says so then). */
std::optional<Reduction> reduction_of(const TileGroup& group);

/** Shared memory of the threads that meet, as it is declared inside of a kernel; empty where none meet. */
std::string memory_of(const Reduction& reduction);

/**
 * Writes the loops of a reduction.
 * @param results,elements registers of how many there are.
 * @param value writes the chain for the element of a number, counted in row-major order; returns the register of its last value.
 * @param store writes a result away: its number and its value.
 */
void write_reduction(Writer& to, const Reduction& reduction, const std::string& results, const std::string& elements,
                     const std::function<std::string(const std::string&)>& value,
                     const std::function<void(const std::string&, const std::string&)>& store);

}  // namespace nabla::cuda
