// matmul against a naive double loop, for every instruction set that runs here.
#include <cstring>
#include <limits>

#include "build_call.h"
#include "check.h"
#include "core/thread_pool.h"

namespace nabla::test {
namespace {

template <class T>
double tolerance(int64_t depth) {
  // Each product and sum rounds once: |error| <= depth * epsilon * sum of |a b|, and |a|, |b| <= 1 (Higham, 3.5).
  return static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(depth * depth + 1);
}

/** How a matrix lies in memory. */
enum class Layout { row_major, transposed, gaps, every_second_column };

struct Placed {
  Sizes strides;
  int64_t room;
};

Placed place(int64_t rows, int64_t columns, Layout layout) {
  switch (layout) {
    case Layout::row_major: return {{columns, 1}, rows * columns};
    case Layout::transposed: return {{1, rows}, rows * columns};
    case Layout::gaps: return {{columns + 3, 1}, rows * (columns + 3)};
    case Layout::every_second_column: return {{2 * columns, 2}, rows * 2 * columns};
  }
  return {};
}

template <class T>
void check_product(Isa isa, int64_t m, int64_t n, int64_t k, Layout a_layout, Layout b_layout) {
  Numbers numbers(static_cast<uint32_t>(m * 73 + n * 31 + k));
  const Placed a_place = place(m, k, a_layout), b_place = place(k, n, b_layout);
  // No room beyond the last element: a read past the end is for the sanitizer to find.
  std::vector<T> a = numbers.many<T>(a_place.room), b = numbers.many<T>(b_place.room);
  std::vector<T> c(static_cast<size_t>(m * n + 1), T(7));
  const OpCall call = build_call({operand(a, {m, k}, a_place.strides), operand(b, {k, n}, b_place.strides)}, {operand(c, {m, n})});
  CHECK(run(isa, OpCode::matmul, call));
  double worst = 0;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double exact = 0;
      for (int64_t p = 0; p < k; ++p) {
        exact += static_cast<double>(a[i * a_place.strides[0] + p * a_place.strides[1]]) *
                 static_cast<double>(b[p * b_place.strides[0] + j * b_place.strides[1]]);
      }
      worst = std::max(worst, std::fabs(exact - static_cast<double>(c[i * n + j])));
    }
  }
  const bool right = worst <= tolerance<T>(k) && c[m * n] == T(7);
  CHECK_MESSAGE(right, std::string(isa_name(isa)) + " " + std::to_string(m) + "x" + std::to_string(k) + " by " +
                           std::to_string(k) + "x" + std::to_string(n) + " layouts " + std::to_string(int(a_layout)) + "," +
                           std::to_string(int(b_layout)) + ": error " + std::to_string(worst));
}

constexpr Layout kLayouts[] = {Layout::row_major, Layout::transposed, Layout::gaps, Layout::every_second_column};

TEST_THAT("products of all odd sizes up to 70 are those of a double loop, in both precisions") {
  for (Isa isa : supported_isas()) {
    for (int64_t m = 1; m <= 70; m += 6) {
      for (int64_t n = 1; n <= 70; n += 2) {
        for (int64_t k : {1, 3, 17, 70}) {
          check_product<float>(isa, m, n, k, Layout::row_major, Layout::row_major);
          if (n % 5 == 0) check_product<double>(isa, m, n, k, Layout::row_major, Layout::row_major);
        }
      }
    }
    for (int64_t m = 1; m <= 26; ++m) check_product<double>(isa, m, 35, 9, Layout::row_major, Layout::row_major);
    for (int64_t m = 1; m <= 26; ++m) check_product<float>(isa, m, 35, 9, Layout::row_major, Layout::row_major);
  }
}

TEST_THAT("operands with any strides, transposed among them, give the same products") {
  for (Isa isa : supported_isas()) {
    for (Layout a : kLayouts) {
      for (Layout b : kLayouts) {
        for (int64_t m : {1, 5, 13, 66}) {
          for (int64_t n : {1, 10, 33, 67}) {
            check_product<float>(isa, m, n, 29, a, b);
            check_product<double>(isa, m, n, 29, a, b);
          }
        }
      }
    }
  }
}

