// Convolutions as products whose factors are windows of an image: no matrix of windows is ever written. conv2d multiplies the
// weight with windows, its transpose the weight with the places of the map that a pixel has come from, the weight's gradient the
// map with windows; the last has few elements and a long depth, so that parts of the depth are summed by blocks of their own, then
// joined in order.
#include "cuda/kernels/convolution_parameters.h"
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/rounded_tiles.cuh"
#include "cuda/kernels/tiles.cuh"

namespace nabla::cuda {

/** A number as quotient and rest. */
struct Split {
  int32_t whole, rest;

  static NABLA_DEVICE Split of(const Divider& d, int64_t number) {
    const auto n = static_cast<uint32_t>(number);
    const uint32_t whole = quotient(d, n);
    return {static_cast<int32_t>(whole), static_cast<int32_t>(n - whole * d.divisor)};
  }
};

/** A channel and a place in its plane; or an image, and a place in it. */
struct Place {
  int32_t outer, row, column;

  static NABLA_DEVICE Place of(const Divider& by_plane, const Divider& by_columns, int64_t number) {
    const Split plane = Split::of(by_plane, number), line = Split::of(by_columns, plane.rest);
    return {plane.whole, line.whole, line.rest};
  }
};

NABLA_DEVICE int64_t image_size(const ConvolutionParameters& p) { return int64_t{p.rows.image} * p.columns.image; }
NABLA_DEVICE int64_t map_size(const ConvolutionParameters& p) { return int64_t{p.rows.map} * p.columns.map; }
NABLA_DEVICE int64_t taps_of(const ConvolutionParameters& p) { return int64_t{p.rows.taps} * p.columns.taps; }

/** The image's number under a tap (a channel, a row and a column of the kernel) of the window at a position (an image and a place). */
template <class T>
NABLA_DEVICE T under_window(const ConvolutionParameters& p, int64_t group, const Place& position, const Place& tap) {
  const int32_t y = position.row * p.rows.stride - p.rows.padding + tap.row * p.rows.dilation;
  const int32_t x = position.column * p.columns.stride - p.columns.padding + tap.column * p.columns.dilation;
  if (y < 0 || y >= p.rows.image || x < 0 || x >= p.columns.image) return T(0);
  const int64_t plane = (position.outer * p.groups + group) * p.channels + tap.outer;
  return static_cast<const T*>(p.image)[plane * image_size(p) + y * p.columns.image + x];
}

/** The place of the map whose window has a pixel of the image under a tap; below 0 where there is none. */
NABLA_DEVICE int32_t seen_from(const ConvolutionAxis& axis, int32_t pixel, int32_t tap) {
  const int32_t start = pixel + axis.padding - tap * axis.dilation;
  if (start < 0 || start % axis.stride != 0) return -1;
  const int32_t place = start / axis.stride;
  return place < axis.map ? place : -1;
}

/** Puts a sum, its bias added, into a plane of the result, of which each image has `planes`; `column` counts the places of all images. */
template <class T>
NABLA_DEVICE void put_plane(const ConvolutionParameters& p, int64_t plane, int64_t planes, const Divider& by_size, int64_t size, int64_t column, T sum) {
  const Split at = Split::of(by_size, column);
  const T bias = p.bias == nullptr ? T(0) : static_cast<const T*>(p.bias)[plane];
  static_cast<T*>(p.to)[(at.whole * planes + plane) * size + at.rest] = sum + bias;
}

template <class T, class TileOfProducts>
NABLA_DEVICE void conv2d(const ConvolutionParameters& p) {
  const int64_t first_column = static_cast<int64_t>(blockIdx.x) * kTile, first_row = static_cast<int64_t>(blockIdx.y) * kTile;
  const int64_t columns = p.images * map_size(p), depth = p.channels * taps_of(p), own = first_column + threadIdx.x % kTile;
  const Place position = Place::of(p.by_map, p.by_map_columns, own < columns ? own : 0);
  for (int64_t group = blockIdx.z; group < p.groups; group += gridDim.z) {
    const T* const weight = static_cast<const T*>(p.weight) + group * p.maps * depth;
    TileOfProducts tile;
    tile.add(
        0, depth, Along::Depth, [&](int r, int64_t k) { return first_row + r < p.maps ? weight[(first_row + r) * depth + k] : T(0); }, Along::Side,
        [&](int, int64_t k) { return own < columns ? under_window<T>(p, group, position, Place::of(p.by_taps, p.by_tap_columns, k)) : T(0); });
    tile.each([&](int r, int c, T sum) {
      if (first_row + r < p.maps && first_column + c < columns) put_plane<T>(p, group * p.maps + first_row + r, p.groups * p.maps, p.by_map, map_size(p), first_column + c, sum);
    });
  }
}

template <class T, class TileOfProducts>
NABLA_DEVICE void conv_transpose2d(const ConvolutionParameters& p) {
  const int64_t first_column = static_cast<int64_t>(blockIdx.x) * kTile, first_row = static_cast<int64_t>(blockIdx.y) * kTile;
  const int64_t columns = p.images * image_size(p), taps = taps_of(p), own = first_column + threadIdx.x % kTile;
  const Place pixel = Place::of(p.by_image, p.by_image_columns, own < columns ? own : 0);
  for (int64_t group = blockIdx.z; group < p.groups; group += gridDim.z) {
    const T* const weight = static_cast<const T*>(p.weight) + group * p.maps * p.channels * taps;
    TileOfProducts tile;
    tile.add(
        0, p.maps * taps, Along::Depth,
        [&](int r, int64_t k) {
          const Split at = Split::of(p.by_taps, k);
          return first_row + r < p.channels ? weight[(at.whole * p.channels + first_row + r) * taps + at.rest] : T(0);
        },
        Along::Side,
        [&](int, int64_t k) {
          if (own >= columns) return T(0);
          const Place tap = Place::of(p.by_taps, p.by_tap_columns, k);
          const int32_t y = seen_from(p.rows, pixel.row, tap.row), x = seen_from(p.columns, pixel.column, tap.column);
          if (y < 0 || x < 0) return T(0);
          const int64_t plane = (pixel.outer * p.groups + group) * p.maps + tap.outer;
          return static_cast<const T*>(p.map)[plane * map_size(p) + y * p.columns.map + x];
        });
    tile.each([&](int r, int c, T sum) {
      if (first_row + r < p.channels && first_column + c < columns) put_plane<T>(p, group * p.channels + first_row + r, p.groups * p.channels, p.by_image, image_size(p), first_column + c, sum);
    });
  }
}

template <class T, class TileOfProducts>
NABLA_DEVICE void conv2d_weight(const ConvolutionParameters& p) {
  const int64_t first_column = static_cast<int64_t>(blockIdx.x) * kTile, first_row = static_cast<int64_t>(blockIdx.y) * kTile;
  const int64_t columns = p.channels * taps_of(p), depth = p.images * map_size(p), own = first_column + threadIdx.x % kTile;
  const Place tap = Place::of(p.by_taps, p.by_tap_columns, own < columns ? own : 0);
  for (int64_t work = blockIdx.z; work < p.groups * p.part_count; work += gridDim.z) {
    const int64_t group = work / p.part_count, part = work % p.part_count;
    TileOfProducts tile;
    tile.add(
        depth * part / p.part_count, depth * (part + 1) / p.part_count, Along::Depth,
        [&](int r, int64_t k) {
          const Split at = Split::of(p.by_map, k);
          const int64_t map = (at.whole * p.groups + group) * p.maps + first_row + r;
          return first_row + r < p.maps ? static_cast<const T*>(p.map)[map * map_size(p) + at.rest] : T(0);
        },
        Along::Side,
        [&](int, int64_t k) { return own < columns ? under_window<T>(p, group, Place::of(p.by_map, p.by_map_columns, k), tap) : T(0); });
    T* const to = p.parts == nullptr ? static_cast<T*>(p.to) : static_cast<T*>(p.parts) + part * p.groups * p.maps * columns;
    tile.each([&](int r, int c, T sum) {
      const int64_t row = first_row + r, column = first_column + c;
      if (row < p.maps && column < columns) to[(group * p.maps + row) * columns + column] = sum;
    });
  }
}

template <class T>
NABLA_DEVICE void join_weight(const ConvolutionParameters& p) {
  const int64_t count = p.groups * p.maps * p.channels * taps_of(p);
  for (int64_t i = thread_number(); i < count; i += thread_count()) {
    double sum = 0;
    for (int part = 0; part < p.part_count; ++part) sum += static_cast<const T*>(p.parts)[part * count + i];
    static_cast<T*>(p.to)[i] = static_cast<T>(sum);
  }
}

#define NABLA_CONVOLUTION_KERNELS(type, T, TileOfProducts)                                                     \
  NABLA_KERNEL(conv2d_##type, ConvolutionParameters) { conv2d<T, TileOfProducts>(p); }                     \
  NABLA_KERNEL(convTranspose2d_##type, ConvolutionParameters) { conv_transpose2d<T, TileOfProducts>(p); }  \
  NABLA_KERNEL(conv2dWeight_##type, ConvolutionParameters) { conv2d_weight<T, TileOfProducts>(p); }
NABLA_CONVOLUTION_KERNELS(f32, float, Tile<float>)
NABLA_CONVOLUTION_KERNELS(tf32, float, RoundedTile<Tf32>)
NABLA_CONVOLUTION_KERNELS(bf16, float, RoundedTile<BFloat16>)
NABLA_CONVOLUTION_KERNELS(f64, double, Tile<double>)

NABLA_KERNEL(conv2dWeight_join_f32, ConvolutionParameters) { join_weight<float>(p); }
NABLA_KERNEL(conv2dWeight_join_f64, ConvolutionParameters) { join_weight<double>(p); }

}  // namespace nabla::cuda
