// Written by `npm run generate` from src/tensor/ops.ts; do not edit.
// The numbers of the ops, by which they cross the binding, and their names.
#pragma once

#include <cstdint>

namespace nabla {

enum class OpCode : int32_t {
  matmul = 0,
  add = 1,
  sum = 2,
  copy = 3,
  fill = 4,
  uniform = 5,
};

inline constexpr int kOpCount = 6;

inline constexpr const char* kOpNames[kOpCount] = {
    "matmul",
    "add",
    "sum",
    "copy",
    "fill",
    "uniform",
};

}  // namespace nabla
