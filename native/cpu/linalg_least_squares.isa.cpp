// What rests on the singular value decomposition. A is [..., M, N], Float32 or Float64, K = min(M, N); `info` is Int32 [...]: 0,
// or 1 where A holds NaN or infinity.
//
// svd: input A; outputs U [..., M, K], values [..., K] in decreasing order, V' [..., K, N], info; or U [..., M, M] and V'
//   [..., N, N]. Attribute [all columns].
// pinv: input A; outputs the pseudo-inverse [..., N, M], info. Attributes [atol, rtol]: singular values of at most
//   max(atol, rtol * the largest one) count as 0.
// lstsq: inputs A, B [..., M, C], of one batch shape; outputs the shortest X [..., N, C] of those that make |A X - B| least,
//   rank Int32 [...], values [..., K], info. Attributes [atol, rtol].
//
// A tall matrix is made square by a QR decomposition first, a wide one is transposed (Golub and Van Loan, Matrix Computations,
// 5.4.9 and 5.5).
#include "cpu/linalg_matrix.h"
#include "cpu/linalg_qr.h"
#include "cpu/linalg_svd.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** The decomposition of one matrix, with `length` >= `size` the longer side: of A, or of A' where A is wide. */
struct Factors {
  int64_t length;
  int64_t size;
  /** Columns of the tall matrix as rows, then reflections. */
  double* columns;
  double* taus;
  double* values;
  /** Rows are left vectors of the square matrix, then (with `unfold`) of the tall one, `length` long. */
  double* left;
  /** Rows are right vectors. */
  double* right;
  double* upper;
  double* room;

  static int64_t needed(int64_t length, int64_t size, int64_t vectors) {
    return Scratch::rounded(length * size) + 2 * Scratch::rounded(size) + 2 * Scratch::rounded(size * size) +
           Scratch::rounded(vectors * length) + svd_room(size);
  }

  /** `vectors` is how many left vectors there will be: `size` or `length`. */
  Factors(Scratch& scratch, int64_t longer, int64_t shorter, int64_t vectors)
      : length(longer),
        size(shorter),
        columns(scratch.take(longer * shorter)),
        taus(scratch.take(shorter)),
        values(scratch.take(shorter)),
        left(scratch.take(vectors * longer)),
        right(scratch.take(shorter * shorter)),
        upper(scratch.take(shorter * shorter)),
        room(scratch.take(svd_room(shorter))) {}

  template <class T>
  bool compute(const Operand& input, int64_t batch) {
    // Columns as rows: the transpose of a tall matrix, a wide matrix as it is.
    if (rows_of(input) >= columns_of(input)) load_transposed<T>(input, batch, columns);
    else load_matrix<T>(input, batch, columns);
    if (!(largest_magnitude(columns, length * size) < __builtin_inf())) return false;
    // Also where it is square: R is graded, which helps the iteration, and there is one way through.
    householder_qr(length, size, columns, taus, upper);
    return square_svd(size, upper, values, left, right, room);
  }

  /** The first `vectors` left vectors of the tall matrix. */
  void unfold(int64_t vectors) const {
    for (int64_t i = vectors - 1; i >= 0; --i) {
      double* row = left + i * length;
      if (i < size) __builtin_memmove(row, left + i * size, static_cast<size_t>(size) * sizeof(double));
      for (int64_t j = i < size ? size : 0; j < length; ++j) row[j] = i >= size && j == i ? 1 : 0;
    }
    multiply_by_q(length, size, columns, taus, left, vectors);
  }

  /** How many singular values count. */
  int64_t rank(double atol, double rtol) const {
    const double limit = size > 0 && rtol * values[0] > atol ? rtol * values[0] : atol;
    int64_t count = 0;
    while (count < size && values[count] > limit) ++count;
    return count;
  }
};

struct Sides {
  int64_t length;
  int64_t size;
  bool wide;
  double work;

  explicit Sides(const Operand& input) {
    const int64_t rows = rows_of(input), columns = columns_of(input);
    wide = rows < columns;
    length = larger(rows, columns);
    size = smaller(rows, columns);
    work = static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(4 * length + 20 * size);
  }
};

