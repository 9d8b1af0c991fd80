// Stable sorting of lines. Each element becomes an entry of a key, an unsigned whole number that orders as the elements do, and its
// position, so that no two are equal and the result is unique. A block sorts as many as it has room for (Batcher, "Sorting
// networks and their applications", 1968); longer runs are merged pass by pass, each entry finding its place by its rank in the
// other run. NaN counts as larger than any number, all NaN as equal, and -0 as equal to 0: cpu/sorting.h.
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/sorting_parameters.h"

namespace nabla::cuda {

/** Keys of 32 bits: key and position in one word. */
struct NarrowEntry {
  using Key = uint32_t;
  uint64_t bits;

  static NABLA_DEVICE NarrowEntry make(Key key, int64_t position) { return {static_cast<uint64_t>(key) << 32 | static_cast<uint32_t>(position)}; }
  static NABLA_DEVICE NarrowEntry last() { return {~uint64_t{0}}; }
  NABLA_DEVICE int32_t position() const { return static_cast<int32_t>(static_cast<uint32_t>(bits)); }
  NABLA_DEVICE bool before(const NarrowEntry& other) const { return bits < other.bits; }
};

struct WideEntry {
  using Key = uint64_t;
  uint64_t key;
  int64_t place;

  static NABLA_DEVICE WideEntry make(Key key, int64_t position) { return {key, position}; }
  static NABLA_DEVICE WideEntry last() { return {~uint64_t{0}, INT64_MAX}; }
  NABLA_DEVICE int32_t position() const { return static_cast<int32_t>(place); }
  NABLA_DEVICE bool before(const WideEntry& other) const { return key < other.key || (key == other.key && place < other.place); }
};

template <class T>
using EntryOf = std::conditional_t<sizeof(T) == 8, WideEntry, NarrowEntry>;

template <class T>
NABLA_DEVICE typename EntryOf<T>::Key key_of(T x) {
  using Key = typename EntryOf<T>::Key;
  if constexpr (std::is_floating_point_v<T>) {
    if (x != x) return static_cast<Key>(~Key{0});
    x += T(0);  // -0 becomes 0
    Key bits;
    std::memcpy(&bits, &x, sizeof bits);
    constexpr Key kSign = Key{1} << (8 * sizeof(Key) - 1);
    // Sign and magnitude order as whole numbers once negative ones are turned round.
    return (bits & kSign) != 0 ? ~bits : bits | kSign;
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<uint32_t>(x) ^ 0x80000000u;
  } else {
    return x;
  }
}

template <class T>
NABLA_DEVICE void sort_blocks(const SortingParameters& p) {
  using Entry = EntryOf<T>;
  __shared__ Entry entries[kSortedByBlock];
  const int64_t chunks = (p.length + kSortedByBlock - 1) / kSortedByBlock;
  for (int64_t work = blockIdx.x; work < p.count * chunks; work += gridDim.x) {
    const int64_t line = work / chunks, first = work % chunks * kSortedByBlock;
    const T* const from = static_cast<const T*>(p.from) + place_of(p.rank, p.sizes, p.from_strides, line);
    int width = 2;
    while (width < kSortedByBlock && width < p.length - first) width *= 2;
    for (int i = static_cast<int>(threadIdx.x); i < width; i += kThreads) {
      const int64_t position = first + i;
      if (position < p.length) {
        const typename Entry::Key key = key_of(from[position * p.from_step]);
        entries[i] = Entry::make(p.descending != 0 ? static_cast<typename Entry::Key>(~key) : key, position);
      } else {
        entries[i] = Entry::last();
      }
    }
    __syncthreads();
    for (int sorted = 2; sorted <= width; sorted *= 2) {
      for (int apart = sorted / 2; apart > 0; apart /= 2) {
        for (int i = static_cast<int>(threadIdx.x); i < width / 2; i += kThreads) {
          const int low = i / apart * 2 * apart + i % apart, high = low + apart;
          const bool rising = (low & sorted) == 0;
          const Entry a = entries[low], b = entries[high];
          if (b.before(a) == rising) {
            entries[low] = b;
            entries[high] = a;
          }
        }
        __syncthreads();
      }
    }
    Entry* const to = static_cast<Entry*>(p.entries) + line * p.length + first;
    for (int i = static_cast<int>(threadIdx.x); i < kSortedByBlock && first + i < p.length; i += kThreads) to[i] = entries[i];
    __syncthreads();
  }
}

/** Two and two neighbouring runs become one. */
template <class Entry>
NABLA_DEVICE void merge_runs(const SortingParameters& p) {
  for (int64_t i = thread_number(); i < p.count * p.length; i += thread_count()) {
    const int64_t line = i / p.length, at = i % p.length, own = at / p.run * p.run, pair = at / (2 * p.run) * 2 * p.run;
    const Entry* const entries = static_cast<const Entry*>(p.entries) + line * p.length;
    const Entry entry = entries[at];
    // How many of the other run come before it.
    const int64_t other = own == pair ? own + p.run : pair, end = other + p.run < p.length ? other + p.run : p.length;
    int64_t low = other < p.length ? other : p.length, high = other < p.length ? end : p.length;
    const int64_t start = low;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (entries[middle].before(entry)) low = middle + 1;
      else high = middle;
    }
    static_cast<Entry*>(p.merged)[line * p.length + pair + (at - own) + (low - start)] = entry;
  }
}

/** Writes the first ones of each line, and where they were. */
template <class T>
NABLA_DEVICE void write_sorted(const SortingParameters& p) {
  for (int64_t i = thread_number(); i < p.count * p.wanted; i += thread_count()) {
    const int64_t line = i / p.wanted, at = i % p.wanted;
    const int32_t position = static_cast<const EntryOf<T>*>(p.entries)[line * p.length + at].position();
    const T* const from = static_cast<const T*>(p.from) + place_of(p.rank, p.sizes, p.from_strides, line);
    static_cast<T*>(p.values)[place_of(p.rank, p.sizes, p.value_strides, line) + at * p.value_step] = from[position * p.from_step];
    p.positions[place_of(p.rank, p.sizes, p.position_strides, line) + at * p.position_step] = position;
  }
}

#define NABLA_SORTING_KERNELS(op, Function, type)                                 \
  NABLA_KERNEL(sortBlocks_##type, SortingParameters) { sort_blocks<type>(p); }    \
  NABLA_KERNEL(writeSorted_##type, SortingParameters) { write_sorted<type>(p); }
NABLA_NUMBERS(NABLA_SORTING_KERNELS, , )
NABLA_KERNEL(mergeRuns_narrow, SortingParameters) { merge_runs<NarrowEntry>(p); }
NABLA_KERNEL(mergeRuns_wide, SortingParameters) { merge_runs<WideEntry>(p); }

}  // namespace nabla::cuda
