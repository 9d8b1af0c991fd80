// conv2d, convTranspose2d and conv2dWeight: what cpu/convolution.isa.cpp says of them. Where a product has more rows, columns or
// depth than 31 bits count, the CPU answers.
#include "cuda/convolution.h"

#include <algorithm>

#include "cuda/borrowed.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/convolution_parameters.h"
#include "cuda/launchers.h"
#include "cuda/library_convolutions.h"
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
struct ConvolutionKernels {
  Kernel f32, tf32, bf16, f64;

  Kernel& of(DType dtype, Precision precision) {
    if (precision != Precision::Highest) return precision == Precision::High ? tf32 : bf16;
    return dtype == DType::Float32 ? f32 : f64;
  }
};

ConvolutionKernels& kernels_of(Convolved result) {
  static ConvolutionKernels map{Kernel("conv2d_f32"), Kernel("conv2d_tf32"), Kernel("conv2d_bf16"), Kernel("conv2d_f64")};
  static ConvolutionKernels image{Kernel("convTranspose2d_f32"), Kernel("convTranspose2d_tf32"), Kernel("convTranspose2d_bf16"), Kernel("convTranspose2d_f64")};
  static ConvolutionKernels weight{Kernel("conv2dWeight_f32"), Kernel("conv2dWeight_tf32"), Kernel("conv2dWeight_bf16"), Kernel("conv2dWeight_f64")};
  return result == Convolved::Map ? map : result == Convolved::Image ? image : weight;
}

/** The product that a convolution is in each group. */
struct GroupProduct {
  int64_t rows, columns, depth;
};

GroupProduct product_of(Convolved result, const ConvolutionParameters& p) {
  switch (result) {
    case Convolved::Map: return {p.maps, p.images * map_size(p), p.channels * taps(p)};
    case Convolved::Image: return {p.channels, p.images * image_size(p), p.maps * taps(p)};
    case Convolved::Weight: return {p.maps, p.channels * taps(p), p.images * map_size(p)};
  }
  return {};
}

int64_t tiles(int64_t size) { return (size + kTile - 1) / kTile; }

Grid grid_of(Convolved result, const ConvolutionParameters& p) {
  const GroupProduct of = product_of(result, p);
  const int64_t batches = std::min(p.groups * p.part_count, kMostInYAndZ);
  return {static_cast<unsigned>(tiles(of.columns)), static_cast<unsigned>(tiles(of.rows)), static_cast<unsigned>(batches)};
}

/** Fills in what kernels divide by; false where a card has no grid for a convolution. */
bool prepare(Convolved result, ConvolutionParameters& p) {
  const GroupProduct of = product_of(result, p);
  if (tiles(of.rows) > kMostInYAndZ || of.columns > kLargest || of.depth > kLargest || image_size(p) > kLargest) return false;
  p.by_taps = by(taps(p));
  p.by_tap_columns = by(p.columns.taps);
  p.by_map = by(map_size(p));
  p.by_map_columns = by(p.columns.map);
  p.by_image = by(image_size(p));
  p.by_image_columns = by(p.columns.image);
  return true;
}

double work_of(Convolved result, const ConvolutionParameters& p) {
  const GroupProduct of = product_of(result, p);
  return static_cast<double>(of.rows) * static_cast<double>(of.columns) * static_cast<double>(of.depth) * static_cast<double>(p.groups);
}

/** Has the weight's depth summed in as many parts as fill the card. */
void divide(Card& card, ConvolutionParameters& p) {
  const GroupProduct of = product_of(Convolved::Weight, p);
  const int64_t wanted = 4 * int64_t{card.info().multiprocessors} / (tiles(of.rows) * tiles(of.columns) * p.groups);
  p.part_count = static_cast<int32_t>(std::clamp<int64_t>(std::min({of.depth / kSmallestPart, wanted, kMostParts}), 1, kMostParts));
}

/** Starts the kernel for a convolution in parts, and the one that adds them up. */
void launch_own(const Call& call, Convolved result, Precision precision, ConvolutionParameters& p) {
  static Kernel join("conv2dWeight_join_f32"), join_twice("conv2dWeight_join_f64");
  const DType dtype = call.op.operands[0].dtype;
  const int64_t count = call.op.output(0).count();
  if (result == Convolved::Weight) divide(call.card, p);
  const Borrowed parts(call.card, p.part_count > 1 ? static_cast<size_t>(p.part_count * count) * byte_size(dtype) : 0);
  p.parts = parts.data();
  if (p.parts == nullptr) p.part_count = 1;
  call.card.launch(kernels_of(result).of(dtype, precision), grid_of(result, p), kThreads, p);
  if (p.parts != nullptr) call.card.launch(dtype == DType::Float32 ? join : join_twice, {blocks_for(call.card, count, kThreads)}, kThreads, p);
}

bool convolve(const Call& call, Convolved result, ConvolutionParameters& p) {
  if (call.op.output(0).count() == 0) return true;
  if (!prepare(result, p)) return false;
  const double work = work_of(result, p);
  const Precision precision = precision_of(call, work);
  if (!convolve_by_library(call.card, result, call.op.operands[0].dtype, precision, work, p)) launch_own(call, result, precision, p);
  return true;
}

bool conv2d(const Call& call) {
  const OpCall& op = call.op;
  ConvolutionParameters p = parameters_of(op, op.input(0), op.output(0), op.input(1));
  if (op.input_count > 2) p.bias = op.input(2).data;
  return convolve(call, Convolved::Map, p);
}

bool conv_transpose2d(const Call& call) {
  const OpCall& op = call.op;
  ConvolutionParameters p = parameters_of(op, op.output(0), op.input(0), op.input(1));
  if (op.input_count > 2) p.bias = op.input(2).data;
  return convolve(call, Convolved::Image, p);
}

bool conv2d_weight(const Call& call) {
  const OpCall& op = call.op;
  ConvolutionParameters p = parameters_of(op, op.input(0), op.input(1), op.output(0));
  return convolve(call, Convolved::Weight, p);
}

}  // namespace

void start_convolution(Card& card, Stream stream, Convolved result, DType dtype, Precision precision, const ConvolutionParameters& p) {
  card.launch_on(stream, kernels_of(result).of(dtype, precision), grid_of(result, p), kThreads, p);
}

void register_convolution(LauncherTable& table) {
  table.set_floats("conv2d", conv2d, conv2d);
  table.set_floats("convTranspose2d", conv_transpose2d, conv_transpose2d);
  table.set_floats("conv2dWeight", conv2d_weight, conv2d_weight);
}

}  // namespace nabla::cuda
