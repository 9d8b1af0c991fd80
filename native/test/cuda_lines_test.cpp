// What runs along lines, on the card against the CPU: running sums, products and extremes, sorting, and windows of images.
#include <array>

#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** Some of them equal, so that the order of equal ones shows; of floats some are NaN, -0 and infinite. */
template <class T>
std::vector<T> drawn(int64_t count, uint32_t seed, int64_t different) {
  Numbers numbers(seed);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& each : values) each = static_cast<T>(numbers.below(different)) - (T(-1) < T(0) ? static_cast<T>(different / 2) : T(0));
  if constexpr (std::is_floating_point_v<T>) {
    for (T& each : values) each *= T(0.37);
    if (count > 9) {
      values[2] = values[7] = static_cast<T>(NAN);
      values[4] = -T(0);
      values[5] = -static_cast<T>(INFINITY);
    }
  }
  return values;
}

struct Lines {
  Sizes sizes;
  int dim;
};

/** Short and long lines, neighbours and strided ones, a single element, and lines longer than a block sorts. */
const std::vector<Lines>& all_lines() {
  static const std::vector<Lines> all = {{{7}, 0}, {{5, 6, 4}, 1}, {{3, 70}, 1}, {{300, 3}, 0}, {{1}, 0}, {{2, 1030}, 1}, {{2500}, 0}, {{3, 0}, 1}, {{0, 3}, 1}, {{4, 1}, 1}};
  return all;
}

template <class T>
void check_running() {
  using Result = std::conditional_t<std::is_floating_point_v<T>, T, int32_t>;
  for (const auto& [sizes, dim] : all_lines()) {
    for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed}) {
      Tensor<T> from = arrange<T>(sizes, layout);
      from.memory = drawn<T>(static_cast<int64_t>(from.memory.size()), 3, 9);
      std::vector<Result> to(static_cast<size_t>(product(sizes)));
      std::vector<T> extremes(to.size());
      std::vector<int32_t> positions(to.size(), 7);
      const double along = dim;
      const std::vector<Memory> sums = {memory_of(from.memory, dtype_of<T>()), memory_of(to, dtype_of<Result>())};
      for (double reverse : {0.0, 1.0}) {
        check_as_on_cpu(OpCode::cumsum, build_call({from.as_operand()}, {operand(to, sizes)}, {along, reverse}), sums);
        check_as_on_cpu(OpCode::cumprod, build_call({from.as_operand()}, {operand(to, sizes)}, {along, reverse}), sums);
      }
      const std::vector<Memory> found = {sums[0], memory_of(extremes, dtype_of<T>()), memory_of(positions, DType::Int32)};
      for (OpCode op : {OpCode::cummax, OpCode::cummin}) {
        check_as_on_cpu(op, build_call({from.as_operand()}, {operand(extremes, sizes), operand(positions, sizes)}, {along}), found, 0);
      }
    }
  }
}

TEST_THAT("running sums, products and extremes are the CPU's, forwards and backwards, along any dimension") {
  check_running<float>();
  check_running<double>();
  check_running<int32_t>();
  check_running<uint8_t>();
}

template <class T>
void check_sorting() {
  for (const auto& [sizes, dim] : all_lines()) {
    for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed}) {
      Tensor<T> from = arrange<T>(sizes, layout);
      from.memory = drawn<T>(static_cast<int64_t>(from.memory.size()), 5, product(sizes) < 100 ? 6 : 200);
      std::vector<T> values(static_cast<size_t>(product(sizes)), T(1));
      std::vector<int32_t> positions(values.size(), 7);
      const std::vector<Memory> memories = {memory_of(from.memory, dtype_of<T>()), memory_of(values, dtype_of<T>()), memory_of(positions, DType::Int32)};
      const double along = dim;
      for (double largest : {0.0, 1.0}) {
        check_as_on_cpu(OpCode::sort, build_call({from.as_operand()}, {operand(values, sizes), operand(positions, sizes)}, {along, largest}), memories, 0);
        for (int64_t k : {int64_t{0}, int64_t{1}, sizes[static_cast<size_t>(dim)] / 2}) {
          if (k > sizes[static_cast<size_t>(dim)]) continue;
          Sizes some = sizes;
          some[static_cast<size_t>(dim)] = k;
          const OpCall call = build_call({from.as_operand()}, {operand(values, some), operand(positions, some)}, {along, static_cast<double>(k), largest, 1});
          check_as_on_cpu(OpCode::topk, call, memories, 0);
        }
      }
    }
  }
}

TEST_THAT("lines are sorted as on the CPU, equal ones in their order, NaN as the largest, whole or the first of them") {
  check_sorting<float>();
  check_sorting<double>();
  check_sorting<int32_t>();
  check_sorting<uint8_t>();
}

template <class T>
void check_windows() {
  struct Way {
    int64_t height, width, kernel_rows, kernel_columns, stride, padding, dilation;
  };
  for (const Way& way : {Way{6, 5, 3, 2, 1, 0, 1}, Way{7, 8, 3, 3, 2, 1, 1}, Way{9, 9, 2, 3, 3, 2, 2}, Way{4, 4, 4, 4, 4, 0, 1}}) {
    const auto windows = [&](int64_t size, int64_t kernel) { return (size + 2 * way.padding - way.dilation * (kernel - 1) - 1) / way.stride + 1; };
    const int64_t rows = windows(way.height, way.kernel_rows), columns = windows(way.width, way.kernel_columns);
    const Sizes image_sizes = {2, 3, way.height, way.width}, column_sizes = {2, 3 * way.kernel_rows * way.kernel_columns, rows * columns};
    Numbers numbers(4);
    std::vector<T> image = numbers.many<T>(product(image_sizes)), parts = numbers.many<T>(product(column_sizes));
    std::vector<double> attributes;
    for (const auto& [down, across] : {std::array{way.stride, way.stride}, {way.padding, way.padding}, {way.dilation, way.dilation}, {way.kernel_rows, way.kernel_columns}, {rows, columns}}) {
      attributes.push_back(static_cast<double>(down));
      attributes.push_back(static_cast<double>(across));
    }
    const std::vector<Memory> memories = {memory_of(image, dtype_of<T>()), memory_of(parts, dtype_of<T>())};
    check_as_on_cpu(OpCode::fold, build_call({operand(parts, column_sizes)}, {operand(image, image_sizes)}, attributes), memories, 0);
    check_as_on_cpu(OpCode::unfold, build_call({operand(image, image_sizes)}, {operand(parts, column_sizes)}, attributes), memories, 0);
  }
}

TEST_THAT("windows of an image become columns, and columns an image, as on the CPU to the last bit") {
  check_windows<float>();
  check_windows<double>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