template <class T>
void svd(const OpCall& call) {
  const Operand& input = call.input(0);
  int32_t* info = call.output(3).as<int32_t>();
  const Sides sides(input);
  const int64_t vectors = call.attributes[0] != 0 ? sides.length : sides.size;
  each_matrix(batch_count(input, 2), sides.work, [&](int64_t batch) {
    Scratch scratch(Factors::needed(sides.length, sides.size, vectors));
    Factors factors(scratch, sides.length, sides.size, vectors);
    const bool done = factors.compute<T>(input, batch);
    info[batch] = done ? 0 : 1;
    if (!done) return;
    factors.unfold(vectors);
    store_vector<T>(factors.values, call.output(1), batch);
    if (sides.wide) {
      store_transposed<T>(factors.right, sides.size, call.output(0), batch);
      store_matrix<T>(factors.left, sides.length, call.output(2), batch);
    } else {
      store_transposed<T>(factors.left, sides.length, call.output(0), batch);
      store_matrix<T>(factors.right, sides.size, call.output(2), batch);
    }
  });
}

template <class T>
void pseudo_inverse(const OpCall& call) {
  const Operand& input = call.input(0);
  int32_t* info = call.output(1).as<int32_t>();
  const Sides sides(input);
  each_matrix(batch_count(input, 2), sides.work, [&](int64_t batch) {
    Scratch scratch(Factors::needed(sides.length, sides.size, sides.size) + sides.size * sides.length);
    Factors factors(scratch, sides.length, sides.size, sides.size);
    const bool done = factors.compute<T>(input, batch);
    info[batch] = done ? 0 : 1;
    if (!done) return;
    factors.unfold(sides.size);
    double* result = scratch.take(sides.size * sides.length);
    for (int64_t i = 0; i < sides.size * sides.length; ++i) result[i] = 0;
    // V diag(1 / values) U' of the tall matrix.
    const int64_t rank = factors.rank(call.attributes[0], call.attributes[1]);
    share_rows(sides.size, rank * sides.length, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        for (int64_t k = 0; k < rank; ++k) {
          add_multiple(result + i * sides.length, factors.right[k * sides.size + i] / factors.values[k], factors.left + k * sides.length,
                       sides.length);
        }
      }
    });
    if (sides.wide) store_transposed<T>(result, sides.length, call.output(0), batch);
    else store_matrix<T>(result, sides.length, call.output(0), batch);
  });
}

template <class T>
void least_squares(const OpCall& call) {
  const Operand& input = call.input(0);
  const Operand& right_side = call.input(1);
  const Operand& result = call.output(0);
  int32_t* ranks = call.output(1).as<int32_t>();
  int32_t* info = call.output(3).as<int32_t>();
  const Sides sides(input);
  const int64_t rows = rows_of(input), unknowns = columns_of(input), columns = columns_of(right_side);
  each_matrix(batch_count(result, 2), sides.work, [&](int64_t batch) {
    Scratch scratch(Factors::needed(sides.length, sides.size, sides.size) + Scratch::rounded(rows * columns) +
                    Scratch::rounded(unknowns * columns) + columns);
    Factors factors(scratch, sides.length, sides.size, sides.size);
    const bool done = factors.compute<T>(input, batch);
    info[batch] = done ? 0 : 1;
    ranks[batch] = 0;
    if (!done) return;
    factors.unfold(sides.size);
    double* b = scratch.take(rows * columns);
    double* x = scratch.take(unknowns * columns);
    double* part = scratch.take(columns);
    load_matrix<T>(right_side, batch, b);
    for (int64_t i = 0; i < unknowns * columns; ++i) x[i] = 0;
    const int64_t rank = factors.rank(call.attributes[0], call.attributes[1]);
    // X = sum over k of v(k) (u(k)' B) / value(k).
    const double* u = sides.wide ? factors.right : factors.left;
    const double* v = sides.wide ? factors.left : factors.right;
    for (int64_t k = 0; k < rank; ++k) {
      for (int64_t j = 0; j < columns; ++j) part[j] = 0;
      for (int64_t i = 0; i < rows; ++i) add_multiple(part, u[k * rows + i], b + i * columns, columns);
      for (int64_t i = 0; i < unknowns; ++i) add_multiple(x + i * columns, v[k * unknowns + i] / factors.values[k], part, columns);
    }
    ranks[batch] = static_cast<int32_t>(rank);
    store_vector<T>(factors.values, call.output(2), batch);
    store_matrix<T>(x, columns, result, batch);
  });
}

}  // namespace

void register_linalg_least_squares(KernelTable& table) {
  table.set("svd", DType::Float32, svd<float>);
  table.set("svd", DType::Float64, svd<double>);
  table.set("pinv", DType::Float32, pseudo_inverse<float>);
  table.set("pinv", DType::Float64, pseudo_inverse<double>);
  table.set("lstsq", DType::Float32, least_squares<float>);
  table.set("lstsq", DType::Float64, least_squares<double>);
}

NABLA_END_ISA
