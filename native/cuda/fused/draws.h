// Random numbers in the middle of a fused kernel (uniform, normal, bernoulli): each thread makes the words of the pack of elements
// that it works on, as kernels/random.cu does, so dropout's mask and a machine's sampled units never reach memory. Element i of a
// draw is word i % 4 of block i / 4 (core/philox.h), which is why packs have four elements. The seed and the position in the stream
// are among the numbers that the kernel is given, for they change from run to run.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/op_call.h"
#include "cuda/fused/operations.h"

namespace nabla::cuda {

bool is_draw(const std::string& op);

/** True when a chain may hold this draw, with first operand (of one without inputs: output) and output of these types. */
bool can_draw(const std::string& op, DType first, DType output);

/** Adds what the kernel is told of a draw's stream and limits. */
void add_draw_numbers(const std::string& op, const OpCall& call, std::vector<double>& numbers);

/** A draw's stream and limits in registers. */
struct Draw {
  std::string seed_low, seed_high, first_block;
  /** Uniform: from, width and the largest allowed. Normal: mean and deviation, in 64 bits. */
  std::string limits[3];
};

/** Reads a draw from the kernel's numbers, where its own begin at `at`. */
Draw read_draw(Writer& to, const std::string& op, const std::vector<std::string>& numbers, size_t at);

struct DrawnWords {
  std::string of[4];
};

/** The words of a block, counted from the draw's first. */
DrawnWords write_words(Writer& to, const Draw& draw, const std::string& block);

/**
 * Writes what a draw makes of its words for one element; returns the register of the result.
 * @param lane which of the four it is, or -1 where `element` says so (its number in 32 bits).
 * @param probability of bernoulli.
 * @param functions receives the names of those that are called.
 */
std::string write_draw(Writer& to, const std::string& op, const OpCall& call, const Draw& draw, const DrawnWords& words, int lane,
                       const std::string& element, const std::string& probability, std::set<std::string>& functions);

}  // namespace nabla::cuda
