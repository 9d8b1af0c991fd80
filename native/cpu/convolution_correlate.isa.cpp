// Blocking of correlation: pieces are bands of rows of one image and group; within one, blocks of channels are expanded
// (convolution_expand.h) into memory that stays in the second-level cache, and multiplied with weights packed once a call.
//
// All cuts depend on the shape alone, and the depth of a sum is cut in one order, so results do not depend on threads.
#include "core/thread_pool.h"
#include "cpu/convolution_expand.h"
#include "cpu/convolution_tile.h"
#include "cpu/convolution_winograd.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

/** Bytes of expanded channels worked on at once. */
constexpr int64_t kExpandedBytes = 384 << 10;
/** Expanded channels of at most so many bytes are read again for each tile of results. */
constexpr int64_t kNearBytes = 24 << 10;
/** Pixels of a band; a band has at least one row. */
constexpr int64_t kBandPixels = 1152;
constexpr int64_t kFewestPixels = 96;
constexpr int64_t kWantedPieces = 16;
/** Multiply-adds worth a piece of their own. */
constexpr int64_t kPieceWork = 1 << 18;
/** Numbers worth a piece of packing. */
constexpr int64_t kPackingPiece = 1 << 13;

template <class T>
struct Plan {
  const Correlation<T>& call;
  BandLayout layout;
  int64_t bands;
  int64_t taps;
  /** Channels that are expanded at once. */
  int64_t block_channels;
  EvenCut tiles;
  int64_t expanded_count;
  bool scattered;
  T* weights;
  int32_t* offsets;

  explicit Plan(const Correlation<T>& correlation) : call(correlation), layout{call.rows, call.columns, 0} {
    taps = call.rows.taps * call.columns.taps;
    tiles = {call.results, divide_up(call.results, kConvolutionRows)};
    layout.height = band_height();
    bands = divide_up(call.rows.positions, layout.height);
    const int64_t channel = larger(1, layout.channel_size());
    block_channels = smaller(call.channels, larger(1, kExpandedBytes / (channel * int64_t{sizeof(T)})));
    // Tiles read whole vectors, beyond the last pixel too.
    expanded_count = block_channels * channel + kConvolutionVectors * kLanes<T>;
    scattered = call.rows.result_step != 1 || call.columns.result_step != 1 || call.columns.positions != call.result_columns;
  }

  int64_t band_height() const {
    const int64_t height = call.rows.positions, width = call.columns.positions;
    int64_t parts = divide_up(height, larger(1, kBandPixels / width));
    const int64_t images = call.images * call.groups;
    const int64_t work = images * height * width * call.results * call.channels * taps;
    while (images * parts < kWantedPieces && work / (images * parts) > kPieceWork && height / (parts * 2) * width >= kFewestPixels) {
      parts *= 2;
    }
    return divide_up(height, parts);
  }

  int64_t weight_count() const { return call.groups * call.results * call.channels * taps; }
  int64_t offset_count() const { return block_channels * taps; }

  /** The weights of one tile for the block of channels from `channel` on: [channel][column tap][row tap][row of the tile]. */
  T* packed(int64_t group, int64_t channel, int64_t channels, int64_t row) const {
    return weights + (group * call.channels + channel) * taps * call.results + row * channels * taps;
  }

  void fill_offsets() const {
    if (block_channels == 0) return;
    int64_t k = 0;
    for (int64_t u = 0; u < call.columns.taps; ++u) {
      for (int64_t t = 0; t < call.rows.taps; ++t) offsets[k++] = static_cast<int32_t>(layout.offset(u, t));
    }
    const int32_t channel = static_cast<int32_t>(layout.channel_size());
    for (; k < offset_count(); ++k) offsets[k] = offsets[k - taps] + channel;
  }

  void pack_tile(int64_t group, int64_t tile) const {
    const int64_t row = tiles.start(tile), rows = tiles.start(tile + 1) - row;
    for (int64_t block = 0; block < call.channels; block += block_channels) {
      const int64_t channels = smaller(block_channels, call.channels - block);
      T* to = packed(group, block, channels, row);
      for (int64_t c = block; c < block + channels; ++c) {
        for (int64_t u = 0; u < call.columns.taps; ++u) {
          for (int64_t t = 0; t < call.rows.taps; ++t) {
            const T* from = call.weight + group * call.weight_group + row * call.weight_result + c * call.weight_channel +
                            (call.rows.weight_first + t * call.rows.weight_step) * call.weight_row +
                            (call.columns.weight_first + u * call.columns.weight_step) * call.weight_column;
            for (int64_t i = 0; i < rows; ++i) *to++ = from[i * call.weight_result];
          }
        }
      }
    }
  }

  bool pack() const {
    const int64_t all = call.groups * tiles.parts;
    const int64_t tiles_a_piece = larger(1, kPackingPiece / larger(1, kConvolutionRows * call.channels * taps));
    return parallel_for(divide_up(all, tiles_a_piece), [&](int64_t piece) {
      const int64_t end = smaller(all, (piece + 1) * tiles_a_piece);
      for (int64_t tile = piece * tiles_a_piece; tile < end; ++tile) pack_tile(tile / tiles.parts, tile % tiles.parts);
    });
  }

