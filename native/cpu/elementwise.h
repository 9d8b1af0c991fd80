// The engine of elementwise ops: one loop that an op's arithmetic is put into, whatever the layout of its operands.
//
// An op is a struct with `apply`, from vectors of its inputs to a vector of its result. The innermost loop works on
// vectors: an operand that lies contiguously is loaded, one that repeats (stride 0) is spread once before the loop, any
// other stride is gathered number by number; all feed the same arithmetic, so a result's bits do not depend on layout.
// The output may be the memory of an input with the same strides (in-place ops): each vector is read before it is
// written. (The split into an inner loop and an outer walk over merged dimensions is NumPy's iterator's.)
#pragma once

#include <utility>

#include "core/thread_pool.h"
#include "cpu/iteration.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Numbers worth a piece, so that a piece lasts about 8 microseconds: for arithmetic, and for functions like exp. */
inline constexpr int64_t kCheapPiece = 1 << 16;
inline constexpr int64_t kCostlyPiece = 1 << 14;

/** One operand of the innermost loop, read vector by vector. */
template <class T, int kCount>
struct Source {
  const T* at;
  int64_t stride;
  int64_t step;

  /** `spread` is room for a number that repeats. */
  NABLA_INLINE void open(const T* data, int64_t element_stride, T* spread) {
    at = data;
    stride = element_stride;
    step = kCount * element_stride;
    if (stride == 0) {
      store(spread, splat<T, kCount>(*data));
      at = spread;
    }
  }

  /** The next vector, for strides 0 and 1. */
  NABLA_INLINE Vector<T, kCount> next() {
    const Vector<T, kCount> v = load_lanes<kCount>(at);
    at += step;
    return v;
  }

  /** The next `count` numbers, for any stride. */
  NABLA_INLINE Vector<T, kCount> next(int count) {
    Vector<T, kCount> v{};
    if (stride == 0) return load_lanes<kCount>(at);
    if (stride == 1) {
      v = count == kCount ? load_lanes<kCount>(at) : load_lanes_part<kCount>(at, count);
    } else {
      for (int i = 0; i < count; ++i) v[i] = at[i * stride];
    }
    at += count * stride;
    return v;
  }
};

template <class... Ts>
constexpr int largest_size() {
  int bytes = 1;
  ((bytes = static_cast<int>(sizeof(Ts)) > bytes ? static_cast<int>(sizeof(Ts)) : bytes), ...);
  return bytes;
}

template <class Result, class Op, class Indices, class... Inputs>
struct InnerLoop;

/** The innermost loop of an op with these types of inputs. */
template <class Result, class Op, int... kIndex, class... Inputs>
struct InnerLoop<Result, Op, std::integer_sequence<int, kIndex...>, Inputs...> {
  static constexpr int kCount = kVectorBytes / largest_size<Result, Inputs...>();
  static constexpr int kInputs = sizeof...(Inputs);

  template <int, class T>
  struct Slot : Source<T, kCount> {};
  struct Slots : Slot<kIndex, Inputs>... {};

  template <int, class T>
  struct Room {
    T numbers[kCount];
  };
  struct Rooms : Room<kIndex, Inputs>... {};

  /** `bases`, `offsets` and `strides` by operand, the result last. */
  static NABLA_INLINE void run(const Op& op, void* const* bases, const int64_t* offsets, const int64_t* strides, int64_t count) {
    [[maybe_unused]] Slots slots;  // unused by an op without inputs
    [[maybe_unused]] Rooms rooms;
    (static_cast<Slot<kIndex, Inputs>&>(slots).open(static_cast<const Inputs*>(bases[kIndex]) + offsets[kIndex],
                                                    strides[kIndex], static_cast<Room<kIndex, Inputs>&>(rooms).numbers),
     ...);
    Result* to = static_cast<Result*>(bases[kInputs]) + offsets[kInputs];
    const int64_t to_stride = strides[kInputs];

    if (to_stride == 1 && ((strides[kIndex] == 0 || strides[kIndex] == 1) && ...)) {
      for (; count >= 2 * kCount; count -= 2 * kCount) {
        const auto first = op.apply(static_cast<Slot<kIndex, Inputs>&>(slots).next()...);
        store(to, first);
        const auto second = op.apply(static_cast<Slot<kIndex, Inputs>&>(slots).next()...);
        store(to + kCount, second);
        to += 2 * kCount;
      }
    }
    while (count > 0) {
      const int part = static_cast<int>(smaller(kCount, count));
      const auto value = op.apply(static_cast<Slot<kIndex, Inputs>&>(slots).next(part)...);
      if (to_stride != 1) {
        for (int i = 0; i < part; ++i) to[i * to_stride] = value[i];
      } else if (part == kCount) {
        store(to, value);
      } else {
        store_part(to, value, part);
      }
      to += part * to_stride;
      count -= part;
    }
  }
};

