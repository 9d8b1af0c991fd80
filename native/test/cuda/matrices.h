// Batches of matrices for tests, and calls that give several results, on the card beside the CPU.
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {

/** Round a block of 32. */
inline constexpr int64_t kSizes[] = {0, 1, 2, 31, 33, 70};

inline constexpr Arrangement kLayouts[] = {Arrangement::contiguous, Arrangement::transposed, Arrangement::reversed_dimensions_with_gap};
/** One of them for each size: all with sizes of all kinds. */
inline Arrangement layout_for(int64_t n) { return kLayouts[n % 3]; }

/** Random matrices with a multiple of the identity added. */
template <class T>
Tensor<T> matrices(const Sizes& sizes, Arrangement arrangement, double diagonal, uint32_t seed = 5) {
  Numbers numbers(seed);
  Tensor<T> a = arrange<T>(sizes, arrangement, T(99));
  const int64_t columns = sizes.back(), rows = sizes[sizes.size() - 2];
  for (int64_t i = 0; i < a.count(); ++i) a[i] = static_cast<T>(numbers.next() + (i / columns % rows == i % columns ? diagonal : 0));
  return a;
}

/** Results of some sizes, and what is compared: them, and the inputs, which stay as they are. */
template <class T>
struct Results {
  std::vector<std::vector<T>> numbers;
  std::vector<std::vector<int32_t>> wholes;
  std::vector<Operand> operands;
  std::vector<Memory> memories;

  Results() {
    numbers.reserve(8);
    wholes.reserve(8);
  }
  Results& input(Tensor<T>& tensor) {
    memories.push_back(memory_of(tensor.memory, dtype_of<T>()));
    return *this;
  }
  Results& add(const Sizes& sizes) {
    numbers.emplace_back(static_cast<size_t>(product(sizes)), T(7));
    operands.push_back(operand(numbers.back(), sizes));
    memories.push_back(memory_of(numbers.back(), dtype_of<T>()));
    return *this;
  }
  Results& info(const Sizes& sizes) {
    wholes.emplace_back(static_cast<size_t>(product(sizes)), -9);
    operands.push_back(operand(wholes.back(), sizes));
    memories.push_back(memory_of(wholes.back(), DType::Int32));
    return *this;
  }
};

inline Sizes with(Sizes batch, std::initializer_list<int64_t> more) {
  batch.insert(batch.end(), more);
  return batch;
}

template <class T>
void check_results(OpCode op, std::vector<Operand> inputs, const Results<T>& results, std::vector<double> attributes, const std::string& what, double tolerance = 1e-6) {
  check_as_on_cpu(op, build_call(std::move(inputs), results.operands, std::move(attributes)), results.memories, tolerance, 0, what);
}

/** Symmetric matrices in one triangle; the other holds NaN. */
template <class T>
Tensor<T> symmetric(const Sizes& batch, int64_t n, double diagonal, bool upper, Arrangement layout) {
  Tensor<T> a = matrices<T>(with(batch, {n, n}), layout, diagonal);
  for (int64_t i = 0; i < a.count(); ++i) {
    const int64_t row = i / n % n, column = i % n;
    if (upper ? column < row : column > row) a[i] = std::numeric_limits<T>::quiet_NaN();
  }
  return a;
}

/** What is compared is `info` alone: 0 of all matrices but the last; the rest of its results means nothing. */
template <class T>
void check_info(OpCode op, std::vector<Operand> inputs, const Results<T>& results, std::vector<double> attributes, const std::string& what, int32_t expected) {
  OpCall call = build_call(std::move(inputs), results.operands, std::move(attributes));
  bool own = true;
  CHECK_MESSAGE(run_on_card(op, call, results.memories, 0, own) && own, what);
  for (size_t i = 0; i + 1 < results.wholes[0].size(); ++i) CHECK_MESSAGE(results.wholes[0][i] == 0, what + " says " + std::to_string(results.wholes[0][i]) + " of a well one");
  CHECK_MESSAGE(results.wholes[0].back() == expected, what + " says " + std::to_string(results.wholes[0].back()));
}

}  // namespace nabla::test
