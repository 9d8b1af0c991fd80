// Products and convolutions whose factors are rounded to TF32 or bfloat16, by our own kernels: what each thread holds of a matrix for
// the tensor cores is tested by threads that hand each other the same numbers (kernels/rounded_tiles.cuh).
#include <array>

#include "cuda/rounded_factors.h"

namespace nabla::test {
namespace {

std::vector<float> drawn(int64_t count, uint32_t seed) { return Numbers(seed).many<float>(count, 1); }

constexpr std::array<Precision, 2> kRounding = {Precision::High, Precision::Medium};

TEST_THAT("products are those of rounded factors, whichever way the matrices lie") {
  const int64_t rows = 70, depth = 37, columns = 65;
  std::vector<float> a = drawn(2 * rows * depth, 2), b = drawn(2 * depth * columns, 3), c(2 * rows * columns);
  for (Precision precision : kRounding) {
    const auto check = [&](const Operand& x, const Operand& y, const Operand& z, const std::vector<double>& summed, const char* what) {
      std::fill(c.begin(), c.end(), 0.0f);
      check_rounded(OpCode::matmul, build_call({x, y}, {z}, summed), precision, {&a, &b}, c, name_of(precision) + ", " + what);
    };
    const Operand a3 = operand(a, {2, rows, depth}), b3 = operand(b, {2, depth, columns}), c3 = operand(c, {2, rows, columns});
    check(a3, b3, c3, {}, "as they lie");
    check(operand(a, {2, rows, depth}, {rows * depth, 1, rows}), operand(b, {2, depth, columns}, {depth * columns, 1, depth}), c3, {}, "turned");
  }
}

TEST_THAT("summed batches, a linear layer and its gradients are those of rounded factors") {
  const int64_t rows = 48, in = 40, out = 70;
  std::vector<float> x = drawn(rows * in, 2), w = drawn(out * in, 3), bias = drawn(out, 4), y(rows * out), g = drawn(rows * out, 5), gw(out * in), gb(out), gx(rows * in);
  for (Precision precision : kRounding) {
    const std::string name = name_of(precision);
    check_rounded(OpCode::linear, build_call({operand(x, {rows, in}), operand(w, {out, in}), operand(bias, {out})}, {operand(y, {rows, out})}), precision, {&x, &w}, y,
                  name + " linear", {memory_of(bias, DType::Float32)});
    const OpCall back = build_call({operand(g, {rows, out}), operand(x, {rows, in}), operand(w, {out, in})}, {operand(gw, {out, in}), operand(gb, {out}), operand(gx, {rows, in})});
    check_rounded(OpCode::linearBackward, back, precision, {&g, &x, &w}, gw, name + " weight's gradient", {memory_of(gb, DType::Float32), memory_of(gx, DType::Float32)});
    check_rounded(OpCode::linearBackward, back, precision, {&g, &x, &w}, gx, name + " input's gradient", {memory_of(gb, DType::Float32), memory_of(gw, DType::Float32)});
    std::vector<float> sum(in * out);
    check_rounded(OpCode::matmul, build_call({operand(x, {4, in, 12}, {12 * in, 1, in}), operand(g, {4, 12, out})}, {operand(sum, {1, in, out})}, {0}), precision, {&x, &g}, sum, name + " summed");
  }
}

TEST_THAT("convolutions and their gradients are those of rounded factors") {
  const int64_t images = 4, channels = 6, maps = 10, size = 12, seen = 6;
  std::vector<float> image = drawn(images * channels * size * size, 2), weight = drawn(maps * channels * 9 / 2, 3), map = drawn(images * maps * seen * seen, 4);
  // Stride 2, padding 1, two groups.
  const std::vector<double> attributes = {2, 2, 1, 1, 1, 1, 2};
  const Operand i = operand(image, {images, channels, size, size}), w = operand(weight, {maps, channels / 2, 3, 3}), m = operand(map, {images, maps, seen, seen});
  for (Precision precision : kRounding) {
    std::vector<float> forward(map.size()), back(image.size()), of_weight(weight.size());
    check_rounded(OpCode::conv2d, build_call({i, w}, {operand(forward, {images, maps, seen, seen})}, attributes), precision, {&image, &weight}, forward, name_of(precision) + " conv2d");
    check_rounded(OpCode::convTranspose2d, build_call({m, w}, {operand(back, {images, channels, size, size})}, attributes), precision, {&map, &weight}, back,
                  name_of(precision) + " convTranspose2d");
    check_rounded(OpCode::conv2dWeight, build_call({i, m}, {operand(of_weight, {maps, channels / 2, 3, 3})}, attributes), precision, {&image, &map}, of_weight,
                  name_of(precision) + " conv2dWeight");
  }
}

TEST_THAT("numbers are rounded to the nearest, ties to the even one, and what is none stays so") {
  std::vector<float> a, one(64, 1.0f), c(512 * 64);
  for (int i = 0; i < 512; ++i) a.push_back(1.0f + static_cast<float>(i) / 4096.0f);
  for (int i = 0; i < 512; i += 7) a[static_cast<size_t>(i)] *= -1e-30f;
  a[1] = INFINITY;
  a[2] = -INFINITY;
  a[3] = NAN;
  a[4] = 3.4e38f;
  a[5] = 0;
  for (Precision precision : kRounding) {
    const OpCall call = build_call({operand(a, {512, 1}), operand(one, {1, 64})}, {operand(c, {512, 64})});
    bool own = true;
    CHECK(run_on_card(OpCode::matmul, call, {memory_of(a, DType::Float32), memory_of(one, DType::Float32), memory_of(c, DType::Float32)}, 0, own, precision));
    for (size_t i = 0; i < a.size(); ++i) {
      const float expected = with_bits(a[i], bits_of(precision)), got = c[i * 64 + i % 64];
      CHECK_MESSAGE(got == expected || (std::isnan(got) && std::isnan(expected)), std::to_string(a[i]) + " became " + std::to_string(got));
    }
  }
}

TEST_THAT("float64, and what is too little work for tensor cores, is computed as ever") {
  std::vector<double> a = Numbers(2).many<double>(40 * 40, 1), b = Numbers(3).many<double>(40 * 40, 1), c(40 * 40);
  const OpCall call = build_call({operand(a, {40, 40}), operand(b, {40, 40})}, {operand(c, {40, 40})});
  check_as_on_cpu(OpCode::matmul, call, {memory_of(a, DType::Float64), memory_of(b, DType::Float64), memory_of(c, DType::Float64)}, 2e-6, 0, "", Precision::Medium);
  std::vector<float> x = drawn(100, 2), y = drawn(100, 3), z(100);
  const OpCall tiny = build_call({operand(x, {10, 10}), operand(y, {10, 10})}, {operand(z, {10, 10})});
  check_as_on_cpu(OpCode::matmul, tiny, {memory_of(x, DType::Float32), memory_of(y, DType::Float32), memory_of(z, DType::Float32)}, 2e-6, 0, "", Precision::Medium);
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
