// The real Schur form: Householder's reduction to Hessenberg form, then Francis's implicit QR iteration with two shifts
// (Francis 1961; Martin, Peters and Wilkinson 1970, hqr2 in EISPACK; Golub and Van Loan, Matrix Computations, 7.4 and 7.5).
#include "cpu/linalg_schur.h"

#include "cpu/linalg_matrix.h"
#include "cpu/linalg_vectors.h"

NABLA_BEGIN_ISA

namespace {

constexpr double kEpsilon = 2.220446049250313e-16;

/** a = Q H Q' with H zero below its first subdiagonal; row k of `reflections` holds reflection k from position k + 1 on. */
void reduce_to_hessenberg(int64_t size, double* a, double* reflections, double* taus, double* sums) {
  for (int64_t k = 0; k + 1 < size && !interrupted(); ++k) {
    const int64_t rest = size - k - 1;
    double* v = reflections + k * size + k + 1;
    for (int64_t i = 0; i < rest; ++i) v[i] = a[(k + 1 + i) * size + k];
    const Reflection made = make_reflection(v, rest);
    taus[k] = made.tau;
    a[(k + 1) * size + k] = made.beta;
    for (int64_t i = 1; i < rest; ++i) a[(k + 1 + i) * size + k] = 0;
    if (made.tau == 0) continue;
    double* corner = a + (k + 1) * size + k + 1;
    for (int64_t j = 0; j < rest; ++j) sums[j] = 0;
    for (int64_t i = 0; i < rest; ++i) add_multiple(sums, made.tau * v[i], corner + i * size, rest);
    for (int64_t i = 0; i < rest; ++i) add_multiple(corner + i * size, -v[i], sums, rest);
    share_rows(size, rest, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) reflect(a + i * size + k + 1, v, made.tau, rest);
    });
  }
}

/** One matrix on its way to Schur form. */
struct Iteration {
  int64_t size;
  double* h;
  double* vectors;
  double* real;
  double* imaginary;

  double& at(int64_t i, int64_t j) const { return h[i * size + j]; }

  /** The first row of the block that ends in `last`: what lies below the diagonal before it is negligible. */
  int64_t block_start(int64_t last, double norm) const {
    for (int64_t i = last; i > 0; --i) {
      double near = __builtin_fabs(at(i - 1, i - 1)) + __builtin_fabs(at(i, i));
      if (near == 0) near = norm;
      if (__builtin_fabs(at(i, i - 1)) <= kEpsilon * near) {
        at(i, i - 1) = 0;
        return i;
      }
    }
    return 0;
  }

  /** Turns the pair of rows and columns `i`, `i + 1` into triangular form if its eigenvalues are real, and notes them. */
  void settle_pair(int64_t i) const {
    const double a = at(i, i), b = at(i, i + 1), c = at(i + 1, i), d = at(i + 1, i + 1);
    const double p = (a - d) / 2, discriminant = p * p + b * c;
    if (discriminant < 0) {
      real[i] = real[i + 1] = d + p;
      imaginary[i] = __builtin_sqrt(-discriminant);
      imaginary[i + 1] = -imaginary[i];
      return;
    }
    const double root = __builtin_sqrt(discriminant), z = p >= 0 ? p + root : p - root;
    const double first = d + z, second = z == 0 ? first : d - b * c / z;
    // (z, c) is an eigenvector of the first.
    const Rotation turn = make_rotation(z, c);
    double* upper = h + i * size;
    double* lower = upper + size;
    rotate(upper + i, lower + i, size - i, turn);
    for (int64_t row = 0; row < i + 2; ++row) {
      double* pair = h + row * size + i;
      const double left = pair[0], right = pair[1];
      pair[0] = turn.c * left + turn.s * right;
      pair[1] = turn.c * right - turn.s * left;
    }
    rotate(vectors + i * size, vectors + (i + 1) * size, size, turn);
    at(i + 1, i) = 0;
    at(i, i) = real[i] = first;
    at(i + 1, i + 1) = real[i + 1] = second;
    imaginary[i] = imaginary[i + 1] = 0;
  }

  static void rotate(double* upper, double* lower, int64_t count, const Rotation& turn) {
    for (int64_t j = 0; j < count; ++j) {
      const double first = upper[j], second = lower[j];
      upper[j] = turn.c * first + turn.s * second;
      lower[j] = turn.c * second - turn.s * first;
    }
  }

