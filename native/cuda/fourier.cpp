// dft, rdft and irdft: what cpu/fourier.isa.cpp says of them.
#include <algorithm>
#include <utility>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/fourier_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

constexpr unsigned kThreads = 256;
/** Longer transforms than this are the CPU's: numbers of points have 32 bits. */
constexpr int64_t kMostPoints = int64_t{1} << 28;
/** Points that the rows in the card's memory have at a time, unless one has more. */
constexpr int64_t kPointsAtATime = int64_t{1} << 21;

struct Kernels {
  Kernel rows, load, store;
};

void launch(Card& card, Kernel& kernel, const FourierParameters& p, int64_t work) {
  card.launch(kernel, {blocks_for(card, work, kThreads)}, kThreads, p);
}

/** Finds the radices; false where a larger prime is left over. */
bool factor(FourierParameters& p, int64_t size) {
  p.size = static_cast<int32_t>(size);
  p.radix_count = 0;
  for (const int radix : {4, 2, 3, 5, 7, 11, 13}) {
    for (; size % radix == 0; size /= radix) p.radices[p.radix_count++] = radix;
  }
  return size == 1;
}

void run_passes(Card& card, FourierParameters& p) {
  static Kernel pass("fourierPass");
  p.done = 1;
  for (int i = 0; i < p.radix_count; ++i) {
    p.radix = p.radices[i];
    launch(card, pass, p, p.some_rows * (p.size / p.radix));
    std::swap(p.data, p.other);
    p.done *= p.radix;
  }
}

void transform(Card& card, Kernels& kernels, FourierParameters p) {
  static Kernel filter("fourierFilter");
  if (p.size <= kFourierInBlock) {
    const int64_t at_once = kFourierInBlock / p.size;
    launch(card, kernels.rows, p, (p.rows + at_once - 1) / at_once * kThreads);
    return;
  }
  const int64_t most = std::max<int64_t>(1, kPointsAtATime / p.size);
  for (p.first_row = 0; p.first_row < p.rows; p.first_row += most) {
    p.some_rows = std::min(most, p.rows - p.first_row);
    launch(card, kernels.load, p, p.some_rows * p.size);
    run_passes(card, p);
    if (p.chirps != nullptr && p.kind != FourierKind::Filter) {
      launch(card, filter, p, p.some_rows * p.size);
      run_passes(card, p);
    }
    launch(card, kernels.store, p, p.some_rows * p.to_length);
  }
}

/** Points of the card's memory, one piece after the other. */
struct Room {
  CardMemory& memory;
  FourierPoint* block;
  size_t capacity = 0;
  FourierPoint* next;

  Room(CardMemory& from, int64_t points) : memory(from), block(static_cast<FourierPoint*>(memory.take(static_cast<size_t>(points) * sizeof(FourierPoint), capacity))), next(block) {}
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  ~Room() {
    if (block != nullptr) memory.give(block, capacity);  // what is started next comes after
  }
  FourierPoint* take(int64_t points) {
    FourierPoint* const taken = next;
    next += points;
    return taken;
  }
};

/** Does what the parameters say of the operands and of what comes at the ends. */
bool start(const Call& call, Kernels& kernels, FourierParameters p, int64_t points) {
  static Kernel roots("fourierRoots");
  const Operand& input = call.op.input(0);
  const Operand& output = call.op.output(0);
  if (call.numbers != 0 || points > kMostPoints) return false;
  p.rank = input.rank - 1;
  p.rows = 1;
  for (int d = 0; d < p.rank; ++d) {
    p.sizes[d] = input.sizes[d];
    p.rows *= input.sizes[d];
    p.re_strides[d] = input.strides[d];
    if (call.op.input_count > 1) p.im_strides[d] = call.op.input(1).strides[d];
  }
  p.re = input.data;
  p.re_step = input.strides[p.rank];
  p.length = input.sizes[p.rank];
  if (call.op.input_count > 1) {
    p.im = call.op.input(1).data;
    p.im_step = call.op.input(1).strides[p.rank];
  }
  p.to_re = output.data;
  if (call.op.output_count > 1) p.to_im = call.op.output(1).data;
  p.to_length = output.sizes[p.rank];
  if (output.count() == 0) return true;

  p.points = static_cast<int32_t>(points);
  const bool convolves = !factor(p, points);
  if (convolves) {
    int64_t size = 1;
    while (size < 2 * points - 1) size *= 2;
    factor(p, size);
  }
  const int64_t size = p.size, in_memory = size <= kFourierInBlock ? 0 : size * std::min(p.rows, std::max<int64_t>(1, kPointsAtATime / size));
  Room room(CardMemory::of(call.card), size + (convolves ? 2 * points + size : 0) + 2 * in_memory);
  if (room.block == nullptr) return false;
  const auto make_roots = [&](int64_t count) {
    FourierPoint* const made = room.take(count);
    call.card.launch(roots, {blocks_for(call.card, count, kThreads)}, kThreads, RootsParameters{made, count});
    return made;
  };
  p.roots = make_roots(size);
  if (convolves) {
    p.chirps = make_roots(2 * points);
    p.filter = room.take(size);
  }
  p.data = room.take(in_memory);
  p.other = room.take(in_memory);
  if (convolves) {
    FourierParameters filter = p;
    filter.kind = FourierKind::Filter;
    filter.rows = 1;
    filter.to_length = size;
    transform(call.card, kernels, filter);
  }
  transform(call.card, kernels, p);
  return true;
}

/** Attributes [points, inverse, factor]. */
bool complex_transform(const Call& call, Kernels& kernels) {
  FourierParameters p{};
  p.kind = call.op.attributes[1] != 0 ? FourierKind::ComplexInverse : FourierKind::Complex;
  p.factor = call.op.attributes[2];
  return start(call, kernels, p, static_cast<int64_t>(call.op.attributes[0]));
}

/** Attributes [points, factor, weight]. */
template <FourierKind kKind>
bool real_transform(const Call& call, Kernels& kernels) {
  FourierParameters p{};
  p.kind = kKind;
  p.factor = call.op.attributes[1];
  p.weight = call.op.attributes[2];
  return start(call, kernels, p, static_cast<int64_t>(call.op.attributes[0]));
}

template <bool (*run)(const Call&, Kernels&)>
void enter(LauncherTable& table, const char* op) {
  static Kernels f32{Kernel("fourierRows_f32"), Kernel("fourierLoad_f32"), Kernel("fourierStore_f32")};
  static Kernels f64{Kernel("fourierRows_f64"), Kernel("fourierLoad_f64"), Kernel("fourierStore_f64")};
  table.set_floats(op, [](const Call& call) { return run(call, f32); }, [](const Call& call) { return run(call, f64); });
}

}  // namespace

void register_fourier(LauncherTable& table) {
  enter<complex_transform>(table, "dft");
  enter<real_transform<FourierKind::Real>>(table, "rdft");
  enter<real_transform<FourierKind::RealInverse>>(table, "irdft");
}

}  // namespace nabla::cuda
