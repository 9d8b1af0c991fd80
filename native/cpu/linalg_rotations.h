// Plane rotations of pairs of neighbouring rows, collected and then carried out together.
//
// The implicit QR iterations of eigh and svd make about n * n rotations, each of two rows of the vectors. Done one by one,
// every rotation would fetch its rows from the second cache or from memory; collected, they go over a narrow strip of
// columns that stays in the first, and strips are independent work for threads. (The idea of delaying rotations: Van Zee,
// van de Geijn and Quintana-Orti, Restructuring the Tridiagonal and Bidiagonal QR Algorithms for Performance, 2014.)
#pragma once

#include "core/thread_pool.h"
#include "cpu/linalg_vectors.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

class Rotations {
 public:
  /** Doubles of room that `room` must have. */
  static constexpr int64_t kRoom = 3 * 4096;

  /** Rows `i` and `i + 1` of `rows`, each of `length` doubles, are what will be turned. */
  Rotations(double* rows, int64_t length, double* room) : rows_(rows), length_(length), room_(room) {}

  /** Row i becomes c * row i + s * row (i + 1), row (i + 1) becomes c * row (i + 1) - s * row i. */
  void add(int64_t i, double c, double s) {
    if (length_ == 0 || (c == 1 && s == 0)) return;
    if (count_ == kMost) carry_out();
    double* entry = room_ + 3 * count_++;
    entry[0] = static_cast<double>(i);
    entry[1] = c;
    entry[2] = s;
  }

  void carry_out() {
    if (count_ == 0) return;
    constexpr int64_t kStrip = 4 * kDoubles;
    const int64_t strips = divide_up(length_, kStrip);
    share_rows(strips, 6 * kStrip * count_ / 8, [&](int64_t begin, int64_t end) {
      for (int64_t strip = begin; strip < end; ++strip) {
        const int64_t at = strip * kStrip;
        if (at + kStrip <= length_) turn_strip(at);
        else turn_rest(at, length_ - at);
      }
    });
    count_ = 0;
  }

 private:
  static constexpr int64_t kMost = kRoom / 3;

  void turn_strip(int64_t at) const {
    for (int64_t k = 0; k < count_; ++k) {
      const double* entry = room_ + 3 * k;
      double* upper = rows_ + static_cast<int64_t>(entry[0]) * length_ + at;
      double* lower = upper + length_;
      const Vector<double> c = splat<double>(entry[1]), s = splat<double>(entry[2]);
      NABLA_UNROLL
      for (int v = 0; v < 4; ++v) {
        const Vector<double> first = load(upper + v * kDoubles), second = load(lower + v * kDoubles);
        store(upper + v * kDoubles, fused_multiply_add(c, first, s * second));
        store(lower + v * kDoubles, fused_multiply_add(c, second, -(s * first)));
      }
    }
  }

  void turn_rest(int64_t at, int64_t width) const {
    for (int64_t k = 0; k < count_; ++k) {
      const double* entry = room_ + 3 * k;
      double* upper = rows_ + static_cast<int64_t>(entry[0]) * length_ + at;
      double* lower = upper + length_;
      const double c = entry[1], s = entry[2];
      for (int64_t j = 0; j < width; ++j) {
        const double first = upper[j], second = lower[j];
        upper[j] = c * first + s * second;
        lower[j] = c * second - s * first;
      }
    }
  }

  double* rows_;
  int64_t length_;
  double* room_;
  int64_t count_ = 0;
};

NABLA_END_ISA
