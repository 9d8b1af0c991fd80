// Discrete Fourier transforms along the last dimension, Float32 or Float64, computed in double precision. Inputs are cut or filled
// with zeros to `points`; outputs longer than the result end in zeros.
//
// dft: inputs real, imaginary [..., L]; outputs real, imaginary. Attributes [points, inverse, factor]: sums of
//   x(j) exp(-+ 2 pi i j k / points) times the factor.
// rdft: input [..., L]; outputs real, imaginary, of which points / 2 + 1 are computed. Attributes [points, factor, weight]: all but
//   the first and, where points is even, the last are weighted.
// irdft: inputs real, imaginary [..., H], the first points / 2 + 1 of a symmetric sequence; output [..., L]. Attributes as rdft's.
//
// Stockham's self-sorting transform in radices 4, 2, 3, 5, 7, 11 and 13 (Van Loan, Computational Frameworks for the Fast Fourier
// Transform, 1.7); sizes with a larger prime by Bluestein's convolution (1970) of a power of 2.
#include "cpu/fourier_plan.h"
#include "cpu/linalg_matrix.h"
#include "cpu/register_kernels.h"

NABLA_BEGIN_ISA

namespace {

/** Real and imaginary parts apart. */
struct Parts {
  double* re;
  double* im;
};

/** One radix: from [radix][rest][done] to [rest][radix][done]. */
template <int kRadix>
void pass(const FourierPlan& plan, int64_t rest, int64_t done, Parts from, Parts to) {
  const int64_t step = plan.size / kRadix;
  double wave_re[kRadix], wave_im[kRadix];
  for (int q = 0; q < kRadix; ++q) {
    wave_re[q] = plan.cosines[q * step];
    wave_im[q] = plan.sines[q * step];
  }
  for (int64_t p = 0; p < rest; ++p) {
    double turn_re[kRadix], turn_im[kRadix];
    for (int k = 0; k < kRadix; ++k) {
      turn_re[k] = plan.cosines[p * k * done];
      turn_im[k] = plan.sines[p * k * done];
    }
    for (int64_t s = 0; s < done; ++s) {
      double x_re[kRadix], x_im[kRadix], y_re[kRadix], y_im[kRadix];
      NABLA_UNROLL
      for (int q = 0; q < kRadix; ++q) {
        x_re[q] = from.re[(q * rest + p) * done + s];
        x_im[q] = from.im[(q * rest + p) * done + s];
      }
      if constexpr (kRadix == 2) {
        y_re[0] = x_re[0] + x_re[1];
        y_im[0] = x_im[0] + x_im[1];
        y_re[1] = x_re[0] - x_re[1];
        y_im[1] = x_im[0] - x_im[1];
      } else if constexpr (kRadix == 4) {
        const double even_re = x_re[0] + x_re[2], even_im = x_im[0] + x_im[2], odd_re = x_re[1] + x_re[3], odd_im = x_im[1] + x_im[3];
        const double apart_re = x_re[0] - x_re[2], apart_im = x_im[0] - x_im[2];
        const double quarter_re = x_im[1] - x_im[3], quarter_im = x_re[3] - x_re[1];
        y_re[0] = even_re + odd_re;
        y_im[0] = even_im + odd_im;
        y_re[1] = apart_re + quarter_re;
        y_im[1] = apart_im + quarter_im;
        y_re[2] = even_re - odd_re;
        y_im[2] = even_im - odd_im;
        y_re[3] = apart_re - quarter_re;
        y_im[3] = apart_im - quarter_im;
      } else {
        for (int k = 0; k < kRadix; ++k) {
          double sum_re = x_re[0], sum_im = x_im[0];
          for (int q = 1; q < kRadix; ++q) {
            const int at = q * k % kRadix;
            sum_re += x_re[q] * wave_re[at] - x_im[q] * wave_im[at];
            sum_im += x_re[q] * wave_im[at] + x_im[q] * wave_re[at];
          }
          y_re[k] = sum_re;
          y_im[k] = sum_im;
        }
      }
      NABLA_UNROLL
      for (int k = 0; k < kRadix; ++k) {
        to.re[(p * kRadix + k) * done + s] = y_re[k] * turn_re[k] - y_im[k] * turn_im[k];
        to.im[(p * kRadix + k) * done + s] = y_re[k] * turn_im[k] + y_im[k] * turn_re[k];
      }
    }
  }
}

/** The transform of `data`, with `other` as room; returns the one of them that holds the result. */
Parts by_factors(const FourierPlan& plan, Parts data, Parts other) {
  int64_t done = 1;
  for (int i = 0; i < plan.factor_count; ++i) {
    const int radix = plan.factors[i];
    const int64_t rest = plan.size / done / radix;
    switch (radix) {
      case 2: pass<2>(plan, rest, done, data, other); break;
      case 3: pass<3>(plan, rest, done, data, other); break;
      case 4: pass<4>(plan, rest, done, data, other); break;
      case 5: pass<5>(plan, rest, done, data, other); break;
      case 7: pass<7>(plan, rest, done, data, other); break;
      case 11: pass<11>(plan, rest, done, data, other); break;
      default: pass<13>(plan, rest, done, data, other); break;
    }
    const Parts kept = data;
    data = other;
    other = kept;
    done *= radix;
  }
  return data;
}

/** A transform of one size, forwards. The backwards one is the forwards one with real and imaginary parts exchanged. */
class Transform {
 public:
  explicit Transform(int64_t points) : points_(points), plan_(&fourier_plan(points)), chirps_(plan_), padded_(plan_) {
    if (points == 1 || plan_->factor_count > 0) return;
    int64_t size = 1;
    while (size < 2 * points - 1) size *= 2;
    padded_ = &fourier_plan(size);
    chirps_ = &fourier_plan(2 * points);
  }