  /** Rows (of h and of the vectors) `k`, `k + 1` and, with three, `k + 2`: each minus tau v times v' of them. */
  static void reflect_rows(double* rows, int64_t size, int64_t from, const double* v, double tau, int count) {
    double* first = rows;
    double* second = rows + size;
    if (count == 2) {
      for (int64_t j = from; j < size; ++j) {
        const double sum = tau * (first[j] + v[1] * second[j]);
        first[j] -= sum;
        second[j] -= sum * v[1];
      }
      return;
    }
    double* third = rows + 2 * size;
    for (int64_t j = from; j < size; ++j) {
      const double sum = tau * (first[j] + v[1] * second[j] + v[2] * third[j]);
      first[j] -= sum;
      second[j] -= sum * v[1];
      third[j] -= sum * v[2];
    }
  }

  /** One step with two shifts on the block from `first` to `last`. `try_number` counts the steps without success. */
  void step(int64_t first, int64_t last, int64_t try_number) const {
    double x = at(last, last), y = at(last - 1, last - 1), w = at(last, last - 1) * at(last - 1, last);
    if (try_number % 10 == 0) {
      // Shifts of another kind (Wilkinson's) break a cycle.
      const double s = __builtin_fabs(at(last, last - 1)) + __builtin_fabs(at(last - 1, last - 2));
      x = y = at(last, last) + 0.75 * s;
      w = -0.4375 * s * s;
    }
    // Begin below where two neighbours under the diagonal are small together.
    int64_t begin = last - 2;
    double v[3];
    for (;; --begin) {
      const double z = at(begin, begin), r = x - z, s = y - z;
      v[0] = (r * s - w) / at(begin + 1, begin) + at(begin, begin + 1);
      v[1] = at(begin + 1, begin + 1) - z - r - s;
      v[2] = at(begin + 2, begin + 1);
      const double sum = __builtin_fabs(v[0]) + __builtin_fabs(v[1]) + __builtin_fabs(v[2]);
      for (double& each : v) each /= sum;
      if (begin == first) break;
      const double near = __builtin_fabs(at(begin - 1, begin - 1)) + __builtin_fabs(z) + __builtin_fabs(at(begin + 1, begin + 1));
      if (__builtin_fabs(at(begin, begin - 1)) * (__builtin_fabs(v[1]) + __builtin_fabs(v[2])) <= kEpsilon * __builtin_fabs(v[0]) * near) break;
    }
    for (int64_t k = begin; k < last; ++k) {
      const int count = k + 1 < last ? 3 : 2;
      if (k > begin) {
        for (int i = 0; i < count; ++i) v[i] = at(k + i, k - 1);
      }
      const Reflection made = make_reflection(v, count);
      if (k > begin) {
        at(k, k - 1) = made.beta;
        for (int i = 1; i < count; ++i) at(k + i, k - 1) = 0;
      } else if (begin > first) {
        at(k, k - 1) *= 1 - made.tau;
      }
      if (made.tau == 0) continue;
      reflect_rows(h + k * size, size, k, v, made.tau, count);
      for (int64_t row = 0; row <= smaller(last, k + 3); ++row) {
        double* three = h + row * size + k;
        const double sum = made.tau * (three[0] + v[1] * three[1] + (count == 3 ? v[2] * three[2] : 0));
        three[0] -= sum;
        three[1] -= sum * v[1];
        if (count == 3) three[2] -= sum * v[2];
      }
      reflect_rows(vectors + k * size, size, 0, v, made.tau, count);
    }
  }

  bool run() const {
    double norm = 0;
    for (int64_t i = 0; i < size * size; ++i) norm = larger_of(norm, __builtin_fabs(h[i]));
    int64_t tries = 0;
    for (int64_t last = size - 1; last >= 0;) {
      const int64_t first = block_start(last, norm);
      if (first + 1 >= last) {
        if (first == last) {
          real[last] = at(last, last);
          imaginary[last] = 0;
        } else {
          settle_pair(first);
        }
        last = first - 1;
        tries = 0;
        continue;
      }
      if (++tries > 300 || interrupted()) return false;
      step(first, last, tries);
    }
    return true;
  }

  static double larger_of(double a, double b) { return a < b ? b : a; }
};

}  // namespace

bool real_schur(int64_t size, double* a, double* vectors, double* real, double* imaginary, double* reflections, double* taus) {
  for (int64_t i = 0; i < size * size; ++i) vectors[i] = 0;
  for (int64_t i = 0; i < size; ++i) vectors[i * size + i] = 1;
  // The eigenvalues' room serves for sums until they are known.
  reduce_to_hessenberg(size, a, reflections, taus, real);
  apply_reflections(vectors, size, size, reflections, size, taus, 1, [&](int64_t j) { return smaller(size - 1, j); });
  return Iteration{size, a, vectors, real, imaginary}.run();
}

NABLA_END_ISA
