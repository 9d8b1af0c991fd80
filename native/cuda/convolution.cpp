// conv2d, convTranspose2d and conv2dWeight: what cpu/convolution.isa.cpp says of them. Where a product has more rows, columns or
// depth than 31 bits count, the CPU answers.
#include <algorithm>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/convolution_parameters.h"
#include "cuda/launchers.h"
#include "cuda/precision.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kTile = 64;
constexpr unsigned kThreads = 256;
constexpr int64_t kMostInYAndZ = 65535, kLargest = (int64_t{1} << 31) - 1;
/** Of the weight's depth, which is all positions of all images: what a part has at least, and how many parts there are at most. */
constexpr int64_t kSmallestPart = 512, kMostParts = 64;

Divider by(int64_t number) { return divider_of(static_cast<uint32_t>(std::max<int64_t>(number, 1))); }

ConvolutionAxis axis(const OpCall& op, int which, const Operand& image, const Operand& map, const Operand& weight) {
  const auto number = [&](int i) { return static_cast<int32_t>(op.attributes[i + which]); };
  const int d = 2 + which;
  return {static_cast<int32_t>(image.sizes[d]), static_cast<int32_t>(map.sizes[d]), static_cast<int32_t>(weight.sizes[d]), number(0), number(2), number(4)};
}

/** Attributes: stride, padding and dilation (rows and columns each), groups. */
ConvolutionParameters parameters_of(const OpCall& op, const Operand& image, const Operand& map, const Operand& weight) {
  ConvolutionParameters p{};
  p.image = image.data;
  p.map = map.data;
  p.weight = weight.data;
  p.to = op.output(0).data;
  p.images = image.sizes[0];
  p.groups = static_cast<int64_t>(op.attributes[6]);
  p.channels = weight.sizes[1];
  p.maps = weight.sizes[0] / p.groups;
  p.rows = axis(op, 0, image, map, weight);
  p.columns = axis(op, 1, image, map, weight);
  p.part_count = 1;
  return p;
}

int64_t taps(const ConvolutionParameters& p) { return int64_t{p.rows.taps} * p.columns.taps; }
int64_t map_size(const ConvolutionParameters& p) { return int64_t{p.rows.map} * p.columns.map; }
int64_t image_size(const ConvolutionParameters& p) { return int64_t{p.rows.image} * p.columns.image; }

/** The kernels of one of them, by the type of its numbers and how exact its factors have to be. */
struct Convolution {
  Kernel f32, tf32, bf16, f64;

  Kernel& of(DType dtype, Precision precision) {
    if (precision != Precision::Highest) return precision == Precision::High ? tf32 : bf16;
    return dtype == DType::Float32 ? f32 : f64;
  }
};

/** Starts a product of `rows` and `columns` for each group, the depth of each in `p.part_count` parts. */
bool launch(const Call& call, Convolution& kernels, ConvolutionParameters& p, int64_t rows, int64_t columns, int64_t depth) {
  const int64_t down = (rows + kTile - 1) / kTile, across = (columns + kTile - 1) / kTile;
  if (down > kMostInYAndZ || columns > kLargest || depth > kLargest || image_size(p) > kLargest) return false;
  p.by_taps = by(taps(p));
  p.by_tap_columns = by(p.columns.taps);
  p.by_map = by(map_size(p));
  p.by_map_columns = by(p.columns.map);
  p.by_image = by(image_size(p));
  p.by_image_columns = by(p.columns.image);
  const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth) * static_cast<double>(p.groups);
  Kernel& kernel = kernels.of(call.op.operands[0].dtype, precision_of(call, work));
  const int64_t batches = std::min(p.groups * p.part_count, kMostInYAndZ);
  call.card.launch(kernel, {static_cast<unsigned>(across), static_cast<unsigned>(down), static_cast<unsigned>(batches)}, kThreads, p);
  return true;
}

bool conv2d(const Call& call) {
  static Convolution kernels{Kernel("conv2d_f32"), Kernel("conv2d_tf32"), Kernel("conv2d_bf16"), Kernel("conv2d_f64")};
  const OpCall& op = call.op;
  ConvolutionParameters p = parameters_of(op, op.input(0), op.output(0), op.input(1));
  if (op.input_count > 2) p.bias = op.input(2).data;
  return launch(call, kernels, p, p.maps, p.images * map_size(p), p.channels * taps(p));
}

bool conv_transpose2d(const Call& call) {
  static Convolution kernels{Kernel("convTranspose2d_f32"), Kernel("convTranspose2d_tf32"), Kernel("convTranspose2d_bf16"), Kernel("convTranspose2d_f64")};
  const OpCall& op = call.op;
  ConvolutionParameters p = parameters_of(op, op.output(0), op.input(0), op.input(1));
  if (op.input_count > 2) p.bias = op.input(2).data;
  return launch(call, kernels, p, p.channels, p.images * image_size(p), p.maps * taps(p));
}

bool conv2d_weight(const Call& call) {
  static Convolution kernels{Kernel("conv2dWeight_f32"), Kernel("conv2dWeight_tf32"), Kernel("conv2dWeight_bf16"), Kernel("conv2dWeight_f64")};
  static Kernel join("conv2dWeight_join_f32"), join_twice("conv2dWeight_join_f64");
  const OpCall& op = call.op;
  const Operand& to = op.output(0);
  ConvolutionParameters p = parameters_of(op, op.input(0), op.input(1), to);
  const int64_t columns = p.channels * taps(p), depth = p.images * map_size(p), count = to.count();
  if (count == 0) return true;
  // As many parts as fill the card.
  const int64_t tiles = (p.maps + kTile - 1) / kTile * ((columns + kTile - 1) / kTile) * p.groups;
  const int64_t wanted = 4 * int64_t{call.card.info().multiprocessors} / tiles;
  p.part_count = static_cast<int32_t>(std::clamp<int64_t>(std::min({depth / kSmallestPart, wanted, kMostParts}), 1, kMostParts));
  CardMemory& memory = CardMemory::of(call.card);
  size_t capacity = 0;
  if (p.part_count > 1) {
    p.parts = memory.take(static_cast<size_t>(p.part_count * count) * byte_size(to.dtype), capacity);
    if (p.parts == nullptr) p.part_count = 1;
  }
  const bool started = launch(call, kernels, p, p.maps, columns, depth);
  if (p.parts == nullptr) return started;
  if (started) call.card.launch(to.dtype == DType::Float32 ? join : join_twice, {blocks_for(call.card, count, kThreads)}, kThreads, p);
  memory.give(p.parts, capacity);  // what is started next comes after
  return started;
}

}  // namespace

void register_convolution(LauncherTable& table) {
  table.set_floats("conv2d", conv2d, conv2d);
  table.set_floats("convTranspose2d", conv_transpose2d, conv_transpose2d);
  table.set_floats("conv2dWeight", conv2d_weight, conv2d_weight);
}

}  // namespace nabla::cuda
