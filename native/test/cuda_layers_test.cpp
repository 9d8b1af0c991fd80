// What layers and losses are made of, on the card against the CPU: squared error, standardisation, pooling and convolution.
#include <algorithm>
#include <array>

#include "cuda/on_card.h"

namespace nabla::test {
namespace {

template <class T>
std::vector<T> drawn(int64_t count, uint32_t seed) {
  return Numbers(seed).many<T>(count);
}

template <class T>
void check_squared_error() {
  const DType t = dtype_of<T>();
  for (int64_t count : {0, 1, 300, 4097, 50000}) {
    std::vector<T> a = drawn<T>(count, 2), b = drawn<T>(count, 3), loss(1), upstream{T(0.7)}, gradient(static_cast<size_t>(count));
    const std::vector<Memory> memories = {memory_of(a, t), memory_of(b, t), memory_of(loss, t), memory_of(upstream, t), memory_of(gradient, t)};
    const Operand left = operand(a, {count}), right = operand(b, {count});
    for (double mean : {0.0, 1.0}) check_as_on_cpu(OpCode::mseLoss, build_call({left, right}, {operand(loss, Sizes{})}, {mean}), memories, 2e-6);
    check_as_on_cpu(OpCode::mseLossBackward, build_call({left, right, operand(upstream, {count}, {0})}, {operand(gradient, {count})}, {0.125}), memories, 2e-6);
  }
}

TEST_THAT("the squared error is the CPU's, in one part and in many, summed, averaged and back") {
  check_squared_error<float>();
  check_squared_error<double>();
}

template <class T>
void check_standardize() {
  const DType t = dtype_of<T>();
  // Batch norm of features and of images, layer norm of short and long rows, group norm, groups of one.
  for (const auto& [outer, groups, inner] : {std::array<int64_t, 3>{32, 7, 1}, {4, 5, 49}, {1, 9, 24}, {1, 3, 1500}, {700, 3, 1}, {3, 300, 2}, {1, 4, 1}}) {
    const int64_t count = outer * groups * inner;
    std::vector<T> x = drawn<T>(count, 2), gradient = drawn<T>(count, 3), y(x.size()), to(x.size()), means(static_cast<size_t>(groups)), variances(means);
    for (T& each : x) each += T(3);
    const std::vector<Memory> memories = {memory_of(x, t), memory_of(gradient, t), memory_of(y, t), memory_of(means, t), memory_of(variances, t), memory_of(to, t)};
    const std::vector<double> attributes = {static_cast<double>(outer), static_cast<double>(groups), static_cast<double>(inner), 1e-5};
    const Operand mean = operand(means, {groups}), variance = operand(variances, {groups});
    check_as_on_cpu(OpCode::standardize, build_call({operand(x, {count})}, {operand(y, {count}), mean, variance}, attributes), memories, 1e-5);
    check_as_on_cpu(OpCode::standardizeBackward, build_call({operand(gradient, {count}), operand(y, {count}), variance}, {operand(to, {count})}, attributes), memories, 1e-5);
  }
}

TEST_THAT("groups are standardised as on the CPU, however they lie, there and back") {
  check_standardize<float>();
  check_standardize<double>();
}

struct Pooling {
  int64_t height, width, rows, columns;
  /** Kernel, stride, padding, dilation (rows and columns each), adaptive. */
  std::vector<double> windows;
};

template <class T>
void check_pooling() {
  const DType t = dtype_of<T>();
  const int64_t planes = 6;
  for (const Pooling& each : {Pooling{8, 6, 4, 3, {2, 2, 2, 2, 0, 0, 1, 1, 0}}, Pooling{7, 9, 4, 5, {3, 3, 2, 2, 1, 1, 1, 1, 0}}, Pooling{5, 5, 3, 3, {3, 3, 1, 1, 0, 0, 1, 1, 0}},
                              Pooling{10, 7, 3, 4, {0, 0, 0, 0, 0, 0, 1, 1, 1}}, Pooling{3, 2, 5, 4, {0, 0, 0, 0, 0, 0, 1, 1, 1}}, Pooling{40, 36, 20, 18, {2, 2, 2, 2, 0, 0, 1, 1, 0}}}) {
    const Sizes whole_sizes = {2, planes / 2, each.height, each.width}, pooled_sizes = {2, planes / 2, each.rows, each.columns};
    std::vector<T> whole = drawn<T>(product(whole_sizes), 2), pooled = drawn<T>(product(pooled_sizes), 3), to(whole.size());
    std::vector<int32_t> positions(pooled.size(), 7);
    for (size_t i = 0; i < whole.size(); i += 3) whole[i] = T(0.5);
    whole[4] = static_cast<T>(NAN);
    const std::vector<Memory> memories = {memory_of(whole, t), memory_of(pooled, t), memory_of(to, t), memory_of(positions, DType::Int32)};
    const Operand image = operand(whole, whole_sizes), result = operand(pooled, pooled_sizes), places = operand(positions, pooled_sizes), back = operand(to, whole_sizes);
    check_as_on_cpu(OpCode::maxPool, build_call({image}, {result, places}, each.windows), memories, 0);
    for (double replace : {0.0, 1.0}) check_as_on_cpu(OpCode::scatterPlanes, build_call({result, places}, {back}, {replace}), memories, 0);
    positions[0] = -1;
    positions[1] = static_cast<int32_t>(each.height * each.width);
    check_as_on_cpu(OpCode::scatterPlanes, build_call({result, places}, {back}, {0}), memories, 0);
    check_as_on_cpu(OpCode::gatherPlanes, build_call({image, places}, {result}), memories, 0);
    whole[4] = T(1);
    for (const auto& [padding, divisor] : {std::pair{0.0, 0.0}, {1.0, 0.0}, {0.0, 3.0}}) {
      std::vector<double> attributes = each.windows;
      attributes.insert(attributes.end(), {padding, divisor});
      check_as_on_cpu(OpCode::averagePool, build_call({image}, {result}, attributes), memories, 1e-6);
      check_as_on_cpu(OpCode::averagePoolBackward, build_call({result}, {back}, attributes), memories, 1e-6);
    }
  }
}

TEST_THAT("pooling is the CPU's, of tiles, overlapping, padded and adaptive windows, and where windows overlap gradients add up in order") {
  check_pooling<float>();
  check_pooling<double>();
}

struct Convolution {
  int64_t images, groups, channels, maps, height, width, kernel_rows, kernel_columns;
  /** Stride, padding and dilation, rows and columns each. */
  std::array<int64_t, 6> windows;
};

template <class T>
void check_convolution() {
  const DType t = dtype_of<T>();
  for (const Convolution& each : {Convolution{3, 1, 2, 5, 9, 8, 3, 3, {1, 1, 1, 1, 1, 1}}, Convolution{2, 2, 3, 4, 11, 7, 3, 2, {2, 3, 1, 0, 1, 1}},
                                  Convolution{1, 1, 1, 70, 6, 6, 5, 5, {1, 1, 0, 0, 1, 1}}, Convolution{2, 1, 9, 3, 10, 10, 3, 3, {1, 2, 2, 2, 2, 2}},
                                  Convolution{9, 4, 1, 1, 13, 12, 1, 1, {1, 1, 0, 0, 1, 1}}}) {
    const auto& [stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x] = each.windows;
    const int64_t rows = (each.height + 2 * padding_y - dilation_y * (each.kernel_rows - 1) - 1) / stride_y + 1;
    const int64_t columns = (each.width + 2 * padding_x - dilation_x * (each.kernel_columns - 1) - 1) / stride_x + 1;
    const Sizes image_sizes = {each.images, each.groups * each.channels, each.height, each.width}, map_sizes = {each.images, each.groups * each.maps, rows, columns};
    const Sizes weight_sizes = {each.groups * each.maps, each.channels, each.kernel_rows, each.kernel_columns};
    std::vector<T> image = drawn<T>(product(image_sizes), 2), map = drawn<T>(product(map_sizes), 3), weight = drawn<T>(product(weight_sizes), 4);
    std::vector<T> map_bias = drawn<T>(map_sizes[1], 5), image_bias = drawn<T>(image_sizes[1], 6);
    const std::vector<Memory> memories = {memory_of(image, t), memory_of(map, t), memory_of(weight, t), memory_of(map_bias, t), memory_of(image_bias, t)};
    const Operand x = operand(image, image_sizes), y = operand(map, map_sizes), w = operand(weight, weight_sizes);
    std::vector<double> attributes(each.windows.begin(), each.windows.end());
    attributes.push_back(static_cast<double>(each.groups));
    check_as_on_cpu(OpCode::conv2d, build_call({x, w}, {y}, attributes), memories, 4e-6);
    check_as_on_cpu(OpCode::conv2d, build_call({x, w, operand(map_bias, {map_sizes[1]})}, {y}, attributes), memories, 4e-6);
    check_as_on_cpu(OpCode::convTranspose2d, build_call({y, w}, {x}, attributes), memories, 4e-6);
    check_as_on_cpu(OpCode::convTranspose2d, build_call({y, w, operand(image_bias, {image_sizes[1]})}, {x}, attributes), memories, 4e-6);
    // The results above are larger than what a sum of this tolerance may be of; the memory stays where it is.
    std::ranges::copy(drawn<T>(product(image_sizes), 7), image.begin());
    std::ranges::copy(drawn<T>(product(map_sizes), 8), map.begin());
    check_as_on_cpu(OpCode::conv2dWeight, build_call({x, y}, {w}, attributes), memories, 1e-5);
  }
}

TEST_THAT("convolutions are the CPU's, with strides, padding, dilation and groups, and so are both ways back") {
  check_convolution<float>();
  check_convolution<double>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
