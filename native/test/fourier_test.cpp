// Fourier transforms against their definition in long double: every radix, primes, sizes cut and filled, and turned input.
#include <algorithm>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

constexpr long double kTurn = 6.283185307179586476925286766559L;

template <class T>
double tolerance() {
  return sizeof(T) == 4 ? 2e-6 : 1e-13;
}

/** The sum that defines element k of a transform of `points`, of the first of `length` numbers a row. */
template <class T>
void definition(const Tensor<T>& re, const Tensor<T>* im, int64_t row, int64_t length, int64_t points, int64_t k, bool inverse, long double& x, long double& y) {
  x = y = 0;
  for (int64_t j = 0; j < std::min(length, points); ++j) {
    const long double angle = (inverse ? kTurn : -kTurn) * static_cast<long double>(j * k % points) / static_cast<long double>(points);
    const long double a = static_cast<long double>(re[row * length + j]), b = im == nullptr ? 0 : static_cast<long double>((*im)[row * length + j]);
    x += a * std::cos(angle) - b * std::sin(angle);
    y += a * std::sin(angle) + b * std::cos(angle);
  }
}

template <class T>
Tensor<T> random(const Sizes& sizes, Arrangement arrangement, uint32_t seed) {
  Numbers numbers(seed);
  Tensor<T> tensor = arrange<T>(sizes, arrangement, T(50));
  for (int64_t i = 0; i < tensor.count(); ++i) tensor[i] = static_cast<T>(numbers.next());
  return tensor;
}

template <class T>
void check_complex(Isa isa, int64_t length, int64_t points, Arrangement arrangement) {
  constexpr int64_t rows = 3;
  Tensor<T> re = random<T>({rows, length}, arrangement, 3), im = random<T>({rows, length}, arrangement, 4);
  Tensor<T> out_re = arrange<T>({rows, points}, Arrangement::contiguous, T(7)), out_im = out_re;
  for (bool inverse : {false, true}) {
    const double factor = inverse ? 1.0 / static_cast<double>(points) : 1;
    CHECK(run(isa, OpCode::dft, build_call({re.as_operand(), im.as_operand()}, {out_re.as_operand(), out_im.as_operand()},
                                           {static_cast<double>(points), inverse ? 1.0 : 0.0, factor})));
    double worst = 0;
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t k = 0; k < points; ++k) {
        long double x, y;
        definition(re, &im, row, length, points, k, inverse, x, y);
        worst = std::max(worst, std::fabs(static_cast<double>(x) * factor - static_cast<double>(out_re[row * points + k])));
        worst = std::max(worst, std::fabs(static_cast<double>(y) * factor - static_cast<double>(out_im[row * points + k])));
      }
    }
    CHECK_MESSAGE(worst <= tolerance<T>() * static_cast<double>(points), "dft " + describe(isa, {length, points}, arrangement) + " off by " + std::to_string(worst));
  }
}

template <class T>
void check_real(Isa isa, int64_t points, Arrangement arrangement) {
  constexpr int64_t rows = 2;
  const int64_t half = points / 2 + 1;
  Tensor<T> x = random<T>({rows, points}, arrangement, 5), back = arrange<T>({rows, points}, Arrangement::contiguous, T(7));
  // Two more than there are end in zeros.
  Tensor<T> re = arrange<T>({rows, half + 2}, Arrangement::contiguous, T(7)), im = re;
  const double n = static_cast<double>(points);
  CHECK(run(isa, OpCode::rdft, build_call({x.as_operand()}, {re.as_operand(), im.as_operand()}, {n, 1, 1})));
  CHECK(run(isa, OpCode::irdft, build_call({re.as_operand(), im.as_operand()}, {back.as_operand()}, {n, 1 / n, 1})));
  double worst = 0, zero = 0, again = 0;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t k = 0; k < half; ++k) {
      long double a, b;
      definition(x, static_cast<const Tensor<T>*>(nullptr), row, points, points, k, false, a, b);
      worst = std::max(worst, std::fabs(static_cast<double>(a) - static_cast<double>(re[row * (half + 2) + k])));
      worst = std::max(worst, std::fabs(static_cast<double>(b) - static_cast<double>(im[row * (half + 2) + k])));
    }
    for (int64_t k = half; k < half + 2; ++k) zero = std::max(zero, std::fabs(static_cast<double>(re[row * (half + 2) + k])) + std::fabs(static_cast<double>(im[row * (half + 2) + k])));
    for (int64_t j = 0; j < points; ++j) again = std::max(again, std::fabs(static_cast<double>(back[row * points + j] - x[row * points + j])));
  }
  const std::string where = describe(isa, {points}, arrangement);
  CHECK_MESSAGE(worst <= tolerance<T>() * n, "rdft " + where);
  CHECK_MESSAGE(zero == 0, "the rest of rdft " + where);
  CHECK_MESSAGE(again <= 4 * tolerance<T>(), "irdft of rdft " + where);
}

TEST_THAT("transforms of every size follow their definition") {
  for (Isa isa : supported_isas()) {
    for (int64_t points = 1; points <= 30; ++points) {
      check_complex<float>(isa, points, points, Arrangement::contiguous);
      check_complex<double>(isa, points, points, Arrangement::transposed);
      check_real<float>(isa, points, Arrangement::transposed);
      check_real<double>(isa, points, Arrangement::contiguous);
    }
    for (int64_t points : {37, 64, 97, 143}) {
      check_complex<float>(isa, points, points, Arrangement::every_second);
      check_complex<double>(isa, points, points, Arrangement::contiguous);
      check_real<double>(isa, points, Arrangement::every_second);
    }
  }
}

TEST_THAT("input is cut or filled with zeros to the transform's size") {
  for (Isa isa : supported_isas()) {
    for (const auto& [length, points] : {std::pair<int64_t, int64_t>{6, 4}, {4, 6}, {5, 17}, {17, 5}, {1, 8}, {64, 63}}) {
      check_complex<float>(isa, length, points, Arrangement::contiguous);
      check_complex<double>(isa, length, points, Arrangement::transposed);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
