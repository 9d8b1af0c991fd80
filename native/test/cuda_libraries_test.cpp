// Products by cuBLASLt against the CPU's: by the fake one, which computes what it is asked for, or by the machine's own with
// NABLA_TEST_CARD=1. The last test has it fail.
#define NABLA_LIBRARIES_OF_TEST NABLA_FAKE_CUDA_LIBRARIES
#include <dlfcn.h>

#include <array>

#include "cuda/libraries/matrix_products.h"
#include "cuda/on_card.h"
#include "cuda/rounded_factors.h"

namespace nabla::test {
namespace {

bool own_card() { return std::getenv("NABLA_TEST_CARD") != nullptr; }

/** How many products the fake library has been asked for. */
int products() {
  static const auto count = [] {
    void* library = dlopen(NABLA_FAKE_CUDA_LIBRARIES "/libcublasLt.so.13", RTLD_NOW);
    return reinterpret_cast<int (*)()>(library == nullptr ? nullptr : dlsym(library, "nabla_fake_products"));
  }();
  return count == nullptr ? 0 : count();
}

/** Checks a call as check_as_on_cpu does, and that so many products of it were the library's. */
void check_by_library(int expected, OpCode op, const OpCall& call, const std::vector<Memory>& memories, double tolerance, const std::string& what) {
  card();
  const int before = products();
  check_as_on_cpu(op, call, memories, tolerance, 0, what);
  if (!own_card()) CHECK_MESSAGE(products() - before == expected, what + ": " + std::to_string(products() - before) + " products were the library's");
}

template <class T>
std::vector<T> drawn(int64_t count, uint32_t seed) {
  return Numbers(seed).many<T>(count, 1);
}

template <class T>
void check_layouts() {
  const DType t = dtype_of<T>();
  const int64_t rows = 37, depth = 41, columns = 45;
  std::vector<T> a = drawn<T>(2 * rows * (depth + 3), 2), b = drawn<T>(2 * depth * (columns + 3), 3), c(rows * columns);
  const std::vector<Memory> memories = {memory_of(a, t), memory_of(b, t), memory_of(c, t)};
  // As it lies, turned, with a gap behind each line, and both.
  const std::array<Sizes, 4> as = {{{depth, 1}, {1, rows}, {depth + 3, 1}, {1, rows + 3}}};
  const std::array<Sizes, 4> bs = {{{columns, 1}, {1, depth}, {columns + 3, 1}, {1, depth + 3}}};
  for (const Sizes& of_a : as) {
    for (const Sizes& of_b : bs) {
      check_by_library(1, OpCode::matmul, build_call({operand(a, {rows, depth}, of_a), operand(b, {depth, columns}, of_b)}, {operand(c, {rows, columns})}), memories,
                       4e-6, "a by " + std::to_string(of_a[0]) + ", b by " + std::to_string(of_b[0]));
    }
  }
  check_by_library(0, OpCode::matmul, build_call({operand(a, {rows, depth}, {2 * depth, 2}), operand(b, {depth, columns})}, {operand(c, {rows, columns})}), memories, 4e-6,
                   "gaps in both dimensions");
  check_by_library(0, OpCode::matmul, build_call({operand(a, {rows, depth}, {0, 1}), operand(b, {depth, columns})}, {operand(c, {rows, columns})}), memories, 4e-6,
                   "one row for all");
  check_by_library(0, OpCode::matmul, build_call({operand(a, {10, depth}), operand(b, {depth, 10})}, {operand(c, {10, 10})}), memories, 4e-6, "a tiny product");
  Operand off = operand(a, {rows, depth});
  off.data = a.data() + 1;
  check_by_library(1, OpCode::matmul, build_call({off, operand(b, {depth, columns})}, {operand(c, {rows, columns})}), memories, 4e-6, "not aligned");
}

TEST_THAT("the library multiplies matrices whichever way they lie, and our kernel those that it does not take") {
  check_layouts<float>();
  check_layouts<double>();
}

TEST_THAT("vectors, and a depth whose sums need a workspace") {
  const auto check = [](int64_t rows, int64_t depth, int64_t columns) {
    std::vector<float> a = drawn<float>(rows * depth, 2), b = drawn<float>(depth * columns, 3), c(rows * columns);
    check_by_library(1, OpCode::matmul, build_call({operand(a, {rows, depth}), operand(b, {depth, columns})}, {operand(c, {rows, columns})}),
                     {memory_of(a, DType::Float32), memory_of(b, DType::Float32), memory_of(c, DType::Float32)}, 2e-5,
                     std::to_string(rows) + " x " + std::to_string(depth) + " x " + std::to_string(columns));
    check_by_library(1, OpCode::matmul, build_call({operand(a, {rows, depth}, {1, rows}), operand(b, {depth, columns}, {1, depth})}, {operand(c, {rows, columns})}),
                     {memory_of(a, DType::Float32), memory_of(b, DType::Float32), memory_of(c, DType::Float32)}, 2e-5, "turned");
  };
  check(1, 300, 200);
  check(200, 300, 1);
  check(200, 1, 200);
  check(30, 2000, 12);
}

template <class T>
void check_batches() {
  const DType t = dtype_of<T>();
  const int64_t rows = 20, depth = 24, columns = 28, all = 6;
  std::vector<T> a = drawn<T>(all * rows * depth, 2), b = drawn<T>(all * depth * columns, 3), c(all * rows * columns);
  const std::vector<Memory> memories = {memory_of(a, t), memory_of(b, t), memory_of(c, t)};
  const auto check = [&](int expected, const Operand& x, const Operand& y, const Operand& z, const std::vector<double>& summed, const char* what) {
    check_by_library(expected, OpCode::matmul, build_call({x, y}, {z}, summed), memories, 1e-5, what);
  };
  const Operand a4 = operand(a, {2, 3, rows, depth}), b4 = operand(b, {2, 3, depth, columns}), c4 = operand(c, {2, 3, rows, columns});
  check(1, a4, b4, c4, {}, "batches in a row");
  check(1, a4, operand(b, {2, 3, depth, columns}, {0, 0, columns, 1}), c4, {}, "one right matrix for all batches");
  check(1, operand(a, {2, 3, rows, depth}, {0, 0, depth, 1}), b4, c4, {}, "one left matrix for all batches");
  check(0, a4, operand(b, {2, 3, depth, columns}, {0, depth * columns, columns, 1}), c4, {}, "a right matrix for each of three");
  check(1, operand(a, {6, rows, depth}, {depth, 6 * depth, 1}), operand(b, {6, depth, columns}), operand(c, {6, rows, columns}), {}, "batches between rows");
  // The gradient of a matrix that was multiplied with a batch.
  const int64_t step = rows * depth;
  check(1, operand(a, {6, depth, rows}, {step, 1, depth}), operand(b, {6, rows, columns}, {rows * columns, columns, 1}), operand(c, {1, depth, columns}), {0}, "summed batches, one depth");
  check(0, a4, b4, operand(c, {1, 1, rows, columns}), {0, 1}, "summed batches with depths apart");
  check(1, operand(a, {60, 1, depth}), operand(b, {60, depth, columns}, {0, columns, 1}), operand(c, {60, 1, columns}), {}, "batches of one row");
  check(1, operand(a, {60, depth, 1}, {depth, 1, depth}), operand(b, {60, 1, columns}), operand(c, {1, depth, columns}), {0}, "summed batches of depth one");
}

TEST_THAT("batches are one product with a stride, taller, or deeper") {
  check_batches<float>();
  check_batches<double>();
}

template <class T>
void check_linear(const std::string& what, int forward, int backward) {
  const int64_t rows = 48, in = 40, out = 70;
  std::vector<T> x = drawn<T>(rows * in, 2), w = drawn<T>(out * in, 3), bias = drawn<T>(out, 4), y(rows * out), g = drawn<T>(rows * out, 5), gw(out * in), gb(out), gx(rows * in);
  const DType t = dtype_of<T>();
  check_by_library(forward, OpCode::linear, build_call({operand(x, {6, 8, in}), operand(w, {out, in}), operand(bias, {out})}, {operand(y, {6, 8, out})}),
                   {memory_of(x, t), memory_of(w, t), memory_of(bias, t), memory_of(y, t)}, 4e-6, what + " with a bias");
  check_by_library(forward, OpCode::linear, build_call({operand(x, {rows, in}, {1, rows}), operand(w, {out, in}, {1, out})}, {operand(y, {rows, out})}),
                   {memory_of(x, t), memory_of(w, t), memory_of(y, t)}, 4e-6, what + " without one, all turned");
  check_by_library(backward, OpCode::linearBackward, build_call({operand(g, {rows, out}), operand(x, {rows, in}), operand(w, {out, in})},
                                                                {operand(gw, {out, in}), operand(gb, {out}), operand(gx, {rows, in})}),
                   {memory_of(g, t), memory_of(x, t), memory_of(w, t), memory_of(gw, t), memory_of(gb, t), memory_of(gx, t)}, 8e-6, what + " back");
}

TEST_THAT("a linear layer is the library's, there and back") {
  check_linear<float>("float32", 1, 2);
  check_linear<double>("float64", 1, 2);
}

TEST_THAT("factors are rounded where a call permits it, by the library or for it, whichever way they lie") {
  const int64_t rows = 37, depth = 41, columns = 45, all = 3;
  std::vector<float> a = drawn<float>(all * rows * depth, 2), b = drawn<float>(all * depth * columns, 3), bias = drawn<float>(columns, 4), c(all * rows * columns), one(rows * columns);
  card();
  for (Precision precision : {Precision::High, Precision::Medium}) {
    const std::string name = name_of(precision);
    const int before = products();
    const Operand c3 = operand(c, {all, rows, columns});
    check_rounded(OpCode::matmul, build_call({operand(a, {all, rows, depth}), operand(b, {all, depth, columns})}, {c3}), precision, {&a, &b}, c, name + ", batches");
    check_rounded(OpCode::matmul, build_call({operand(a, {all, rows, depth}, {rows * depth, 1, rows}), operand(b, {all, depth, columns}, {depth * columns, 1, depth})}, {c3}), precision,
                  {&a, &b}, c, name + ", turned");
    check_rounded(OpCode::matmul, build_call({operand(a, {all, rows, depth}, {0, depth, 1}), operand(b, {all, depth, columns})}, {c3}), precision, {&a, &b}, c, name + ", one for all batches");
    check_rounded(OpCode::linear, build_call({operand(a, {rows, depth}), operand(b, {columns, depth}), operand(bias, {columns})}, {operand(one, {rows, columns})}), precision, {&a, &b}, one,
                  name + ", a linear layer", {memory_of(bias, DType::Float32)});
    if (!own_card()) CHECK(products() - before == 4);
  }
}

TEST_THAT("the library says what it is, and after a failure our kernels go on") {
  CHECK(cuda::MatrixLibrary::state().kind == cuda::LibraryState::Kind::InUse);
  if (own_card()) return;
  CHECK(cuda::MatrixLibrary::state().details == "libcublasLt.so.13 13.2.0");
  setenv("NABLA_FAKE_CUDA", "fail=cublasLtMatmul:1", 1);
  check_linear<float>("failing", 0, 0);
  CHECK(cuda::MatrixLibrary::state().kind == cuda::LibraryState::Kind::Failed);
  CHECK(cuda::MatrixLibrary::state().details == "cublasLtMatmul: CUBLAS_STATUS_EXECUTION_FAILED");
  CHECK(!card().failed());
  std::vector<float> a = drawn<float>(40 * 40, 2), b = drawn<float>(40 * 40, 3), c(40 * 40);
  check_rounded(OpCode::matmul, build_call({operand(a, {40, 40}), operand(b, {40, 40})}, {operand(c, {40, 40})}), Precision::Medium, {&a, &b}, c, "rounded by our kernel");
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
