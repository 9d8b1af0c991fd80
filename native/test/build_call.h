// Calls for tests: tensors in plain vectors, and the strided operands that describe them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <vector>

#include "core/op_call.h"
#include "core/op_codes.h"
#include "cpu/kernel_table.h"

namespace nabla::test {

template <class T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() { return DType::Float32; }
template <>
constexpr DType dtype_of<double>() { return DType::Float64; }
template <>
constexpr DType dtype_of<int32_t>() { return DType::Int32; }
template <>
constexpr DType dtype_of<uint8_t>() { return DType::UInt8; }

using Sizes = std::vector<int64_t>;

inline int64_t product(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, [](int64_t a, int64_t b) { return a * b; });
}

inline Sizes row_major(const Sizes& sizes) {
  Sizes strides(sizes.size());
  int64_t stride = 1;
  for (size_t d = sizes.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= sizes[d];
  }
  return strides;
}

inline Operand operand(void* data, DType dtype, const Sizes& sizes, const Sizes& strides) {
  Operand result{};
  result.data = data;
  result.dtype = dtype;
  result.rank = static_cast<int32_t>(sizes.size());
  for (size_t d = 0; d < sizes.size(); ++d) {
    result.sizes[d] = sizes[d];
    result.strides[d] = strides[d];
  }
  return result;
}

template <class T>
Operand operand(std::vector<T>& data, const Sizes& sizes) {
  return operand(data.data(), dtype_of<T>(), sizes, row_major(sizes));
}

template <class T>
Operand operand(std::vector<T>& data, const Sizes& sizes, const Sizes& strides, int64_t offset = 0) {
  return operand(data.data() + offset, dtype_of<T>(), sizes, strides);
}

/** One byte a flag, as Bool is stored. */
inline Operand flags(std::vector<uint8_t>& data, const Sizes& sizes) {
  return operand(data.data(), DType::Bool, sizes, row_major(sizes));
}

inline OpCall build_call(std::vector<Operand> inputs, std::vector<Operand> outputs, std::vector<double> attributes = {}) {
  OpCall call{};
  call.input_count = static_cast<int32_t>(inputs.size());
  call.output_count = static_cast<int32_t>(outputs.size());
  call.attribute_count = static_cast<int32_t>(attributes.size());
  int next = 0;
  for (const Operand& input : inputs) call.operands[next++] = input;
  for (const Operand& output : outputs) call.operands[next++] = output;
  for (size_t i = 0; i < attributes.size(); ++i) call.attributes[i] = attributes[i];
  return call;
}

/** Runs an op with one instruction set's kernel; false when there is none for the dtype. */
inline bool run(Isa isa, OpCode op, const OpCall& call) {
  const Kernel kernel = kernel_table(isa).get(op, call.operands[0].dtype);
  if (kernel == nullptr) return false;
  kernel(call);
  return true;
}

/** The instruction sets that run here. */
inline std::vector<Isa> supported_isas() {
  std::vector<Isa> isas;
  for (int i = 0; i < kIsaCount; ++i) {
    if (isa_supported(static_cast<Isa>(i))) isas.push_back(static_cast<Isa>(i));
  }
  return isas;
}

/** Numbers in [-1, 1) from a linear congruential generator (Numerical Recipes' constants): independent of our own. */
class Numbers {
 public:
  explicit Numbers(uint32_t seed) : state_(seed) {}

  double next() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<double>(state_) / 2147483648.0 - 1.0;
  }

  template <class T>
  std::vector<T> many(int64_t count, double scale = 1) {
    std::vector<T> values(static_cast<size_t>(count));
    for (T& value : values) value = static_cast<T>(next() * scale);
    return values;
  }

  int64_t below(int64_t limit) { return static_cast<int64_t>((next() + 1) / 2 * static_cast<double>(limit)); }

 private:
  uint32_t state_;
};

}  // namespace nabla::test
