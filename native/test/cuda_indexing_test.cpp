// Choosing and placing elements, and tensors made from nothing, on the card against the CPU: to the last bit.
#include <limits>

#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {
namespace {

/** Positions below `limit`, among them two that lie outside, and where there are many two that lie as far outside as can be. */
std::vector<int32_t> drawn_positions(int64_t count, int64_t limit, uint32_t seed) {
  Numbers numbers(seed);
  std::vector<int32_t> positions(static_cast<size_t>(count));
  for (int32_t& each : positions) each = static_cast<int32_t>(numbers.below(limit));
  if (count > 3) {
    positions[1] = -1;
    positions[3] = static_cast<int32_t>(limit);
  }
  if (count > 8) {
    positions[5] = std::numeric_limits<int32_t>::min();
    positions[7] = std::numeric_limits<int32_t>::max();
  }
  return positions;
}

template <class T>
std::vector<T> drawn(int64_t count, uint32_t seed) {
  return Numbers(seed).many<T>(count, T(0.5) != T(0) ? 1 : 20);
}
template <>
std::vector<uint8_t> drawn<uint8_t>(int64_t count, uint32_t seed) {
  std::vector<uint8_t> values(static_cast<size_t>(count));
  Numbers numbers(seed);
  for (uint8_t& each : values) each = static_cast<uint8_t>(numbers.below(250));
  return values;
}

template <class T>
void check_slices() {
  // Rows, planes and columns; short lists of positions, and ones of more than a block's elements.
  for (const auto& [sizes, dim] : {std::pair<Sizes, size_t>{{7, 5}, 0}, {{3, 6, 4}, 1}, {{4, 9}, 1}, {{40}, 0}}) {
    for (int64_t wanted : {0, 5, 300}) {
      Sizes chosen = sizes;
      chosen[dim] = wanted;
      std::vector<T> whole = drawn<T>(product(sizes), 3), part = drawn<T>(product(chosen), 4);
      std::vector<int32_t> positions = drawn_positions(wanted, sizes[dim], 5);
      const std::vector<Memory> memories = {memory_of(whole, dtype_of<T>()), memory_of(part, dtype_of<T>()), memory_of(positions, DType::Int32)};
      const Operand list = operand(positions, {wanted});
      const std::vector<double> attributes = {static_cast<double>(dim)};
      check_as_on_cpu(OpCode::indexSelect, build_call({operand(whole, sizes), list}, {operand(part, chosen)}, attributes), memories, 0);
      check_as_on_cpu(OpCode::indexAdd, build_call({list, operand(part, chosen)}, {operand(whole, sizes)}, attributes), memories, 0);
    }
  }
}

TEST_THAT("slices at positions are the CPU's, read and added to, in the order of their positions") {
  check_slices<float>();
  check_slices<double>();
  check_slices<int32_t>();
  check_slices<uint8_t>();
}

template <class T>
void check_elements() {
  for (const auto& [sizes, dim] : {std::pair<Sizes, size_t>{{7, 5}, 1}, {{3, 6, 4}, 1}, {{50}, 0}}) {
    for (int64_t wanted : {1, 4, 700}) {
      for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed}) {
        Sizes chosen = sizes;
        chosen[dim] = wanted;
        std::vector<T> part = drawn<T>(product(chosen), 4);
        Tensor<T> whole = arrange<T>(sizes, layout);
        whole.memory = drawn<T>(static_cast<int64_t>(whole.memory.size()), 6);
        std::vector<int32_t> positions = drawn_positions(product(chosen), sizes[dim], 5);
        const std::vector<Memory> memories = {memory_of(whole.memory, dtype_of<T>()), memory_of(part, dtype_of<T>()), memory_of(positions, DType::Int32)};
        const Operand list = operand(positions, chosen);
        const std::vector<double> attributes = {static_cast<double>(dim)};
        check_as_on_cpu(OpCode::gather, build_call({whole.as_operand(), list}, {operand(part, chosen)}, attributes), memories, 0);
        check_as_on_cpu(OpCode::scatter, build_call({list, operand(part, chosen)}, {whole.as_operand()}, attributes), memories, 0);
        check_as_on_cpu(OpCode::scatterAdd, build_call({list, operand(part, chosen)}, {whole.as_operand()}, attributes), memories, 0);
      }
    }
  }
}

TEST_THAT("elements at positions are the CPU's, read, put and added, of several for one place too") {
  check_elements<float>();
  check_elements<double>();
  check_elements<int32_t>();
  check_elements<uint8_t>();
}

