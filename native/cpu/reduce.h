// The engine of reductions: one walk over the kept and the reduced dimensions that an op's arithmetic is put into.
//
// A `Reducer` has the types of its input, of what it accumulates and of its result, an identity, `widen` from input to
// accumulator and `combine` of two accumulators, both of which work on vectors and on numbers. Two walks serve all layouts: along rows, when a reduced dimension lies
// contiguously (several accumulators, folded at the end), and across columns, when a kept one does (an accumulator for
// each column). Large reductions to few results are cut into parts by shape, whose accumulators are combined in order:
// the bits do not depend on the number of threads. Floats are accumulated in float64, which costs nothing beside memory
// and makes pairwise summation (Higham, "The accuracy of floating point summation", 1993) unnecessary for float32.
#pragma once

#include "core/thread_pool.h"
#include "cpu/elementwise.h"
#include "cpu/reduction_plan.h"
#include "cpu/workspace.h"

NABLA_BEGIN_ISA

template <class Reducer>
struct ReductionWalk {
  using Input = typename Reducer::Input;
  using Sum = typename Reducer::Sum;
  using Result = typename Reducer::Result;

  static constexpr int kCount = kLanes<Sum>;
  static constexpr int64_t kBlockColumns = 512;
  static constexpr int64_t kMaxParts = 32;

  const Input* from;
  Result* to;
  const ReductionPlan& plan;
  Reducer reducer;

  static NABLA_INLINE Vector<Sum> widen_part(const Input* at, int count, Sum identity) {
    Vector<Sum> lane{};
    for (int i = 0; i < kCount; ++i) lane[i] = static_cast<Sum>(i);
    return lane < static_cast<Sum>(count) ? Reducer::widen(load_lanes_part<kCount>(at, count)) : splat(identity);
  }

