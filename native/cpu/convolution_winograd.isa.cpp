// Blocking of Winograd's convolution: pieces are three vectors of tiles, which may belong to several images, and some of the
// result's channels. The 36 transforms of the tiles are laid side by side, [product][channel][tile], multiplied with the
// kernels' 36 transforms as 36 matrix products by the tile of direct convolution, and the products transformed back, a block
// of channels at a time: all of it stays in the second-level cache.
//
// An image's tiles are computed alike wherever they lie in a piece, so results do not depend on threads, nor on the images
// beside it.
#include "cpu/convolution_winograd.h"

#include "core/thread_pool.h"
#include "cpu/convolution_tile.h"
#include "cpu/convolution_winograd_transform.h"
#include "cpu/lane_range.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

constexpr int kWidth = kLanes<float>;
constexpr int kVectors = kConvolutionVectors;
constexpr int64_t kTiles = kVectors * kWidth;
/** Numbers of one row of the tiles of a piece, without the two that neighbours share. */
constexpr int64_t kLine = kTiles * kWinogradResults;
/** Results that are multiplied and transformed back together. */
constexpr int64_t kResultBlock = 32;
constexpr int64_t kWantedPieces = 12;
/** Of fewer channels, in or out, the transforms cost more than they save. */
constexpr int64_t kFewestChannels = 16;
/** Beyond these channels the transforms of a piece and of the kernels leave the caches, and direct sums are faster. */
constexpr int64_t kMostChannels = 512;
/** Bytes of all kernels' transforms. */
constexpr int64_t kMostKernelBytes = 16 << 20;

/** Tiles that lie side by side in one image. */
struct Segment {
  int64_t image, row, column, tiles;
  /** The first one's place in the piece. */
  int64_t lane;
};

/** The tiles of a piece. */
struct Block {
  int64_t count;
  int found = 0;
  Segment segments[kTiles];
};

struct Plan {
  const Correlation<float>& call;
  int64_t tile_rows, tile_columns, all_tiles;
  int64_t blocks;
  EvenCut tiles;
  /** The tiles of the results are cut into blocks, and these into parts, one for each piece. */
  EvenCut result_blocks, result_parts;
  /** Where taps begin on the image: at the lowest, whatever order the kernel is read in. */
  int64_t first_row, first_column;
  /** From one product to the next; the extra vectors keep them out of one cache set. */
  int64_t image_stride, result_stride;
  float* kernels;
  int32_t* offsets;

  explicit Plan(const Correlation<float>& correlation) : call(correlation) {
    tile_rows = divide_up(call.rows.positions, kWinogradResults);
    tile_columns = divide_up(call.columns.positions, kWinogradResults);
    all_tiles = call.images * tile_rows * tile_columns;
    blocks = divide_up(all_tiles, kTiles);
    tiles = {call.results, divide_up(call.results, kConvolutionRows)};
    result_blocks = {tiles.parts, divide_up(call.results, kResultBlock)};
    result_parts = {result_blocks.parts, smaller(result_blocks.parts, divide_up(kWantedPieces, call.groups * blocks))};
    first_row = lowest(call.rows);
    first_column = lowest(call.columns);
    image_stride = call.channels * kTiles + kWidth;
    result_stride = divide_up(tiles.parts, result_blocks.parts) * kConvolutionRows * kTiles + kWidth;
  }

  int64_t pieces() const { return call.groups * blocks * result_parts.parts; }

  static int64_t lowest(const CorrelationAxis& axis) { return axis.tap_step > 0 ? axis.first : axis.tap_start(axis.taps - 1); }

  int64_t kernel_count() const { return kWinogradProducts * call.groups * call.results * call.channels; }
  /** The kernels of one tile's results for one product: [channel][result]. */
  float* kernel(int64_t product, int64_t group, int64_t row) const {
    return kernels + ((product * call.groups + group) * call.results + row) * call.channels;
  }

