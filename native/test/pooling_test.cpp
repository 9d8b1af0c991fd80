// Pooling and its ways back against loops over every window: strides, paddings, dilations, even parts, ties, NaN, and planes
// at the edges of vectors.
#include <algorithm>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

struct Axis {
  int64_t size, kernel, stride, padding, dilation;
  int64_t outputs() const { return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1; }
};

struct Windows {
  Axis rows, columns;
  std::vector<double> attributes(std::initializer_list<double> more = {}) const {
    std::vector<double> all;
    for (auto member : {&Axis::kernel, &Axis::stride, &Axis::padding, &Axis::dilation}) {
      all.push_back(static_cast<double>(rows.*member));
      all.push_back(static_cast<double>(columns.*member));
    }
    all.push_back(0);
    all.insert(all.end(), more);
    return all;
  }
};

const Windows kWindows[] = {
    {{8, 2, 2, 0, 1}, {32, 2, 2, 0, 1}},  {{7, 2, 2, 0, 1}, {35, 2, 2, 0, 1}},  {{5, 3, 1, 1, 1}, {17, 3, 1, 1, 1}}, {{9, 3, 2, 1, 2}, {10, 2, 3, 1, 3}},
    {{1, 1, 1, 0, 1}, {1, 1, 1, 0, 1}},   {{4, 4, 1, 0, 1}, {4, 4, 1, 0, 1}},   {{6, 1, 2, 0, 1}, {64, 2, 2, 0, 1}}, {{3, 2, 5, 1, 1}, {3, 3, 4, 1, 1}},
    {{12, 5, 3, 2, 1}, {66, 3, 3, 0, 1}}, {{2, 2, 2, 0, 1}, {130, 2, 2, 0, 1}},
};

template <class T>
std::vector<T> planes_of(const Windows& w, int64_t planes, bool special) {
  Numbers numbers(9);
  std::vector<T> x(static_cast<size_t>(planes * w.rows.size * w.columns.size));
  for (T& value : x) {
    // Few different numbers: many are equally large.
    value = static_cast<T>(numbers.below(9)) - T(4);
    const int64_t kind = numbers.below(20);
    if (special && kind == 0) value = std::numeric_limits<T>::quiet_NaN();
    if (special && kind == 1) value = -std::numeric_limits<T>::infinity();
  }
  return x;
}

/** Runs `body(output, plane, row, column)` for each place of each window inside its plane. */
template <class Body>
void for_each_tap(const Windows& w, int64_t planes, const Body& body) {
  int64_t output = 0;
  for (int64_t plane = 0; plane < planes; ++plane) {
    for (int64_t i = 0; i < w.rows.outputs(); ++i) {
      for (int64_t j = 0; j < w.columns.outputs(); ++j, ++output) {
        for (int64_t a = 0; a < w.rows.kernel; ++a) {
          for (int64_t b = 0; b < w.columns.kernel; ++b) {
            const int64_t y = i * w.rows.stride - w.rows.padding + a * w.rows.dilation, x = j * w.columns.stride - w.columns.padding + b * w.columns.dilation;
            if (y >= 0 && y < w.rows.size && x >= 0 && x < w.columns.size) body(output, plane, y, x);
          }
        }
      }
    }
  }
}

std::string describe(Isa isa, const Windows& w) {
  return std::string(isa_name(isa)) + " " + std::to_string(w.rows.size) + " x " + std::to_string(w.columns.size) + " by " + std::to_string(w.rows.kernel) + " x " + std::to_string(w.columns.kernel);
}

template <class T>
bool same(T a, T b) {
  return a == b || (a != a && b != b);
}

