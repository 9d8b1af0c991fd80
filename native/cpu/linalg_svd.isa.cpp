// The singular value decomposition of a square matrix: Householder's reduction to two diagonals (Golub and Kahan 1965; Golub
// and Van Loan, Matrix Computations, 5.4.8), then the implicit QR iteration of Demmel and Kahan (Accurate Singular Values of
// Bidiagonal Matrices, 1990), whose sweeps without shift find tiny singular values too. Its rotations are collected.
#include "cpu/linalg_svd.h"

#include "cpu/linalg_matrix.h"
#include "cpu/linalg_rotations.h"
#include "cpu/linalg_vectors.h"

NABLA_BEGIN_ISA

namespace {

constexpr double kEpsilon = 2.220446049250313e-16;

/**
 * a = Q B P' with B of a diagonal and the elements above it. Row k of `left` keeps Q's reflection k from position k on, row k
 * of `a` P's from position k + 1 on. `sums` has room for `size`.
 */
void reduce_to_bidiagonal(int64_t size, double* a, double* left, double* diagonal, double* above, double* left_taus,
                          double* right_taus, double* sums) {
  for (int64_t k = 0; k < size && !interrupted(); ++k) {
    const int64_t below = size - k, behind = size - k - 1;
    double* v = left + k * size + k;
    for (int64_t i = 0; i < below; ++i) v[i] = a[(k + i) * size + k];
    const Reflection made = make_reflection(v, below);
    diagonal[k] = made.beta;
    left_taus[k] = made.tau;
    if (behind == 0) break;
    double* corner = a + k * size + k + 1;
    // sums = tau v' A, strip by strip of columns.
    constexpr int64_t kStrip = 64;
    share_rows(divide_up(behind, kStrip), kStrip * below, [&](int64_t begin, int64_t end) {
      const int64_t from = begin * kStrip, width = smaller(behind, end * kStrip) - from;
      for (int64_t j = 0; j < width; ++j) sums[from + j] = 0;
      for (int64_t i = 0; i < below; ++i) add_multiple(sums + from, made.tau * v[i], corner + i * size + from, width);
    });
    add_multiple(corner, -1, sums, behind);
    double* u = corner;
    const Reflection turned = make_reflection(u, behind);
    above[k] = turned.beta;
    right_taus[k] = turned.tau;
    share_rows(below - 1, behind, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin + 1; i < end + 1; ++i) {
        double* row = corner + i * size;
        add_multiple(row, -v[i], sums, behind);
        reflect(row, u, turned.tau, behind);
      }
    });
  }
}

/** The smaller singular value of (f, g; 0, h). */
double smaller_singular_value(double f, double g, double h) {
  const double fa = __builtin_fabs(f), ga = __builtin_fabs(g), ha = __builtin_fabs(h);
  const double low = fa < ha ? fa : ha, high = fa < ha ? ha : fa;
  if (low == 0) return 0;
  // det = low * high, and the two values' squares sum to low^2 + high^2 + g^2.
  const double sum = __builtin_hypot(low + high, ga), difference = __builtin_hypot(high - low, ga);
  return 2 * low * (high / (sum + difference));
}

/** One sweep with shift 0 over d[first] ... d[last]. */
void sweep_without_shift(int64_t first, int64_t last, double* d, double* e, Rotations& left, Rotations& right) {
  double c = 1, old_c = 1, old_s = 0;
  for (int64_t i = first; i < last; ++i) {
    const Rotation columns = make_rotation(d[i] * c, e[i]);
    c = columns.c;
    if (i > first) e[i - 1] = old_s * columns.r;
    const Rotation rows = make_rotation(old_c * columns.r, d[i + 1] * columns.s);
    old_c = rows.c;
    old_s = rows.s;
    d[i] = rows.r;
    right.add(i, columns.c, columns.s);
    left.add(i, rows.c, rows.s);
  }
  const double h = d[last] * c;
  e[last - 1] = h * old_s;
  d[last] = h * old_c;
}