  void transform_kernels(int64_t group, int64_t tile) const {
    const int64_t row = tiles.start(tile), rows = tiles.start(tile + 1) - row;
    const auto tap_offset = [](const CorrelationAxis& axis, int64_t t, int64_t stride) {
      const int64_t tap = axis.tap_step > 0 ? t : axis.taps - 1 - t;
      return (axis.weight_first + tap * axis.weight_step) * stride;
    };
    const float* from = call.weight + group * call.weight_group + row * call.weight_result;
    for (int64_t c = 0; c < call.channels; ++c, from += call.weight_channel) {
      double taps[kWinogradTaps * kWinogradTaps][kConvolutionRows] = {};
      for (int64_t t = 0; t < kWinogradTaps; ++t) {
        for (int64_t u = 0; u < kWinogradTaps; ++u) {
          const float* tap = from + tap_offset(call.rows, t, call.weight_row) + tap_offset(call.columns, u, call.weight_column);
          for (int64_t i = 0; i < rows; ++i) taps[t * kWinogradTaps + u][i] = tap[i * call.weight_result];
        }
      }
      double half[kWinogradNumbers * kWinogradTaps][kConvolutionRows];
      double whole[kWinogradProducts][kConvolutionRows];
      for (int u = 0; u < kWinogradTaps; ++u) {
        for (int i = 0; i < kConvolutionRows; ++i) {
          transform_kernel(&taps[u][i], kWinogradTaps * kConvolutionRows, &half[u][i], kWinogradTaps * kConvolutionRows);
        }
      }
      for (int t = 0; t < kWinogradNumbers; ++t) {
        for (int i = 0; i < kConvolutionRows; ++i) {
          transform_kernel(&half[t * kWinogradTaps][i], kConvolutionRows, &whole[t * kWinogradNumbers][i], kConvolutionRows);
        }
      }
      for (int64_t product = 0; product < kWinogradProducts; ++product) {
        float* to = kernel(product, group, row) + c * rows;
        for (int64_t i = 0; i < rows; ++i) to[i] = static_cast<float>(whole[product][i]);
      }
    }
  }

  Block cut(int64_t first) const {
    Block block;
    block.count = smaller(kTiles, all_tiles - first);
    for (int64_t lane = 0; lane < block.count;) {
      const int64_t line = (first + lane) / tile_columns, column = (first + lane) % tile_columns;
      const int64_t width = smaller(block.count - lane, tile_columns - column);
      block.segments[block.found++] = {line / tile_rows, line % tile_rows, column, width, lane};
      lane += width;
    }
    return block;
  }

  struct Lines {
    /** The six rows of all tiles of a piece, transformed across the rows. */
    float rows[kWinogradNumbers][kLine + kWidth];
    /** Of the last tile of each segment the two numbers that follow it. */
    float after[kWinogradNumbers][2][kTiles];
  };

  struct ResultLines {
    float rows[kWinogradResults][kLine + kWidth];
  };

  /** Meanwhile the next channel is fetched: its plane lies behind this one. */
  void transform_rows(const Segment& segment, const float* plane, Lines& lines) const {
    const int64_t height = call.rows.image_size, width = call.columns.image_size;
    const int64_t top = segment.row * kWinogradResults + first_row, left = segment.column * kWinogradResults + first_column;
    const int64_t numbers = segment.tiles * kWinogradResults;
    const int64_t place = segment.lane * kWinogradResults;
    const bool inside = top >= 0 && top + kWinogradNumbers <= height;
    for (int64_t x = 0; x < numbers + 2; x += kWidth) {
      const LaneRange range(-(left + x), width - (left + x));
      const float* const from = plane + top * width + left + x;
      Vector<float> d[kWinogradNumbers], v[kWinogradNumbers];
      NABLA_UNROLL
      for (int i = 0; i < kWinogradResults; ++i) __builtin_prefetch(from + (height + i + 2) * width);
      if (inside) {
        NABLA_UNROLL
        for (int i = 0; i < kWinogradNumbers; ++i) d[i] = range.load(from + i * width);
      } else {
        NABLA_UNROLL
        for (int i = 0; i < kWinogradNumbers; ++i) {
          d[i] = top + i >= 0 && top + i < height ? range.load(from + i * width) : Vector<float>{};
        }
      }
      transform_image(d, v);
      NABLA_UNROLL
      for (int i = 0; i < kWinogradNumbers; ++i) store(lines.rows[i] + place + x, v[i]);
    }
    for (int i = 0; i < kWinogradNumbers; ++i) {
      for (int k = 0; k < 2; ++k) lines.after[i][k][segment.lane + segment.tiles - 1] = lines.rows[i][place + numbers + k];
    }
  }

