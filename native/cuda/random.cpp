// uniform, normal, truncatedNormal, randint, bernoulli and multinomial: what cpu/random.isa.cpp and cpu/sampling.isa.cpp say of them.
#include <cmath>
#include <utility>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/random_parameters.h"
#include "cuda/launchers.h"

namespace nabla::cuda {
namespace {

RandomParameters stream_of(const OpCall& op) {
  RandomParameters p{};
  p.to = op.output(0).data;
  p.count = op.output(0).count();
  p.seed = static_cast<uint64_t>(op.attributes[0]) | static_cast<uint64_t>(op.attributes[1]) << 32;
  p.block = static_cast<uint64_t>(op.attributes[2]);
  if (op.attribute_count > 4) {
    p.a = op.attributes[3];
    p.b = op.attributes[4];
  }
  return p;
}

bool launch(const Call& call, Kernel& kernel, const RandomParameters& p) {
  if (p.count > 0) call.card.launch(kernel, {blocks_for(call.card, (p.count + 3) / 4, 256)}, 256, p);
  return true;
}

bool uniform(const Call& call, Kernel& kernel) {
  RandomParameters p = stream_of(call.op);
  // from + u * width may round up to `to`, which does not belong to the interval.
  if (call.op.output(0).dtype == DType::Float32) {
    const auto from = static_cast<float>(p.a), to = static_cast<float>(p.b);
    p.below = to > from ? std::nextafterf(to, from) : from;
  } else {
    p.below = p.b > p.a ? std::nextafter(p.b, p.a) : p.a;
  }
  return launch(call, kernel, p);
}

bool normal(const Call& call, Kernel& kernel) { return launch(call, kernel, stream_of(call.op)); }

/** Attributes: those of a stream, mean, deviation, low, high. */
bool truncated_normal(const Call& call, Kernel& kernel) {
  const double* const attributes = call.op.attributes;
  const double mean = attributes[3], deviation = attributes[4];
  TruncatedNormalParameters p{};
  p.stream = stream_of(call.op);
  p.low = attributes[5];
  p.high = attributes[6];
  double from = (p.low - mean) / deviation, to = (p.high - mean) / deviation;
  p.factor = deviation;
  // Far above the mean the distribution function has no digits left; below it has, so such an interval is mirrored.
  if (from > 0) {
    p.factor = -deviation;
    std::swap(from, to);
    from = -from;
    to = -to;
  }
  const auto distribution = [](double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); };
  p.start = distribution(from);
  p.width = distribution(to) - p.start;
  if (p.stream.count > 0) call.card.launch(kernel, {blocks_for(call.card, (p.stream.count + 1) / 2, 256)}, 256, p);
  return true;
}

bool randint(const Call& call, Kernel& kernel) {
  RandomParameters p = stream_of(call.op);
  p.range = static_cast<uint64_t>(static_cast<int64_t>(p.b) - static_cast<int64_t>(p.a));
  return launch(call, kernel, p);
}

bool bernoulli(const Call& call, Kernel* kernels) {
  const Operand& input = call.op.input(0);
  RandomParameters p = stream_of(call.op);
  bool repeated = true;
  for (int d = 0; d < input.rank; ++d) repeated &= input.sizes[d] == 1 || input.strides[d] == 0;
  p.step = repeated ? 0 : 1;
  if (call.is_number(0)) p.a = number_value(input);
  else p.probabilities = input.data;
  switch (call.op.output(0).dtype) {
    case DType::Float32: return launch(call, kernels[0], p);
    case DType::Float64: return launch(call, kernels[1], p);
    case DType::Int32: return launch(call, kernels[2], p);
    case DType::UInt8:
    case DType::Bool: return launch(call, kernels[3], p);
  }
  return false;
}

bool bernoulli_f32(const Call& call) {
  static Kernel kernels[] = {Kernel("bernoulli_f32_f32"), Kernel("bernoulli_f32_f64"), Kernel("bernoulli_f32_i32"), Kernel("bernoulli_f32_u8")};
  return bernoulli(call, kernels);
}
bool bernoulli_f64(const Call& call) {
  static Kernel kernels[] = {Kernel("bernoulli_f64_f32"), Kernel("bernoulli_f64_f64"), Kernel("bernoulli_f64_i32"), Kernel("bernoulli_f64_u8")};
  return bernoulli(call, kernels);
}

/** Attributes: those of a stream, replacement. */
bool multinomial(const Call& call, Kernel& kernel) {
  const OpCall& op = call.op;
  const Operand& weights = op.input(0);
  if (call.numbers != 0) return false;
  if (op.output(0).count() == 0) return true;
  ChoiceParameters p{};
  p.weights = weights.data;
  p.to = op.output(0).as<int32_t>();
  p.seed = static_cast<uint64_t>(op.attributes[0]) | static_cast<uint64_t>(op.attributes[1]) << 32;
  p.block = static_cast<uint64_t>(op.attributes[2]);
  p.replacement = op.attributes[3] != 0 ? 1 : 0;
  p.rows = weights.sizes[0];
  p.categories = weights.sizes[1];
  p.draws = op.output(0).sizes[1];
  for (p.leaves = 1; p.leaves < p.categories;) p.leaves *= 2;
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  p.trees = static_cast<double*>(memory.take(static_cast<size_t>(p.rows * 2 * p.leaves) * sizeof(double), capacity));
  if (p.trees == nullptr) return false;
  call.card.launch(kernel, {blocks_for(call.card, p.rows * 256, 256)}, 256, p);
  memory.give(p.trees, capacity);  // what is started next comes after
  return true;
}

}  // namespace

void register_random(LauncherTable& table) {
  table.set_floats("uniform", NABLA_LAUNCHER("uniform_f32", uniform), NABLA_LAUNCHER("uniform_f64", uniform));
  table.set_floats("normal", NABLA_LAUNCHER("normal_f32", normal), NABLA_LAUNCHER("normal_f64", normal));
  table.set_floats("truncatedNormal", NABLA_LAUNCHER("truncatedNormal_f32", truncated_normal), NABLA_LAUNCHER("truncatedNormal_f64", truncated_normal));
  table.set_floats("randint", NABLA_LAUNCHER("randint_f32", randint), NABLA_LAUNCHER("randint_f64", randint));
  table.set("randint", DType::Int32, NABLA_LAUNCHER("randint_i32", randint));
  table.set("randint", DType::UInt8, NABLA_LAUNCHER("randint_u8", randint));
  table.set("randint", DType::Bool, NABLA_LAUNCHER("randint_u8", randint));
  table.set_floats("multinomial", NABLA_LAUNCHER("multinomial_f32", multinomial), NABLA_LAUNCHER("multinomial_f64", multinomial));
  table.set_floats("bernoulli", bernoulli_f32, bernoulli_f64);
}

}  // namespace nabla::cuda