/** Walks the elements `begin` to `end` of an iteration in runs of the innermost dimension: `body(offsets, run length)`. */
template <int kOperands, class Body>
NABLA_INLINE void walk(const Iteration& iteration, int64_t begin, int64_t end, Body&& body) {
  if (begin >= end) return;
  const int last = iteration.rank - 1;
  int64_t index[kMaxRank];
  int64_t offsets[kOperands] = {};
  int64_t rest = begin;
  for (int d = last; d >= 0; --d) {
    index[d] = rest % iteration.sizes[d];
    rest /= iteration.sizes[d];
    for (int o = 0; o < kOperands; ++o) offsets[o] += index[d] * iteration.strides[o][d];
  }
  while (begin < end) {
    const int64_t run = smaller(iteration.sizes[last] - index[last], end - begin);
    body(offsets, run);
    begin += run;
    // Back to the start of the innermost dimension, then one step of the first outer dimension that has one left.
    for (int o = 0; o < kOperands; ++o) offsets[o] -= index[last] * iteration.strides[o][last];
    index[last] = 0;
    for (int d = last - 1; d >= 0; --d) {
      for (int o = 0; o < kOperands; ++o) offsets[o] += iteration.strides[o][d];
      if (++index[d] < iteration.sizes[d]) break;
      for (int o = 0; o < kOperands; ++o) offsets[o] -= index[d] * iteration.strides[o][d];
      index[d] = 0;
    }
  }
}

/** Runs pieces of a range of elements on the pool, or all of it here when it is too little to share. */
template <class Body>
NABLA_INLINE bool share(int64_t count, int64_t piece_size, Body&& body) {
  if (count < 4 * piece_size) {
    body(0, count);
    return true;
  }
  return parallel_for(divide_up(count, piece_size),
                      [&](int64_t piece) { body(piece * piece_size, smaller(count, (piece + 1) * piece_size)); });
}

/**
 * True when the call is one run: the result lies contiguously, and each input does too or is one number repeated. Sets
 * the strides of that run.
 */
template <int kOperands>
NABLA_INLINE bool is_one_run(const OpCall& call, int64_t* strides) {
  const Operand& result = call.operands[kOperands - 1];
  for (int o = 0; o < kOperands; ++o) {
    const Operand& operand = call.operands[o];
    const int missing = result.rank - operand.rank;
    bool contiguous = missing == 0, repeated = o < kOperands - 1;
    int64_t expected = 1;
    for (int d = operand.rank - 1; d >= 0; --d) {
      const int64_t size = result.sizes[d + missing];
      if (size != 1) {
        contiguous &= operand.strides[d] == expected;
        repeated &= operand.strides[d] == 0;
      }
      expected *= size;
    }
    if (!contiguous && !repeated) return false;
    strides[o] = contiguous ? 1 : 0;
  }
  return true;
}

/** Rows shorter than this are joined into longer runs where an operand repeats them. */
inline constexpr int64_t kShortRow = 64;

/** True for a short row that is combined with every row of a contiguous matrix: a bias. */
template <int kOperands>
NABLA_INLINE bool repeats_short_rows(const Iteration& iteration) {
  if (iteration.rank != 2 || iteration.sizes[1] > kShortRow || iteration.sizes[0] < 4) return false;
  const int64_t width = iteration.sizes[1];
  for (int o = 0; o < kOperands; ++o) {
    const int64_t outer = iteration.strides[o][0], inner = iteration.strides[o][1];
    const bool whole = inner == 1 && outer == width;
    const bool repeated = outer == 0 && (inner == 0 || inner == 1);
    if (!whole && (o == kOperands - 1 || !repeated)) return false;
  }
  return true;
}

/** Elements that a repeated row is written out to. */
inline constexpr int64_t kRepeatedTile = 4 * kShortRow;

/** Where the operands of a tile of many short rows are read and written. */
template <int kOperands>
struct TileOperands {
  void* bases[kOperands];
  int64_t offsets[kOperands], steps[kOperands], strides[kOperands];
};

