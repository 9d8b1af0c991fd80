// Blocking of a kernel's gradient: units are bands of rows of one image; chunks of units are summed apart, then their sums
// added in order. Which chunks there are depends on the shape alone, so the result does not depend on threads.
//
// Within a unit the image is transposed so that channels lie innermost, [row][column][channel], zeros around it included:
// then (column of the kernel, channel) is one run of consecutive numbers for each pixel and row of the kernel, and vectors
// are cut from these runs (the trick of XNNPACK's channels-last convolutions).
#include "cpu/convolution_weight.h"

#include "core/thread_pool.h"
#include "cpu/convolution_weight_tile.h"
#include "cpu/transpose.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

/** Bytes of the transposed band of an image. */
constexpr int64_t kBandBytes = 256 << 10;
constexpr int64_t kWantedPieces = 16;
/** Multiply-adds worth a piece of their own. */
constexpr int64_t kPieceWork = 1 << 18;
/** Bytes of all chunks' sums together. */
constexpr int64_t kSumsBytes = 32 << 20;

template <class T>
struct Plan {
  static constexpr int kWidth = kLanes<T>;
  const WeightGradient<T>& call;
  const WindowAxis& rows;
  const WindowAxis& columns;
  int64_t band_height, bands;
  /** Numbers of a pixel of the transposed image, and of a row of it. */
  int64_t pixel, line;
  /** Without dilation the taps of a kernel's row are one run, else each is. */
  bool joined;
  int64_t runs, run_vectors;
  EvenCut tiles, vectors, chunks;
  int64_t row_parts;
  int64_t* offsets;
  T* sums;

  explicit Plan(const WeightGradient<T>& gradient) : call(gradient), rows(gradient.windows.rows), columns(gradient.windows.columns) {
    pixel = call.channels;
    line = ((columns.map_size - 1) * columns.stride + (columns.taps - 1) * columns.dilation + 1) * pixel;
    const int64_t row_bytes = larger(1, line * rows.stride * int64_t{sizeof(T)});
    band_height = larger(1, smaller(rows.map_size, kBandBytes / row_bytes));
    bands = divide_up(rows.map_size, band_height);
    band_height = divide_up(rows.map_size, larger(1, bands));
    joined = columns.dilation == 1;
    runs = rows.taps * (joined ? 1 : columns.taps);
    run_vectors = divide_up((joined ? columns.taps : 1) * pixel, kWidth);
    const int64_t all_vectors = runs * run_vectors;
    tiles = {call.maps, divide_up(call.maps, kConvolutionRows)};
    vectors = {all_vectors, divide_up(all_vectors, kConvolutionVectors)};

    const int64_t units = call.images * bands;
    const int64_t work = units * band_height * columns.map_size * call.maps * all_vectors * kWidth;
    const int64_t sums_bytes = larger(1, call.groups * sums_size() * int64_t{sizeof(T)});
    const int64_t wanted = larger(1, smaller(divide_up(kWantedPieces, call.groups), work / kPieceWork));
    chunks = {units, larger(1, smaller(smaller(units, wanted), kSumsBytes / sums_bytes))};
    row_parts = larger(1, smaller(tiles.parts, wanted / chunks.parts));
  }

  /** Of one chunk and group. */
  int64_t sums_size() const { return call.maps * vectors.size * kWidth; }
  T* sums_of(int64_t group, int64_t chunk) const { return sums + (group * chunks.parts + chunk) * sums_size(); }

  void fill_offsets() const {
    int64_t k = 0;
    for (int64_t run = 0; run < runs; ++run) {
      const int64_t t = joined ? run : run / columns.taps, u = joined ? 0 : run % columns.taps;
      for (int64_t v = 0; v < run_vectors; ++v) offsets[k++] = t * rows.dilation * line + u * columns.dilation * pixel + v * kWidth;
    }
  }

  int64_t image_rows(int64_t height) const { return (height - 1) * rows.stride + (rows.taps - 1) * rows.dilation + 1; }

  /** The part of an image that a band's windows see, with channels innermost. */
  void transpose_band(const T* image, int64_t first_row, int64_t height, T* to) const {
    const int64_t plane = rows.image_size * columns.image_size;
    const int64_t width = line / pixel;
    const int64_t begin = smaller(columns.padding, width);
    const int64_t end = larger(begin, smaller(width, columns.image_size + columns.padding));
    for (int64_t i = 0; i < height; ++i, to += line) {
      const int64_t y = first_row + i;
      const bool outside = y < 0 || y >= rows.image_size || begin == end;
      const int64_t zeros = outside ? width : begin;
      for (int64_t q = 0; q < zeros * pixel; ++q) to[q] = 0;
      if (outside) continue;
      transpose_matrix(pixel, end - begin, image + y * columns.image_size + begin - columns.padding, plane, to + begin * pixel,
                       pixel);
      for (int64_t q = end * pixel; q < line; ++q) to[q] = 0;
    }
  }

