// Random streams: the published answers of Philox, the layout that core/philox.h promises, and the statistics.
#include <algorithm>
#include <cstring>

#include "check.h"
#include "core/philox.h"
#include "core/thread_pool.h"
#include "layouts.h"

namespace nabla::test {
namespace {

bool same(const PhiloxBlock& block, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return block.words[0] == a && block.words[1] == b && block.words[2] == c && block.words[3] == d;
}

TEST_THAT("Philox4x32-10 gives the known answers that its authors publish with Random123") {
  constexpr uint32_t kOnes = 0xffffffff;
  CHECK(same(philox({{0, 0, 0, 0}}, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  CHECK(same(philox({{kOnes, kOnes, kOnes, kOnes}}, kOnes, kOnes), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  CHECK(same(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0), 0xd16cfe09, 0x94fdcceb,
             0x5001e420, 0x24126ea1));
}

uint32_t word(uint64_t seed, uint64_t offset, int64_t index) {
  return philox_block(seed, offset + static_cast<uint64_t>(index / 4)).words[index % 4];
}

uint64_t pair(uint64_t seed, uint64_t offset, int64_t index) {
  return word(seed, offset, 2 * index) | static_cast<uint64_t>(word(seed, offset, 2 * index + 1)) << 32;
}

std::vector<double> attributes_of(uint64_t seed, uint64_t offset, double a, double b) {
  return {static_cast<double>(seed & 0xffffffff), static_cast<double>(seed >> 32), static_cast<double>(offset), a, b};
}

constexpr uint64_t kSeed = 0xfedcba9876543210;

TEST_THAT("element i of a uniform tensor is word i (or pair i) of the stream, for any length, offset and instruction set") {
  for (Isa isa : supported_isas()) {
    for (uint64_t offset : {uint64_t{0}, uint64_t{5}, uint64_t{0xfffffffe}, uint64_t{1} << 52}) {
      for (int64_t count : {0, 1, 3, 4, 31, 32, 33, 100, 1000}) {
        std::vector<float> f(static_cast<size_t>(count) + 1, -1.0f);
        std::vector<double> d(static_cast<size_t>(count) + 1, -1.0);
        CHECK(run(isa, OpCode::uniform, build_call({}, {operand(f, {count})}, attributes_of(kSeed, offset, 0, 1))));
        CHECK(run(isa, OpCode::uniform, build_call({}, {operand(d, {count})}, attributes_of(kSeed, offset, 0, 1))));
        for (int64_t i = 0; i < count; ++i) {
          CHECK(f[i] == static_cast<float>(word(kSeed, offset, i) >> 8) / 16777216.0f);
          CHECK(d[i] == static_cast<double>(pair(kSeed, offset, i) >> 11) / 9007199254740992.0);
        }
        CHECK(f[count] == -1 && d[count] == -1);
      }
    }
  }
}

TEST_THAT("the bits do not depend on the number of threads") {
  const int before = thread_count();
  std::vector<float> first;
  for (int threads : {1, 2, 5}) {
    set_thread_count(threads);
    std::vector<float> values(300001);
    CHECK(run(best_isa(), OpCode::uniform, build_call({}, {operand(values, {300001})}, attributes_of(kSeed, 0, -2, 3))));
    if (threads == 1) first = values;
    CHECK(first == values);
  }
  set_thread_count(before);
}

TEST_THAT("uniform numbers stay inside [from, to), though rounding could carry them to the end") {
  for (Isa isa : supported_isas()) {
    std::vector<float> values(100000);
    // Between 1 and 1 + 2^-23 there is no other float32: only 1 may come out.
    CHECK(run(isa, OpCode::uniform, build_call({}, {operand(values, {100000})}, attributes_of(1, 0, 1, 1 + 0x1p-23))));
    CHECK(*std::max_element(values.begin(), values.end()) == 1.0f);
    CHECK(run(isa, OpCode::uniform, build_call({}, {operand(values, {100000})}, attributes_of(1, 0, 5, 5))));
    CHECK(*std::max_element(values.begin(), values.end()) == 5.0f);
  }
}

TEST_THAT("mean and variance of a million uniform numbers are within four standard errors of 1/2 and 1/12") {
  std::vector<double> values(1000000);
  CHECK(run(best_isa(), OpCode::uniform, build_call({}, {operand(values, {1000000})}, attributes_of(42, 0, 0, 1))));
  double mean = 0, square = 0;
  for (double value : values) mean += value / 1e6;
  for (double value : values) square += (value - mean) * (value - mean) / 1e6;
  CHECK(std::fabs(mean - 0.5) < 4 * std::sqrt(1.0 / 12 / 1e6));
  CHECK(std::fabs(square - 1.0 / 12) < 4 * std::sqrt(1.0 / 180 / 1e6));
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
