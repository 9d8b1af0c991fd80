// Finding elements: where they are not 0, and where others belong among sorted ones.
//
// nonzero: input contiguous, any dtype; output Int32, contiguous: [count] numbers of elements in row-major order with
//   attributes [1], [count, rank] indices with [0]. The caller has counted.
// searchsorted: inputs sorted [..., n] and values [..., m], contiguous and of one dtype, with equal leading sizes, or
//   sorted [n] for all; output Int32 of the values' shape: how many elements come before each. Attributes [right]: 0
//   puts a value before equal ones, 1 after them.
#include "cpu/elementwise.h"
#include "cpu/register_kernels.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

namespace {

/** Blocks of elements are counted first, so that each knows where its own go. */
template <class T>
void nonzero(const OpCall& call) {
  const Operand& input = call.input(0);
  const T* const from = input.as<T>();
  int32_t* const to = call.output(0).as<int32_t>();
  const bool flat = call.attributes[0] != 0;
  const int rank = input.rank;
  const int64_t count = input.count();
  if (call.output(0).count() == 0) return;
  const int64_t blocks = divide_up(count, kCheapPiece);
  int64_t* const starts = static_cast<int64_t*>(workspace(static_cast<size_t>(blocks + 1) * sizeof(int64_t)));
  const auto end_of = [&](int64_t block) { return smaller(count, (block + 1) * kCheapPiece); };
  const bool counted = parallel_for(blocks, [&](int64_t block) {
    int64_t found = 0;
    for (int64_t i = block * kCheapPiece; i < end_of(block); ++i) found += from[i] != 0;
    starts[block + 1] = found;
  });
  if (!counted) return;
  starts[0] = 0;
  for (int64_t block = 0; block < blocks; ++block) starts[block + 1] += starts[block];
  parallel_for(blocks, [&](int64_t block) {
    int64_t place = starts[block];
    for (int64_t i = block * kCheapPiece; i < end_of(block); ++i) {
      if (from[i] == 0) continue;
      if (flat) {
        to[place++] = static_cast<int32_t>(i);
        continue;
      }
      int64_t rest = i;
      for (int d = rank - 1; d >= 0; --d) {
        to[place * rank + d] = static_cast<int32_t>(rest % input.sizes[d]);
        rest /= input.sizes[d];
      }
      ++place;
    }
  });
}

/** a comes before b; NaN after everything. */
template <class T>
NABLA_INLINE bool before(T a, T b) {
  return a < b || (a == a && b != b);
}

template <class T>
void searchsorted(const OpCall& call) {
  const Operand& sorted = call.input(0);
  const Operand& values = call.input(1);
  const bool right = call.attributes[0] != 0;
  const int64_t length = sorted.sizes[sorted.rank - 1];
  const int64_t row = values.rank == 0 ? 1 : values.sizes[values.rank - 1];
  int32_t* const to = call.output(0).as<int32_t>();
  share(values.count(), kCostlyPiece, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* const line = sorted.as<T>() + (sorted.rank > 1 ? i / row * length : 0);
      const T value = values.as<T>()[i];
      int64_t low = 0, high = length;
      while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (right ? !before(value, line[middle]) : before(line[middle], value)) low = middle + 1;
        else high = middle;
      }
      to[i] = static_cast<int32_t>(low);
    }
  });
}

}  // namespace

void register_counting(KernelTable& table) {
  table.set("nonzero", DType::Float32, nonzero<float>);
  table.set("nonzero", DType::Float64, nonzero<double>);
  table.set("nonzero", DType::Int32, nonzero<int32_t>);
  table.set("nonzero", DType::UInt8, nonzero<uint8_t>);
  table.set("nonzero", DType::Bool, nonzero<uint8_t>);
  table.set("searchsorted", DType::Float32, searchsorted<float>);
  table.set("searchsorted", DType::Float64, searchsorted<double>);
  table.set("searchsorted", DType::Int32, searchsorted<int32_t>);
  table.set("searchsorted", DType::UInt8, searchsorted<uint8_t>);
}

NABLA_END_ISA