  void transform_columns(const Lines& lines, const int32_t* last, int64_t vectors, float* to) const {
    for (int i = 0; i < kWinogradNumbers; ++i) {
      Vector<float> next[2] = {};
      for (int64_t j = vectors - 1; j >= 0; --j) {
        Vector<float> d[kWinogradNumbers], v[kWinogradNumbers];
        split_in_four(lines.rows[i] + j * kWidth * kWinogradResults, d);
        const Vector<int32_t> ends = load(last + j * kWidth);
        for (int k = 0; k < 2; ++k) {
          d[4 + k] = ends ? load(lines.after[i][k] + j * kWidth) : shift_lanes(d[k], next[k], kFloatLanes);
          next[k] = d[k];
        }
        transform_image(d, v);
        for (int k = 0; k < kWinogradNumbers; ++k) store(to + (i * kWinogradNumbers + k) * image_stride + j * kWidth, v[k]);
      }
    }
  }

  /** The tiles' results of one channel: from its 36 products to four lines of the piece. */
  void transform_back(const float* from, int64_t vectors, float bias, ResultLines& to) const {
    for (int64_t j = 0; j < vectors; ++j) {
      Vector<float> half[kWinogradResults][kWinogradNumbers];
      NABLA_UNROLL
      for (int k = 0; k < kWinogradNumbers; ++k) {
        Vector<float> m[kWinogradNumbers], y[kWinogradResults];
        NABLA_UNROLL
        for (int i = 0; i < kWinogradNumbers; ++i) m[i] = load(from + (i * kWinogradNumbers + k) * result_stride + j * kWidth);
        transform_results(m, y);
        NABLA_UNROLL
        for (int i = 0; i < kWinogradResults; ++i) half[i][k] = y[i];
      }
      NABLA_UNROLL
      for (int i = 0; i < kWinogradResults; ++i) {
        Vector<float> y[kWinogradResults];
        transform_results(half[i], y);
        NABLA_UNROLL
        for (int k = 0; k < kWinogradResults; ++k) y[k] += splat(bias);
        join_four(y, to.rows[i] + j * kWidth * kWinogradResults);
      }
    }
  }

  /** Meanwhile the next channel of the result is fetched. */
  void write(const Segment& segment, const ResultLines& from, float* plane) const {
    const int64_t top = segment.row * kWinogradResults, left = segment.column * kWinogradResults;
    const int64_t rows = smaller(kWinogradResults, call.rows.positions - top);
    const int64_t width = smaller(segment.tiles * kWinogradResults, call.columns.positions - left);
    for (int64_t i = 0; i < rows; ++i) {
      const float* row = from.rows[i] + segment.lane * kWinogradResults;
      float* to = plane + (top + i) * call.result_columns + left;
      for (int64_t x = 0; x < width; x += kWidth) {
        __builtin_prefetch(to + x + call.result_rows * call.result_columns, 1);
        LaneRange(0, width - x).store(to + x, load(row + x));
      }
    }
  }

  const float* image_plane(int64_t group, int64_t channel, int64_t image) const {
    return call.image + ((image * call.groups + group) * call.channels + channel) * call.rows.image_size * call.columns.image_size;
  }

  float* result_plane(int64_t group, int64_t result, int64_t image) const {
    return call.result + ((image * call.groups + group) * call.results + result) * call.result_rows * call.result_columns;
  }

  void transform_block(const Block& block, int64_t group, float* image) const {
    const int64_t vectors = divide_up(block.count, kWidth);
    // Two, so that what has just been stored one way is not loaded another way before the stores are through.
    alignas(64) Lines lines[2];
    // Lanes without a tile are computed too, and should be as quick as the others.
    if (block.count < kTiles) __builtin_memset(lines, 0, sizeof lines);
    alignas(64) int32_t ends[kTiles] = {};
    for (int s = 0; s < block.found; ++s) ends[block.segments[s].lane + block.segments[s].tiles - 1] = -1;
    for (int64_t c = 0; c <= call.channels; ++c) {
      for (int s = 0; s < block.found && c < call.channels; ++s) {
        const Segment& segment = block.segments[s];
        transform_rows(segment, image_plane(group, c, segment.image), lines[c % 2]);
      }
      if (c > 0) transform_columns(lines[(c - 1) % 2], ends, vectors, image + (c - 1) * kTiles);
    }
  }

