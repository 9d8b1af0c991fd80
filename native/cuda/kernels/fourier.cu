// Fourier transforms in float64, as on the CPU: Stockham's self-sorting transform in radices 4, 2, 3, 5, 7, 11 and 13 (Van Loan,
// Computational Frameworks for the Fast Fourier Transform, 1.7), sizes with a larger prime by Bluestein's convolution (1970) of a
// power of 2. A block takes whole rows into shared memory where they fit; longer ones go through the card's memory, a kernel a
// radix. What is read and written at the ends, cpu/fourier.isa.cpp says.
#include <cmath>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/fourier_parameters.h"

namespace nabla::cuda {

NABLA_DEVICE FourierPoint times(FourierPoint a, FourierPoint b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }

/** The chirp exp(-pi i j j / points). */
NABLA_DEVICE FourierPoint chirp(const FourierParameters& p, int64_t j) { return p.chirps[j * j % (2 * static_cast<int64_t>(p.points))]; }

/** A frequency that stands for two, itself and its mirror image. */
NABLA_DEVICE bool stands_for_two(const FourierParameters& p, int64_t k) { return k > 0 && k < p.points - k; }

/** Point j of a row, before the transform. */
template <class T>
NABLA_DEVICE FourierPoint load_point(const FourierParameters& p, int64_t row, int64_t j) {
  if (p.kind == FourierKind::Filter) {
    const int64_t near = j < p.points ? j : p.size - j;
    if (near >= p.points) return {0, 0};
    const FourierPoint turned = chirp(p, near);
    return {turned.re, -turned.im};
  }
  if (j >= p.points) return {0, 0};
  const auto part = [&](const void* from, const int64_t* strides, int64_t step, int64_t at) {
    return at < p.length ? static_cast<double>(static_cast<const T*>(from)[place_of(p.rank, p.sizes, strides, row) + at * step]) : 0.0;
  };
  const auto re = [&](int64_t at) { return part(p.re, p.re_strides, p.re_step, at); };
  const auto im = [&](int64_t at) { return part(p.im, p.im_strides, p.im_step, at); };
  FourierPoint x;
  if (p.kind == FourierKind::Real) {
    x = {re(j), 0};
  } else if (p.kind == FourierKind::RealInverse) {
    // The forwards transform of the conjugate sequence, the second half of which mirrors the first.
    const bool mirrored = j > p.points / 2;
    const int64_t k = mirrored ? p.points - j : j;
    x = {re(k), stands_for_two(p, k) ? im(k) : 0};
    if (stands_for_two(p, k)) x = {x.re * p.weight, (mirrored ? x.im : -x.im) * p.weight};
  } else {
    // Backwards is forwards with real and imaginary parts exchanged.
    const double a = re(j), b = im(j);
    x = p.kind == FourierKind::Complex ? FourierPoint{a, b} : FourierPoint{b, a};
  }
  return p.chirps == nullptr ? x : times(x, chirp(p, j));
}

/** Writes element k of a row's result, which is point k of the transform where there is one. */
template <class T>
NABLA_DEVICE void store_point(const FourierParameters& p, int64_t row, int64_t k, const FourierPoint* transformed) {
  if (p.kind == FourierKind::Filter) {
    p.filter[k] = transformed[k];
    return;
  }
  FourierPoint y{0, 0};
  if (k < (p.kind == FourierKind::Real ? p.points / 2 + 1 : p.points)) {
    y = transformed[k];
    if (p.chirps != nullptr) y = times({y.im, y.re}, chirp(p, k));
    if (p.kind == FourierKind::ComplexInverse) y = {y.im, y.re};
    if (p.kind == FourierKind::Real) {
      if (stands_for_two(p, k)) y = {y.re * p.weight, y.im * p.weight};
      else y.im = 0;
    }
  }
  const int64_t at = row * p.to_length + k;
  static_cast<T*>(p.to_re)[at] = static_cast<T>(y.re * p.factor);
  if (p.to_im != nullptr) static_cast<T*>(p.to_im)[at] = static_cast<T>(y.im * p.factor);
}

/** Butterfly number b of a pass: from [radix][rest][done] to [rest][radix][done]. */
template <int kRadix>
NABLA_DEVICE void butterfly(const FourierParameters& p, uint32_t done, uint32_t b, const FourierPoint* from, FourierPoint* to) {
  const auto size = static_cast<uint32_t>(p.size);
  const uint32_t rest = size / done / kRadix, at = b / done, s = b - at * done;
  FourierPoint x[kRadix];
  for (int q = 0; q < kRadix; ++q) x[q] = from[(static_cast<uint32_t>(q) * rest + at) * done + s];
  const auto put = [&](int k, FourierPoint y) {
    to[(at * kRadix + static_cast<uint32_t>(k)) * done + s] = times(y, p.roots[at * static_cast<uint32_t>(k) * done]);
  };
  if constexpr (kRadix == 2) {
    put(0, {x[0].re + x[1].re, x[0].im + x[1].im});
    put(1, {x[0].re - x[1].re, x[0].im - x[1].im});
  } else if constexpr (kRadix == 4) {
    const FourierPoint even{x[0].re + x[2].re, x[0].im + x[2].im}, odd{x[1].re + x[3].re, x[1].im + x[3].im};
    const FourierPoint apart{x[0].re - x[2].re, x[0].im - x[2].im}, quarter{x[1].im - x[3].im, x[3].re - x[1].re};
    put(0, {even.re + odd.re, even.im + odd.im});
    put(1, {apart.re + quarter.re, apart.im + quarter.im});
    put(2, {even.re - odd.re, even.im - odd.im});
    put(3, {apart.re - quarter.re, apart.im - quarter.im});
  } else {
    const uint32_t step = size / kRadix;
    for (int k = 0; k < kRadix; ++k) {
      FourierPoint sum = x[0];
      for (int q = 1; q < kRadix; ++q) {
        const FourierPoint wave = p.roots[static_cast<uint32_t>(q * k % kRadix) * step];
        sum.re += x[q].re * wave.re - x[q].im * wave.im;
        sum.im += x[q].re * wave.im + x[q].im * wave.re;
      }
      put(k, sum);
    }
  }
}

/** Some butterflies of one pass over rows of `size` points, counted through all rows by numbers that have room for them. */
template <int kRadix, class Number>
NABLA_DEVICE void pass_of(const FourierParameters& p, uint32_t done, Number rows, Number first, Number step, const FourierPoint* from, FourierPoint* to) {
  const Number in_row = static_cast<Number>(p.size) / kRadix;
  for (Number i = first; i < rows * in_row; i += step) {
    const Number row = i / in_row;
    butterfly<kRadix>(p, done, static_cast<uint32_t>(i - row * in_row), from + row * static_cast<Number>(p.size), to + row * static_cast<Number>(p.size));
  }
}

template <class Number>
NABLA_DEVICE void pass(const FourierParameters& p, int radix, int done, Number rows, Number first, Number step, const FourierPoint* from, FourierPoint* to) {
  const auto before = static_cast<uint32_t>(done);
  switch (radix) {
    case 2: return pass_of<2>(p, before, rows, first, step, from, to);
    case 3: return pass_of<3>(p, before, rows, first, step, from, to);
    case 4: return pass_of<4>(p, before, rows, first, step, from, to);
    case 5: return pass_of<5>(p, before, rows, first, step, from, to);
    case 7: return pass_of<7>(p, before, rows, first, step, from, to);
    case 11: return pass_of<11>(p, before, rows, first, step, from, to);
    default: return pass_of<13>(p, before, rows, first, step, from, to);
  }
}

/** A point of the spectrum times the filter's, over the size; its parts exchanged, for the way back. */
NABLA_DEVICE FourierPoint filtered(const FourierParameters& p, FourierPoint spectrum, int64_t k) {
  const FourierPoint y = times(spectrum, p.filter[k]);
  return {y.im / p.size, y.re / p.size};
}

/** Transforms rows that lie in shared memory: there, and for a convolution back. All threads of the block come here. */
NABLA_DEVICE const FourierPoint* transform_in_block(const FourierParameters& p, int rows, FourierPoint* data, FourierPoint* other) {
  const bool convolves = p.chirps != nullptr && p.kind != FourierKind::Filter;
  int done = 1;
  for (int i = 0; i < (convolves ? 2 : 1) * p.radix_count; ++i) {
    if (i == p.radix_count) {
      for (int at = static_cast<int>(threadIdx.x); at < rows * p.size; at += kThreads) data[at] = filtered(p, data[at], at % p.size);
      __syncthreads();
      done = 1;
    }
    const int radix = p.radices[i % p.radix_count];
    pass<uint32_t>(p, radix, done, static_cast<uint32_t>(rows), threadIdx.x, kThreads, data, other);
    __syncthreads();
    FourierPoint* const kept = data;
    data = other;
    other = kept;
    done *= radix;
  }
  return data;
}

/** As many whole rows at a time as there is room for. */
template <class T>
NABLA_DEVICE void rows_in_blocks(const FourierParameters& p) {
  __shared__ FourierPoint room[2 * kFourierInBlock];
  const int most = kFourierInBlock / p.size;
  for (int64_t first = static_cast<int64_t>(blockIdx.x) * most; first < p.rows; first += static_cast<int64_t>(gridDim.x) * most) {
    const int rows = p.rows - first < most ? static_cast<int>(p.rows - first) : most;
    for (int i = static_cast<int>(threadIdx.x); i < rows * p.size; i += kThreads) room[i] = load_point<T>(p, first + i / p.size, i % p.size);
    __syncthreads();
    const FourierPoint* const data = transform_in_block(p, rows, room, room + kFourierInBlock);
    for (int64_t i = threadIdx.x; i < rows * p.to_length; i += kThreads) {
      const int64_t row = i / p.to_length;
      store_point<T>(p, first + row, i - row * p.to_length, data + row * p.size);
    }
    __syncthreads();
  }
}

template <class T>
NABLA_DEVICE void load_rows(const FourierParameters& p) {
  for (int64_t i = thread_number(); i < p.some_rows * p.size; i += thread_count()) p.data[i] = load_point<T>(p, p.first_row + i / p.size, i % p.size);
}

template <class T>
NABLA_DEVICE void store_rows(const FourierParameters& p) {
  for (int64_t i = thread_number(); i < p.some_rows * p.to_length; i += thread_count()) {
    const int64_t row = i / p.to_length;
    store_point<T>(p, p.first_row + row, i - row * p.to_length, p.data + row * p.size);
  }
}

NABLA_KERNEL(fourierRoots, RootsParameters) {
  for (int64_t number = thread_number(); number < p.size; number += thread_count()) {
    // In the first eighth of the circle, where sine and cosine are most exact, and reflected: cpu/fourier_plan.cpp.
    int64_t j = number;
    const bool lower = 2 * j > p.size;
    if (lower) j = p.size - j;
    const bool left = 4 * j > p.size;
    const int64_t twice = left ? p.size - 2 * j : 2 * j;
    const bool steep = 4 * twice > p.size;
    const double pi = 3.14159265358979323846, size = static_cast<double>(p.size);
    const double angle = steep ? pi * static_cast<double>(p.size - 2 * twice) / (2 * size) : pi * static_cast<double>(twice) / size;
    const double cosine = steep ? std::sin(angle) : std::cos(angle), sine = steep ? std::cos(angle) : std::sin(angle);
    p.to[number] = {left ? -cosine : cosine, lower ? sine : -sine};
  }
}

NABLA_KERNEL(fourierRows_f32, FourierParameters) { rows_in_blocks<float>(p); }
NABLA_KERNEL(fourierRows_f64, FourierParameters) { rows_in_blocks<double>(p); }
NABLA_KERNEL(fourierLoad_f32, FourierParameters) { load_rows<float>(p); }
NABLA_KERNEL(fourierLoad_f64, FourierParameters) { load_rows<double>(p); }
NABLA_KERNEL(fourierStore_f32, FourierParameters) { store_rows<float>(p); }
NABLA_KERNEL(fourierStore_f64, FourierParameters) { store_rows<double>(p); }
NABLA_KERNEL(fourierPass, FourierParameters) {
  pass<int64_t>(p, p.radix, p.done, p.some_rows, thread_number(), thread_count(), p.data, p.other);
}
NABLA_KERNEL(fourierFilter, FourierParameters) {
  for (int64_t i = thread_number(); i < p.some_rows * p.size; i += thread_count()) p.data[i] = filtered(p, p.data[i], i % p.size);
}

}  // namespace nabla::cuda
