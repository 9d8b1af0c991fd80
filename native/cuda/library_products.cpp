#include "cuda/library_products.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>

#include "cuda/card_memory.h"
#include "cuda/libraries/matrix_products.h"
#include "cuda/products.h"

namespace nabla::cuda {
namespace {

/**
 * Multiplications in a product (all batches) from which on the library is asked. Below it one block of ours, or few, do all the work, and
 * a kernel that a graph holds itself is started for less than one in a graph of its own. The boundary is a guess: it has not been
 * measured.
 */
constexpr int64_t kLeastWork = int64_t{1} << 15;
/** What a product may take for parts of its sums; cuBLAS advises 32 MiB on Hopper. */
constexpr size_t kMostWorkspace = size_t{32} << 20;
constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
/** What kernels load at once. */
constexpr uintptr_t kMostAlignment = 16;

/** What the library is told, and what our kernel is if it fails. */
struct LibraryProduct {
  MatrixProduct product;
  const MatrixPlan* plan;
  MatrixAddresses at;
  ProductParameters own;
};

/** A matrix one of whose dimensions lies without gaps. */
struct Lines {
  /** The columns do; else the rows. */
  bool columns_whole;
  int64_t to_next;
};

/** How a matrix of these sizes and strides lies; nothing where neither dimension is without gaps. */
std::optional<Lines> lines_of(int64_t rows, int64_t columns, int64_t row, int64_t column) {
  if ((columns == 1 || column == 1) && (rows == 1 || row >= columns)) return Lines{false, rows == 1 ? columns : row};
  if ((rows == 1 || row == 1) && (columns == 1 || column >= rows)) return Lines{true, columns == 1 ? rows : column};
  return std::nullopt;
}

int32_t alignment_of(const void* address) {
  const auto number = reinterpret_cast<uintptr_t>(address);
  return static_cast<int32_t>(number == 0 ? kMostAlignment : std::min(uintptr_t{1} << std::countr_zero(number), kMostAlignment));
}

/** One product with at most one dimension of batches. */
struct Folded {
  int64_t rows, columns, depth;
  int64_t a_row, a_column, b_row, c_row;
  int64_t batches = 1;
  int64_t a_batch = 0, b_batch = 0, c_batch = 0;
};

/** The batches as rows, as depth and as one dimension; nothing where they are more than that. */
std::optional<Folded> fold(const ProductParameters& p) {
  Folded f{p.rows, p.columns, p.depth, p.a.row, p.a.column, p.b.row, p.c.row};
  for (int d = p.summed.rank - 1; d >= 0; --d) {
    const int at = p.kept.rank + d;
    if (p.summed.sizes[d] == 1) continue;
    // A deeper product, where the next one's depth goes on where this one's ends; of a single element, any step is that.
    if (f.depth == 1) {
      f.a_column = p.a.batch[at];
      f.b_row = p.b.batch[at];
    } else if (p.a.batch[at] != f.depth * f.a_column || p.b.batch[at] != f.depth * f.b_row) {
      return std::nullopt;
    }
    f.depth *= p.summed.sizes[d];
  }
  for (int d = p.kept.rank - 1; d >= 0; --d) {
    const int64_t size = p.kept.sizes[d], a = p.a.batch[d], b = p.b.batch[d], c = p.c.batch[d];
    if (size == 1) continue;
    if (f.batches == 1 && b == 0 && (f.rows == 1 || (a == f.rows * f.a_row && c == f.rows * f.c_row))) {
      if (f.rows == 1) {
        f.a_row = a;
        f.c_row = c;
      }
      f.rows *= size;
    } else if (f.batches == 1) {
      f.batches = size;
      f.a_batch = a;
      f.b_batch = b;
      f.c_batch = c;
    } else if (a == f.batches * f.a_batch && b == f.batches * f.b_batch && c == f.batches * f.c_batch) {
      f.batches *= size;
    } else {
      return std::nullopt;
    }
  }
  return f;
}

/**
 * A product as the library takes it. Its matrices lie column by column; ours, row by row, are the same memory transposed: so it
 * computes the transpose of c, from the transposes of b and a.
 */
std::optional<MatrixProduct> as_the_library_takes_it(DType dtype, const ProductParameters& p) {
  const std::optional<Folded> f = fold(p);
  if (!f || f->rows < 1 || f->columns < 1 || f->depth < 1 || f->batches < 1) return std::nullopt;
  if (std::max({f->rows, f->columns, f->depth, f->batches}) > kLargest) return std::nullopt;
  if (static_cast<double>(f->rows) * f->columns * f->depth * f->batches < kLeastWork) return std::nullopt;
  const auto a = lines_of(f->rows, f->depth, f->a_row, f->a_column), b = lines_of(f->depth, f->columns, f->b_row, p.b.column),
             c = lines_of(f->rows, f->columns, f->c_row, p.c.column);
  if (!a || !b || !c || c->columns_whole) return std::nullopt;
  const bool twice = dtype == DType::Float64;
  MatrixProduct m{};
  m.m = f->columns;
  m.n = f->rows;
  m.k = f->depth;
  m.a_columns = b->to_next;
  m.b_columns = a->to_next;
  m.c_columns = c->to_next;
  m.batches = f->batches;
  m.a_batches = f->b_batch;
  m.b_batches = f->a_batch;
  m.c_batches = f->c_batch;
  m.factors = m.sums = twice ? cublaslt::kFloat64 : cublaslt::kFloat32;
  m.compute = twice ? cublaslt::kComputeFloat64 : cublaslt::kComputeFloat32;
  m.a_transposed = b->columns_whole ? cublaslt::kTransposed : cublaslt::kAsItLies;
  m.b_transposed = a->columns_whole ? cublaslt::kTransposed : cublaslt::kAsItLies;
  m.biased = p.bias != nullptr;
  m.a_alignment = alignment_of(p.b.data);
  m.b_alignment = alignment_of(p.a.data);
  m.c_alignment = alignment_of(p.c.data);
  m.bias_alignment = alignment_of(p.bias);
  return m;
}

bool put(Card& card, Stream stream, const void* parameters) {
  const auto& wanted = *static_cast<const LibraryProduct*>(parameters);
  MatrixLibrary* library = MatrixLibrary::find(card);
  if (library != nullptr) return library->multiply(wanted.product, *wanted.plan, wanted.at, stream);
  start_product(card, stream, wanted.product.sums == cublaslt::kFloat64 ? DType::Float64 : DType::Float32, wanted.own);
  return true;
}

}  // namespace

bool multiply_by_library(Card& card, DType dtype, const ProductParameters& p) {
  if (dtype != DType::Float32 && dtype != DType::Float64) return false;
  const std::optional<MatrixProduct> product = as_the_library_takes_it(dtype, p);
  if (!product) return false;
  MatrixLibrary* library = MatrixLibrary::find(card);
  const MatrixPlan* plan = library == nullptr ? nullptr : library->plan(*product, kMostWorkspace);
  if (plan == nullptr) return false;
  CardMemory& memory = CardMemory::of(card);
  void* workspace = nullptr;
  size_t capacity = 0;
  if (plan->workspace_bytes > 0 && (workspace = memory.take(plan->workspace_bytes, capacity)) == nullptr) return false;
  card.call("product by cuBLASLt", put, LibraryProduct{*product, plan, {p.b.data, p.a.data, p.bias, p.c.data, workspace}, p});
  if (workspace != nullptr) memory.give(workspace, capacity);  // what is started next comes after
  return true;
}

}  // namespace nabla::cuda