  void write_block(const Block& block, int64_t group, int64_t begin, int64_t end, const float* results) const {
    const int64_t vectors = divide_up(block.count, kWidth);
    alignas(64) ResultLines written[2];
    for (int64_t o = begin; o <= end; ++o) {
      if (o < end) {
        const float bias = call.bias == nullptr ? 0.0f : call.bias[group * call.results + o];
        transform_back(results + (o - begin) * kTiles, vectors, bias, written[o % 2]);
      }
      for (int s = 0; s < block.found && o > begin; ++s) {
        const Segment& segment = block.segments[s];
        write(segment, written[(o - 1) % 2], result_plane(group, o - 1, segment.image));
      }
    }
  }

  /** The products of the tiles of results from `begin` to `end`. */
  void multiply(int64_t group, int64_t begin, int64_t end, int64_t vectors, const float* image, float* results) const {
    ConvolutionTile<float> tile;
    tile.depth = call.channels;
    tile.offsets = offsets;
    tile.bias = nullptr;
    tile.row_stride = kTiles;
    tile.last_width = kWidth;
    tile.accumulate = false;
    for (int64_t product = 0; product < kWinogradProducts; ++product) {
      tile.pixels = image + product * image_stride;
      tile.to = results + product * result_stride;
      for (int64_t r = begin; r < end; ++r) {
        const int64_t row = tiles.start(r), rows = tiles.start(r + 1) - row;
        tile.weights = kernel(product, group, row);
        kConvolutionTiles<float>.functions[vectors][rows](tile);
        tile.to += rows * kTiles;
      }
    }
  }

  void compute(int64_t piece) const {
    const int64_t part = piece % result_parts.parts, number = piece / result_parts.parts % blocks;
    const int64_t group = piece / result_parts.parts / blocks;
    const Block block = cut(number * kTiles);
    const int64_t numbers = kWinogradProducts * (image_stride + result_stride);
    float* const image = static_cast<float*>(workspace(static_cast<size_t>(numbers) * sizeof(float)));
    float* const results = image + kWinogradProducts * image_stride;
    transform_block(block, group, image);
    for (int64_t q = result_parts.start(part); q < result_parts.start(part + 1); ++q) {
      const int64_t begin = result_blocks.start(q), end = result_blocks.start(q + 1);
      multiply(group, begin, end, divide_up(block.count, kWidth), image, results);
      write_block(block, group, tiles.start(begin), tiles.start(end), results);
    }
  }
};

bool walks(const CorrelationAxis& axis) {
  return axis.taps == kWinogradTaps && axis.stride == 1 && (axis.tap_step == 1 || axis.tap_step == -1) && axis.result_step == 1;
}

}  // namespace

bool winograd_pays(const Correlation<float>& call) {
  if (!walks(call.rows) || !walks(call.columns) || call.results < kFewestChannels) return false;
  if (call.channels < kFewestChannels || call.channels > kMostChannels) return false;
  const int64_t tiles = divide_up(call.rows.positions, kWinogradResults) * divide_up(call.columns.positions, kWinogradResults);
  const int64_t computed = tiles * kWinogradResults * kWinogradResults;
  if (computed > 2 * call.rows.positions * call.columns.positions || call.images * tiles < kWidth) return false;
  return kWinogradProducts * call.groups * call.results * call.channels * int64_t{sizeof(float)} <= kMostKernelBytes;
}

bool correlate_winograd(const Correlation<float>& correlation) {
  Plan plan(correlation);
  const size_t kernels = (static_cast<size_t>(plan.kernel_count()) * sizeof(float) + 63) / 64 * 64;
  char* const room = static_cast<char*>(call_workspace(kernels + static_cast<size_t>(correlation.channels) * sizeof(int32_t)));
  plan.kernels = reinterpret_cast<float*>(room);
  plan.offsets = reinterpret_cast<int32_t*>(room + kernels);
  for (int64_t c = 0; c < correlation.channels; ++c) plan.offsets[c] = static_cast<int32_t>(c * kTiles);
  const int64_t all = correlation.groups * plan.tiles.parts;
  if (!parallel_for(all, [&](int64_t tile) { plan.transform_kernels(tile / plan.tiles.parts, tile % plan.tiles.parts); })) {
    return false;
  }
  return parallel_for(plan.pieces(), [&](int64_t piece) { plan.compute(piece); });
}

NABLA_END_ISA
