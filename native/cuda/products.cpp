// matmul, linear and linearBackward: what cpu/matmul.isa.cpp and cpu/linear.isa.cpp say of them.
#include <algorithm>

#include "cuda/card_memory.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/products_parameters.h"
#include "cuda/launchers.h"
#include "cuda/library_products.h"
#include "cuda/precision.h"
#include "cuda/products.h"
#include "cuda/reductions.h"

namespace nabla::cuda {
namespace {

constexpr int64_t kTile = 64;
constexpr unsigned kThreads = 256;
constexpr int64_t kMostInYAndZ = 65535;
/** Of the depth: what a part has at least, and how many parts there are at most. */
constexpr int64_t kSmallestPart = 128, kMostParts = 16;

Kernel& product_kernel(DType dtype, Precision precision) {
  static Kernel single("product_f32"), twice("product_f64"), whole("product_i32"), tf32("product_tf32"), bfloat16("product_bf16");
  if (precision != Precision::Highest) return precision == Precision::High ? tf32 : bfloat16;
  return dtype == DType::Float32 ? single : dtype == DType::Float64 ? twice : whole;
}

Grid grid_of(const ProductParameters& p) {
  return {static_cast<unsigned>((p.rows + kTile - 1) / kTile), static_cast<unsigned>((p.columns + kTile - 1) / kTile),
          static_cast<unsigned>(std::min(p.kept.count * p.part_count, kMostInYAndZ))};
}

/** Parts of the depth: as many as give each multiprocessor two blocks, where the tiles of the result are too few for that. */
int32_t part_count(const Card& card, DType dtype, const ProductParameters& p) {
  const int64_t tiles = ((p.rows + kTile - 1) / kTile) * ((p.columns + kTile - 1) / kTile) * p.kept.count;
  if (tiles == 0 || dtype == DType::Int32) return 1;
  return static_cast<int32_t>(std::clamp<int64_t>(std::min(p.depth / kSmallestPart, 2 * int64_t{card.info().multiprocessors} / tiles), 1, kMostParts));
}

void launch_own(Card& card, DType dtype, Precision precision, ProductParameters p) {
  static Kernel join_single("product_join_f32"), join_twice("product_join_f64");
  const int64_t count = p.kept.count * p.rows * p.columns;
  CardMemory& memory = CardMemory::of(card);
  size_t capacity = 0;
  p.part_count = part_count(card, dtype, p);
  if (p.part_count > 1) p.parts = memory.take(static_cast<size_t>(p.part_count * count) * byte_size(dtype), capacity);
  if (p.parts == nullptr) p.part_count = 1;
  card.launch(product_kernel(dtype, precision), grid_of(p), kThreads, p);
  if (p.parts == nullptr) return;
  card.launch(dtype == DType::Float32 ? join_single : join_twice, {blocks_for(card, count, kThreads)}, kThreads, p);
  memory.give(p.parts, capacity);  // what is started next comes after
}

bool launch_product(const Call& call, const ProductParameters& p) {
  if (p.columns > kTile * kMostInYAndZ) return false;
  const DType dtype = call.op.operands[0].dtype;
  const Precision precision = precision_of(call, work_of(p));
  if (!multiply_by_library(call.card, dtype, precision, p)) launch_own(call.card, dtype, precision, p);
  return true;
}

MatrixWindow window(void* data, int64_t row, int64_t column) { return {data, row, column, {}}; }

ProductParameters one_product(int64_t rows, int64_t columns, int64_t depth, MatrixWindow a, MatrixWindow b, MatrixWindow c) {
  ProductParameters p{};
  p.a = a;
  p.b = b;
  p.c = c;
  p.rows = rows;
  p.columns = columns;
  p.depth = depth;
  p.kept.count = p.summed.count = 1;
  p.part_count = 1;
  return p;
}

}  // namespace

void start_product(Card& card, Stream stream, DType dtype, Precision precision, const ProductParameters& p) {
  card.launch_on(stream, product_kernel(dtype, precision), grid_of(p), kThreads, p);
}

bool multiply(const Call& call, int64_t rows, int64_t columns, int64_t depth, MatrixWindow a, MatrixWindow b, MatrixWindow c) {
  return launch_product(call, one_product(rows, columns, depth, a, b, c));
}

namespace {

bool matmul(const Call& call) {
  const Operand& a = call.op.input(0);
  const Operand& b = call.op.input(1);
  const Operand& c = call.op.output(0);
  const int row = c.rank - 2, column = c.rank - 1;
  if (call.numbers != 0 || row > kBatchDimensions) return false;
  ProductParameters p = one_product(c.sizes[row], c.sizes[column], a.sizes[column], window(a.data, a.strides[row], a.strides[column]),
                                    window(b.data, b.strides[row], b.strides[column]), window(c.data, c.strides[row], c.strides[column]));
  bool is_summed[kMaxRank] = {};
  for (int i = 0; i < call.op.attribute_count; ++i) is_summed[static_cast<int>(call.op.attributes[i])] = true;
  int at = 0;
  for (const bool summed : {false, true}) {
    BatchSizes& batches = summed ? p.summed : p.kept;
    for (int d = 0; d < row; ++d) {
      if (is_summed[d] != summed) continue;
      batches.sizes[batches.rank++] = a.sizes[d];
      batches.count *= a.sizes[d];
      p.a.batch[at] = a.strides[d];
      p.b.batch[at] = b.strides[d];
      p.c.batch[at++] = summed ? 0 : c.strides[d];
    }
  }
  return launch_product(call, p);
}

/** The stride by which the dimensions before the last walk as one. */
int64_t row_stride(const Operand& x) {
  for (int d = x.rank - 2; d >= 0; --d) {
    if (x.sizes[d] != 1) return x.strides[d];
  }
  return x.sizes[x.rank - 1];
}

bool linear(const Call& call) {
  const Operand& x = call.op.input(0);
  const Operand& weight = call.op.input(1);
  const int64_t outputs = weight.sizes[0], depth = weight.sizes[1];
  int64_t rows = 1;
  for (int d = 0; d + 1 < x.rank; ++d) rows *= x.sizes[d];
  ProductParameters p = one_product(rows, outputs, depth, window(x.data, row_stride(x), x.strides[x.rank - 1]),
                                    window(weight.data, weight.strides[1], weight.strides[0]), window(call.op.output(0).data, outputs, 1));
  if (call.op.input_count > 2) p.bias = call.op.input(2).data;
  return launch_product(call, p);
}

bool linear_backward(const Call& call) {
  const Operand& gradient = call.op.input(0);
  const Operand& x = call.op.input(1);
  const Operand& weight = call.op.input(2);
  const int64_t rows = x.sizes[0], features = x.sizes[1], outputs = gradient.sizes[1];
  if (std::max(features, outputs) > kTile * kMostInYAndZ) return false;
  launch_product(call, one_product(outputs, features, rows, window(gradient.data, 1, outputs),
                                                window(x.data, x.strides[0], x.strides[1]), window(call.op.output(0).data, features, 1)));
  sum_columns(call.card, gradient, call.op.output(1).data);
  if (call.op.output_count < 3) return true;
  return launch_product(call, one_product(rows, features, outputs, window(gradient.data, outputs, 1),
                                                       window(weight.data, weight.strides[0], weight.strides[1]),
                                                       window(call.op.output(2).data, features, 1)));
}

}  // namespace

void register_products(LauncherTable& table) {
  table.set_floats("matmul", matmul, matmul);
  table.set("matmul", DType::Int32, matmul);
  table.set_floats("linear", linear, linear);
  table.set_floats("linearBackward", linear_backward, linear_backward);
}

}  // namespace nabla::cuda
