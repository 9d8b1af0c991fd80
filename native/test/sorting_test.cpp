// Sorting, selection, running sums and extremes, and searching against the standard library, on lines of every length at
// which another way is taken, along any dimension of any layout, with equal elements, NaN and infinities.
#include <algorithm>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

const int64_t kLengths[] = {1, 2, 3, 15, 16, 17, 63, 64, 65, 100, 255, 257, 1000, 5000};
constexpr Arrangement kLayouts[] = {Arrangement::contiguous, Arrangement::transposed, Arrangement::every_second, Arrangement::broadcast_rows};

template <class T>
Tensor<T> drawn(const Sizes& sizes, Arrangement arrangement, int64_t different, bool special) {
  Numbers numbers(11);
  Tensor<T> tensor = arrange<T>(sizes, arrangement);
  for (T& value : tensor.memory) {
    value = static_cast<T>(numbers.below(different));
    if constexpr (std::numeric_limits<T>::has_infinity) {
      const int64_t kind = numbers.below(12);
      value -= static_cast<T>(different) / 2;
      if (special && kind == 0) value = std::numeric_limits<T>::quiet_NaN();
      if (special && kind == 1) value = std::numeric_limits<T>::infinity();
      if (special && kind == 2) value = T(-0.0);
    }
  }
  return tensor;
}

/** The places of a line's elements in row-major order: `lines` before or after the dimension. */
std::vector<int64_t> line_of(const Sizes& sizes, int dim, int64_t line) {
  const int64_t length = sizes[static_cast<size_t>(dim)], inner = dim == 0 ? sizes[1] : 1;
  std::vector<int64_t> places;
  for (int64_t i = 0; i < length; ++i) places.push_back(dim == 0 ? i * inner + line : line * length + i);
  return places;
}

template <class T>
bool smaller_first(T a, T b) {
  if (a != a || b != b) return a == a && b != b;
  return a < b;
}

template <class T>
bool same(T a, T b) {
  return a == b || (a != a && b != b);
}

template <class T>
void check_sort(Isa isa, int64_t length, int dim, Arrangement arrangement, int64_t different, bool special) {
  const Sizes sizes = dim == 0 ? Sizes{length, 3} : Sizes{3, length};
  Tensor<T> x = drawn<T>(sizes, arrangement, different, special), values = arrange<T>(sizes, Arrangement::contiguous), few;
  Tensor<int32_t> positions = arrange<int32_t>(sizes, Arrangement::contiguous);
  const int64_t k = std::min<int64_t>(length, 1 + length / 9);
  Sizes few_sizes = sizes;
  few_sizes[static_cast<size_t>(dim)] = k;
  few = arrange<T>(few_sizes, Arrangement::contiguous);
  Tensor<int32_t> few_positions = arrange<int32_t>(few_sizes, Arrangement::contiguous);
  const std::string where = describe(isa, sizes, arrangement) + " dim " + std::to_string(dim) + " dtype " + std::to_string(static_cast<int>(dtype_of<T>()));
  for (bool descending : {false, true}) {
    const double along = static_cast<double>(dim), down = descending ? 1 : 0;
    CHECK(run(isa, OpCode::sort, build_call({x.as_operand()}, {values.as_operand(), positions.as_operand()}, {along, down})));
    CHECK(run(isa, OpCode::topk, build_call({x.as_operand()}, {few.as_operand(), few_positions.as_operand()}, {along, static_cast<double>(k), down, 1})));
    int64_t wrong = 0, wrong_few = 0;
    for (int64_t line = 0; line < 3; ++line) {
      const std::vector<int64_t> places = line_of(sizes, dim, line), few_places = line_of(few_sizes, dim, line);
      std::vector<int32_t> order(static_cast<size_t>(length));
      for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
      const auto at = [&](int32_t i) { return x[places[static_cast<size_t>(i)]]; };
      std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return descending ? smaller_first(at(b), at(a)) : smaller_first(at(a), at(b)); });
      for (size_t i = 0; i < order.size(); ++i) wrong += !same(values[places[i]], at(order[i])) || positions[places[i]] != order[i];
      // Of equal elements any may be taken, but each only once and where it says.
      std::vector<bool> taken(static_cast<size_t>(length));
      for (size_t i = 0; i < static_cast<size_t>(k); ++i) {
        const int32_t position = few_positions[few_places[i]];
        if (position < 0 || position >= length || taken[static_cast<size_t>(position)]) {
          ++wrong_few;
          continue;
        }
        taken[static_cast<size_t>(position)] = true;
        wrong_few += !same(few[few_places[i]], at(order[i])) || !same(few[few_places[i]], at(position));
      }
    }
    CHECK_MESSAGE(wrong == 0, "sort " + where);
    CHECK_MESSAGE(wrong_few == 0, "topk " + where);
  }
}

