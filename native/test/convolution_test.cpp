// Convolutions against the sums that define them: sizes round a vector of every instruction set and round blocks of channels,
// strides, paddings, dilations and groups; windows as columns and back.
#include <algorithm>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

struct Axis {
  int64_t image, taps, stride, padding, dilation;
  int64_t map() const { return (image + 2 * padding - dilation * (taps - 1) - 1) / stride + 1; }
  /** Where a tap of a window lies on the image, which may be outside. */
  int64_t place(int64_t window, int64_t tap) const { return window * stride - padding + tap * dilation; }
};

struct Shape {
  int64_t images, groups, channels, outputs;
  Axis rows, columns;

  Sizes image() const { return {images, groups * channels, rows.image, columns.image}; }
  Sizes map() const { return {images, groups * outputs, rows.map(), columns.map()}; }
  Sizes weight() const { return {groups * outputs, channels, rows.taps, columns.taps}; }
  std::vector<double> attributes() const {
    std::vector<double> all;
    for (auto member : {&Axis::stride, &Axis::padding, &Axis::dilation}) {
      all.push_back(static_cast<double>(rows.*member));
      all.push_back(static_cast<double>(columns.*member));
    }
    return all;
  }
};

const Shape kShapes[] = {
    {1, 1, 1, 1, {1, 1, 1, 0, 1}, {1, 1, 1, 0, 1}},    {2, 1, 3, 5, {7, 3, 1, 1, 1}, {9, 3, 1, 1, 1}},     {1, 1, 17, 33, {6, 3, 1, 0, 1}, {16, 3, 1, 0, 1}},
    {2, 1, 1, 32, {12, 3, 1, 1, 1}, {12, 3, 1, 1, 1}}, {1, 2, 3, 4, {9, 3, 2, 1, 1}, {11, 2, 3, 0, 2}},    {3, 4, 1, 1, {8, 3, 1, 2, 2}, {8, 3, 1, 2, 2}},
    {1, 1, 5, 7, {5, 5, 1, 0, 1}, {40, 1, 1, 0, 1}},   {2, 1, 16, 16, {4, 1, 1, 0, 1}, {33, 1, 1, 0, 1}},  {1, 1, 2, 3, {3, 3, 4, 2, 1}, {3, 2, 5, 1, 1}},
    {1, 1, 40, 9, {3, 3, 1, 1, 1}, {31, 3, 1, 1, 1}},  {0, 1, 2, 3, {5, 3, 1, 1, 1}, {5, 3, 1, 1, 1}},     {2, 3, 2, 5, {10, 4, 2, 1, 1}, {65, 4, 2, 1, 1}},
};

/** Runs `body(image place, weight place, map place)` for every product of a convolution. */
template <class Body>
void for_each_product(const Shape& s, const Body& body) {
  const int64_t map_rows = s.rows.map(), map_columns = s.columns.map();
  for (int64_t n = 0; n < s.images; ++n) {
    for (int64_t o = 0; o < s.groups * s.outputs; ++o) {
      for (int64_t c = 0; c < s.channels; ++c) {
        const int64_t channel = o / s.outputs * s.channels + c;
        for (int64_t y = 0; y < map_rows; ++y) {
          for (int64_t x = 0; x < map_columns; ++x) {
            for (int64_t t = 0; t < s.rows.taps; ++t) {
              for (int64_t u = 0; u < s.columns.taps; ++u) {
                const int64_t row = s.rows.place(y, t), column = s.columns.place(x, u);
                if (row < 0 || row >= s.rows.image || column < 0 || column >= s.columns.image) continue;
                body(((n * s.groups * s.channels + channel) * s.rows.image + row) * s.columns.image + column,
                     ((o * s.channels + c) * s.rows.taps + t) * s.columns.taps + u, ((n * s.groups * s.outputs + o) * map_rows + y) * map_columns + x);
              }
            }
          }
        }
      }
    }
  }
}

template <class T>
void expect_close(const std::vector<T>& own, const std::vector<double>& expected, const std::string& what) {
  double worst = 0;
  for (size_t i = 0; i < own.size(); ++i) {
    const double off = std::fabs(static_cast<double>(own[i]) - expected[i]) / (1 + std::fabs(expected[i]));
    worst = off <= worst ? worst : (std::isnan(off) ? 1e300 : off);
  }
  CHECK_MESSAGE(worst <= (sizeof(T) == 4 ? 2e-5 : 1e-12), what + " off by " + std::to_string(worst));
}

std::string describe(Isa isa, const Shape& s) {
  return std::string(isa_name(isa)) + " " + std::to_string(s.groups * s.channels) + " to " + std::to_string(s.groups * s.outputs) + " channels of " + std::to_string(s.rows.image) + " x " +
         std::to_string(s.columns.image);
}

