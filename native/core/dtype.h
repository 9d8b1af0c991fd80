// Element types of a tensor. The numbers cross the binding, so they equal the order of `dtypes` in src/tensor/dtype.ts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nabla {

enum class DType : int32_t { Float32 = 0, Float64 = 1, Int32 = 2, UInt8 = 3, Bool = 4 };

inline constexpr int kDTypeCount = 5;

/** Bytes of one element. Bool is stored as one byte that holds 0 or 1. */
constexpr size_t byte_size(DType dtype) {
  switch (dtype) {
    case DType::Float32: return 4;
    case DType::Float64: return 8;
    case DType::Int32: return 4;
    case DType::UInt8: return 1;
    case DType::Bool: return 1;
  }
  return 0;
}

}  // namespace nabla
