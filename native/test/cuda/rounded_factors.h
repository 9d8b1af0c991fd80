// Products on the card whose factors are rounded, beside those of the CPU from factors that were rounded before.
#pragma once

#include <cmath>

#include "cuda/on_card.h"

namespace nabla::test {

/** A number with so many significant bits, to the nearest and of two to the even one: by arithmetic, and not by the bits of a float. */
inline float with_bits(float value, int bits) {
  if (!std::isfinite(value) || value == 0) return value;
  int exponent = 0;
  const double part = std::frexp(static_cast<double>(value), &exponent);
  return static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(part, bits)), exponent - bits));
}

/** The significant bits of a factor. */
inline int bits_of(Precision precision) { return precision == Precision::High ? 11 : 8; }

/**
 * Runs a call of float32 with factors that may be rounded, and checks that its first output is what the CPU makes of the rounded ones,
 * and not of those that were given. `factors` are the memories that are rounded; `results` the one that is compared.
 */
inline void check_rounded(OpCode op, const OpCall& call, Precision precision, const std::vector<std::vector<float>*>& factors, std::vector<float>& result, const std::string& what,
                          const std::vector<Memory>& others = {}) {
  const auto kernel = kernel_for(op, DType::Float32);
  std::vector<std::vector<float>> given;
  for (std::vector<float>* factor : factors) given.push_back(*factor);
  kernel(call);
  const std::vector<float> exact = result;
  for (std::vector<float>* factor : factors) {
    for (float& value : *factor) value = with_bits(value, bits_of(precision));
  }
  kernel(call);
  const std::vector<float> expected = result;
  for (size_t i = 0; i < factors.size(); ++i) *factors[i] = given[i];
  std::vector<Memory> memories = others;
  for (std::vector<float>* factor : factors) memories.push_back(memory_of(*factor, DType::Float32));
  std::fill(result.begin(), result.end(), NAN);
  memories.push_back(memory_of(result, DType::Float32));
  bool own = true;
  CHECK_MESSAGE(run_on_card(op, call, memories, 0, own, precision) && own, what + ": " + card().failure());
  const size_t bytes = result.size() * sizeof(float);
  CHECK_MESSAGE(near<float>(result.data(), expected.data(), bytes, 2e-5), what + ": not the product of the rounded factors");
  CHECK_MESSAGE(!near<float>(result.data(), exact.data(), bytes, 5e-5), what + ": the factors were not rounded");
}

inline std::string name_of(Precision precision) { return precision == Precision::High ? "high" : "medium"; }

}  // namespace nabla::test