TEST_THAT("products too large for one block are right") {
  for (Isa isa : supported_isas()) {
    for (Layout a : kLayouts) {
      for (Layout b : kLayouts) check_product<float>(isa, 130, 150, 401, a, b);
    }
    check_product<float>(isa, 201, 203, 900, Layout::row_major, Layout::row_major);
    check_product<double>(isa, 201, 203, 900, Layout::row_major, Layout::transposed);
    check_product<float>(isa, 3100, 37, 12, Layout::row_major, Layout::row_major);
    check_product<float>(isa, 30, 4200, 12, Layout::row_major, Layout::transposed);
    check_product<float>(isa, 1, 3000, 500, Layout::row_major, Layout::row_major);
    check_product<float>(isa, 1, 3000, 500, Layout::row_major, Layout::transposed);
    check_product<float>(isa, 3000, 1, 500, Layout::row_major, Layout::row_major);
  }
}

TEST_THAT("a depth of 0 gives zeros, and empty results are left alone") {
  for (Isa isa : supported_isas()) {
    std::vector<float> a(1), b(1), c(6, 5.0f);
    CHECK(run(isa, OpCode::matmul, build_call({operand(a, {2, 0}), operand(b, {0, 3})}, {operand(c, {2, 3})})));
    for (float value : c) CHECK(value == 0);
    c.assign(6, 5.0f);
    CHECK(run(isa, OpCode::matmul, build_call({operand(a, {0, 1}), operand(b, {1, 3})}, {operand(c, {0, 3})})));
    CHECK(c[0] == 5);
  }
}

TEST_THAT("NaN and infinity reach exactly the elements that depend on them") {
  for (Isa isa : supported_isas()) {
    const int64_t size = 45;
    std::vector<float> a(size * size, 1.0f), b(size * size, 1.0f), c(size * size);
    a[3 * size + 4] = std::numeric_limits<float>::quiet_NaN();
    b[7 * size + 41] = std::numeric_limits<float>::infinity();
    CHECK(run(isa, OpCode::matmul, build_call({operand(a, {size, size}), operand(b, {size, size})}, {operand(c, {size, size})})));
    for (int64_t i = 0; i < size; ++i) {
      for (int64_t j = 0; j < size; ++j) {
        const float value = c[i * size + j];
        if (i == 3) CHECK(std::isnan(value));
        else if (j == 41) CHECK(std::isinf(value));
        else CHECK(value == 45.0f);
      }
    }
  }
}

TEST_THAT("batches are multiplied one by one, broadcast ones included") {
  for (Isa isa : supported_isas()) {
    for (bool broadcast : {false, true}) {
      const int64_t batches = 6, m = 19, n = 21, k = 8;
      Numbers numbers(5);
      std::vector<double> a = numbers.many<double>(batches * m * k), b = numbers.many<double>(batches * k * n), c(batches * m * n);
      const Operand a_operand = operand(a, {2, 3, m, k});
      const Operand b_operand = operand(b, {2, 3, k, n}, {broadcast ? 0 : 3 * k * n, broadcast ? 0 : k * n, n, 1});
      CHECK(run(isa, OpCode::matmul, build_call({a_operand, b_operand}, {operand(c, {2, 3, m, n})})));
      for (int64_t q = 0; q < batches; ++q) {
        for (int64_t i = 0; i < m; ++i) {
          for (int64_t j = 0; j < n; ++j) {
            double exact = 0;
            for (int64_t p = 0; p < k; ++p) exact += a[(q * m + i) * k + p] * b[((broadcast ? 0 : q) * k + p) * n + j];
            CHECK(std::fabs(exact - c[(q * m + i) * n + j]) < 1e-13);
          }
        }
      }
    }
  }
}

TEST_THAT("the bits are the same for 1, 2, 3 and 5 threads") {
  const int before = thread_count();
  for (Isa isa : supported_isas()) {
    for (int64_t size : {40, 129, 300}) {
      Numbers numbers(11);
      std::vector<float> a = numbers.many<float>(size * size), b = numbers.many<float>(size * size), first;
      for (int threads : {1, 2, 3, 5}) {
        set_thread_count(threads);
        std::vector<float> c(size * size);
        CHECK(run(isa, OpCode::matmul,
                  build_call({operand(a, {size, size}), operand(b, {size, size}, {1, size})}, {operand(c, {size, size})})));
        if (threads == 1) first = c;
        CHECK(std::memcmp(first.data(), c.data(), c.size() * sizeof(float)) == 0);
      }
    }
  }
  set_thread_count(before);
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
