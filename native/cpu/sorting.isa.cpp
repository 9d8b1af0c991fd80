// Sorting along a dimension. Outputs have the values and their positions (Int32); equal elements keep their order, NaN
// counts as the largest (see sorting.h).
//
// sort: input of any dtype and strides; outputs of its shape. Attributes [dim, descending].
// topk: input of any dtype and strides; outputs with k elements along the dimension. Attributes [dim, k, largest, sorted].
//   A heap keeps the best k seen so far, with the worst of them on top (Knuth, vol. 3, 5.2.3); where k is a large part of
//   the line it is sorted instead.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/sorting.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

/** Elements of lines worth a piece. */
constexpr int64_t kSortPiece = 1 << 13;

/** Runs `body(input offset, values offset, positions offset)` for each line along a dimension. */
template <class Body>
void for_each_line(const OpCall& call, int dim, const Body& body) {
  const int64_t length = call.input(0).sizes[dim];
  OpCall lines = call;
  for (int o = 0; o < 3; ++o) lines.operands[o].sizes[dim] = 1;
  Iteration iteration;
  plan_iteration(lines, iteration);
  share(iteration.count, larger(1, kSortPiece / larger(1, length)), [&](int64_t begin, int64_t end) {
    walk<3>(iteration, begin, end, [&](const int64_t* offsets, int64_t run) {
      const int last = iteration.rank - 1;
      for (int64_t i = 0; i < run; ++i) {
        body(offsets[0] + i * iteration.strides[0][last], offsets[1] + i * iteration.strides[1][last],
             offsets[2] + i * iteration.strides[2][last]);
      }
    });
  });
}

/** The lines of one call: reading keys, writing values and positions. A scalar is a line of one element. */
template <class T>
struct Lines {
  using Entry = typename Ordering<T>::Entry;

  const T* from;
  T* values;
  int32_t* positions;
  int64_t length, from_stride, values_stride, positions_stride;
  bool descending;

  Lines(const OpCall& call, int dim, bool descend)
      : from(call.input(0).as<T>()), values(call.output(0).as<T>()), positions(call.output(1).as<int32_t>()),
        length(call.input(0).sizes[dim]), from_stride(call.input(0).strides[dim]),
        values_stride(call.output(0).strides[dim]), positions_stride(call.output(1).strides[dim]), descending(descend) {}

  NABLA_INLINE typename Entry::Key key(const T* line, int64_t i) const {
    const typename Entry::Key ascending = Ordering<T>::key(line[i * from_stride]);
    return descending ? static_cast<typename Entry::Key>(~ascending) : ascending;
  }

  /** A sorted line of entries, in the calling thread's workspace. */
  const Entry* sorted(const T* line) const {
    Entry* const entries = static_cast<Entry*>(workspace(static_cast<size_t>(length) * sizeof(Entry) + LineSort<Entry>::spare_bytes(length)));
    for (int64_t i = 0; i < length; ++i) entries[i] = Entry::make(key(line, i), i);
    return LineSort<Entry>::sort(entries, entries + length, length);
  }

  void write(const T* line, const Entry* entries, int64_t count, T* to, int32_t* places) const {
    for (int64_t i = 0; i < count; ++i) {
      const int32_t position = entries[i].position();
      to[i * values_stride] = line[position * from_stride];
      places[i * positions_stride] = position;
    }
  }
};

template <class T>
void sort(const OpCall& call) {
  if (call.input(0).count() == 0) return;
  const int dim = static_cast<int>(call.attributes[0]);
  const Lines<T> lines(call, dim, call.attributes[1] != 0);
  for_each_line(call, dim, [&](int64_t from, int64_t values, int64_t positions) {
    const T* line = lines.from + from;
    const auto* entries = lines.sorted(line);
    if (!interrupted()) lines.write(line, entries, lines.length, lines.values + values, lines.positions + positions);
  });
}

/** Moves the entry at `at` down a heap whose last entry to come is on top. */
template <class Entry>
NABLA_INLINE void sift_down(Entry* heap, int64_t count, int64_t at) {
  const Entry moved = heap[at];
  for (int64_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
    if (child + 1 < count && heap[child].before(heap[child + 1])) ++child;
    if (!moved.before(heap[child])) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
}

/** The first `k` entries of a line, in no particular order, in the calling thread's workspace. */
template <class T>
typename Ordering<T>::Entry* first_of(const Lines<T>& lines, const T* line, int64_t k) {
  using Entry = typename Ordering<T>::Entry;
  Entry* const heap = static_cast<Entry*>(workspace(static_cast<size_t>(k) * sizeof(Entry) + LineSort<Entry>::spare_bytes(k)));
  for (int64_t i = 0; i < k; ++i) heap[i] = Entry::make(lines.key(line, i), i);
  for (int64_t i = k / 2 - 1; i >= 0; --i) sift_down(heap, k, i);
  auto worst = heap[0].key();
  for (int64_t i = k; i < lines.length; ++i) {
    const auto key = lines.key(line, i);
    // Of equal ones the first stays: it came before.
    if (key >= worst) continue;
    heap[0] = Entry::make(key, i);
    sift_down(heap, k, 0);
    worst = heap[0].key();
  }
  return heap;
}

template <class T>
void topk(const OpCall& call) {
  using Entry = typename Ordering<T>::Entry;
  const int dim = static_cast<int>(call.attributes[0]);
  const int64_t k = static_cast<int64_t>(call.attributes[1]);
  if (call.output(0).count() == 0) return;
  const Lines<T> lines(call, dim, call.attributes[2] != 0);
  // Few enough that merging, which compares whole entries, sorts what the heap leaves in disorder.
  const bool sorted = call.attributes[3] != 0, few = k <= lines.length / 8 && k < LineSort<Entry>::kShort;
  for_each_line(call, dim, [&](int64_t from, int64_t values, int64_t positions) {
    const T* line = lines.from + from;
    const Entry* entries;
    if (few) {
      Entry* const heap = first_of(lines, line, k);
      entries = sorted ? LineSort<Entry>::sort(heap, heap + k, k) : heap;
    } else {
      entries = lines.sorted(line);
    }
    if (!interrupted()) lines.write(line, entries, k, lines.values + values, lines.positions + positions);
  });
}

}  // namespace

void register_sorting(KernelTable& table) {
  table.set("sort", DType::Float32, sort<float>);
  table.set("sort", DType::Float64, sort<double>);
  table.set("sort", DType::Int32, sort<int32_t>);
  table.set("sort", DType::UInt8, sort<uint8_t>);
  table.set("sort", DType::Bool, sort<uint8_t>);
  table.set("topk", DType::Float32, topk<float>);
  table.set("topk", DType::Float64, topk<double>);
  table.set("topk", DType::Int32, topk<int32_t>);
  table.set("topk", DType::UInt8, topk<uint8_t>);
  table.set("topk", DType::Bool, topk<uint8_t>);
}

NABLA_END_ISA
