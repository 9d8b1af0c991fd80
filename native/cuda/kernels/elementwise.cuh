// The loop of every elementwise kernel: each thread computes some elements, wherever its operands lie. Where they all lie without
// gaps a thread moves four elements at a time, in one load and one store each.
#pragma once

#include <utility>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_functions.cuh"
#include "cuda/kernels/elementwise_parameters.h"

namespace nabla::cuda {

template <class T>
struct alignas(sizeof(T) * 4 < 16 ? sizeof(T) * 4 : 16) Pack {
  T values[4];
};

template <class T>
NABLA_DEVICE T number_of(const ElementwiseParameters& p, int operand) {
  return static_cast<T>(p.numbers[operand]);
}

template <class T>
NABLA_DEVICE T element(const ElementwiseParameters& p, int operand, int64_t offset) {
  return p.data[operand] == nullptr ? number_of<T>(p, operand) : static_cast<const T*>(p.data[operand])[offset];
}

template <class T>
NABLA_DEVICE Pack<T> pack(const ElementwiseParameters& p, int operand, uint32_t number) {
  if (p.data[operand] != nullptr && p.strides[operand][0] != 0) return static_cast<const Pack<T>*>(p.data[operand])[number];
  const T value = element<T>(p, operand, 0);
  return {{value, value, value, value}};
}

template <class Function, class Out, class... In>
struct Loop {
  template <size_t... kInput>
  static NABLA_DEVICE void run(const ElementwiseParameters& p, std::index_sequence<kInput...>) {
    const auto step = static_cast<uint32_t>(thread_count());
    for (auto i = static_cast<uint32_t>(thread_number()); i < p.packs; i += step) {
      Pack<Out> result;
      [&](const Pack<In>&... in) {
        for (int k = 0; k < 4; ++k) result.values[k] = Function::of(p.attributes, in.values[k]...);
      }(pack<In>(p, static_cast<int>(kInput) + 1, i)...);
      static_cast<Pack<Out>*>(p.data[0])[i] = result;
    }
    for (uint32_t i = p.packs * 4 + static_cast<uint32_t>(thread_number()); i < p.count; i += step) {
      int64_t at[1 + sizeof...(In)] = {};
      uint32_t left = i;
      for (int d = p.rank - 1; d >= 0; --d) {
        const uint32_t outer = d == 0 ? 0 : quotient(p.sizes[d], left);
        const int64_t index = left - outer * p.sizes[d].divisor;
        left = outer;
        at[0] += index * p.strides[0][d];
        ((at[kInput + 1] += index * p.strides[kInput + 1][d]), ...);
      }
      static_cast<Out*>(p.data[0])[at[0]] = Function::of(p.attributes, element<In>(p, static_cast<int>(kInput) + 1, at[kInput + 1])...);
    }
  }
};

template <class Function, class Out, class... In>
NABLA_DEVICE void elementwise(const ElementwiseParameters& p) {
  Loop<Function, Out, In...>::run(p, std::index_sequence_for<In...>{});
}

}  // namespace nabla::cuda