void sweep_with_shift(double shift, int64_t first, int64_t last, double* d, double* e, Rotations& left, Rotations& right) {
  double f = (__builtin_fabs(d[first]) - shift) * ((d[first] >= 0 ? 1.0 : -1.0) + shift / d[first]);
  double g = e[first];
  for (int64_t i = first; i < last; ++i) {
    const Rotation columns = make_rotation(f, g);
    if (i > first) e[i - 1] = columns.r;
    f = columns.c * d[i] + columns.s * e[i];
    e[i] = columns.c * e[i] - columns.s * d[i];
    g = columns.s * d[i + 1];
    d[i + 1] *= columns.c;
    const Rotation rows = make_rotation(f, g);
    d[i] = rows.r;
    f = rows.c * e[i] + rows.s * d[i + 1];
    d[i + 1] = rows.c * d[i + 1] - rows.s * e[i];
    if (i + 1 < last) {
      g = rows.s * e[i + 1];
      e[i + 1] *= rows.c;
    }
    right.add(i, columns.c, columns.s);
    left.add(i, rows.c, rows.s);
  }
  e[last - 1] = f;
}

bool iterate(int64_t size, double* d, double* e, Rotations& left, Rotations& right) {
  int64_t sweeps = 0;
  const auto negligible = [&](int64_t i) {
    return __builtin_fabs(e[i]) <= kEpsilon * (__builtin_fabs(d[i]) + __builtin_fabs(d[i + 1])) || __builtin_fabs(e[i]) < 1e-290;
  };
  int64_t last = size - 1;
  while (last > 0) {
    if (negligible(last - 1)) {
      e[--last] = 0;
      continue;
    }
    int64_t first = last - 1;
    while (first > 0 && !negligible(first - 1)) --first;
    if (++sweeps > 60 * size || interrupted()) return false;
    const double shift = smaller_singular_value(d[last - 1], e[last - 1], d[last]);
    const double head = __builtin_fabs(d[first]);
    // A shift that would be lost in rounding is none.
    if (head == 0 || (shift / head) * (shift / head) < kEpsilon) sweep_without_shift(first, last, d, e, left, right);
    else sweep_with_shift(shift, first, last, d, e, left, right);
  }
  left.carry_out();
  right.carry_out();
  return true;
}

}  // namespace

int64_t svd_room(int64_t size) { return Scratch::rounded(size * size) + 6 * Scratch::rounded(size + 1) + 2 * Rotations::kRoom; }

bool square_svd(int64_t size, double* a, double* values, double* left, double* right, double* room) {
  if (size == 0) return true;
  const auto take = [&](int64_t count) {
    double* taken = room;
    room += Scratch::rounded(count);
    return taken;
  };
  double* reflections = take(size * size);
  double* d = take(size + 1);
  double* e = take(size + 1);
  double* left_taus = take(size + 1);
  double* right_taus = take(size + 1);
  double* sums = take(size + 1);
  int64_t* order = reinterpret_cast<int64_t*>(take(size + 1));

  const double largest = largest_magnitude(a, size * size);
  if (!(largest < __builtin_inf())) return false;
  const double factor = largest > 0 ? largest : 1;
  for (int64_t i = 0; i < size * size; ++i) {
    a[i] /= factor;
    left[i] = right[i] = 0;
  }
  for (int64_t i = 0; i < size; ++i) left[i * size + i] = right[i * size + i] = 1;
  reduce_to_bidiagonal(size, a, reflections, d, e, left_taus, right_taus, sums);
  apply_reflections(left, size, size, reflections, size, left_taus, 0, [&](int64_t j) { return smaller(size, j + 1); });
  apply_reflections(right, size, size, a, size, right_taus, 1, [&](int64_t j) { return smaller(size - 1, j); });
  Rotations left_rotations(left, size, take(Rotations::kRoom));
  Rotations right_rotations(right, size, take(Rotations::kRoom));
  if (!iterate(size, d, e, left_rotations, right_rotations)) return false;

  for (int64_t i = 0; i < size; ++i) {
    if (d[i] < 0) {
      d[i] = -d[i];
      for (int64_t j = 0; j < size; ++j) right[i * size + j] = -right[i * size + j];
    }
    int64_t at = i;
    for (; at > 0 && d[order[at - 1]] < d[i]; --at) order[at] = order[at - 1];
    order[at] = i;
  }
  for (int64_t i = 0; i < size; ++i) values[i] = d[order[i]] * factor;
  // The rows in that order, by way of the memory that is free now.
  double* const both[] = {left, right};
  for (double* rows : both) {
    for (int64_t i = 0; i < size; ++i) __builtin_memcpy(reflections + i * size, rows + order[i] * size, static_cast<size_t>(size) * sizeof(double));
    __builtin_memcpy(rows, reflections, static_cast<size_t>(size * size) * sizeof(double));
  }
  return true;
}

NABLA_END_ISA