/** Input `o` of the tiles from element `begin` on; a row that repeats is written out into `room` and read from there. */
template <class T, int kOperands>
NABLA_INLINE void open_tile_input(TileOperands<kOperands>& tiles, int o, void* base, const Iteration& iteration, int64_t begin,
                                  int64_t end, int64_t tile, char* room) {
  const int64_t width = iteration.sizes[1];
  const bool whole = iteration.strides[o][0] != 0;
  tiles.bases[o] = base;
  tiles.strides[o] = iteration.strides[o][1];
  tiles.offsets[o] = whole ? begin : 0;
  tiles.steps[o] = whole ? tile : 0;
  if (whole || tiles.strides[o] == 0) return;
  // A piece may begin in the middle of a row.
  const int64_t phase = begin % width;
  T* const to = reinterpret_cast<T*>(room);
  const T* const row = static_cast<const T*>(base);
  const int64_t filled = smaller(tile, end - begin) + phase;
  for (int64_t at = 0; at < filled; at += width) {
    for (int64_t j = 0; j < width; ++j) to[at + j] = row[j];
  }
  tiles.bases[o] = room;
  tiles.offsets[o] = phase;
}

/** Runs over many short rows at once (see `repeats_short_rows`). */
template <class Loop, class Op, int... kIndex, class... Inputs>
NABLA_INLINE void run_repeated_rows(const Op& op, void* const* bases, const Iteration& iteration, int64_t piece_size,
                                    std::integer_sequence<int, kIndex...>, const Inputs*...) {
  constexpr int kInputs = sizeof...(kIndex);
  const int64_t tile = kRepeatedTile / iteration.sizes[1] * iteration.sizes[1];
  share(iteration.count, piece_size, [&](int64_t begin, int64_t end) {
    alignas(64) char rooms[kInputs][(kRepeatedTile + 2 * kShortRow) * 8];
    TileOperands<kInputs + 1> tiles;
    (open_tile_input<Inputs>(tiles, kIndex, bases[kIndex], iteration, begin, end, tile, rooms[kIndex]), ...);
    tiles.bases[kInputs] = bases[kInputs];
    tiles.offsets[kInputs] = begin;
    tiles.steps[kInputs] = tile;
    tiles.strides[kInputs] = 1;
    for (int64_t at = begin; at < end; at += tile) {
      Loop::run(op, tiles.bases, tiles.offsets, tiles.strides, smaller(tile, end - at));
      for (int o = 0; o <= kInputs; ++o) tiles.offsets[o] += tiles.steps[o];
    }
  });
}

/**
 * result = op.apply(inputs...) for each element. `Op::apply` takes one vector per input, all with the same number of
 * lanes, and returns a vector of `Result` with as many.
 */
template <class Result, class... Inputs, class Op>
void elementwise(const OpCall& call, const Op& op, int64_t piece_size) {
  constexpr int kOperands = sizeof...(Inputs) + 1;
  using Loop = InnerLoop<Result, Op, std::make_integer_sequence<int, kOperands - 1>, Inputs...>;

  void* bases[kOperands];
  for (int o = 0; o < kOperands; ++o) bases[o] = call.operands[o].data;
  int64_t strides[kOperands];
  if (is_one_run<kOperands>(call, strides)) {
    const Operand& result = call.operands[kOperands - 1];
    int64_t count = 1;
    for (int d = 0; d < result.rank; ++d) count *= result.sizes[d];
    if (count == 0) return;
    share(count, piece_size, [&](int64_t begin, int64_t end) {
      int64_t offsets[kOperands];
      for (int o = 0; o < kOperands; ++o) offsets[o] = begin * strides[o];
      Loop::run(op, bases, offsets, strides, end - begin);
    });
    return;
  }

  Iteration iteration;
  plan_iteration(call, iteration);
  for (int o = 0; o < kOperands; ++o) strides[o] = iteration.strides[o][iteration.rank - 1];
  if constexpr (kOperands > 2) {
    if (repeats_short_rows<kOperands>(iteration)) {
      run_repeated_rows<Loop>(op, bases, iteration, piece_size, std::make_integer_sequence<int, kOperands - 1>{},
                              static_cast<const Inputs*>(nullptr)...);
      return;
    }
  }
  share(iteration.count, piece_size, [&](int64_t begin, int64_t end) {
    walk<kOperands>(iteration, begin, end,
                    [&](const int64_t* offsets, int64_t run) { Loop::run(op, bases, offsets, strides, run); });
  });
}

NABLA_END_ISA
