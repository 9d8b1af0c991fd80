// eig: input A [..., N, N], Float32 or Float64; outputs the real and the imaginary parts of the eigenvalues [..., N], those of the
// eigenvectors [..., N, N] (columns of length 1, the largest element of each real), info Int32 [...]: 0, or 1 where A holds NaN
// or infinity or the iteration did not end.
//
// Balancing (Osborne 1960; Parlett and Reinsch 1969), the real Schur form, then the eigenvectors of that form by complex back
// substitution, turned back (Golub and Van Loan, Matrix Computations, 7.5.7 and 7.6.4).
#include "cpu/linalg_matrix.h"
#include "cpu/linalg_schur.h"
#include "cpu/linalg_vectors.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

constexpr double kEpsilon = 2.220446049250313e-16;

struct Complex {
  double re;
  double im;
};

Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
Complex operator*(Complex a, Complex b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }

double magnitude(Complex a) { return __builtin_hypot(a.re, a.im); }

/** Smith's division (1962): nothing overflows on the way. */
Complex operator/(Complex a, Complex b) {
  if (__builtin_fabs(b.re) >= __builtin_fabs(b.im)) {
    const double ratio = b.im / b.re, below = b.re + b.im * ratio;
    return {(a.re + a.im * ratio) / below, (a.im - a.re * ratio) / below};
  }
  const double ratio = b.re / b.im, below = b.re * ratio + b.im;
  return {(a.re * ratio + a.im) / below, (a.im * ratio - a.re) / below};
}

/** Makes rows and columns of like size by powers of 2: a becomes D^-1 a D. */
void balance(int64_t size, double* a, double* scales) {
  for (int64_t i = 0; i < size; ++i) scales[i] = 1;
  for (bool again = true; again;) {
    again = false;
    for (int64_t i = 0; i < size; ++i) {
      double row = 0, column = 0;
      for (int64_t j = 0; j < size; ++j) {
        if (j == i) continue;
        row += __builtin_fabs(a[i * size + j]);
        column += __builtin_fabs(a[j * size + i]);
      }
      if (row == 0 || column == 0) continue;
      const double before = row + column;
      double factor = 1;
      for (; column * 2 < row && factor < 0x1p100; factor *= 2) column *= 4;
      for (; column >= row * 2 && factor > 0x1p-100; factor /= 2) column /= 4;
      if ((column + row) / factor >= 0.95 * before) continue;
      again = true;
      scales[i] *= factor;
      for (int64_t j = 0; j < size; ++j) a[i * size + j] /= factor;
      for (int64_t j = 0; j < size; ++j) a[j * size + i] *= factor;
    }
  }
}

/** An eigenvector of a quasi-triangular matrix for the eigenvalue at `end` (of a pair, its first row), in re and im. */
void back_substitute(int64_t size, const double* t, Complex value, int64_t end, double smallest, double* re, double* im) {
  const auto at = [&](int64_t i, int64_t j) { return Complex{t[i * size + j], 0}; };
  const auto put = [&](int64_t i, Complex x) {
    re[i] = x.re;
    im[i] = x.im;
  };
  for (int64_t i = 0; i < size; ++i) put(i, {0, 0});
  int64_t known = end + 1;
  put(end, {1, 0});
  if (value.im != 0) {
    ++known;
    if (__builtin_fabs(at(end, end + 1).re) >= __builtin_fabs(at(end + 1, end).re)) {
      put(end + 1, (value - at(end, end)) / at(end, end + 1));
    } else {
      put(end + 1, {1, 0});
      put(end, (value - at(end + 1, end + 1)) / at(end + 1, end));
    }
  }
  // A pivot of 0 belongs to a repeated eigenvalue: taken as tiny, it gives one more vector along the same direction.
  const auto pivot = [&](Complex p) { return magnitude(p) < smallest ? Complex{smallest, 0} : p; };
  for (int64_t i = end - 1; i >= 0; --i) {
    const auto rest = [&](int64_t row, int64_t from) {
      return Complex{-dot(t + row * size + from, re + from, known - from), -dot(t + row * size + from, im + from, known - from)};
    };
    double largest;
    if (i > 0 && at(i, i - 1).re != 0) {
      // Two unknowns, by elimination from the row with the larger first element.
      const Complex a = at(i - 1, i - 1) - value, b = at(i - 1, i), c = at(i, i - 1), d = at(i, i) - value;
      const Complex first = rest(i - 1, i + 1), second = rest(i, i + 1);
      Complex x, y;
      if (magnitude(a) >= magnitude(c)) {
        const Complex ratio = c / pivot(a);
        y = (second - ratio * first) / pivot(d - ratio * b);
        x = (first - b * y) / pivot(a);
      } else {
        const Complex ratio = a / c;
        y = (first - ratio * second) / pivot(b - ratio * d);
        x = (second - d * y) / c;
      }
      put(i - 1, x);
      put(i, y);
      largest = magnitude(x) > magnitude(y) ? magnitude(x) : magnitude(y);
      --i;
    } else {
      const Complex x = rest(i, i + 1) / pivot(at(i, i) - value);
      put(i, x);
      largest = magnitude(x);
    }
    if (largest > 1e100) {
      scale(re, 1 / largest, known);
      scale(im, 1 / largest, known);
    }
  }
}