  /** Doubles of room for `run`, the data included. */
  int64_t room() const { return 6 * Scratch::rounded(padded_->size); }

  /** Where the data is to be put. */
  Parts data(double* room) const { return parts(room, 0); }

  /** Prepares the room, once for many runs. */
  void prepare(double* room) const {
    if (padded_ == plan_) return;
    // The chirp's own transform, in the third part of the room.
    const Parts filter = parts(room, 2);
    for (int64_t i = 0; i < padded_->size; ++i) filter.re[i] = filter.im[i] = 0;
    for (int64_t j = 0; j < points_; ++j) {
      const int64_t at = j == 0 ? 0 : padded_->size - j;
      filter.re[j] = filter.re[at] = chirps_->cosines[square(j)];
      filter.im[j] = filter.im[at] = -chirps_->sines[square(j)];
    }
    const Parts spare = parts(room, 1);
    const Parts made = by_factors(*padded_, filter, spare);
    if (made.re == filter.re) return;
    for (int64_t i = 0; i < padded_->size; ++i) {
      filter.re[i] = made.re[i];
      filter.im[i] = made.im[i];
    }
  }

  /** Transforms what has been put into `data(room)`; the result lies where it says. */
  Parts run(double* room) const {
    const Parts first = parts(room, 0), second = parts(room, 1);
    if (padded_ == plan_) return by_factors(*plan_, first, second);
    const Parts filter = parts(room, 2);
    const int64_t size = padded_->size;
    turn(first);
    for (int64_t i = points_; i < size; ++i) first.re[i] = first.im[i] = 0;
    const Parts spectrum = by_factors(*padded_, first, second);
    // Backwards: parts exchanged before and after.
    for (int64_t i = 0; i < size; ++i) {
      const double re = spectrum.re[i] * filter.re[i] - spectrum.im[i] * filter.im[i];
      const double im = spectrum.re[i] * filter.im[i] + spectrum.im[i] * filter.re[i];
      spectrum.re[i] = im / static_cast<double>(size);
      spectrum.im[i] = re / static_cast<double>(size);
    }
    const Parts other = spectrum.re == first.re ? second : first;
    const Parts back = by_factors(*padded_, spectrum, other);
    const Parts result{back.im, back.re};
    turn(result);
    return result;
  }

 private:
  Parts parts(double* room, int which) const {
    const int64_t length = Scratch::rounded(padded_->size);
    return {room + 2 * which * length, room + (2 * which + 1) * length};
  }

  int64_t square(int64_t j) const { return j * j % (2 * points_); }

  /** Times the chirp exp(-pi i j j / points). */
  void turn(Parts x) const {
    for (int64_t j = 0; j < points_; ++j) {
      const double c = chirps_->cosines[square(j)], s = chirps_->sines[square(j)];
      const double re = x.re[j];
      x.re[j] = re * c - x.im[j] * s;
      x.im[j] = re * s + x.im[j] * c;
    }
  }