template <class T>
void check(Isa isa, const Shape& s, bool with_bias) {
  Numbers numbers(13);
  std::vector<T> image = numbers.many<T>(product(s.image())), weight = numbers.many<T>(product(s.weight())), map = numbers.many<T>(product(s.map()));
  std::vector<T> bias = numbers.many<T>(s.groups * s.outputs), back_bias = numbers.many<T>(s.groups * s.channels);
  std::vector<double> attributes = s.attributes();
  attributes.push_back(static_cast<double>(s.groups));
  const Operand image_operand = operand(image, s.image()), weight_operand = operand(weight, s.weight()), map_operand = operand(map, s.map());

  std::vector<T> made(map.size(), T(NAN)), spread(image.size(), T(NAN)), weights(weight.size(), T(NAN));
  std::vector<Operand> forward = {image_operand, weight_operand}, backward = {map_operand, weight_operand};
  if (with_bias) {
    forward.push_back(operand(bias, {s.groups * s.outputs}));
    backward.push_back(operand(back_bias, {s.groups * s.channels}));
  }
  CHECK(run(isa, OpCode::conv2d, build_call(forward, {operand(made, s.map())}, attributes)));
  CHECK(run(isa, OpCode::convTranspose2d, build_call(backward, {operand(spread, s.image())}, attributes)));
  CHECK(run(isa, OpCode::conv2dWeight, build_call({image_operand, map_operand}, {operand(weights, s.weight())}, attributes)));

  std::vector<double> to_map(map.size()), to_image(image.size()), to_weight(weight.size());
  const size_t map_plane = static_cast<size_t>(s.rows.map() * s.columns.map()), image_plane = static_cast<size_t>(s.rows.image * s.columns.image);
  for (size_t i = 0; with_bias && i < to_map.size(); ++i) to_map[i] = static_cast<double>(bias[i / map_plane % bias.size()]);
  for (size_t i = 0; with_bias && i < to_image.size(); ++i) to_image[i] = static_cast<double>(back_bias[i / image_plane % back_bias.size()]);
  for_each_product(s, [&](int64_t i, int64_t w, int64_t m) {
    const double a = static_cast<double>(image[static_cast<size_t>(i)]), b = static_cast<double>(weight[static_cast<size_t>(w)]), c = static_cast<double>(map[static_cast<size_t>(m)]);
    to_map[static_cast<size_t>(m)] += a * b;
    to_image[static_cast<size_t>(i)] += c * b;
    to_weight[static_cast<size_t>(w)] += a * c;
  });
  expect_close(made, to_map, "conv2d " + describe(isa, s));
  expect_close(spread, to_image, "convTranspose2d " + describe(isa, s));
  expect_close(weights, to_weight, "conv2dWeight " + describe(isa, s));
}

template <class T>
void check_windows(Isa isa, const Shape& s) {
  Numbers numbers(14);
  const int64_t channels = s.groups * s.channels, taps = s.rows.taps * s.columns.taps, windows = s.rows.map() * s.columns.map();
  const Sizes lines = {s.images, channels * taps, windows};
  std::vector<T> image = numbers.many<T>(product(s.image())), columns(static_cast<size_t>(product(lines)), T(NAN)), folded(image.size(), T(NAN));
  std::vector<double> attributes = s.attributes(), expected(columns.size()), sums(image.size());
  for (int64_t number : {s.rows.taps, s.columns.taps, s.rows.map(), s.columns.map()}) attributes.push_back(static_cast<double>(number));
  CHECK(run(isa, OpCode::unfold, build_call({operand(image, s.image())}, {operand(columns, lines)}, attributes)));
  CHECK(run(isa, OpCode::fold, build_call({operand(columns, lines)}, {operand(folded, s.image())}, attributes)));
  for (int64_t plane = 0; plane < s.images * channels; ++plane) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      for (int64_t window = 0; window < windows; ++window) {
        const int64_t row = s.rows.place(window / s.columns.map(), tap / s.columns.taps), column = s.columns.place(window % s.columns.map(), tap % s.columns.taps);
        if (row < 0 || row >= s.rows.image || column < 0 || column >= s.columns.image) continue;
        const auto at = static_cast<size_t>((plane * s.rows.image + row) * s.columns.image + column);
        expected[static_cast<size_t>((plane * taps + tap) * windows + window)] = static_cast<double>(image[at]);
        sums[at] += static_cast<double>(image[at]);
      }
    }
  }
  expect_close(columns, expected, "unfold " + describe(isa, s));
  expect_close(folded, sums, "fold " + describe(isa, s));
}

TEST_THAT("convolution, its transpose and the gradient of its weight are the sums that define them") {
  for (Isa isa : supported_isas()) {
    for (const Shape& shape : kShapes) {
      for (bool with_bias : {false, true}) {
        check<float>(isa, shape, with_bias);
        check<double>(isa, shape, with_bias);
      }
    }
  }
}

TEST_THAT("windows become columns, and columns add up where their windows lie") {
  for (Isa isa : supported_isas()) {
    for (const Shape& shape : kShapes) {
      check_windows<float>(isa, shape);
      check_windows<double>(isa, shape);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