/** Length 1, the largest element real. */
void normalise(int64_t size, double* re, double* im, bool real) {
  const double length = __builtin_hypot(length_of(re, size), length_of(im, size));
  Complex turn{1 / length, 0};
  if (!real) {
    int64_t at = 0;
    for (int64_t i = 1; i < size; ++i) {
      if (magnitude({re[i], im[i]}) > magnitude({re[at], im[at]})) at = i;
    }
    const double largest = magnitude({re[at], im[at]});
    turn = {re[at] / largest / length, -im[at] / largest / length};
    for (int64_t i = 0; i < size; ++i) {
      const Complex turned = Complex{re[i], im[i]} * turn;
      re[i] = turned.re;
      im[i] = i == at ? 0 : turned.im;
    }
    return;
  }
  scale(re, turn.re, size);
}

template <class T>
void eig(const OpCall& call) {
  const Operand& input = call.input(0);
  int32_t* info = call.output(4).as<int32_t>();
  const int64_t size = rows_of(input);
  const double work = 20.0 * static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size);
  each_matrix(batch_count(input, 2), work, [&](int64_t batch) {
    const int64_t elements = Scratch::rounded(size * size), numbers = Scratch::rounded(size);
    Scratch scratch(5 * elements + 6 * numbers);
    double* a = scratch.take(elements);
    double* vectors = scratch.take(elements);
    double* room = scratch.take(elements);
    double* all_re = scratch.take(elements);
    double* all_im = scratch.take(elements);
    double* real = scratch.take(numbers);
    double* imaginary = scratch.take(numbers);
    double* scales = scratch.take(numbers);
    double* taus = scratch.take(numbers);
    double* re = scratch.take(numbers);
    double* im = scratch.take(numbers);
    load_matrix<T>(input, batch, a);
    const double largest = largest_magnitude(a, size * size);
    info[batch] = 1;
    if (!(largest < __builtin_inf())) return;
    const double factor = largest > 0 ? largest : 1;
    for (int64_t i = 0; i < size * size; ++i) a[i] /= factor;
    balance(size, a, scales);
    if (!real_schur(size, a, vectors, real, imaginary, room, taus)) return;
    info[batch] = 0;
    const double norm = largest_magnitude(a, size * size);
    const double smallest = norm > 0 ? kEpsilon * norm : kEpsilon;
    for (int64_t k = 0; k < size && !interrupted(); ++k) {
      const bool pair = imaginary[k] != 0;
      back_substitute(size, a, {real[k], imaginary[k]}, k, smallest, re, im);
      double* to_re = all_re + k * size;
      double* to_im = all_im + k * size;
      for (int64_t i = 0; i < size; ++i) to_re[i] = to_im[i] = 0;
      for (int64_t j = 0; j < size; ++j) {
        if (re[j] != 0) add_multiple(to_re, re[j], vectors + j * size, size);
        if (im[j] != 0) add_multiple(to_im, im[j], vectors + j * size, size);
      }
      for (int64_t i = 0; i < size; ++i) {
        to_re[i] *= scales[i];
        to_im[i] *= scales[i];
      }
      normalise(size, to_re, to_im, !pair);
      if (!pair) continue;
      for (int64_t i = 0; i < size; ++i) {
        to_re[size + i] = to_re[i];
        to_im[size + i] = -to_im[i];
      }
      ++k;
    }
    scale(real, factor, size);
    scale(imaginary, factor, size);
    store_vector<T>(real, call.output(0), batch);
    store_vector<T>(imaginary, call.output(1), batch);
    store_transposed<T>(all_re, size, call.output(2), batch);
    store_transposed<T>(all_im, size, call.output(3), batch);
  });
}

}  // namespace

void register_linalg_eig(KernelTable& table) {
  table.set("eig", DType::Float32, eig<float>);
  table.set("eig", DType::Float64, eig<double>);
}

NABLA_END_ISA