  int64_t points_;
  const FourierPlan* plan_;
  const FourierPlan* chirps_;
  const FourierPlan* padded_;
};

/** Calls `body(row, transform, room)` for each row, sharing them among threads. */
template <class Body>
void each_row(const Operand& rows, int64_t points, Body&& body) {
  const Transform transform(points);
  const int64_t count = batch_count(rows, 1);
  // About 2 operations for each point and level, and a piece of enough of them.
  const int64_t piece = larger(1, (1 << 15) / (points * 8));
  parallel_for(divide_up(count, piece), [&](int64_t number) {
    double* room = Scratch(transform.room()).take(transform.room());
    transform.prepare(room);
    for (int64_t row = number * piece; row < smaller(count, (number + 1) * piece); ++row) body(row, transform, room);
  });
}

template <class T>
void load_row(const Operand& operand, int64_t row, int64_t count, double* to) {
  const int64_t length = operand.sizes[operand.rank - 1], stride = operand.strides[operand.rank - 1];
  const T* from = operand.as<T>() + batch_offset(operand, 1, row);
  for (int64_t j = 0; j < count; ++j) to[j] = j < length ? static_cast<double>(from[j * stride]) : 0;
}

template <class T>
void store_row(const double* from, int64_t count, double factor, const Operand& operand, int64_t row) {
  const int64_t length = operand.sizes[operand.rank - 1];
  T* to = operand.as<T>() + row * length;
  for (int64_t j = 0; j < length; ++j) to[j] = j < count ? static_cast<T>(from[j] * factor) : T(0);
}

template <class T>
void complex_transform(const OpCall& call) {
  const int64_t points = static_cast<int64_t>(call.attributes[0]);
  const bool inverse = call.attributes[1] != 0;
  const double factor = call.attributes[2];
  each_row(call.output(0), points, [&](int64_t row, const Transform& transform, double* room) {
    Parts data = transform.data(room);
    load_row<T>(call.input(inverse ? 1 : 0), row, points, data.re);
    load_row<T>(call.input(inverse ? 0 : 1), row, points, data.im);
    const Parts result = transform.run(room);
    store_row<T>(result.re, points, factor, call.output(inverse ? 1 : 0), row);
    store_row<T>(result.im, points, factor, call.output(inverse ? 0 : 1), row);
  });
}

/** Multiplies what stands for two frequencies at once. */
void weigh(Parts x, int64_t points, double weight) {
  for (int64_t k = 1; k < points - k; ++k) {
    x.re[k] *= weight;
    x.im[k] *= weight;
  }
}

template <class T>
void real_transform(const OpCall& call) {
  const int64_t points = static_cast<int64_t>(call.attributes[0]), half = points / 2 + 1;
  each_row(call.output(0), points, [&](int64_t row, const Transform& transform, double* room) {
    const Parts data = transform.data(room);
    load_row<T>(call.input(0), row, points, data.re);
    for (int64_t j = 0; j < points; ++j) data.im[j] = 0;
    const Parts result = transform.run(room);
    weigh(result, points, call.attributes[2]);
    // Exactly real, whatever rounding says.
    result.im[0] = 0;
    if (points % 2 == 0) result.im[half - 1] = 0;
    store_row<T>(result.re, half, call.attributes[1], call.output(0), row);
    store_row<T>(result.im, half, call.attributes[1], call.output(1), row);
  });
}

template <class T>
void real_inverse(const OpCall& call) {
  const int64_t points = static_cast<int64_t>(call.attributes[0]), half = points / 2 + 1;
  each_row(call.output(0), points, [&](int64_t row, const Transform& transform, double* room) {
    const Parts data = transform.data(room);
    load_row<T>(call.input(0), row, half, data.re);
    load_row<T>(call.input(1), row, half, data.im);
    data.im[0] = 0;
    if (points % 2 == 0) data.im[half - 1] = 0;
    weigh(data, points, call.attributes[2]);
    // The sum of X(k) exp(+...) is the forwards transform of the conjugate sequence, which is X reversed.
    for (int64_t k = 1; k < points - k; ++k) {
      data.re[points - k] = data.re[k];
      data.im[points - k] = data.im[k];
      data.im[k] = -data.im[k];
    }
    store_row<T>(transform.run(room).re, points, call.attributes[1], call.output(0), row);
  });
}

}  // namespace

void register_fourier(KernelTable& table) {
  table.set("dft", DType::Float32, complex_transform<float>);
  table.set("dft", DType::Float64, complex_transform<double>);
  table.set("rdft", DType::Float32, real_transform<float>);
  table.set("rdft", DType::Float64, real_transform<double>);
  table.set("irdft", DType::Float32, real_inverse<float>);
  table.set("irdft", DType::Float64, real_inverse<double>);
}

NABLA_END_ISA
