// What the decompositions do with rows of doubles: scalar products, multiples added, Householder reflections.
#pragma once

#include "core/thread_pool.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

inline constexpr int kDoubles = kLanes<double>;

/** Sum of the products of two rows. */
inline double dot(const double* a, const double* b, int64_t count) {
  Vector<double> first{}, second{}, third{}, fourth{};
  int64_t i = 0;
  for (; i + 4 * kDoubles <= count; i += 4 * kDoubles) {
    first = fused_multiply_add(load(a + i), load(b + i), first);
    second = fused_multiply_add(load(a + i + kDoubles), load(b + i + kDoubles), second);
    third = fused_multiply_add(load(a + i + 2 * kDoubles), load(b + i + 2 * kDoubles), third);
    fourth = fused_multiply_add(load(a + i + 3 * kDoubles), load(b + i + 3 * kDoubles), fourth);
  }
  for (; i + kDoubles <= count; i += kDoubles) first = fused_multiply_add(load(a + i), load(b + i), first);
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    second = fused_multiply_add(load_part(a + i, rest), load_part(b + i, rest), second);
  }
  const Vector<double> all = (first + second) + (third + fourth);
  double sum = 0;
  for (int lane = 0; lane < kDoubles; ++lane) sum += all[lane];
  return sum;
}

/** to += factor * from. */
inline void add_multiple(double* to, double factor, const double* from, int64_t count) {
  const Vector<double> factors = splat<double>(factor);
  int64_t i = 0;
  for (; i + kDoubles <= count; i += kDoubles) store(to + i, fused_multiply_add(factors, load(from + i), load(to + i)));
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    store_part(to + i, fused_multiply_add(factors, load_part(from + i, rest), load_part(to + i, rest)), rest);
  }
}

inline void scale(double* row, double factor, int64_t count) {
  for (int64_t i = 0; i < count; ++i) row[i] *= factor;
}

inline double largest_magnitude(const double* row, int64_t count) {
  double largest = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double magnitude = __builtin_fabs(row[i]);
    // Written so that a NaN comes in and stays.
    largest = magnitude <= largest || largest != largest ? largest : magnitude;
  }
  return largest;
}

/** The Euclidean length, safe from overflow. */
inline double length_of(const double* row, int64_t count) {
  const double plain = dot(row, row, count);
  if (plain > 1e-280 && plain < 1e280) return __builtin_sqrt(plain);
  const double largest = largest_magnitude(row, count);
  if (!(largest > 0) || largest == __builtin_inf()) return largest;
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += row[i] / largest * (row[i] / largest);
  return largest * __builtin_sqrt(sum);
}

/**
 * Makes of a row x the reflection H = I - tau v v' that takes it to (beta, 0, ..., 0): x is replaced by v, whose first
 * element is 1. Signs are LAPACK's: beta has the sign opposite to x[0], and a row that is (x[0], 0, ..., 0) already is left
 * alone, with tau 0. (Golub and Van Loan, Matrix Computations, 5.1.)
 */
struct Reflection {
  double beta;
  double tau;
};

inline Reflection make_reflection(double* x, int64_t count) {
  const double head = x[0];
  const double tail = length_of(x + 1, count - 1);
  x[0] = 1;
  if (tail == 0) return {head, 0};
  const double length = __builtin_hypot(head, tail);
  const double beta = head >= 0 ? -length : length;
  const double below = head - beta;
  for (int64_t i = 1; i < count; ++i) x[i] /= below;
  return {beta, (beta - head) / beta};
}

/** row = row (I - tau v v'). */
inline void reflect(double* row, const double* v, double tau, int64_t count) {
  if (tau != 0) add_multiple(row, -tau * dot(row, v, count), v, count);
}

/** A plane rotation: (c, s; -s, c) takes (f, g) to (r, 0). */
struct Rotation {
  double c;
  double s;
  double r;
};

inline Rotation make_rotation(double f, double g) {
  if (g == 0) return {1, 0, f};
  const double r = __builtin_hypot(f, g);
  if (r == 0) return {1, 0, 0};
  return {f / r, g / r, r};
}

/** Work on `count` rows of `length` doubles each: shared among threads when it is a lot, in pieces cut by shape alone. */
template <class Body>
inline void share_rows(int64_t count, int64_t length, Body&& body) {
  constexpr int64_t kPiece = 1 << 14;
  if (count * length < 4 * kPiece) {
    body(0, count);
    return;
  }
  const int64_t rows = larger(1, kPiece / length);
  parallel_for(divide_up(count, rows), [&](int64_t piece) { body(piece * rows, smaller(count, (piece + 1) * rows)); });
}

/**
 * Rows of Q' for Q = H(0) H(1) ... H(last - 1), the reflections lying in rows `stride` apart, each with its v from position
 * `k + shift` on: row j becomes Q times what was in it. `first_of(j)` is how many reflections touch row j.
 */
template <class FirstOf>
inline void apply_reflections(double* rows, int64_t count, int64_t length, const double* reflections, int64_t stride,
                              const double* taus, int64_t shift, FirstOf&& first_of) {
  share_rows(count, length * 8, [&](int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; ++j) {
      for (int64_t k = first_of(j) - 1; k >= 0; --k) {
        const int64_t at = k + shift;
        reflect(rows + j * length + at, reflections + k * stride + at, taus[k], length - at);
      }
    }
  });
}

NABLA_END_ISA