template <class T>
void check_tables() {
  // One, two and three tensors of positions; slices of no, one and two dimensions; short lists and ones of more than a block's elements.
  for (const auto& [sizes, indexed] : {std::pair<Sizes, size_t>{{9}, 1}, {{5, 6}, 1}, {{5, 6}, 2}, {{3, 4, 5, 2}, 2}, {{2, 3, 4}, 3}}) {
    for (int64_t wanted : {0, 4, 600}) {
      for (Arrangement layout : {Arrangement::contiguous, Arrangement::transposed}) {
        Sizes chosen = {wanted};
        chosen.insert(chosen.end(), sizes.begin() + static_cast<ptrdiff_t>(indexed), sizes.end());
        Tensor<T> whole = arrange<T>(sizes, layout);
        whole.memory = drawn<T>(static_cast<int64_t>(whole.memory.size()), 6);
        std::vector<T> part = drawn<T>(product(chosen), 4);
        std::vector<std::vector<int32_t>> positions;
        for (size_t k = 0; k < indexed; ++k) {
          positions.push_back(drawn_positions(wanted, sizes[k], static_cast<uint32_t>(5 + k)));
          // Below 0 counts from the end; so far below is outside.
          if (wanted > 3) positions[k][2] = -static_cast<int32_t>(sizes[k]) - 1;
        }
        std::vector<Memory> memories = {memory_of(whole.memory, dtype_of<T>()), memory_of(part, dtype_of<T>())};
        std::vector<Operand> lists;
        for (std::vector<int32_t>& each : positions) {
          memories.push_back(memory_of(each, DType::Int32));
          lists.push_back(operand(each, {wanted}));
        }
        std::vector<Operand> reading = {whole.as_operand()}, writing = lists;
        reading.insert(reading.end(), lists.begin(), lists.end());
        writing.push_back(operand(part, chosen));
        check_as_on_cpu(OpCode::advancedIndex, build_call(reading, {operand(part, chosen)}), memories, 0);
        for (double accumulate : {0.0, 1.0}) check_as_on_cpu(OpCode::indexPut, build_call(writing, {whole.as_operand()}, {accumulate}), memories, 0);
      }
    }
  }
}

TEST_THAT("slices where several positions name them are the CPU's, read, put and added, of several for one place too") {
  check_tables<float>();
  check_tables<double>();
  check_tables<int32_t>();
  check_tables<uint8_t>();
}

template <class T>
void check_finding() {
  for (const Sizes& sizes : {Sizes{3}, {4, 5}, {2, 3, 400}, {70000}}) {
    std::vector<T> from = drawn<T>(product(sizes), 3);
    for (size_t i = 0; i < from.size(); i += 3) from[i] = T(0);
    int64_t count = 0;
    for (const T each : from) count += each != T(0);
    const auto rank = static_cast<int64_t>(sizes.size());
    std::vector<int32_t> numbers(static_cast<size_t>(count), 7), indices(static_cast<size_t>(count * rank), 7);
    const std::vector<Memory> memories = {memory_of(from, dtype_of<T>()), memory_of(numbers, DType::Int32), memory_of(indices, DType::Int32)};
    check_as_on_cpu(OpCode::nonzero, build_call({operand(from, sizes)}, {operand(numbers, {count})}, {1}), memories, 0);
    check_as_on_cpu(OpCode::nonzero, build_call({operand(from, sizes)}, {operand(indices, {count, rank})}, {0}), memories, 0);
  }
  // Lines of 20 sorted elements, some of them equal; values between, among and beyond them.
  std::vector<T> sorted(60), values = drawn<T>(90, 8);
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = static_cast<T>(i % 20 / 3);
  for (size_t i = 0; i < values.size(); i += 2) values[i] = static_cast<T>(i % 9);
  if constexpr (std::is_floating_point_v<T>) values[5] = sorted[19] = static_cast<T>(NAN);
  std::vector<int32_t> to(90, 7);
  const std::vector<Memory> memories = {memory_of(sorted, dtype_of<T>()), memory_of(values, dtype_of<T>()), memory_of(to, DType::Int32)};
  for (double right : {0.0, 1.0}) {
    check_as_on_cpu(OpCode::searchsorted, build_call({operand(sorted, {3, 20}), operand(values, {3, 30})}, {operand(to, {3, 30})}, {right}), memories, 0);
    check_as_on_cpu(OpCode::searchsorted, build_call({operand(sorted, {20}), operand(values, {9, 10})}, {operand(to, {9, 10})}, {right}), memories, 0);
  }
}

TEST_THAT("elements that are not 0, and places among sorted ones, are found as on the CPU") {
  check_finding<float>();
  check_finding<double>();
  check_finding<int32_t>();
  check_finding<uint8_t>();
}

TEST_THAT("labels become rows with a 1, and rows of NaN where they are none") {
  std::vector<int32_t> labels{0, 2, 1, 4, -1, 3};
  std::vector<float> rows(24, 9.0f);
  for (const Operand& each : {operand(labels, {2, 3}), operand(labels, {2, 3}, {1, 2})}) {
    check_as_on_cpu(OpCode::oneHot, build_call({each}, {operand(rows, {2, 3, 4})}, {4}), {memory_of(labels, DType::Int32), memory_of(rows, DType::Float32)}, 0);
  }
}

template <class T>
void check_made() {
  std::vector<T> row(1000, T(9)), matrix(60, T(9));
  // The type of a call without inputs is that of its output.
  check_as_on_cpu(OpCode::arange, build_call({}, {operand(row, {500}, {2})}, {3, T(0.5) != T(0) ? 0.25 : 1}), {memory_of(row, dtype_of<T>())}, 0);
  for (const Operand& each : {operand(matrix, {6, 10}), operand(matrix, {10, 6}, {1, 10})}) {
    check_as_on_cpu(OpCode::eye, build_call({}, {each}), {memory_of(matrix, dtype_of<T>())}, 0);
  }
}

TEST_THAT("numbers at equal distances and identities are the CPU's") {
  check_made<float>();
  check_made<double>();
  check_made<int32_t>();
  check_made<uint8_t>();
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
