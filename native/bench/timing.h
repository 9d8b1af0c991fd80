// Timing for the benchmarks: contenders alternate in rounds, and ratios are taken round by round, so that a neighbour on
// the machine disturbs both sides of a ratio alike.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace nabla::bench {

inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/** Seconds of one call of `work`, averaged over enough calls to last about `budget` seconds. */
template <class Work>
double seconds_per_call(Work&& work, double budget = 0.004) {
  const double first = seconds_now();
  work();
  const double once = std::max(seconds_now() - first, 1e-9);
  const int calls = static_cast<int>(std::clamp(budget / once, 1.0, 1e6));
  const double begin = seconds_now();
  for (int i = 0; i < calls; ++i) work();
  return (seconds_now() - begin) / calls;
}

inline double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

inline double smallest(const std::vector<double>& values) { return *std::min_element(values.begin(), values.end()); }

}  // namespace nabla::bench