  void compute(int64_t piece) const {
    const int64_t part = piece % row_parts, chunk = piece / row_parts % chunks.parts, group = piece / row_parts / chunks.parts;
    const EvenCut part_cut{tiles.parts, row_parts};
    const int64_t tile_begin = part_cut.start(part), tile_end = part_cut.start(part + 1);
    const int64_t sums_stride = vectors.size * kWidth;
    T* const own = sums_of(group, chunk);
    for (int64_t i = tiles.start(tile_begin) * sums_stride; i < tiles.start(tile_end) * sums_stride; ++i) own[i] = 0;

    // Vectors are read whole, beyond the last channel too.
    T* const band = static_cast<T*>(workspace(static_cast<size_t>(image_rows(band_height) * line + kWidth) * sizeof(T)));
    const int64_t image_size = call.channels * rows.image_size * columns.image_size;
    const int64_t map_plane = rows.map_size * columns.map_size;
    for (int64_t unit = chunks.start(chunk); unit < chunks.start(chunk + 1); ++unit) {
      const int64_t image = unit / bands * call.groups + group, first_row = unit % bands * band_height;
      WeightTile<T> tile;
      tile.rows = smaller(band_height, rows.map_size - first_row);
      tile.columns = columns.map_size;
      if (tile.rows <= 0) continue;
      transpose_band(call.image + image * image_size, first_row * rows.stride - rows.padding, image_rows(tile.rows), band);
      tile.map_stride = map_plane;
      tile.image = band;
      tile.column_step = columns.stride * pixel;
      tile.row_step = rows.stride * line;
      tile.sums_stride = sums_stride;
      const T* const maps = call.map + image * call.maps * map_plane + first_row * columns.map_size;
      for (int64_t v = 0; v < vectors.parts; ++v) {
        const int64_t vector = vectors.start(v), count = vectors.start(v + 1) - vector;
        tile.offsets = offsets + vector;
        for (int64_t r = tile_begin; r < tile_end; ++r) {
          const int64_t row = tiles.start(r), height = tiles.start(r + 1) - row;
          tile.map = maps + row * map_plane;
          tile.sums = own + row * sums_stride + vector * kWidth;
          kWeightTiles<T>.functions[count][height](tile);
        }
      }
    }
  }

  /** Adds the chunks' sums of one map and puts them where they belong. */
  void finish(int64_t group, int64_t map) const {
    const int64_t size = vectors.size * kWidth;
    T* const total = sums_of(group, 0) + map * size;
    for (int64_t chunk = 1; chunk < chunks.parts; ++chunk) {
      const T* other = sums_of(group, chunk) + map * size;
      for (int64_t i = 0; i < size; i += kWidth) store(total + i, load(total + i) + load(other + i));
    }
    T* const weight = call.weight + (group * call.maps + map) * call.channels * rows.taps * columns.taps;
    const int64_t run_size = run_vectors * kWidth;
    for (int64_t t = 0; t < rows.taps; ++t) {
      for (int64_t u = 0; u < columns.taps; ++u) {
        const T* from = joined ? total + t * run_size + u * pixel : total + (t * columns.taps + u) * run_size;
        T* to = weight + t * columns.taps + u;
        for (int64_t c = 0; c < call.channels; ++c) to[c * rows.taps * columns.taps] = from[c];
      }
    }
  }
};

}  // namespace

template <class T>
bool correlate_weight(const WeightGradient<T>& call) {
  if (call.maps == 0 || call.channels == 0) return true;
  Plan<T> plan(call);
  const size_t offset_bytes = (static_cast<size_t>(plan.vectors.size) * sizeof(int64_t) + 63) / 64 * 64;
  const size_t sums_bytes = static_cast<size_t>(call.groups * plan.chunks.parts * plan.sums_size()) * sizeof(T);
  char* const room = static_cast<char*>(call_workspace(offset_bytes + sums_bytes));
  plan.offsets = reinterpret_cast<int64_t*>(room);
  plan.sums = reinterpret_cast<T*>(room + offset_bytes);
  plan.fill_offsets();
  if (!parallel_for(call.groups * plan.chunks.parts * plan.row_parts, [&](int64_t piece) { plan.compute(piece); })) return false;
  const int64_t maps = call.groups * call.maps;
  const int64_t maps_a_piece = divide_up(1 << 15, plan.vectors.size * kLanes<T> * plan.chunks.parts);
  return parallel_for(divide_up(maps, maps_a_piece), [&](int64_t piece) {
    const int64_t end = smaller(maps, (piece + 1) * maps_a_piece);
    for (int64_t map = piece * maps_a_piece; map < end; ++map) plan.finish(map / call.maps, map % call.maps);
  });
}

template bool correlate_weight<float>(const WeightGradient<float>&);
template bool correlate_weight<double>(const WeightGradient<double>&);

NABLA_END_ISA
