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

/** Box and Muller's pair from two uniform numbers, in long double. */
long double exact_normal(long double u, long double v, int64_t which) {
  const long double two_pi = 2 * std::acos(-1.0L);
  return std::sqrt(-2 * std::log(u)) * (which % 2 == 0 ? std::cos(two_pi * v) : std::sin(two_pi * v));
}

double unit_in_last_place(float x) { return std::ldexp(1.0, std::max(std::ilogb(x) - 23, -149)); }

TEST_THAT("float32 normal numbers are Box and Muller's of the stream's words, within 4 units in the last place, "
          "and the same on every instruction set") {
  const int64_t count = 1000001;
  std::vector<float> first;
  for (Isa isa : supported_isas()) {
    std::vector<float> values(count + 1, 99.0f);
    CHECK(run(isa, OpCode::normal, build_call({}, {operand(values, {count})}, attributes_of(kSeed, 3, 0, 1))));
    CHECK(values[count] == 99.0f);
    if (first.empty()) first = values;
    double worst = 0, apart = 0;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t pair = i / 2 * 2;
      const long double exact = exact_normal((static_cast<long double>(word(kSeed, 3, pair)) + 1) / 4294967296.0L,
                                             static_cast<long double>(word(kSeed, 3, pair + 1)) / 4294967296.0L, i);
      const float value = values[static_cast<size_t>(i)];
      const double unit = unit_in_last_place(static_cast<float>(exact));
      worst = std::max(worst, std::fabs(static_cast<double>(exact - static_cast<long double>(value))) / unit);
      apart = std::max(apart, std::fabs(static_cast<double>(value) - static_cast<double>(first[static_cast<size_t>(i)])) / unit);
    }
    CHECK_MESSAGE(worst <= 4, std::string(isa_name(isa)) + " is " + std::to_string(worst) + " units off");
    CHECK_MESSAGE(apart == 0, std::string(isa_name(isa)) + " differs by " + std::to_string(apart) + " units");
    std::printf("     normal   float32 %-8s %.3f ulp\n", isa_name(isa), worst);
  }
}

TEST_THAT("normal numbers stay finite where u is smallest and largest, and deviation and mean are applied") {
  // One word in 2^32 is 0 and one 2^32 - 1: found by asking the stream's own arithmetic for the most extreme of many.
  for (Isa isa : supported_isas()) {
    std::vector<float> values(1 << 20), moved(1 << 20);
    CHECK(run(isa, OpCode::normal, build_call({}, {operand(values, {1 << 20})}, attributes_of(5, 0, 0, 1))));
    CHECK(run(isa, OpCode::normal, build_call({}, {operand(moved, {1 << 20})}, attributes_of(5, 0, 10, 2))));
    int64_t wrong = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      wrong += !(std::fabs(values[i]) < 6.7f) || !(std::fabs(moved[i] - (values[i] * 2.0f + 10.0f)) <= 2e-6f);
    }
    CHECK(wrong == 0);
  }
}

TEST_THAT("float64 normal numbers are Box and Muller's of the stream's words, to the last bits") {
  for (Isa isa : supported_isas()) {
    const int64_t count = 3001;
    std::vector<double> d(count + 1, 99.0);
    CHECK(run(isa, OpCode::normal, build_call({}, {operand(d, {count})}, attributes_of(kSeed, 3, 10, 2))));
    double worst = 0;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t first = i / 2 * 2;
      const long double exact = exact_normal((static_cast<long double>(pair(kSeed, 3, first) >> 11) + 1) / 9007199254740992.0L,
                                             static_cast<long double>(pair(kSeed, 3, first + 1) >> 11) / 9007199254740992.0L, i);
      worst = std::max(worst, std::fabs(static_cast<double>(exact * 2 + 10 - static_cast<long double>(d[static_cast<size_t>(i)]))));
    }
    CHECK_MESSAGE(worst < 5e-15, std::to_string(worst * 1e15) + "e-15");
    CHECK(d[count] == 99.0);
  }
}

TEST_THAT("a million normal numbers have the moments and tails of the normal distribution") {
  std::vector<float> values(1000000);
  CHECK(run(best_isa(), OpCode::normal, build_call({}, {operand(values, {1000000})}, attributes_of(7, 0, 0, 1))));
  double mean = 0, square = 0, fourth = 0;
  int64_t beyond_two = 0;
  for (float value : values) {
    const double x = static_cast<double>(value);
    mean += x / 1e6, square += x * x / 1e6, fourth += x * x * x * x / 1e6;
    beyond_two += x > 2 || x < -2;
  }
  // Four standard errors: of the mean 1e-3, of the square sqrt(2) e-3, of the fourth power sqrt(96) e-3.
  CHECK(std::fabs(mean) < 4e-3 && std::fabs(square - 1) < 4 * 1.4143e-3 && std::fabs(fourth - 3) < 4 * 9.8e-3);
  CHECK(std::fabs(static_cast<double>(beyond_two) / 1e6 - 0.0455003) < 4 * 2.1e-4);
}

TEST_THAT("whole random numbers follow the stream's layout, cover their range and stay inside it") {
  for (Isa isa : supported_isas()) {
    const int64_t count = 1001;
    std::vector<int32_t> n(count);
    std::vector<uint8_t> u(count);
    CHECK(run(isa, OpCode::randint, build_call({}, {operand(n, {count})}, attributes_of(kSeed, 9, -5, 17))));
    CHECK(run(isa, OpCode::randint, build_call({}, {operand(u, {count})}, attributes_of(kSeed, 9, 0, 2))));
    for (int64_t i = 0; i < count; ++i) {
      const auto wide = static_cast<unsigned __int128>(pair(kSeed, 9, i));
      CHECK(n[static_cast<size_t>(i)] == -5 + static_cast<int32_t>((wide * 22) >> 64));
      CHECK(u[static_cast<size_t>(i)] == static_cast<uint8_t>(pair(kSeed, 9, i) >> 63));
    }
    CHECK(*std::min_element(n.begin(), n.end()) == -5 && *std::max_element(n.begin(), n.end()) == 16);
  }
}

TEST_THAT("a permutation is Fisher and Yates's of the stream, and holds every number once") {
  for (Isa isa : supported_isas()) {
    for (int64_t count : {0, 1, 2, 10, 1000}) {
      std::vector<int32_t> order(static_cast<size_t>(count)), expected(static_cast<size_t>(count));
      CHECK(run(isa, OpCode::randperm, build_call({}, {operand(order, {count})}, attributes_of(kSeed, 4, 0, 0))));
      for (int64_t i = 0; i < count; ++i) expected[static_cast<size_t>(i)] = static_cast<int32_t>(i);
      for (int64_t s = 0; s + 1 < count; ++s) {
        const auto wide = static_cast<unsigned __int128>(pair(kSeed, 4, s)) * static_cast<unsigned __int128>(count - s);
        std::swap(expected[static_cast<size_t>(count - 1 - s)], expected[static_cast<size_t>(wide >> 64)]);
      }
      CHECK(order == expected);
      std::sort(order.begin(), order.end());
      for (int64_t i = 0; i < count; ++i) CHECK(order[static_cast<size_t>(i)] == i);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
