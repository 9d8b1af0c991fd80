#include "program/tiles.h"

#include <algorithm>
#include <cstring>
#include <memory>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "core/thread_pool.h"

namespace nabla {

namespace {

/** Work of one piece, in elements times calls: some ten microseconds. */
constexpr int64_t kPieceWork = 1 << 17;
/** Results of this many bytes do not fit into a cache that later calls would read them from. */
constexpr int64_t kStreamedBytes = int64_t{32} << 20;
/** From this many bytes on an operand does not come from a cache, and its next tile is fetched ahead. */
constexpr int64_t kFetchedBytes = int64_t{4} << 20;
constexpr int kMaxStreams = 4;
constexpr size_t kAlignment = 64;

/** How a group's elements are cut: blocks of whole rows where rows are short, parts of one row where they are long. */
struct Cut {
  int64_t rows, inner, outer;
  int64_t tile_rows, tile_inner;
  int64_t per_row, per_outer, tiles;

  explicit Cut(const TileGroup& group) {
    inner = group.sizes[group.rank - 1];
    rows = group.rank >= 2 ? group.sizes[group.rank - 2] : 1;
    outer = 1;
    for (int d = 0; d + 2 < group.rank; ++d) outer *= group.sizes[d];
    tile_inner = std::min(inner, kTileElements);
    tile_rows = tile_inner < inner ? 1 : std::min(rows, std::max<int64_t>(1, kTileElements / inner));
    per_row = (inner + tile_inner - 1) / tile_inner;
    per_outer = (rows + tile_rows - 1) / tile_rows * per_row;
    tiles = outer * per_outer;
  }

  int64_t elements() const { return tile_rows * tile_inner; }
};

/** One tile: the index of its first element, and its size. */
struct Tile {
  int64_t index[kMaxRank] = {};
  int64_t rows, inner;

  Tile(const TileGroup& group, const Cut& cut, int64_t number) {
    int64_t rest = number / cut.per_outer;
    const int64_t in_outer = number % cut.per_outer;
    for (int d = group.rank - 3; d >= 0; --d) {
      index[d] = rest % group.sizes[d];
      rest /= group.sizes[d];
    }
    const int64_t row = in_outer / cut.per_row * cut.tile_rows;
    const int64_t column = in_outer % cut.per_row * cut.tile_inner;
    if (group.rank >= 2) index[group.rank - 2] = row;
    index[group.rank - 1] = column;
    rows = std::min(cut.tile_rows, cut.rows - row);
    inner = std::min(cut.tile_inner, cut.inner - column);
  }
};

/** A thread's copies of the calls, whose operands it moves from tile to tile, and its tile buffers. */
class Bench {
 public:
  void prepare(const TileGroup& group, int64_t tile_elements) {
    const size_t bytes = static_cast<size_t>(tile_elements * group.item_bytes);
    // A few lines apart, or all buffers would begin in the same set of the cache.
    stride_ = (bytes + kAlignment - 1) / kAlignment * kAlignment + 3 * kAlignment;
    // One buffer more, for results that are streamed to memory.
    const size_t needed = stride_ * (static_cast<size_t>(group.buffer_count) + 1) + kAlignment;
    if (memory_.size() < needed) memory_.resize(needed);
    const auto start = reinterpret_cast<uintptr_t>(memory_.data());
    buffers_ = memory_.data() + ((start + kAlignment - 1) / kAlignment * kAlignment - start);
    calls_.resize(group.calls.size());
    for (size_t i = 0; i < group.calls.size(); ++i) copy_call(group.calls[i].resolved.call, calls_[i]);
  }

  char* buffer(int index) { return buffers_ + static_cast<size_t>(index) * stride_; }
  OpCall& call(size_t index) { return calls_[index]; }

 private:
  /** Of the operands only those in use. */
  static void copy_call(const OpCall& from, OpCall& to) {
    to.input_count = from.input_count;
    to.output_count = from.output_count;
    to.attribute_count = from.attribute_count;
    std::copy_n(from.operands, from.input_count + from.output_count, to.operands);
    std::copy_n(from.attributes, from.attribute_count, to.attributes);
  }

