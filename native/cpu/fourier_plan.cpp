// See fourier_plan.h. Roots are found in the first eighth of the circle, where sine and cosine are exact to half a unit in the last
// place, and reflected: errors do not grow with the size.
#include "cpu/fourier_plan.h"

#include <cmath>
#include <list>
#include <numbers>
#include <vector>

namespace nabla {
namespace {

struct Kept {
  FourierPlan plan;
  std::vector<double> cosines;
  std::vector<double> sines;
};

/** cos and sin of 2 pi j / size. */
void root_of_unity(int64_t j, int64_t size, double& cosine, double& sine) {
  // Eighths of the circle, by whole numbers.
  const bool lower = 2 * j > size;
  if (lower) j = size - j;
  const bool left = 4 * j > size;
  // Twice the angle's distance, so that half of an odd size stays whole.
  int64_t twice = left ? size - 2 * j : 2 * j;
  const bool steep = 4 * twice > size;
  double x, y;
  if (steep) {
    // pi / 2 minus the angle.
    const double angle = std::numbers::pi * static_cast<double>(size - 2 * twice) / (2 * static_cast<double>(size));
    x = std::sin(angle);
    y = std::cos(angle);
  } else {
    const double angle = std::numbers::pi * static_cast<double>(twice) / static_cast<double>(size);
    x = std::cos(angle);
    y = std::sin(angle);
  }
  cosine = left ? -x : x;
  sine = lower ? -y : y;
}

void factor(FourierPlan& plan) {
  int64_t rest = plan.size;
  plan.factor_count = 0;
  for (int radix : {4, 2, 3, 5, 7, 11, 13}) {
    for (; rest % radix == 0; rest /= radix) plan.factors[plan.factor_count++] = radix;
  }
  if (rest != 1) plan.factor_count = 0;
}

}  // namespace

const FourierPlan& fourier_plan(int64_t size) {
  constexpr size_t kMost = 9;
  thread_local std::list<Kept> kept;
  for (auto each = kept.begin(); each != kept.end(); ++each) {
    if (each->plan.size != size) continue;
    kept.splice(kept.begin(), kept, each);
    return kept.front().plan;
  }
  if (kept.size() >= kMost) kept.pop_back();
  Kept& made = kept.emplace_front();
  made.plan.size = size;
  factor(made.plan);
  made.cosines.resize(static_cast<size_t>(size));
  made.sines.resize(static_cast<size_t>(size));
  for (int64_t j = 0; j < size; ++j) {
    double sine;
    root_of_unity(j, size, made.cosines[static_cast<size_t>(j)], sine);
    made.sines[static_cast<size_t>(j)] = -sine;
  }
  made.plan.cosines = made.cosines.data();
  made.plan.sines = made.sines.data();
  return made.plan;
}

}  // namespace nabla
