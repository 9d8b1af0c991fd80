// Stable sorting of one line of elements: each becomes an entry of a key, an unsigned whole number that orders as the
// elements do, and its position; entries are ordered by key, then by position, so the result is unique, however the work
// is cut.
//
// Short lines are sorted by insertion and merging, long ones by radix from the lowest digit (Knuth, "The Art of Computer
// Programming", vol. 3, 5.2.5). The radix passes are cut into chunks of the line: each chunk counts its digits, the
// counts are added up digit by digit and, within one, chunk by chunk, and each chunk then moves its entries to places of
// its own (Zagha and Blelloch, "Radix sort for vector multiprocessors", 1991).
//
// NaN counts as larger than any number, all NaN as equal, and -0 as equal to 0: PyTorch's order.
#pragma once

#include "core/thread_pool.h"
#include "cpu/simd.h"

NABLA_BEGIN_ISA

/** Keys of 32 bits: key and position in one word. */
struct NarrowEntry {
  using Key = uint32_t;
  static constexpr int kKeyBits = 32;
  uint64_t bits;

  static NABLA_INLINE NarrowEntry make(Key key, int64_t position) { return {static_cast<uint64_t>(key) << 32 | static_cast<uint32_t>(position)}; }
  NABLA_INLINE Key key() const { return static_cast<Key>(bits >> 32); }
  NABLA_INLINE int32_t position() const { return static_cast<int32_t>(static_cast<uint32_t>(bits)); }
  NABLA_INLINE bool before(const NarrowEntry& other) const { return bits < other.bits; }
};

struct WideEntry {
  using Key = uint64_t;
  static constexpr int kKeyBits = 64;
  uint64_t bits;
  int64_t place;

  static NABLA_INLINE WideEntry make(Key key, int64_t position) { return {key, position}; }
  NABLA_INLINE Key key() const { return bits; }
  NABLA_INLINE int32_t position() const { return static_cast<int32_t>(place); }
  NABLA_INLINE bool before(const WideEntry& other) const { return bits < other.bits || (bits == other.bits && place < other.place); }
};

template <class T>
struct Ordering;

/** The bits of a float, whose sign and magnitude order as whole numbers once negative ones are turned round. */
template <>
struct Ordering<float> {
  using Entry = NarrowEntry;
  static NABLA_INLINE uint32_t key(float x) {
    if (x != x) return ~uint32_t{0};
    x += 0.0f;  // -0 becomes 0
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits ^ (static_cast<uint32_t>(static_cast<int32_t>(bits) >> 31) | 0x80000000u);
  }
};

template <>
struct Ordering<double> {
  using Entry = WideEntry;
  static NABLA_INLINE uint64_t key(double x) {
    if (x != x) return ~uint64_t{0};
    x += 0.0;
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits ^ (static_cast<uint64_t>(static_cast<int64_t>(bits) >> 63) | uint64_t{1} << 63);
  }
};

template <>
struct Ordering<int32_t> {
  using Entry = NarrowEntry;
  static NABLA_INLINE uint32_t key(int32_t x) { return static_cast<uint32_t>(x) ^ 0x80000000u; }
};

template <>
struct Ordering<uint8_t> {
  using Entry = NarrowEntry;
  static NABLA_INLINE uint32_t key(uint8_t x) { return x; }
};

template <class Entry>
struct LineSort {
  using Key = typename Entry::Key;

  static constexpr int64_t kRun = 16;
  /** Lines shorter than this are merged. Radix passes keep the order of equal keys and so need entries in order of position. */
  static constexpr int64_t kShort = 1024;
  static constexpr int kDigitBits = 11;
  static constexpr int kDigits = 1 << kDigitBits;
  static constexpr int64_t kChunk = 1 << 15;
  static constexpr int64_t kMaxChunks = 16;

  static int64_t chunks(int64_t count) { return smaller(kMaxChunks, larger(1, count / kChunk)); }

