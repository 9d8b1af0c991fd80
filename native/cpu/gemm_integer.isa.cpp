// Matrix multiplication of whole numbers: rows of B are added up where they lie. Sums wrap round as int32 does.
#include "core/thread_pool.h"
#include "cpu/gemm.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

template <>
bool gemm<int32_t>(int64_t rows, int64_t columns, int64_t depth, Matrix<const int32_t> a, Matrix<const int32_t> b,
                   Matrix<int32_t> c, Finish<int32_t> finish) {
  constexpr int64_t kPieceWork = 1 << 16;
  const int64_t rows_a_piece = divide_up(kPieceWork, larger(1, columns * depth));
  return parallel_for(divide_up(rows, rows_a_piece), [&](int64_t piece) {
    const int64_t end = smaller(rows, (piece + 1) * rows_a_piece);
    for (int64_t i = piece * rows_a_piece; i < end; ++i) {
      int32_t* to = c.data + i * c.row_stride;
      for (int64_t j = 0; j < columns; ++j) {
        const uint32_t before = finish.accumulate ? static_cast<uint32_t>(to[j]) : 0;
        to[j] = static_cast<int32_t>(before + (finish.bias == nullptr ? 0 : static_cast<uint32_t>(finish.bias[j])));
      }
      for (int64_t k = 0; k < depth; ++k) {
        const uint32_t factor = static_cast<uint32_t>(a.data[i * a.row_stride + k * a.column_stride]);
        const int32_t* from = b.data + k * b.row_stride;
        for (int64_t j = 0; j < columns; ++j) {
          to[j] = static_cast<int32_t>(static_cast<uint32_t>(to[j]) + factor * static_cast<uint32_t>(from[j * b.column_stride]));
        }
      }
    }
  });
}

NABLA_END_ISA
