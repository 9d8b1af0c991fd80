// matmul: inputs a [..., M, K], b [..., K, N] of one rank (at least 2) and one dtype, output [..., M, N] with rows
// contiguous. Leading dimensions are batches, already broadcast (stride 0). No attributes.
#include "core/thread_pool.h"
#include "cpu/gemm.h"
#include "cpu/register_kernels.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

namespace {

/** True when the batch dimensions and the rows of an operand are one dimension with one stride. */
bool rows_follow_batches(const Operand& operand, int batch_rank) {
  int64_t stride = operand.strides[batch_rank], size = operand.sizes[batch_rank];
  for (int d = batch_rank - 1; d >= 0; --d) {
    if (operand.sizes[d] != 1 && operand.strides[d] != stride * size) return false;
    size *= operand.sizes[d];
  }
  return true;
}

bool same_for_all_batches(const Operand& operand, int batch_rank) {
  for (int d = 0; d < batch_rank; ++d) {
    if (operand.sizes[d] != 1 && operand.strides[d] != 0) return false;
  }
  return true;
}

int64_t batch_offset(const Operand& operand, int batch_rank, int64_t batch) {
  int64_t offset = 0;
  for (int d = batch_rank - 1; d >= 0; --d) {
    offset += batch % operand.sizes[d] * operand.strides[d];
    batch /= operand.sizes[d];
  }
  return offset;
}

template <class T>
void matmul(const OpCall& call) {
  constexpr int64_t kPieceWork = 1 << 18;
  const Operand& a = call.input(0);
  const Operand& b = call.input(1);
  const Operand& c = call.output(0);
  const int batch_rank = c.rank - 2;
  const int row = batch_rank, column = batch_rank + 1;
  const int64_t rows = c.sizes[row], columns = c.sizes[column], depth = a.sizes[column];
  int64_t batches = 1;
  for (int d = 0; d < batch_rank; ++d) batches *= c.sizes[d];

  const Matrix<const T> a_matrix{a.as<T>(), a.strides[row], a.strides[column]};
  const Matrix<const T> b_matrix{b.as<T>(), b.strides[row], b.strides[column]};
  const Matrix<T> c_matrix{c.as<T>(), c.strides[row], c.strides[column]};
  // A batch of rows times one matrix (a linear layer on sequences) is one tall product.
  if (same_for_all_batches(b, batch_rank) && rows_follow_batches(a, batch_rank) && rows_follow_batches(c, batch_rank)) {
    gemm<T>(batches * rows, columns, depth, a_matrix, b_matrix, c_matrix);
    return;
  }
  const auto one = [&](int64_t batch) {
    return gemm<T>(rows, columns, depth,
                   {a_matrix.data + batch_offset(a, batch_rank, batch), a_matrix.row_stride, a_matrix.column_stride},
                   {b_matrix.data + batch_offset(b, batch_rank, batch), b_matrix.row_stride, b_matrix.column_stride},
                   {c_matrix.data + batch_offset(c, batch_rank, batch), c_matrix.row_stride, c_matrix.column_stride});
  };
  const int64_t work = larger(1, rows * columns * depth);
  if (work >= 8 * kPieceWork) {
    for (int64_t batch = 0; batch < batches; ++batch) {
      if (!one(batch)) return;
    }
    return;
  }
  const int64_t batches_a_piece = divide_up(kPieceWork, work);
  parallel_for(divide_up(batches, batches_a_piece), [&](int64_t piece) {
    const int64_t end = smaller(batches, (piece + 1) * batches_a_piece);
    for (int64_t batch = piece * batches_a_piece; batch < end; ++batch) one(batch);
  });
}

}  // namespace

void register_matmul(KernelTable& table) {
  table.set(OpCode::matmul, DType::Float32, matmul<float>);
  table.set(OpCode::matmul, DType::Float64, matmul<double>);
}

NABLA_END_ISA
