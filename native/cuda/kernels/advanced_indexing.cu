// Slices read and written where several tensors of positions name them together. A negative position counts from the end; one
// outside its dimension reads NaN (0 in whole numbers) and is not written to. What is written to one place is written in the order
// of the list: where lists are long a block walks one for an element of the slice, else a thread.
#include <cmath>
#include <type_traits>

#include "cuda/kernels/advanced_indexing_parameters.h"
#include "cuda/kernels/device_code.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/ordered.cuh"

namespace nabla::cuda {

/** The number of the table's entry that the list's i-th names, in row-major order; -1 where a position is outside. */
NABLA_DEVICE int64_t entry_of(const TableParameters& p, int64_t i) {
  int64_t entry = 0;
  for (int k = 0; k < p.indexed; ++k) {
    const int64_t size = p.table_sizes[k];
    int64_t position = p.positions[k][i];
    if (position < 0) position += size;
    if (position < 0 || position >= size) return -1;
    entry = entry * size + position;
  }
  return entry;
}

NABLA_DEVICE int64_t place_of_entry(const TableParameters& p, int64_t entry) { return place_of(p.indexed, p.table_sizes, p.table_strides, entry); }

template <class T>
NABLA_DEVICE void read_entries(const TableParameters& p) {
  for (int64_t work = thread_number(); work < p.count * p.slice_count; work += thread_count()) {
    const int64_t i = work / p.slice_count, element = work % p.slice_count, entry = entry_of(p, i);
    T value = T(0);
    if constexpr (std::is_floating_point_v<T>) value = static_cast<T>(NAN);
    if (entry >= 0) value = static_cast<const T*>(p.from)[place_of_entry(p, entry) + place_of(p.rank, p.slice_sizes, p.in_table, element)];
    static_cast<T*>(p.to)[i * p.list_stride + place_of(p.rank, p.slice_sizes, p.in_list, element)] = value;
  }
}

template <class T>
NABLA_DEVICE void write_short(const TableParameters& p) {
  for (int64_t element = thread_number(); element < p.slice_count; element += thread_count()) {
    const T* const from = static_cast<const T*>(p.from) + place_of(p.rank, p.slice_sizes, p.in_list, element);
    T* const to = static_cast<T*>(p.to) + place_of(p.rank, p.slice_sizes, p.in_table, element);
    for (int64_t i = 0; i < p.count; ++i) {
      const int64_t entry = entry_of(p, i);
      if (entry < 0) continue;
      T& target = to[place_of_entry(p, entry)];
      const T value = from[i * p.list_stride];
      target = p.accumulate != 0 ? Add::of(nullptr, target, value) : value;
    }
  }
}

template <class T>
NABLA_DEVICE void write_long(const TableParameters& p) {
  for (int64_t element = blockIdx.x; element < p.slice_count; element += gridDim.x) {
    const T* const from = static_cast<const T*>(p.from) + place_of(p.rank, p.slice_sizes, p.in_list, element);
    T* const to = static_cast<T*>(p.to) + place_of(p.rank, p.slice_sizes, p.in_table, element);
    place_in_order<T>(
        p.count, p.accumulate == 0, [&](int64_t i) { return static_cast<int32_t>(entry_of(p, i)); }, [&](int64_t i) { return from[i * p.list_stride]; },
        [&](int64_t entry) -> T& { return to[place_of_entry(p, entry)]; });
  }
}

#define NABLA_TABLE_KERNELS(op, Function, type)                                      \
  NABLA_KERNEL(readEntries_##type, TableParameters) { read_entries<type>(p); }       \
  NABLA_KERNEL(writeEntries_short_##type, TableParameters) { write_short<type>(p); } \
  NABLA_KERNEL(writeEntries_long_##type, TableParameters) { write_long<type>(p); }
NABLA_NUMBERS(NABLA_TABLE_KERNELS, , )

}  // namespace nabla::cuda