  static NABLA_INLINE Sum fold(Vector<Sum> v) {
    Sum lanes[kCount];
    store(lanes, v);
    for (int half = kCount / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) lanes[i] = Reducer::combine(lanes[i], lanes[i + half]);
    }
    return lanes[0];
  }

  /** Reduces the elements `begin` to `end` of the reduced dimensions, for the result whose input begins at `at`. */
  Sum reduce_row(const Input* at, int64_t begin, int64_t end) const {
    const int64_t stride = plan.reduced.strides[0][plan.reduced.rank - 1];
    const Sum identity = Reducer::identity();
    Vector<Sum> sums[4];
    for (Vector<Sum>& sum : sums) sum = splat(identity);
    Sum rest = identity;
    walk<1>(plan.reduced, begin, end, [&](const int64_t* offset, int64_t run) {
      const Input* x = at + offset[0];
      if (stride != 1) {
        for (int64_t i = 0; i < run; ++i) rest = Reducer::combine(rest, Reducer::widen(x[i * stride]));
        return;
      }
      for (; run >= 4 * kCount; run -= 4 * kCount, x += 4 * kCount) {
        NABLA_UNROLL
        for (int i = 0; i < 4; ++i) sums[i] = Reducer::combine(sums[i], Reducer::widen(load_lanes<kCount>(x + i * kCount)));
      }
      for (int i = 0; run >= kCount; run -= kCount, x += kCount, ++i) {
        sums[i] = Reducer::combine(sums[i], Reducer::widen(load_lanes<kCount>(x)));
      }
      if (run > 0) sums[3] = Reducer::combine(sums[3], widen_part(x, static_cast<int>(run), identity));
    });
    const Vector<Sum> total = Reducer::combine(Reducer::combine(sums[0], sums[1]), Reducer::combine(sums[2], sums[3]));
    return Reducer::combine(fold(total), rest);
  }

  /** The same for `width` neighbouring results, into `sums`. */
  void reduce_columns(const Input* at, int64_t width, int64_t begin, int64_t end, Sum* sums) const {
    const int64_t stride = plan.reduced.strides[0][plan.reduced.rank - 1];
    const Sum identity = Reducer::identity();
    for (int64_t j = 0; j < width; ++j) sums[j] = identity;
    walk<1>(plan.reduced, begin, end, [&](const int64_t* offset, int64_t run) {
      const Input* x = at + offset[0];
      for (; run >= 4; run -= 4, x += 4 * stride) add_rows<4>(x, stride, width, sums);
      for (; run > 0; --run, x += stride) add_rows<1>(x, stride, width, sums);
    });
  }

  template <int kRows>
  static NABLA_INLINE void add_rows(const Input* x, int64_t stride, int64_t width, Sum* sums) {
    int64_t j = 0;
    for (; j + kCount <= width; j += kCount) {
      Vector<Sum> sum = load(sums + j);
      NABLA_UNROLL
      for (int row = 0; row < kRows; ++row) sum = Reducer::combine(sum, Reducer::widen(load_lanes<kCount>(x + row * stride + j)));
      store(sums + j, sum);
    }
#if defined(__AVX512F__)
    if (j < width) {
      // With masked loads what is left of a row is one vector more.
      const int rest = static_cast<int>(width - j);
      Vector<Sum> sum = load_part(sums + j, rest);
      NABLA_UNROLL
      for (int row = 0; row < kRows; ++row) {
        sum = Reducer::combine(sum, Reducer::widen(load_lanes_part<kCount>(x + row * stride + j, rest)));
      }
      store_part(sums + j, sum, rest);
      return;
    }
#endif
    for (; j < width; ++j) {
      for (int row = 0; row < kRows; ++row) sums[j] = Reducer::combine(sums[j], Reducer::widen(x[row * stride + j]));
    }
  }

  /** How many parts the reduced dimensions are cut into, when there are `units` of `width` results to share. */
  int64_t parts_for(int64_t units, int64_t width) const {
    const int64_t work = plan.reduced.count * width;
    if (units >= 16 || units * work < 4 * kCheapPiece) return 1;
    return smaller(smaller(kMaxParts, plan.reduced.count), divide_up(work, kCheapPiece));
  }

  void along_rows() const {
    const int64_t units = plan.kept.count, count = plan.reduced.count;
    const int64_t parts = parts_for(units, 1);
    if (parts == 1) {
      share(units, larger(1, kCheapPiece / larger(1, count)), [&](int64_t begin, int64_t end) {
        walk<2>(plan.kept, begin, end, [&](const int64_t* offsets, int64_t run) {
          const int64_t* step[2] = {plan.kept.strides[0] + plan.kept.rank - 1, plan.kept.strides[1] + plan.kept.rank - 1};
          for (int64_t i = 0; i < run; ++i) {
            to[offsets[1] + i * *step[1]] = reducer.finish(reduce_row(from + offsets[0] + i * *step[0], 0, count));
          }
        });
      });
      return;
    }
    Sum* const partial = static_cast<Sum*>(workspace(static_cast<size_t>(units * parts) * sizeof(Sum)));
    const bool finished = parallel_for(units * parts, [&](int64_t piece) {
      const int64_t unit = piece / parts, part = piece % parts;
      walk<2>(plan.kept, unit, unit + 1, [&](const int64_t* offsets, int64_t) {
        partial[piece] = reduce_row(from + offsets[0], part * count / parts, (part + 1) * count / parts);
      });
    });
    if (!finished) return;
    for (int64_t unit = 0; unit < units; ++unit) {
      Sum sum = partial[unit * parts];
      for (int64_t part = 1; part < parts; ++part) sum = Reducer::combine(sum, partial[unit * parts + part]);
      walk<2>(plan.kept, unit, unit + 1, [&](const int64_t* offsets, int64_t) { to[offsets[1]] = reducer.finish(sum); });
    }
  }

  void across_columns() const {
    const int last = plan.kept.rank - 1;
    const int64_t columns = plan.kept.sizes[last], count = plan.reduced.count;
    const int64_t to_stride = plan.kept.strides[1][last];
    const int64_t blocks = divide_up(columns, kBlockColumns);
    Iteration outer = plan.kept;
    outer.sizes[last] = blocks;
    outer.strides[0][last] = kBlockColumns;
    outer.strides[1][last] = kBlockColumns * to_stride;
    const int64_t units = plan.kept.count / columns * blocks;
    const int64_t width_of_block = smaller(columns, kBlockColumns);
    const auto width_of = [&](int64_t unit) { return smaller(kBlockColumns, columns - unit % blocks * kBlockColumns); };
    const int64_t parts = parts_for(units, width_of_block);
    if (parts == 1) {
      share(units, larger(1, kCheapPiece / (larger(1, count) * width_of_block)), [&](int64_t begin, int64_t end) {
        alignas(64) Sum sums[kBlockColumns];
        for (int64_t unit = begin; unit < end; ++unit) {
          walk<2>(outer, unit, unit + 1, [&](const int64_t* offsets, int64_t) {
            const int64_t width = width_of(unit);
            reduce_columns(from + offsets[0], width, 0, count, sums);
            for (int64_t j = 0; j < width; ++j) to[offsets[1] + j * to_stride] = reducer.finish(sums[j]);
          });
        }
      });
      return;
    }
    Sum* const partial = static_cast<Sum*>(workspace(static_cast<size_t>(units * parts * width_of_block) * sizeof(Sum)));
    const bool finished = parallel_for(units * parts, [&](int64_t piece) {
      const int64_t unit = piece / parts, part = piece % parts;
      walk<2>(outer, unit, unit + 1, [&](const int64_t* offsets, int64_t) {
        reduce_columns(from + offsets[0], width_of(unit), part * count / parts, (part + 1) * count / parts,
                       partial + piece * width_of_block);
      });
    });
    if (!finished) return;
    for (int64_t unit = 0; unit < units; ++unit) {
      walk<2>(outer, unit, unit + 1, [&](const int64_t* offsets, int64_t) {
        const Sum* first = partial + unit * parts * width_of_block;
        for (int64_t j = 0; j < width_of(unit); ++j) {
          Sum sum = first[j];
          for (int64_t part = 1; part < parts; ++part) sum = Reducer::combine(sum, first[part * width_of_block + j]);
          to[offsets[1] + j * to_stride] = reducer.finish(sum);
        }
      });
    }
  }
};

/** Computes a reduction; `reducer` carries what `finish` needs. */
template <class Reducer>
void reduce(const OpCall& call, const ReductionPlan& plan, const Reducer& reducer) {
  using Walk = ReductionWalk<Reducer>;
  if (plan.kept.count == 0) return;
  const Walk reduction{call.input(0).as<typename Reducer::Input>(), call.output(0).as<typename Reducer::Result>(), plan, reducer};
  const bool row_is_contiguous = plan.reduced.strides[0][plan.reduced.rank - 1] == 1;
  const bool columns_are_contiguous = plan.kept.strides[0][plan.kept.rank - 1] == 1 && plan.kept.count > 1;
  if (!row_is_contiguous && columns_are_contiguous) reduction.across_columns();
  else reduction.along_rows();
}

NABLA_END_ISA