  /** One block of channels of one band: `to` is the band's first pixel of the group's first result channel. */
  void multiply(int64_t group, int64_t block, int64_t channels, int64_t pixels, const T* expanded, T* to, int64_t stride) const {
    const EvenCut vectors{divide_up(pixels, kLanes<T>), divide_up(divide_up(pixels, kLanes<T>), kConvolutionVectors)};
    ConvolutionTile<T> tile;
    tile.depth = channels * taps;
    tile.offsets = offsets;
    tile.row_stride = stride;
    tile.accumulate = block > 0;
    const auto compute_tile = [&](int64_t v, int64_t r) {
      const int64_t first = vectors.start(v) * kLanes<T>, end = smaller(pixels, vectors.start(v + 1) * kLanes<T>);
      const int64_t count = divide_up(end - first, kLanes<T>);
      const int64_t row = tiles.start(r), rows = tiles.start(r + 1) - row;
      tile.pixels = expanded + first;
      tile.last_width = static_cast<int>(end - first - (count - 1) * kLanes<T>);
      tile.weights = packed(group, block, channels, row);
      tile.bias = call.bias == nullptr || block > 0 ? nullptr : call.bias + group * call.results + row;
      tile.to = to + row * stride + first;
      kConvolutionTiles<T>.functions[count][rows](tile);
    };
    if (channels * layout.channel_size() * int64_t{sizeof(T)} <= kNearBytes) {
      // Few planes are written at a time, each from one end to the other, as processors expect.
      for (int64_t r = 0; r < tiles.parts; ++r) {
        for (int64_t v = 0; v < vectors.parts; ++v) compute_tile(v, r);
      }
    } else {
      for (int64_t v = 0; v < vectors.parts; ++v) {
        for (int64_t r = 0; r < tiles.parts; ++r) compute_tile(v, r);
      }
    }
  }

  void scatter(const T* from, int64_t first_row, int64_t rows, T* plane) const {
    const int64_t width = call.columns.positions;
    for (int64_t y = 0; y < rows; ++y) {
      T* row = plane + (call.rows.result_first + (first_row + y) * call.rows.result_step) * call.result_columns +
               call.columns.result_first;
      for (int64_t x = 0; x < width; ++x) row[x * call.columns.result_step] = from[y * width + x];
    }
  }

  void compute(int64_t piece) const {
    const int64_t band = piece % bands, group = piece / bands % call.groups, image = piece / bands / call.groups;
    const int64_t first_row = band * layout.height, rows = smaller(layout.height, call.rows.positions - first_row);
    const int64_t pixels = rows * call.columns.positions;
    const int64_t scratch = scattered ? call.results * pixels : 0;
    T* const expanded = static_cast<T*>(workspace(static_cast<size_t>(expanded_count + scratch) * sizeof(T)));
    const int64_t image_plane = call.rows.image_size * call.columns.image_size;
    const int64_t result_plane = call.result_rows * call.result_columns;
    const T* const planes = call.image + (image * call.groups + group) * call.channels * image_plane;
    T* const result = call.result + (image * call.groups + group) * call.results * result_plane;
    T* const to = scattered ? expanded + expanded_count : result + (call.rows.result_first + first_row) * call.result_columns;
    const int64_t stride = scattered ? pixels : result_plane;
    int64_t block = 0;
    do {  // once without channels too: the result is then the bias
      const int64_t channels = smaller(block_channels, call.channels - block);
      for (int64_t c = 0; c < channels; ++c) {
        expand_channel(layout, planes + (block + c) * image_plane, first_row, expanded + c * layout.channel_size());
      }
      multiply(group, block, channels, pixels, expanded, to, stride);
      block += block_channels;
    } while (block < call.channels);
    if (!scattered) return;
    for (int64_t o = 0; o < call.results; ++o) scatter(to + o * stride, first_row, rows, result + o * result_plane);
  }
};

}  // namespace

template <class T>
bool correlate(const Correlation<T>& correlation) {
  if (correlation.images == 0 || correlation.results == 0 || correlation.rows.positions == 0 ||
      correlation.columns.positions == 0) {
    return true;
  }
  if constexpr (sizeof(T) == sizeof(float)) {
    if (winograd_pays(correlation)) return correlate_winograd(correlation);
  }
  Plan<T> plan(correlation);
  const size_t weights = (static_cast<size_t>(plan.weight_count()) * sizeof(T) + 63) / 64 * 64;
  char* room = static_cast<char*>(call_workspace(weights + static_cast<size_t>(plan.offset_count()) * sizeof(int32_t)));
  plan.weights = reinterpret_cast<T*>(room);
  plan.offsets = reinterpret_cast<int32_t*>(room + weights);
  plan.fill_offsets();
  if (!plan.pack()) return false;
  return parallel_for(correlation.images * correlation.groups * plan.bands, [&](int64_t piece) { plan.compute(piece); });
}

template bool correlate<float>(const Correlation<float>&);
template bool correlate<double>(const Correlation<double>&);

NABLA_END_ISA
