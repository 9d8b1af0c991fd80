// What the host tells the kernels of Fourier transforms.
#pragma once

#include <cstdint>

namespace nabla::cuda {

/** Points that a block transforms in shared memory. */
inline constexpr int kFourierInBlock = 1536;

/** A complex number. */
struct alignas(16) FourierPoint {
  double re, im;
};

/** `Filter` is the chirp that Bluestein's convolution takes. */
enum class FourierKind : int32_t { Complex, ComplexInverse, Real, RealInverse, Filter };

struct FourierParameters {
  FourierKind kind;
  int32_t rank;
  /** Rows in all; where they begin, by the dimensions before the last. */
  int64_t rows;
  int64_t sizes[8], re_strides[8], im_strides[8];
  const void *re, *im;
  int64_t re_step, im_step, length;
  /** Outputs are contiguous; the second may be none. */
  void *to_re, *to_im;
  int64_t to_length;
  double factor, weight;
  /** Points of the transform that is wanted, and of the one that is done: a power of 2 where there are chirps. */
  int32_t points, size;
  int32_t radix_count;
  int32_t radices[32];
  /** exp(-2 pi i j / size), and for a convolution exp(-2 pi i j / (2 points)), else null. */
  const FourierPoint *roots, *chirps;
  FourierPoint* filter;
  /** In the card's memory, for what is too long for a block: some rows of `size` points, and the first of them. */
  FourierPoint *data, *other;
  int64_t first_row, some_rows;
  /** Of one pass: its radix, and the product of those before. */
  int32_t radix, done;
};

/** The roots of unity exp(-2 pi i j / size). */
struct RootsParameters {
  FourierPoint* to;
  int64_t size;
};

}  // namespace nabla::cuda
