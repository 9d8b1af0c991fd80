#include "cuda/library_products.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "cuda/borrowed.h"
#include "cuda/elementwise.h"
#include "cuda/kernels/rounding_parameters.h"
#include "cuda/libraries/matrix_products.h"
#include "cuda/precision.h"
#include "cuda/products.h"

namespace nabla::cuda {
namespace {

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
  Precision precision;
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
std::optional<MatrixProduct> as_the_library_takes_it(DType dtype, Precision precision, const ProductParameters& p) {
  const std::optional<Folded> f = fold(p);
  if (!f || f->rows < 1 || f->columns < 1 || f->depth < 1 || f->batches < 1) return std::nullopt;
  if (std::max({f->rows, f->columns, f->depth, f->batches}) > kLargest) return std::nullopt;
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
  m.compute = twice ? cublaslt::kComputeFloat64 : precision == Precision::High ? cublaslt::kComputeTf32 : cublaslt::kComputeFloat32;
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
  start_product(card, stream, wanted.product.sums == cublaslt::kFloat64 ? DType::Float64 : DType::Float32, wanted.precision, wanted.own);
  return true;
}

/** How a factor lies, in lines without gaps. */
struct FactorLines {
  int64_t lines, length, to_next, to_next_batch;
};

FactorLines lines_of_a(const MatrixProduct& m) {
  const bool turned = m.a_transposed != cublaslt::kAsItLies;
  return {turned ? m.m : m.k, turned ? m.k : m.m, m.a_columns, m.a_batches};
}
FactorLines lines_of_b(const MatrixProduct& m) {
  const bool turned = m.b_transposed != cublaslt::kAsItLies;
  return {turned ? m.k : m.n, turned ? m.n : m.k, m.b_columns, m.b_batches};
}

/** The same lines as bfloat16: each begins where sixteen bytes do. What all batches share stays so. */
FactorLines rounded(const FactorLines& from) {
  const int64_t to_next = (from.length + 7) / 8 * 8;
  return {from.lines, from.length, to_next, from.to_next_batch == 0 ? 0 : from.lines * to_next};
}

MatrixProduct with_rounded_factors(const MatrixProduct& of) {
  MatrixProduct m = of;
  const FactorLines a = rounded(lines_of_a(of)), b = rounded(lines_of_b(of));
  m.a_columns = a.to_next;
  m.a_batches = a.to_next_batch;
  m.b_columns = b.to_next;
  m.b_batches = b.to_next_batch;
  m.a_alignment = m.b_alignment = static_cast<int32_t>(kMostAlignment);
  m.factors = cublaslt::kBFloat16;
  return m;
}

size_t rounded_bytes(const FactorLines& from, int64_t batches) {
  return static_cast<size_t>((from.to_next_batch == 0 ? 1 : batches) * from.lines * rounded(from).to_next) * sizeof(uint16_t);
}

void round(Card& card, const void* data, const FactorLines& from, int64_t batches, void* to) {
  static Kernel kernel("to_bfloat16_f32");
  constexpr unsigned kThreads = 256;
  const FactorLines into = rounded(from);
  const int64_t copies = from.to_next_batch == 0 ? 1 : batches;
  const RoundingParameters p{data, to, from.lines, from.length, copies, from.to_next, into.to_next, from.to_next_batch, into.to_next_batch};
  card.launch(kernel, {blocks_for(card, copies * from.lines * from.length, kThreads)}, kThreads, p);
}

}  // namespace

double work_of(const ProductParameters& p) {
  return static_cast<double>(p.rows) * static_cast<double>(p.columns) * static_cast<double>(p.depth) * static_cast<double>(p.kept.count) *
         static_cast<double>(p.summed.count);
}

bool multiply_by_library(Card& card, DType dtype, Precision precision, const ProductParameters& p) {
  if ((dtype != DType::Float32 && dtype != DType::Float64) || work_of(p) < kLeastWork) return false;
  const std::optional<MatrixProduct> as_it_lies = as_the_library_takes_it(dtype, precision, p);
  if (!as_it_lies) return false;
  MatrixLibrary* library = MatrixLibrary::find(card);
  if (library == nullptr) return false;
  const bool rounds = precision == Precision::Medium;
  const MatrixProduct product = rounds ? with_rounded_factors(*as_it_lies) : *as_it_lies;
  const MatrixPlan* plan = library->plan(product, kMostWorkspace);
  if (plan == nullptr) return false;
  const FactorLines a = lines_of_a(*as_it_lies), b = lines_of_b(*as_it_lies);
  const Borrowed workspace(card, plan->workspace_bytes), rounded_a(card, rounds ? rounded_bytes(a, product.batches) : 0),
      rounded_b(card, rounds ? rounded_bytes(b, product.batches) : 0);
  if (!workspace.well() || !rounded_a.well() || !rounded_b.well()) return false;
  MatrixAddresses at{p.b.data, p.a.data, p.bias, p.c.data, workspace.data()};
  if (rounds) {
    round(card, at.a, a, product.batches, rounded_a.data());
    round(card, at.b, b, product.batches, rounded_b.data());
    at.a = rounded_a.data();
    at.b = rounded_b.data();
  }
  // Calls are compared byte by byte with those that a graph holds, so what lies between the numbers must be the same too.
  LibraryProduct wanted;
  std::memset(static_cast<void*>(&wanted), 0, sizeof wanted);
  wanted.product = product;
  wanted.plan = plan;
  wanted.at = at;
  wanted.own = p;
  wanted.precision = precision;
  card.call("product by cuBLASLt", put, wanted);
  return true;
}

}  // namespace nabla::cuda
