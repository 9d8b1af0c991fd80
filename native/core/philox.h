// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3" (SC 2011): four words of a block are a function of a counter and a key, so any element of a stream can be
// computed alone, by any thread or device, and comes out the same.
//
// The layout of Nabla's streams, which every device follows:
//   key      the seed, low word first
//   counter  (block number low, block number high, 0, 0)
//   block b  of a call with offset o has the block number o + b; a call begins at word 0 of its first block
// Words are handed out in order: word w of a call is word w % 4 of its block w / 4.
//   uniform float32     one word an element: its upper 24 bits / 2^24
//   uniform float64     two words an element, low word first: the upper 53 of these 64 bits / 2^53
//   integers            two words an element, as 64 bits r: low + floor(r * range / 2^64)
//   normal float32      words (a, b) make two elements: r cos t, then r sin t, with r = sqrt(-2 log u), t = 2 pi v,
//                       u = (a + 1) / 2^32, v = b / 2^32
//   normal float64      four words make two elements in the same way, from the upper 53 bits of two 64-bit numbers
//   permutation of n    Fisher and Yates from the end: step s = 0 ... n - 2 takes two words as 64 bits r and swaps
//                       elements n - 1 - s and floor(r * (n - s) / 2^64)
// A call uses `philox_blocks` blocks; the next call's offset is this call's plus that.
#pragma once

#include <cstdint>

namespace nabla {

inline constexpr uint32_t kPhiloxMultiplier0 = 0xD2511F53;
inline constexpr uint32_t kPhiloxMultiplier1 = 0xCD9E8D57;
/** Added to the key between rounds: the golden ratio and sqrt(3) - 1, as in the paper. */
inline constexpr uint32_t kPhiloxWeyl0 = 0x9E3779B9;
inline constexpr uint32_t kPhiloxWeyl1 = 0xBB67AE85;
inline constexpr int kPhiloxRounds = 10;

struct PhiloxBlock {
  uint32_t words[4];
};

/** One block; `counter` is replaced by its random words. */
constexpr PhiloxBlock philox(PhiloxBlock counter, uint32_t key0, uint32_t key1) {
  uint32_t* c = counter.words;
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const uint64_t product0 = uint64_t{kPhiloxMultiplier0} * c[0];
    const uint64_t product1 = uint64_t{kPhiloxMultiplier1} * c[2];
    const uint32_t next0 = static_cast<uint32_t>(product1 >> 32) ^ c[1] ^ key0;
    const uint32_t next2 = static_cast<uint32_t>(product0 >> 32) ^ c[3] ^ key1;
    c[1] = static_cast<uint32_t>(product1);
    c[3] = static_cast<uint32_t>(product0);
    c[0] = next0;
    c[2] = next2;
    key0 += kPhiloxWeyl0;
    key1 += kPhiloxWeyl1;
  }
  return counter;
}

/** Block `number` of the stream of a seed. */
constexpr PhiloxBlock philox_block(uint64_t seed, uint64_t number) {
  return philox({{static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32), 0, 0}}, static_cast<uint32_t>(seed),
                static_cast<uint32_t>(seed >> 32));
}

/** Blocks that hold `words` words. */
constexpr uint64_t philox_blocks(uint64_t words) { return (words + 3) / 4; }

}  // namespace nabla
