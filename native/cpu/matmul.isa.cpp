// matmul: inputs a [..., M, K], b [..., K, N] of one rank (at least 2) and one dtype, output [..., M, N] with rows
// contiguous. Leading dimensions are batches, already broadcast (stride 0). Attributes: the batch dimensions whose products
// are summed; the output has size 1 there. That sum is what the gradient of a broadcast operand is: no batch of products is
// ever stored.
#include "core/thread_pool.h"
#include "cpu/gemm.h"
#include "cpu/gemm_operands.h"
#include "cpu/register_kernels.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

namespace {

/** Some of the batch dimensions, walked in row-major order. */
struct Batches {
  int rank = 0;
  int dims[kMaxRank];
  int64_t count = 1;

  void add(int dim, int64_t size) {
    dims[rank++] = dim;
    count *= size;
  }

  int64_t offset(const Operand& operand, int64_t batch) const {
    int64_t offset = 0;
    for (int i = rank - 1; i >= 0; --i) {
      offset += batch % operand.sizes[dims[i]] * operand.strides[dims[i]];
      batch /= operand.sizes[dims[i]];
    }
    return offset;
  }

  /** True when these dimensions and then `inner` are one dimension with the stride of `inner`. */
  bool continue_into(const Operand& operand, int inner) const {
    int64_t expected = operand.sizes[inner] * operand.strides[inner];
    for (int i = rank - 1; i >= 0; --i) {
      if (operand.sizes[dims[i]] != 1 && operand.strides[dims[i]] != expected) return false;
      expected *= operand.sizes[dims[i]];
    }
    return true;
  }
};

template <class T>
Matrix<T> matrix_of(const Operand& operand, int64_t offset) {
  return {operand.as<T>() + offset, operand.strides[operand.rank - 2], operand.strides[operand.rank - 1]};
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

  bool is_summed[kMaxRank] = {};
  for (int i = 0; i < call.attribute_count; ++i) is_summed[static_cast<int>(call.attributes[i])] = true;
  Batches kept, summed;
  for (int d = 0; d < batch_rank; ++d) (is_summed[d] ? summed : kept).add(d, a.sizes[d]);

  // A batch of rows times one matrix (a linear layer on sequences) is one tall product.
  int64_t a_stride, c_stride;
  if (summed.count == 1 && same_for_all_batches(b, batch_rank) && one_stride_of_rows(a, batch_rank + 1, &a_stride) &&
      one_stride_of_rows(c, batch_rank + 1, &c_stride)) {
    gemm<T>(kept.count * rows, columns, depth, {a.as<T>(), a_stride, a.strides[column]}, matrix_of<const T>(b, 0),
            {c.as<T>(), c_stride, 1});
    return;
  }
  // Summed products whose depths follow each other in memory are one deep product.
  const bool deep = summed.continue_into(a, column) && summed.continue_into(b, row);
  const int64_t products = deep ? smaller(1, summed.count) : summed.count;
  const int64_t one_depth = deep ? summed.count * depth : depth;
  const auto one = [&](int64_t batch) {
    const int64_t from_a = kept.offset(a, batch), from_b = kept.offset(b, batch);
    const Matrix<T> to = matrix_of<T>(c, kept.offset(c, batch));
    if (products == 0) return gemm<T>(rows, columns, 0, {}, {}, to);
    for (int64_t i = 0; i < products; ++i) {
      if (!gemm<T>(rows, columns, one_depth, matrix_of<const T>(a, from_a + summed.offset(a, i)),
                   matrix_of<const T>(b, from_b + summed.offset(b, i)), to, {nullptr, i > 0})) {
        return false;
      }
    }
    return true;
  };
  const int64_t work = larger(1, rows * columns * one_depth * products);
  if (work >= 8 * kPieceWork) {
    for (int64_t batch = 0; batch < kept.count; ++batch) {
      if (!one(batch)) return;
    }
    return;
  }
  const int64_t batches_a_piece = divide_up(kPieceWork, work);
  parallel_for(divide_up(kept.count, batches_a_piece), [&](int64_t piece) {
    const int64_t end = smaller(kept.count, (piece + 1) * batches_a_piece);
    for (int64_t batch = piece * batches_a_piece; batch < end; ++batch) one(batch);
  });
}

}  // namespace

void register_matmul(KernelTable& table) {
  table.set("matmul", DType::Float32, matmul<float>);
  table.set("matmul", DType::Float64, matmul<double>);
  table.set("matmul", DType::Int32, matmul<int32_t>);
}

NABLA_END_ISA