template <class T, class Sum>
void check_running(Isa isa, int64_t length, int dim, Arrangement arrangement) {
  const Sizes sizes = dim == 0 ? Sizes{length, 70} : Sizes{3, length};
  Tensor<T> x = drawn<T>(sizes, arrangement, 7, false), largest = arrange<T>(sizes, Arrangement::contiguous), smallest = largest;
  Tensor<Sum> sums = arrange<Sum>(sizes, Arrangement::contiguous);
  Tensor<int32_t> at = arrange<int32_t>(sizes, Arrangement::contiguous), below = at;
  const std::string where = describe(isa, sizes, arrangement) + " dim " + std::to_string(dim);
  const double along = static_cast<double>(dim);
  CHECK(run(isa, OpCode::cummax, build_call({x.as_operand()}, {largest.as_operand(), at.as_operand()}, {along})));
  CHECK(run(isa, OpCode::cummin, build_call({x.as_operand()}, {smallest.as_operand(), below.as_operand()}, {along})));
  for (bool reverse : {false, true}) {
    CHECK(run(isa, OpCode::cumsum, build_call({x.as_operand()}, {sums.as_operand()}, {along, reverse ? 1.0 : 0.0})));
    int64_t wrong = 0, wrong_extremes = 0;
    for (int64_t line = 0; line < (dim == 0 ? sizes[1] : sizes[0]); ++line) {
      const std::vector<int64_t> places = line_of(sizes, dim, line);
      double sum = 0;
      size_t most = 0, least = 0;
      for (size_t i = 0; i < places.size(); ++i) {
        const int64_t place = places[reverse ? places.size() - 1 - i : i];
        sum += static_cast<double>(x[place]);
        wrong += static_cast<double>(sums[place]) != sum;
        if (x[places[i]] >= x[places[most]]) most = i;
        if (x[places[i]] <= x[places[least]]) least = i;
        wrong_extremes += at[places[i]] != static_cast<int32_t>(most) || largest[places[i]] != x[places[most]];
        wrong_extremes += below[places[i]] != static_cast<int32_t>(least) || smallest[places[i]] != x[places[least]];
      }
    }
    CHECK_MESSAGE(wrong == 0, "cumsum " + where);
    CHECK_MESSAGE(wrong_extremes == 0, "cummax, cummin " + where);
  }
}

TEST_THAT("sort is stable and topk takes the best, with many equal elements, NaN and infinities") {
  for (Isa isa : supported_isas()) {
    for (int64_t length : kLengths) {
      for (int dim : {0, 1}) {
        for (Arrangement arrangement : kLayouts) {
          if (length > 300 && arrangement != Arrangement::contiguous) continue;
          check_sort<float>(isa, length, dim, arrangement, 1000, true);
          check_sort<float>(isa, length, dim, arrangement, 4, false);
          check_sort<double>(isa, length, dim, arrangement, 1000, true);
          check_sort<int32_t>(isa, length, dim, arrangement, 100000, false);
          check_sort<uint8_t>(isa, length, dim, arrangement, 256, false);
        }
      }
    }
  }
}

TEST_THAT("running sums and extremes equal those of a loop") {
  for (Isa isa : supported_isas()) {
    for (int64_t length : {1, 2, 17, 64, 100, 1000}) {
      for (int dim : {0, 1}) {
        for (Arrangement arrangement : kLayouts) {
          check_running<float, float>(isa, length, dim, arrangement);
          check_running<double, double>(isa, length, dim, arrangement);
          check_running<int32_t, int32_t>(isa, length, dim, arrangement);
          check_running<uint8_t, int32_t>(isa, length, dim, arrangement);
        }
      }
    }
  }
}

TEST_THAT("searching finds where the standard library does, and elements that are not 0 are found in order") {
  for (Isa isa : supported_isas()) {
    for (int64_t length : {1, 2, 7, 64, 1000, 70000}) {
      std::vector<float> line(static_cast<size_t>(length)), wanted(101);
      for (int64_t i = 0; i < length; ++i) line[static_cast<size_t>(i)] = static_cast<float>(i / 3);
      for (size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<float>(i) * static_cast<float>(length) / 290 - 1;
      std::vector<int32_t> places(101), found;
      for (bool right : {false, true}) {
        CHECK(run(isa, OpCode::searchsorted, build_call({operand(line, {length}), operand(wanted, {101})}, {operand(places, {101})}, {right ? 1.0 : 0.0})));
        int64_t wrong = 0;
        for (size_t i = 0; i < wanted.size(); ++i) {
          const auto it = right ? std::upper_bound(line.begin(), line.end(), wanted[i]) : std::lower_bound(line.begin(), line.end(), wanted[i]);
          wrong += places[i] != static_cast<int32_t>(it - line.begin());
        }
        CHECK_MESSAGE(wrong == 0, "searchsorted of " + std::to_string(length));
      }
      for (float& value : line) value = static_cast<int64_t>(value) % 5 == 0 ? value : 0;
      for (int64_t i = 0; i < length; ++i) if (line[static_cast<size_t>(i)] != 0) found.push_back(static_cast<int32_t>(i));
      std::vector<int32_t> own(found.size(), -1);
      CHECK(run(isa, OpCode::nonzero, build_call({operand(line, {length})}, {operand(own, {static_cast<int64_t>(own.size())})}, {1})));
      CHECK_MESSAGE(own == found, "nonzero of " + std::to_string(length));
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