template <class T>
void check(Isa isa, const Windows& w, int64_t planes) {
  const int64_t plane = w.rows.size * w.columns.size, outputs = w.rows.outputs() * w.columns.outputs();
  const Sizes whole = {planes, w.rows.size, w.columns.size}, pooled = {planes, w.rows.outputs(), w.columns.outputs()};
  for (bool special : {false, true}) {
    std::vector<T> x = planes_of<T>(w, planes, special), largest(static_cast<size_t>(planes * outputs), T(77));
    std::vector<int32_t> positions(largest.size(), 77);
    CHECK(run(isa, OpCode::maxPool, build_call({operand(x, whole)}, {operand(largest, pooled), operand(positions, pooled)}, w.attributes())));
    std::vector<T> expected(largest.size(), -std::numeric_limits<T>::infinity());
    std::vector<int32_t> places(largest.size(), -1);
    for_each_tap(w, planes, [&](int64_t output, int64_t p, int64_t y, int64_t column) {
      const auto at = static_cast<size_t>(output);
      const T value = x[static_cast<size_t>(p * plane + y * w.columns.size + column)];
      if (places[at] >= 0 && !(value > expected[at]) && !(value != value && expected[at] == expected[at])) return;
      expected[at] = value;
      places[at] = static_cast<int32_t>(y * w.columns.size + column);
    });
    CHECK_MESSAGE(std::equal(largest.begin(), largest.end(), expected.begin(), same<T>), "maxPool " + describe(isa, w));
    CHECK_MESSAGE(positions == places, "positions of maxPool " + describe(isa, w));

    std::vector<T> back(x.size(), T(77)), sums(x.size()), again(largest.size(), T(77));
    std::vector<T> gradient(largest.size());
    for (size_t i = 0; i < gradient.size(); ++i) gradient[i] = static_cast<T>(i % 13) - T(6);
    CHECK(run(isa, OpCode::scatterPlanes, build_call({operand(gradient, pooled), operand(positions, pooled)}, {operand(back, whole)}, {0})));
    for (size_t i = 0; i < gradient.size(); ++i) {
      if (positions[i] >= 0) sums[i / static_cast<size_t>(outputs) * static_cast<size_t>(plane) + static_cast<size_t>(positions[i])] += gradient[i];
    }
    CHECK_MESSAGE(back == sums, "scatterPlanes " + describe(isa, w));
    CHECK(run(isa, OpCode::gatherPlanes, build_call({operand(back, whole), operand(positions, pooled)}, {operand(again, pooled)})));
    int64_t wrong = 0;
    for (size_t i = 0; i < again.size(); ++i) {
      const T from = positions[i] < 0 ? T(0) : back[i / static_cast<size_t>(outputs) * static_cast<size_t>(plane) + static_cast<size_t>(positions[i])];
      wrong += again[i] != from;
    }
    CHECK_MESSAGE(wrong == 0, "gatherPlanes " + describe(isa, w));
  }
}

template <class T>
void check_average(Isa isa, Windows w, int64_t planes, bool with_padding, double divisor) {
  w.rows.dilation = w.columns.dilation = 1;
  const int64_t plane = w.rows.size * w.columns.size;
  const Sizes whole = {planes, w.rows.size, w.columns.size}, pooled = {planes, w.rows.outputs(), w.columns.outputs()};
  std::vector<T> x = planes_of<T>(w, planes, false), means(static_cast<size_t>(product(pooled)), T(77)), back(x.size(), T(77));
  const auto padded = [](const Axis& axis, int64_t i) {
    const int64_t start = i * axis.stride - axis.padding;
    return std::min(start + axis.kernel, axis.size + axis.padding) - start;
  };
  std::vector<double> sums(means.size()), counts(means.size()), spread(x.size());
  for_each_tap(w, planes, [&](int64_t output, int64_t p, int64_t y, int64_t column) {
    sums[static_cast<size_t>(output)] += static_cast<double>(x[static_cast<size_t>(p * plane + y * w.columns.size + column)]);
    counts[static_cast<size_t>(output)] += 1;
  });
  for (size_t i = 0; i < counts.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    if (with_padding) counts[i] = static_cast<double>(padded(w.rows, at / w.columns.outputs() % w.rows.outputs()) * padded(w.columns, at % w.columns.outputs()));
    if (divisor != 0) counts[i] = divisor;
  }
  const std::vector<double> attributes = w.attributes({with_padding ? 1.0 : 0.0, divisor});
  CHECK(run(isa, OpCode::averagePool, build_call({operand(x, whole)}, {operand(means, pooled)}, attributes)));
  double worst = 0;
  for (size_t i = 0; i < means.size(); ++i) worst = std::max(worst, std::fabs(static_cast<double>(means[i]) - (counts[i] == 0 ? 0 : sums[i] / counts[i])));
  CHECK_MESSAGE(worst <= 1e-5, "averagePool " + describe(isa, w) + " off by " + std::to_string(worst));
  CHECK(run(isa, OpCode::averagePoolBackward, build_call({operand(means, pooled)}, {operand(back, whole)}, attributes)));
  for_each_tap(w, planes, [&](int64_t output, int64_t p, int64_t y, int64_t column) {
    spread[static_cast<size_t>(p * plane + y * w.columns.size + column)] += static_cast<double>(means[static_cast<size_t>(output)]) / counts[static_cast<size_t>(output)];
  });
  worst = 0;
  for (size_t i = 0; i < back.size(); ++i) worst = std::max(worst, std::fabs(static_cast<double>(back[i]) - spread[i]));
  CHECK_MESSAGE(worst <= 1e-5, "averagePoolBackward " + describe(isa, w) + " off by " + std::to_string(worst));
}

TEST_THAT("the largest of each window, where it lies, and the ways back") {
  for (Isa isa : supported_isas()) {
    for (const Windows& w : kWindows) {
      for (int64_t planes : {0, 1, 5}) {
        check<float>(isa, w, planes);
        check<double>(isa, w, planes);
      }
    }
  }
}

TEST_THAT("the mean of each window, with padding or without, and its way back") {
  for (Isa isa : supported_isas()) {
    for (const Windows& w : kWindows) {
      for (bool with_padding : {false, true}) {
        for (double divisor : {0.0, 3.0}) {
          check_average<float>(isa, w, 3, with_padding, divisor);
          check_average<double>(isa, w, 3, with_padding, divisor);
        }
      }
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