  std::vector<char> memory_;
  std::vector<OpCall> calls_;
  char* buffers_ = nullptr;
  size_t stride_ = 0;
};

thread_local Bench bench;

/** Copies past the caches, whose lines would only be read to be overwritten. */
void stream(void* to, const void* from, size_t bytes) {
#if defined(__SSE2__)
  if (reinterpret_cast<uintptr_t>(to) % 16 == 0) {
    auto* target = static_cast<__m128i*>(to);
    const auto* source = static_cast<const __m128i*>(from);
    const size_t whole = bytes / 64 * 4;
    for (size_t i = 0; i < whole; i += 4) {
      const __m128i a = _mm_load_si128(source + i), b = _mm_load_si128(source + i + 1);
      const __m128i c = _mm_load_si128(source + i + 2), d = _mm_load_si128(source + i + 3);
      _mm_stream_si128(target + i, a);
      _mm_stream_si128(target + i + 1, b);
      _mm_stream_si128(target + i + 2, c);
      _mm_stream_si128(target + i + 3, d);
    }
    std::memcpy(target + whole, source + whole, bytes - whole * 16);
    return;
  }
#endif
  std::memcpy(to, from, bytes);
}

void finish_streaming() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

/** Gives an operand the shape of the tiles that follow. */
void reshape(Operand& operand, const TileOperand& where, const TileGroup& group, const Tile& tile) {
  const bool flat = tile.rows == 1;
  operand.rank = flat ? 1 : 2;
  operand.sizes[0] = flat ? tile.inner : tile.rows;
  operand.sizes[1] = tile.inner;
  if (where.buffer >= 0) {
    operand.strides[0] = flat ? 1 : tile.inner;
    operand.strides[1] = 1;
  } else {
    operand.strides[0] = flat ? where.strides[group.rank - 1] : where.strides[group.rank - 2];
    operand.strides[1] = where.strides[group.rank - 1];
  }
}

/** Where a tile of an operand in memory begins. */
char* start_of(void* memory, const TileOperand& where, const TileGroup& group, const Tile& tile) {
  int64_t offset = 0;
  for (int d = 0; d < group.rank; ++d) offset += tile.index[d] * where.strides[d];
  return static_cast<char*>(memory) + offset * where.item_bytes;
}

/** An input in memory that lies without gaps, so the next tile can be fetched while this one is computed. */
struct Stream {
  const char* memory;
  int64_t item_bytes;
};

/** The inputs that come from far away, each once. Only in groups of one dimension. */
int find_streams(const TileGroup& group, Stream* streams) {
  int count = 0;
  if (group.rank != 1 || group.sizes[0] * group.item_bytes < kFetchedBytes) return 0;
  for (const TileCall& call : group.calls) {
    const OpCall& op = call.resolved.call;
    for (int i = 0; i < op.input_count && count < kMaxStreams; ++i) {
      const TileOperand& where = call.operands[i];
      const auto* memory = static_cast<const char*>(op.operands[i].data);
      if (where.buffer >= 0 || where.strides[0] != 1) continue;
      if (std::any_of(streams, streams + count, [&](const Stream& known) { return known.memory == memory; })) continue;
      streams[count++] = {memory, where.item_bytes};
    }
  }
  return count;
}

void fetch(const Stream& stream, int64_t from, int64_t to) {
  constexpr int64_t kLine = 64;
  for (int64_t byte = from * stream.item_bytes; byte < to * stream.item_bytes; byte += kLine) {
    __builtin_prefetch(stream.memory + byte, 0, 2);
  }
}

/** A result of the group that is written once, in order, and too large for the caches. */
bool is_streamed(const TileGroup& group, const TileCall& call, int64_t elements) {
  const OpCall& op = call.resolved.call;
  const TileOperand& output = call.operands[op.input_count];
  if (output.buffer >= 0 || group.rank != 1 || output.strides[0] != 1) return false;
  if (elements * output.item_bytes < kStreamedBytes) return false;
  const void* memory = op.operands[op.input_count].data;
  for (const TileCall& other : group.calls) {
    const OpCall& reader = other.resolved.call;
    for (int i = 0; i < reader.input_count; ++i) {
      if (other.operands[i].buffer < 0 && reader.operands[i].data == memory) return false;
    }
  }
  return true;
}

}  // namespace

bool run_tiles(const TileGroup& group) {
  int64_t elements = 1;
  for (int d = 0; d < group.rank; ++d) elements *= group.sizes[d];
  if (elements == 0) return !interrupted();
  const Cut cut(group);
  const auto calls = static_cast<int64_t>(group.calls.size());
  const int64_t per_piece = std::max<int64_t>(1, kPieceWork / (cut.elements() * calls));
  const int64_t pieces = (cut.tiles + per_piece - 1) / per_piece;

  uint64_t streamed = 0;
  for (size_t i = 0; i < group.calls.size() && i < 64; ++i) {
    if (is_streamed(group, group.calls[i], elements)) streamed |= uint64_t{1} << i;
  }

  Stream streams[kMaxStreams];
  const int stream_count = find_streams(group, streams);

  return parallel_for(pieces, [&](int64_t piece) {
    Bench& own = bench;
    own.prepare(group, cut.elements());
    const int64_t end = std::min(cut.tiles, (piece + 1) * per_piece);
    int64_t rows = -1, inner = -1;
    for (int64_t number = piece * per_piece; number < end; ++number) {
      const Tile tile(group, cut, number);
      const bool reshaped = tile.rows != rows || tile.inner != inner;
      rows = tile.rows;
      inner = tile.inner;
      for (size_t i = 0; i < group.calls.size(); ++i) {
        // A part of the next tile before each call: a processor waits for few lines at a time, and stops at one more.
        for (int s = 0; s < stream_count; ++s) {
          const int64_t next = tile.index[0] + inner, part = static_cast<int64_t>(i);
          fetch(streams[s], std::min(next + inner * part / calls, group.sizes[0]),
                std::min(next + inner * (part + 1) / calls, group.sizes[0]));
        }
        const TileCall& planned = group.calls[i];
        const OpCall& original = planned.resolved.call;
        OpCall& call = own.call(i);
        const int operands = original.input_count + original.output_count;
        for (int o = 0; o < operands; ++o) {
          const TileOperand& where = planned.operands[o];
          if (reshaped) reshape(call.operands[o], where, group, tile);
          if (where.buffer < 0) {
            call.operands[o].data = start_of(original.operands[o].data, where, group, tile);
          } else if (reshaped) {
            call.operands[o].data = own.buffer(where.buffer);
          }
        }
        if ((streamed >> i & 1) == 0) {
          planned.resolved.kernel(call);
          continue;
        }
        Operand& output = call.operands[original.input_count];
        void* memory = output.data;
        output.data = own.buffer(group.buffer_count);
        planned.resolved.kernel(call);
        stream(memory, output.data, static_cast<size_t>(inner * planned.operands[original.input_count].item_bytes));
      }
    }
    if (streamed != 0) finish_streaming();
  });
}

}  // namespace nabla