  /** Bytes that `sort` needs beside the entries: a second array, and the counts of digits. */
  static size_t spare_bytes(int64_t count) {
    const size_t counts = count < kShort ? 0 : static_cast<size_t>(chunks(count)) * kDigits * sizeof(uint32_t);
    return static_cast<size_t>(count) * sizeof(Entry) + counts;
  }

  /** Sorts `count` entries; returns where they are then: at `entries` or at `spare`. */
  static Entry* sort(Entry* entries, Entry* spare, int64_t count) {
    return count < kShort ? merge_sort(entries, spare, count)
                          : radix_sort(entries, spare, reinterpret_cast<uint32_t*>(spare + count), count);
  }

  static void insertion_sort(Entry* entries, int64_t count) {
    for (int64_t i = 1; i < count; ++i) {
      const Entry moved = entries[i];
      int64_t at = i;
      for (; at > 0 && moved.before(entries[at - 1]); --at) entries[at] = entries[at - 1];
      entries[at] = moved;
    }
  }

  static Entry* merge_sort(Entry* from, Entry* to, int64_t count) {
    for (int64_t start = 0; start < count; start += kRun) insertion_sort(from + start, smaller(kRun, count - start));
    for (int64_t run = kRun; run < count; run *= 2) {
      for (int64_t start = 0; start < count; start += 2 * run) {
        const Entry *a = from + start, *const a_end = from + smaller(start + run, count);
        const Entry *b = a_end, *const b_end = from + smaller(start + 2 * run, count);
        Entry* out = to + start;
        while (a < a_end && b < b_end) {
          const bool second = b->before(*a);
          *out++ = second ? *b : *a;
          b += second;
          a += !second;
        }
        while (a < a_end) *out++ = *a++;
        while (b < b_end) *out++ = *b++;
      }
      Entry* const sorted = to;
      to = from;
      from = sorted;
    }
    return from;
  }

  static Entry* radix_sort(Entry* from, Entry* to, uint32_t* counts, int64_t count) {
    const int64_t pieces = chunks(count);
    for (int shift = 0; shift < Entry::kKeyBits; shift += kDigitBits) {
      const auto digit = [shift](const Entry& entry) { return static_cast<int>(entry.key() >> shift) & (kDigits - 1); };
      const auto count_digits = [&](int64_t piece) {
        uint32_t* const own = counts + piece * kDigits;
        for (int d = 0; d < kDigits; ++d) own[d] = 0;
        const int64_t end = (piece + 1) * count / pieces;
        for (int64_t i = piece * count / pieces; i < end; ++i) ++own[digit(from[i])];
      };
      const auto move = [&](int64_t piece) {
        uint32_t* const next = counts + piece * kDigits;
        const int64_t end = (piece + 1) * count / pieces;
        for (int64_t i = piece * count / pieces; i < end; ++i) to[next[digit(from[i])]++] = from[i];
      };
      if (!run(pieces, count_digits)) return from;
      if (start_places(counts, pieces, count)) continue;
      if (!run(pieces, move)) return from;
      Entry* const moved = to;
      to = from;
      from = moved;
    }
    return from;
  }

 private:
  template <class Body>
  static bool run(int64_t pieces, const Body& body) {
    if (pieces > 1) return parallel_for(pieces, body);
    body(0);
    return true;
  }

  /** Turns counts into the places where each chunk's entries of each digit begin; true when all have one digit. */
  static bool start_places(uint32_t* counts, int64_t pieces, int64_t count) {
    uint32_t total = 0;
    for (int d = 0; d < kDigits; ++d) {
      const uint32_t before = total;
      for (int64_t piece = 0; piece < pieces; ++piece) {
        uint32_t& own = counts[piece * kDigits + d];
        const uint32_t here = own;
        own = total;
        total += here;
      }
      if (total - before == static_cast<uint32_t>(count)) return true;
    }
    return false;
  }
};

NABLA_END_ISA
