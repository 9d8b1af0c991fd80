// Tensors in many layouts for tests, and a reader that knows nothing of the engine under test.
#pragma once

#include <string>

#include "build_call.h"

namespace nabla::test {

/** A tensor that owns more memory than it shows: what lies outside the window must stay as it is. */
template <class T>
struct Tensor {
  Sizes sizes;
  Sizes strides;
  int64_t offset = 0;
  std::vector<T> memory;

  /** The place of the element with this number in row-major order. */
  int64_t place(int64_t number) const {
    int64_t at = offset;
    for (size_t d = sizes.size(); d-- > 0;) {
      at += number % sizes[d] * strides[d];
      number /= sizes[d];
    }
    return at;
  }

  T& operator[](int64_t number) { return memory[static_cast<size_t>(place(number))]; }
  const T& operator[](int64_t number) const { return memory[static_cast<size_t>(place(number))]; }
  int64_t count() const { return product(sizes); }
  Operand as_operand() { return operand(memory.data() + offset, dtype_of<T>(), sizes, strides); }
};

enum class Arrangement { contiguous, transposed, every_second, reversed_dimensions_with_gap, broadcast_rows, broadcast_columns, scalar };

constexpr Arrangement kArrangements[] = {Arrangement::contiguous,     Arrangement::transposed,
                                         Arrangement::every_second,   Arrangement::reversed_dimensions_with_gap,
                                         Arrangement::broadcast_rows, Arrangement::broadcast_columns,
                                         Arrangement::scalar};

inline bool repeats(Arrangement arrangement) { return arrangement >= Arrangement::broadcast_rows; }

/** A tensor of these sizes whose strides follow the arrangement; its memory is filled with `value`. */
template <class T>
Tensor<T> arrange(const Sizes& sizes, Arrangement arrangement, T value = T{}) {
  Tensor<T> tensor;
  tensor.sizes = sizes;
  const size_t rank = sizes.size();
  Sizes padded = sizes;
  switch (arrangement) {
    case Arrangement::contiguous: tensor.strides = row_major(sizes); break;
    case Arrangement::transposed:
    case Arrangement::reversed_dimensions_with_gap: {
      Sizes reversed(sizes.rbegin(), sizes.rend());
      if (arrangement == Arrangement::reversed_dimensions_with_gap) {
        for (int64_t& size : reversed) size += 1;
        tensor.offset = 1;
      }
      const Sizes strides = row_major(reversed);
      tensor.strides.assign(strides.rbegin(), strides.rend());
      break;
    }
    case Arrangement::every_second:
      tensor.strides = row_major(sizes);
      for (int64_t& stride : tensor.strides) stride *= 2;
      tensor.offset = 1;
      break;
    case Arrangement::broadcast_rows:  // one row, repeated
      tensor.strides = row_major(sizes);
      for (size_t d = 0; d + 1 < rank; ++d) tensor.strides[d] = 0;
      break;
    case Arrangement::broadcast_columns:  // one column, repeated
      if (rank > 0) padded[rank - 1] = 1;
      tensor.strides = row_major(padded);
      if (rank > 0) tensor.strides[rank - 1] = 0;
      break;
    case Arrangement::scalar: tensor.strides.assign(rank, 0); break;
  }
  int64_t last = tensor.offset;
  for (size_t d = 0; d < rank; ++d) last += (sizes[d] > 0 ? sizes[d] - 1 : 0) * tensor.strides[d];
  tensor.memory.assign(static_cast<size_t>(last + 1), value);
  return tensor;
}

inline std::string describe(Isa isa, const Sizes& sizes, Arrangement arrangement) {
  std::string text = std::string(isa_name(isa)) + " [";
  for (int64_t size : sizes) text += std::to_string(size) + " ";
  return text + "] arrangement " + std::to_string(static_cast<int>(arrangement));
}

}  // namespace nabla::test
