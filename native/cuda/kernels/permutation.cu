// A random order of the numbers 0 to n - 1, that of the CPU to the last bit: step s exchanges what lies at its own place, n - 1 - s,
// with what lies at a random place that is not above it (Fisher and Yates; Knuth, The Art of Computer Programming, 3.4.2).
//
// The steps depend on one another in short chains alone, so they need not be done one after the other (Shun, Gu, Blelloch, Fineman
// and Gibbons, "Sequential random permutation, list contraction and tree contraction are highly parallel", 2015). After step s
// nobody touches its own place, so it keeps what the chosen place held then: what the last step before s that chose the
// same place had at its own place, or, without such a step, the place's own number. What a step had at its own place is found in
// the same way. Sorted by choice, the steps that chose a place lie side by side; a chain has about log n links.
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/permutation_parameters.h"
#include "cuda/kernels/philox.cuh"

namespace nabla::cuda {

NABLA_KERNEL(permutationChoices, PermutationParameters) {
  for (int64_t i = thread_number(); i < (p.count + 1) / 2; i += thread_count()) {
    const Words words = philox_words(p.seed, p.block + static_cast<uint64_t>(i));
    for (int half = 0; half < 2; ++half) {
      const int64_t step = 2 * i + half;
      if (step >= p.count) break;
      p.choices[step] = static_cast<int32_t>(__umul64hi(words.pair(half), static_cast<uint64_t>(p.count - step)));
      p.last[step] = -1;
    }
  }
}

NABLA_KERNEL(permutationChains, PermutationParameters) {
  for (int64_t i = thread_number(); i < p.count; i += thread_count()) {
    const int32_t place = p.sorted[i], step = p.steps[i];
    const int32_t before = i > 0 && p.sorted[i - 1] == place ? p.steps[i - 1] : -1;
    p.before[step] = before;
    // The step whose own place this is comes after all others that chose it.
    if (i + 1 == p.count || p.sorted[i + 1] != place) p.last[place] = step == p.count - 1 - place ? before : step;
  }
}

NABLA_KERNEL(permutationEnds, PermutationParameters) {
  for (int64_t step = thread_number(); step < p.count; step += thread_count()) {
    int64_t held = p.choices[step];
    for (int32_t other = p.before[step]; other >= 0; other = p.last[held]) held = p.count - 1 - other;
    p.to[p.count - 1 - step] = static_cast<int32_t>(held);
  }
}

}  // namespace nabla::cuda
