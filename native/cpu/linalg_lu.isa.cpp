// LU with partial pivoting, in blocks (Golub and Van Loan, Matrix Computations, 3.4), and what follows from it. Matrices are
// [..., N, N], Float32 or Float64. `info` is Int32 [...]: 0, or the number (from 1) of the first pivot that is 0.
//
// inv: input A; outputs the inverse, info.
// solve: inputs A, B [..., N, K], of one batch shape; outputs X [..., N, K], info.
// slogdet: input A; outputs sign [...], log |det| [...].
// det: input A; output [...].
#include "cpu/linalg_matrix.h"
#include "cpu/linalg_triangle.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** a = P L U in place; row i of the result was row `order[i]`. Returns info, and says whether the order is an odd one. */
int32_t factor(int64_t size, double* a, int64_t* order, bool& odd) {
  int32_t info = 0;
  odd = false;
  for (int64_t i = 0; i < size; ++i) order[i] = i;
  for (int64_t start = 0; start < size && !interrupted(); start += kBlock) {
    const int64_t end = smaller(size, start + kBlock);
    for (int64_t k = start; k < end; ++k) {
      int64_t pivot = k;
      for (int64_t i = k + 1; i < size; ++i) {
        if (__builtin_fabs(a[i * size + k]) > __builtin_fabs(a[pivot * size + k])) pivot = i;
      }
      if (pivot != k) {
        for (int64_t j = 0; j < size; ++j) {
          const double kept = a[k * size + j];
          a[k * size + j] = a[pivot * size + j];
          a[pivot * size + j] = kept;
        }
        const int64_t kept = order[k];
        order[k] = order[pivot];
        order[pivot] = kept;
        odd = !odd;
      }
      const double* row = a + k * size;
      if (row[k] == 0) {
        if (info == 0) info = static_cast<int32_t>(k + 1);
        continue;
      }
      for (int64_t i = k + 1; i < size; ++i) {
        double* below = a + i * size;
        below[k] /= row[k];
        if (below[k] != 0) add_multiple(below + k + 1, -below[k], row + k + 1, end - k - 1);
      }
    }
    solve_lower(end - start, size - end, a + start * size + start, size, true, a + start * size + end, size);
    subtract_product(size - end, size - end, end - start, a + end * size + start, size, a + start * size + end, size,
                     a + end * size + end, size);
  }
  return info;
}

double cube(int64_t size) { return static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size); }

template <class T>
void inverse(const OpCall& call) {
  const Operand& input = call.input(0);
  const Operand& result = call.output(0);
  int32_t* info = call.output(1).as<int32_t>();
  const int64_t size = rows_of(input);
  each_matrix(batch_count(input, 2), cube(size), [&](int64_t batch) {
    const int64_t elements = Scratch::rounded(size * size);
    Scratch scratch(2 * elements + size);
    double* a = scratch.take(elements);
    double* x = scratch.take(elements);
    int64_t* order = reinterpret_cast<int64_t*>(scratch.take(size));
    bool odd = false;
    load_matrix<T>(input, batch, a);
    info[batch] = factor(size, a, order, odd);
    for (int64_t i = 0; i < size * size; ++i) x[i] = 0;
    for (int64_t i = 0; i < size; ++i) x[i * size + order[i]] = 1;
    solve_lower(size, size, a, size, true, x, size);
    solve_upper(size, size, a, size, false, x, size);
    store_matrix<T>(x, size, result, batch);
  });
}

template <class T>
void solve(const OpCall& call) {
  const Operand& input = call.input(0);
  const Operand& right = call.input(1);
  const Operand& result = call.output(0);
  int32_t* info = call.output(1).as<int32_t>();
  const int64_t size = rows_of(input), columns = columns_of(right);
  const double work = cube(size) + static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(columns);
  each_matrix(batch_count(result, 2), work, [&](int64_t batch) {
    Scratch scratch(Scratch::rounded(size * size) + 2 * Scratch::rounded(size * columns) + size);
    double* a = scratch.take(size * size);
    double* b = scratch.take(size * columns);
    double* x = scratch.take(size * columns);
    int64_t* order = reinterpret_cast<int64_t*>(scratch.take(size));
    bool odd = false;
    load_matrix<T>(input, batch, a);
    load_matrix<T>(right, batch, b);
    info[batch] = factor(size, a, order, odd);
    for (int64_t i = 0; i < size; ++i) {
      for (int64_t j = 0; j < columns; ++j) x[i * columns + j] = b[order[i] * columns + j];
    }
    solve_lower(size, columns, a, size, true, x, columns);
    solve_upper(size, columns, a, size, false, x, columns);
    store_matrix<T>(x, columns, result, batch);
  });
}

/** Calls `use(batch, pivots, odd)` with the factored matrix, whose diagonal holds the pivots. */
template <class T, class Use>
void with_pivots(const Operand& input, Use&& use) {
  const int64_t size = rows_of(input);
  each_matrix(batch_count(input, 2), cube(size) / 3, [&](int64_t batch) {
    Scratch scratch(Scratch::rounded(size * size) + size);
    double* a = scratch.take(size * size);
    int64_t* order = reinterpret_cast<int64_t*>(scratch.take(size));
    bool odd = false;
    load_matrix<T>(input, batch, a);
    factor(size, a, order, odd);
    use(batch, a, odd);
  });
}

template <class T>
void determinant(const OpCall& call) {
  const int64_t size = rows_of(call.input(0));
  T* result = call.output(0).as<T>();
  with_pivots<T>(call.input(0), [&](int64_t batch, const double* a, bool odd) {
    double product = odd ? -1 : 1;
    for (int64_t i = 0; i < size; ++i) product *= a[i * size + i];
    result[batch] = static_cast<T>(product);
  });
}

template <class T>
void sign_and_logarithm(const OpCall& call) {
  const int64_t size = rows_of(call.input(0));
  T* signs = call.output(0).as<T>();
  T* logarithms = call.output(1).as<T>();
  with_pivots<T>(call.input(0), [&](int64_t batch, const double* a, bool odd) {
    double sign = odd ? -1 : 1, sum = 0;
    for (int64_t i = 0; i < size; ++i) {
      const double pivot = a[i * size + i];
      sign = pivot > 0 ? sign : pivot < 0 ? -sign : pivot == 0 ? 0 : pivot;
      sum += __builtin_log(__builtin_fabs(pivot));
    }
    signs[batch] = static_cast<T>(sign);
    logarithms[batch] = static_cast<T>(sum);
  });
}

}  // namespace

void register_linalg_lu(KernelTable& table) {
  table.set("inv", DType::Float32, inverse<float>);
  table.set("inv", DType::Float64, inverse<double>);
  table.set("solve", DType::Float32, solve<float>);
  table.set("solve", DType::Float64, solve<double>);
  table.set("det", DType::Float32, determinant<float>);
  table.set("det", DType::Float64, determinant<double>);
  table.set("slogdet", DType::Float32, sign_and_logarithm<float>);
  table.set("slogdet", DType::Float64, sign_and_logarithm<double>);
}

NABLA_END_ISA
