// cholesky: input A [..., N, N], of which the lower triangle is read; outputs L [..., N, N] with A = L L', and info Int32 [...]:
// 0, or the number (from 1) of the first leading minor that is not positive. In blocks, the rest of the matrix updated after
// each (Golub and Van Loan, Matrix Computations, 4.2).
#include "cpu/linalg_matrix.h"
#include "cpu/linalg_triangle.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** Lower triangle in place. `turned` has room for kBlock rows of `size`. */
int32_t factor(int64_t size, double* a, double* turned) {
  for (int64_t start = 0; start < size && !interrupted(); start += kBlock) {
    const int64_t end = smaller(size, start + kBlock);
    for (int64_t i = start; i < size; ++i) {
      double* row = a + i * size;
      for (int64_t j = start; j < smaller(i + 1, end); ++j) {
        const double* other = a + j * size;
        const double rest = row[j] - dot(row + start, other + start, j - start);
        if (j < i) {
          row[j] = rest / other[j];
        } else {
          if (!(rest > 0)) return static_cast<int32_t>(i + 1);
          row[j] = __builtin_sqrt(rest);
        }
      }
    }
    for (int64_t i = end; i < size; ++i) {
      for (int64_t j = start; j < end; ++j) turned[(j - start) * size + i] = a[i * size + j];
    }
    // The triangle below, a band of rows at a time up to its diagonal.
    constexpr int64_t kBand = 2 * kBlock;
    for (int64_t band = end; band < size; band += kBand) {
      const int64_t last = smaller(size, band + kBand);
      subtract_product(last - band, last - end, end - start, a + band * size + start, size, turned + end, size, a + band * size + end,
                       size);
    }
  }
  return 0;
}

template <class T>
void cholesky(const OpCall& call) {
  const Operand& input = call.input(0);
  const Operand& result = call.output(0);
  int32_t* info = call.output(1).as<int32_t>();
  const int64_t size = rows_of(input);
  const double work = static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size) / 6;
  each_matrix(batch_count(input, 2), work, [&](int64_t batch) {
    Scratch scratch(Scratch::rounded(size * size) + kBlock * size);
    double* a = scratch.take(size * size);
    double* turned = scratch.take(kBlock * size);
    load_matrix<T>(input, batch, a);
    info[batch] = factor(size, a, turned);
    for (int64_t i = 0; i < size; ++i) {
      for (int64_t j = i + 1; j < size; ++j) a[i * size + j] = 0;
    }
    store_matrix<T>(a, size, result, batch);
  });
}

}  // namespace

void register_linalg_cholesky(KernelTable& table) {
  table.set("cholesky", DType::Float32, cholesky<float>);
  table.set("cholesky", DType::Float64, cholesky<double>);
}

NABLA_END_ISA
