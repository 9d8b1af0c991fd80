// eigh: what cpu/linalg_eigh.isa.cpp says of it.
#include "cuda/elementwise.h"
#include "cuda/kernels/linalg_spectra_parameters.h"
#include "cuda/launchers.h"
#include "cuda/linalg_qr.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kWarp = 32;
static_assert(sizeof(PlaneRotation) % sizeof(double) == 0 && sizeof(IterationState) % sizeof(double) == 0);

void launch(Card& card, Kernel& kernel, const SymmetricParameters& p, int64_t threads) {
  card.launch(kernel, {blocks_for(card, threads, kMatrixThreads)}, kMatrixThreads, p);
}

void reduce(Card& card, SymmetricParameters& p) {
  static Kernel prepare("eighPrepare_f64"), whole("eighReduce_f64"), reflection("eighReflection_f64"), rows("eighRows_f64");
  const int64_t a_block_each = p.batches * kMatrixThreads;
  launch(card, prepare, p, a_block_each);
  if (p.size <= kSpectrumOfBlock) {
    launch(card, whole, p, a_block_each);
    return;
  }
  for (p.step = 0; p.step < p.size; ++p.step) {
    launch(card, reflection, p, a_block_each);
    if (p.step + 1 < p.size) launch(card, rows, p, p.batches * (p.size - p.step - 1) * kWarp);
  }
}

void iterate(Card& card, const SymmetricParameters& p) {
  static Kernel whole("eighIterate_f64"), sweeps("eighSweeps_f64"), rotate("eighRotate_f64");
  if (p.size <= kSpectrumOfBlock) {
    launch(card, whole, p, p.batches * kMatrixThreads);
    return;
  }
  // So many lists hold all sweeps that there may be; after the first few they are empty.
  const int64_t rounds = 60 * p.size / (p.most_rotations / p.size - 1) + 1;
  for (int64_t round = 0; round < rounds; ++round) {
    launch(card, sweeps, p, p.batches * kWarp);
    launch(card, rotate, p, p.batches * p.size);
  }
}

/** Attribute [upper]. */
bool eigh(const Call& call) {
  static Kernel sort("eighSort_f64");
  const Operand& input = call.op.input(0);
  Card& card = call.card;
  SymmetricParameters p{};
  p.size = rows_of(input);
  p.batches = batch_count(input, 2);
  p.upper = call.op.attributes[0] != 0 ? 1 : 0;
  p.info = call.op.output(2).as<int32_t>();
  if (call.numbers != 0) return false;
  if (p.batches == 0) return true;
  const bool large = p.size > kSpectrumOfBlock;
  const int64_t elements = Scratch::rounded(p.batches * p.size * p.size), numbers = Scratch::rounded(p.batches * p.size);
  constexpr int64_t kStateDoubles = sizeof(IterationState) / sizeof(double), kRotationDoubles = sizeof(PlaneRotation) / sizeof(double);
  p.most_rotations = large ? p.size * p.size : 0;
  Scratch scratch(card, 3 * elements + 6 * numbers + Scratch::rounded(p.batches) + Scratch::rounded(p.batches * kStateDoubles) +
                            Scratch::rounded(p.batches * p.most_rotations * kRotationDoubles));
  if (!scratch.has_room()) return false;
  p.a = scratch.by_rows(p.size, p.size, p.batches);
  p.vectors = scratch.by_rows(p.size, p.size, p.batches);
  p.sorted_vectors = scratch.by_rows(p.size, p.size, p.batches);
  p.diagonal = scratch.take(p.batches * p.size);
  p.beside = scratch.take(p.batches * p.size);
  p.taus = scratch.take(p.batches * p.size);
  p.products = scratch.take(2 * p.batches * p.size);
  p.sorted_values = scratch.take(p.batches * p.size);
  p.factors = scratch.take(p.batches);
  p.states = reinterpret_cast<IterationState*>(scratch.take(p.batches * kStateDoubles));
  p.rotations = reinterpret_cast<PlaneRotation*>(scratch.take(p.batches * p.most_rotations * kRotationDoubles));

  load(card, input, p.a);
  reduce(card, p);
  // Vector j begins as column j of Q: reflection k touches what lies behind position k.
  const Matrices columns = p.vectors.transposed();
  fill_identity(card, columns, p.size, p.size, p.batches);
  reflect_vectors(card, {p.a.transposed(), columns, p.taus, p.size, p.size, 1, 0, p.size - 1, p.size, p.batches, 0, 1});
  iterate(card, p);
  if (p.size == 0) return true;
  launch(card, sort, p, p.batches * p.size * kWarp);
  store_vectors(card, {p.sorted_values, 1, 0, p.size}, call.op.output(0));
  store(card, p.sorted_vectors.transposed(), call.op.output(1));
  return true;
}

}  // namespace

void register_linalg_eigh(LauncherTable& table) { table.set_floats("eigh", eigh, eigh); }

}  // namespace nabla::cuda
