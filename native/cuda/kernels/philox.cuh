// Words of a stream of random numbers by their place (Philox; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", 2011), in the layout of core/philox.h.
#pragma once

#include "cuda/kernels/device_code.cuh"

namespace nabla::cuda {

struct Words {
  uint32_t words[4];

  NABLA_DEVICE uint64_t pair(int i) const { return words[2 * i] | static_cast<uint64_t>(words[2 * i + 1]) << 32; }
};

/** Block `number` of a seed's stream: the rounds and constants of core/philox.h. */
NABLA_DEVICE Words philox_words(uint64_t seed, uint64_t number) {
  uint32_t c0 = static_cast<uint32_t>(number), c1 = static_cast<uint32_t>(number >> 32), c2 = 0, c3 = 0;
  uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint32_t high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
    const uint32_t high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
    c0 = high1 ^ c1 ^ key0;
    c2 = high0 ^ c3 ^ key1;
    c1 = low1;
    c3 = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

}  // namespace nabla::cuda
