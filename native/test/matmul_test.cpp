// matmul and linear against naive loops, for every instruction set that runs here.
#include <atomic>
#include <cstring>
#include <limits>
#include <thread>

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

/** Checks that the product has the same bits with each number of threads. */
void check_bits(Isa isa, int64_t m, int64_t n, int64_t k, Layout a_layout, Layout b_layout) {
  Numbers numbers(11);
  const Placed a_place = place(m, k, a_layout), b_place = place(k, n, b_layout);
  std::vector<float> a = numbers.many<float>(a_place.room), b = numbers.many<float>(b_place.room), first;
  for (int threads : {1, 2, 3, 5}) {
    set_thread_count(threads);
    std::vector<float> c(static_cast<size_t>(m * n));
    CHECK(run(isa, OpCode::matmul, build_call({operand(a, {m, k}, a_place.strides), operand(b, {k, n}, b_place.strides)}, {operand(c, {m, n})})));
    if (threads == 1) first = c;
    CHECK(std::memcmp(first.data(), c.data(), c.size() * sizeof(float)) == 0);
  }
}

TEST_THAT("the bits are the same for 1, 2, 3 and 5 threads, at sizes round the edges of tiles, panels and blocks") {
  const int before = thread_count();
  for (Isa isa : supported_isas()) {
    for (int64_t size : {40, 129, 300}) check_bits(isa, size, size, size, Layout::row_major, Layout::transposed);
    for (int64_t m : {11, 12, 13, 24, 25, 36, 37}) {
      for (int64_t n : {15, 16, 17, 31, 32, 33, 64, 65}) check_bits(isa, m, n, 300, Layout::row_major, Layout::row_major);
    }
    for (int64_t k : {255, 256, 257, 511, 512, 513, 1025}) {
      check_bits(isa, 50, 70, k, Layout::row_major, Layout::row_major);
      check_bits(isa, 50, 70, k, Layout::transposed, Layout::transposed);
    }
  }
  set_thread_count(before);
}

TEST_THAT("the bits are the same while other work keeps every processor busy") {
  const int before = thread_count();
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
    busy.emplace_back([&] { while (!stop.load(std::memory_order_relaxed)) {} });
  }
  for (Isa isa : supported_isas()) {
    for (int repeat = 0; repeat < 5; ++repeat) {
      check_bits(isa, 97, 161, 530, Layout::row_major, Layout::transposed);
      check_bits(isa, 64, 128, 784, Layout::row_major, Layout::transposed);
      check_bits(isa, 128, 784, 64, Layout::transposed, Layout::row_major);
    }
  }
  stop = true;
  for (std::thread& thread : busy) thread.join();
  set_thread_count(before);
}

TEST_THAT("products of batches are summed where an attribute says so") {
  for (Isa isa : supported_isas()) {
    // Batches [2, 3]: sums over the first, the second, both. In the last layout the depths follow each other in memory.
    const int64_t m = 14, n = 35, k = 9;
    Numbers numbers(6);
    std::vector<double> a = numbers.many<double>(6 * m * k), b = numbers.many<double>(6 * k * n);
    const Sizes deep_a{3 * k * m, k * m, 1, m};  // [2, 3, m, k], every matrix transposed
    for (bool deep : {false, true}) {
      const Sizes a_strides = deep ? deep_a : Sizes{3 * m * k, m * k, k, 1};
      for (const std::vector<double>& summed : {std::vector<double>{0}, {1}, {0, 1}}) {
        Sizes kept{2, 3};
        for (double d : summed) kept[static_cast<size_t>(d)] = 1;
        std::vector<double> c(static_cast<size_t>(kept[0] * kept[1] * m * n), 7.0), exact(c.size(), 0.0);
        CHECK(run(isa, OpCode::matmul, build_call({operand(a, {2, 3, m, k}, a_strides), operand(b, {2, 3, k, n})},
                                                  {operand(c, {kept[0], kept[1], m, n})}, summed)));
        for (int64_t p = 0; p < 2; ++p) {
          for (int64_t q = 0; q < 3; ++q) {
            const int64_t to = (p % kept[0] * kept[1] + q % kept[1]) * m * n;
            for (int64_t i = 0; i < m; ++i) {
              for (int64_t j = 0; j < n; ++j) {
                for (int64_t r = 0; r < k; ++r) {
                  exact[to + i * n + j] += a[p * a_strides[0] + q * a_strides[1] + i * a_strides[2] + r * a_strides[3]] *
                                           b[((p * 3 + q) * k + r) * n + j];
                }
              }
            }
          }
        }
        for (size_t i = 0; i < c.size(); ++i) CHECK(std::fabs(c[i] - exact[i]) < 1e-12);
      }
    }
  }
}

TEST_THAT("whole numbers are multiplied exactly, and wrap round") {
  for (Isa isa : supported_isas()) {
    std::vector<int32_t> a{1, -2, 3, 65536, 5, 65536}, b{7, 8, 9, 10, 11, 65536}, c(4, 3);
    CHECK(run(isa, OpCode::matmul, build_call({operand(a, {2, 3}), operand(b, {3, 2})}, {operand(c, {2, 2})})));
    CHECK(c[0] == 7 - 18 + 33);
    CHECK(c[1] == 8 - 20 + 3 * 65536);
    CHECK(c[2] == 65536 * 7 + 45 + 65536 * 11);
    CHECK(c[3] == 65536 * 8 + 50);
  }
}

TEST_THAT("linear adds the bias after the finished sum: the bits of a product and an addition") {
  for (Isa isa : supported_isas()) {
    for (int64_t m : {1, 5, 13, 64}) {
      for (int64_t n : {1, 10, 17, 40, 130}) {
        for (int64_t k : {0, 1, 30, 600}) {
          Numbers numbers(static_cast<uint32_t>(m + n + k));
          std::vector<float> x = numbers.many<float>(m * (k + 1)), weight = numbers.many<float>(n * k + 1), bias = numbers.many<float>(n);
          std::vector<float> product(static_cast<size_t>(m * n)), y(static_cast<size_t>(m * n));
          const Operand rows = operand(x, {m, k}, {k + 1, 1});
          CHECK(run(isa, OpCode::matmul, build_call({rows, operand(weight, {k, n}, {1, k})}, {operand(product, {m, n})})));
          CHECK(run(isa, OpCode::linear, build_call({rows, operand(weight, {n, k}), operand(bias, {n})}, {operand(y, {m, n})})));
          bool same = true;
          for (int64_t i = 0; i < m * n; ++i) same = same && y[i] == product[i] + bias[i % n];
          CHECK_MESSAGE(same, std::string(isa_name(isa)) + " " + std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k));
        }
      }
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
