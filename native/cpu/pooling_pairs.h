// Windows of 2 x 2 side by side, the common pooling: a vector of windows at a time.
//
// Two vectors of a row hold the windows' left and right numbers alternately; two shuffles part them. What is left is choices
// by mask, with no branch: which of four numbers is largest is as good as random, and a branch would be guessed wrong in
// every other window.
#pragma once

#include <utility>

#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Every second number of `low` and `high` one after the other, from number `kFirst` (0 or 1) on. */
template <class T, int kFirst, int... kLane>
NABLA_INLINE Vector<T> every_second(Vector<T> low, Vector<T> high, std::integer_sequence<int, kLane...>) {
  return __builtin_shufflevector(low, high, (2 * kLane + kFirst)...);
}

/** The left and the right numbers of a row of `count` windows, at most a vector of each. */
template <class T>
struct PairsOfRow {
  Vector<T> left, right;

  NABLA_INLINE PairsOfRow(const T* row, int count) {
    constexpr int kWidth = kLanes<T>;
    constexpr auto lanes = std::make_integer_sequence<int, kWidth>{};
    const int numbers = 2 * count;
    const Vector<T> low = numbers >= kWidth ? load(row) : load_part(row, numbers);
    Vector<T> high{};
    if (numbers == 2 * kWidth) high = load(row + kWidth);
    else if (numbers > kWidth) high = load_part(row + kWidth, numbers - kWidth);
    left = every_second<T, 0>(low, high, lanes);
    right = every_second<T, 1>(low, high, lanes);
  }
};

/**
 * The largest of each window and where it lies, the first of equals; a NaN counts as largest. `first` is the position of
 * the upper row's first number in its plane.
 */
template <class T>
NABLA_INLINE void max_of_pairs(const T* upper, const T* lower, int64_t outputs, int64_t first, int64_t width, T* values,
                               int32_t* positions) {
  constexpr int kWidth = kLanes<T>;
  using Mask = typename MaskOf<T>::type;
  using Positions = Vector<Mask, kWidth>;
  const auto wins = [](Vector<T> candidate, Vector<T> best) { return ~(candidate <= best) & (best == best); };
  Positions even;
  for (int i = 0; i < kWidth; ++i) even[i] = 2 * i;
  for (int64_t j = 0; j < outputs; j += kWidth) {
    const int count = static_cast<int>(smaller(kWidth, outputs - j));
    const PairsOfRow<T> above(upper + 2 * j, count), below(lower + 2 * j, count);
    const auto right_above = wins(above.right, above.left), right_below = wins(below.right, below.left);
    const Vector<T> best_above = right_above ? above.right : above.left, best_below = right_below ? below.right : below.left;
    const auto under = wins(best_below, best_above);
    // A mask is -1 where it holds.
    const Positions at_above = even - right_above, at_below = even - right_below + static_cast<Mask>(width);
    const Positions at = (under ? at_below : at_above) + static_cast<Mask>(first + 2 * j);
    const Vector<T> best = under ? best_below : best_above;
    const auto place = __builtin_convertvector(at, Vector<int32_t, kWidth>);
    if (count == kWidth) {
      store(values + j, best);
      store(positions + j, place);
    } else {
      store_part(values + j, best, count);
      store_part(positions + j, place, count);
    }
  }
}

NABLA_END_ISA
