// Division by a number known before: a multiplication and a shift, where a card's own division takes some twenty
// instructions (Granlund and Montgomery, "Division by invariant integers using multiplication", 1994). For numbers below 2^31.
#pragma once

#include <cstdint>

namespace nabla::cuda {

struct Divider {
  uint32_t divisor = 1, magic = 1, shift = 0;
};

/** The divider of a number from 1 to 2^31 - 1. */
inline Divider divider_of(uint32_t divisor) {
  Divider d;
  d.divisor = divisor;
  while (d.shift < 32 && (uint64_t{1} << d.shift) < divisor) ++d.shift;
  d.magic = static_cast<uint32_t>((uint64_t{1} << 32) * ((uint64_t{1} << d.shift) - divisor) / divisor + 1);
  return d;
}

}  // namespace nabla::cuda
