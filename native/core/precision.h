// How exact the factors of products of float32 have to be: as they are, TF32 (11 significant bits) or bfloat16 (8). A permission, of
// which the CPU makes no use. The numbers are those of src/tensor/matmul-precision.ts.
#pragma once

#include <cstdint>

namespace nabla {

enum class Precision : int32_t { Highest = 0, High = 1, Medium = 2 };

}  // namespace nabla
