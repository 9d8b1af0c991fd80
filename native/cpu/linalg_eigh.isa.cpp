// eigh: input A [..., N, N], symmetric, of which one triangle is read; outputs values [..., N] in increasing order, vectors
// [..., N, N] (columns), info Int32 [...]: 0, or 1 where the iteration did not end (NaN or infinity). Attribute [upper].
//
// Householder's reduction to a tridiagonal matrix (Golub and Van Loan, Matrix Computations, 8.3.1), then the implicit QL
// iteration with Wilkinson's shift (Bowdler, Martin, Reinsch and Wilkinson 1968, tql2 in EISPACK), its rotations collected.
#include "cpu/linalg_matrix.h"
#include "cpu/linalg_rotations.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

constexpr double kEpsilon = 2.220446049250313e-16;

/**
 * a = Q T Q': the diagonal and the elements below it. Row k of `a` keeps reflection k from position k + 1 on.
 * `product` has room for `size`.
 */
void reduce_to_tridiagonal(int64_t size, double* a, double* diagonal, double* below, double* taus, double* product) {
  for (int64_t k = 0; k + 1 < size && !interrupted(); ++k) {
    const int64_t rest = size - k - 1;
    diagonal[k] = a[k * size + k];
    // Column k below the diagonal is, by symmetry, row k behind it.
    double* v = a + k * size + k + 1;
    const Reflection made = make_reflection(v, rest);
    below[k] = made.beta;
    taus[k] = made.tau;
    if (made.tau == 0) continue;
    double* corner = a + (k + 1) * size + k + 1;
    share_rows(rest, rest, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) product[i] = made.tau * dot(corner + i * size, v, rest);
    });
    add_multiple(product, -0.5 * made.tau * dot(product, v, rest), v, rest);
    share_rows(rest, rest, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        double* row = corner + i * size;
        const Vector<double> by_product = splat<double>(-v[i]), by_v = splat<double>(-product[i]);
        int64_t j = 0;
        for (; j + kDoubles <= rest; j += kDoubles) {
          store(row + j, fused_multiply_add(by_product, load(product + j), fused_multiply_add(by_v, load(v + j), load(row + j))));
        }
        for (; j < rest; ++j) row[j] -= v[i] * product[j] + product[i] * v[j];
      }
    });
  }
  if (size > 0) diagonal[size - 1] = a[size * size - 1];
}

/** Makes `below` 0 by rotations, which go on the rows of the vectors. False when it does not end. */
bool iterate(int64_t size, double* d, double* e, Rotations& rotations) {
  int64_t sweeps = 0;
  for (int64_t first = 0; first < size; ++first) {
    while (true) {
      int64_t last = first;
      while (last + 1 < size && __builtin_fabs(e[last]) > kEpsilon * (__builtin_fabs(d[last]) + __builtin_fabs(d[last + 1]))) ++last;
      if (last == first) break;
      if (++sweeps > 60 * size || interrupted()) return false;
      // Wilkinson's shift: the eigenvalue of the leading pair that is nearer to d[first].
      double g = (d[first + 1] - d[first]) / (2 * e[first]);
      double r = __builtin_hypot(g, 1.0);
      g = d[last] - d[first] + e[first] / (g + (g >= 0 ? r : -r));
      double s = 1, c = 1, p = 0;
      int64_t i = last - 1;
      for (; i >= first; --i) {
        const double f = s * e[i], b = c * e[i];
        r = __builtin_hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {
          // The block has fallen into two.
          d[i + 1] -= p;
          e[last] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        rotations.add(i, c, -s);
      }
      if (i >= first) continue;
      d[first] -= p;
      e[first] = g;
      e[last] = 0;
    }
  }
  rotations.carry_out();
  return true;
}

template <class T>
void eigh(const OpCall& call) {
  const Operand& input = call.input(0);
  int32_t* info = call.output(2).as<int32_t>();
  const bool upper = call.attributes[0] != 0;
  const int64_t size = rows_of(input);
  const double work = 9.0 * static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size);
  each_matrix(batch_count(input, 2), work, [&](int64_t batch) {
    const int64_t elements = Scratch::rounded(size * size), numbers = Scratch::rounded(size + 1);
    Scratch scratch(2 * elements + 6 * numbers + Rotations::kRoom);
    double* a = scratch.take(elements);
    double* vectors = scratch.take(elements);
    double* d = scratch.take(numbers);
    double* e = scratch.take(numbers);
    double* taus = scratch.take(numbers);
    double* product = scratch.take(numbers);
    double* sorted = scratch.take(numbers);
    int64_t* order = reinterpret_cast<int64_t*>(scratch.take(numbers));
    load_matrix<T>(input, batch, a);
    for (int64_t i = 0; i < size; ++i) {
      for (int64_t j = 0; j < i; ++j) {
        if (upper) a[i * size + j] = a[j * size + i];
        else a[j * size + i] = a[i * size + j];
      }
    }
    // Brought near 1, so that nothing over- or underflows on the way.
    const double largest = largest_magnitude(a, size * size);
    const bool finite = largest < __builtin_inf();
    const double factor = largest > 0 && finite ? largest : 1;
    for (int64_t i = 0; i < size * size; ++i) {
      a[i] /= factor;
      vectors[i] = 0;
    }
    for (int64_t i = 0; i < size; ++i) vectors[i * size + i] = 1;
    bool done = finite;
    if (finite) {
      reduce_to_tridiagonal(size, a, d, e, taus, product);
      // Column j of Q: reflection k touches what lies behind position k.
      apply_reflections(vectors, size, size, a, size, taus, 1, [&](int64_t j) { return smaller(size - 1, j); });
      if (size > 0) e[size - 1] = 0;
      Rotations rotations(vectors, size, scratch.take(Rotations::kRoom));
      done = iterate(size, d, e, rotations);
    }
    info[batch] = done ? 0 : 1;
    if (!done) return;
    for (int64_t i = 0; i < size; ++i) {
      int64_t at = i;
      for (; at > 0 && d[order[at - 1]] > d[i]; --at) order[at] = order[at - 1];
      order[at] = i;
    }
    for (int64_t i = 0; i < size; ++i) {
      sorted[i] = d[order[i]] * factor;
      for (int64_t j = 0; j < size; ++j) a[i * size + j] = vectors[order[i] * size + j];
    }
    store_vector<T>(sorted, call.output(0), batch);
    store_transposed<T>(a, size, call.output(1), batch);
  });
}

}  // namespace

void register_linalg_eigh(KernelTable& table) {
  table.set("eigh", DType::Float32, eigh<float>);
  table.set("eigh", DType::Float64, eigh<double>);
}

NABLA_END_ISA
