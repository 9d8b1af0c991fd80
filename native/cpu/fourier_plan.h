// What a Fourier transform of a given size needs beside the data: the factors of the size and the roots of unity. Compiled once,
// for it is no arithmetic worth vectors; the plans of the last few sizes are kept by each thread.
#pragma once

#include <cstdint>

namespace nabla {

struct FourierPlan {
  int64_t size;
  /** Radices whose product is `size`: 4, 2, 3, 5, 7, 11 and 13. None where a larger prime divides it. */
  int factor_count;
  int factors[64];
  /** cos and -sin of 2 pi j / size, for j from 0 to size - 1. */
  const double* cosines;
  const double* sines;
};

/** The plan of a size of at least 1. Valid until this thread has asked for eight others. */
const FourierPlan& fourier_plan(int64_t size);

}  // namespace nabla
