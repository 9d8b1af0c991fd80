// Fourier transforms on the card against the CPU: every radix, primes, rows in a block and rows that are too long for one, sizes cut
// and filled, turned input, no rows.
#include "cuda/on_card.h"
#include "layouts.h"

namespace nabla::test {
namespace {

template <class T>
Tensor<T> random(const Sizes& sizes, Arrangement arrangement, uint32_t seed) {
  Tensor<T> tensor = arrange<T>(sizes, arrangement);
  tensor.memory = Numbers(seed).many<T>(static_cast<int64_t>(tensor.memory.size()));
  return tensor;
}

template <class T>
void check(const Sizes& batch, int64_t length, int64_t points, Arrangement layout) {
  const auto with = [&](int64_t last) {
    Sizes sizes = batch;
    sizes.push_back(last);
    return sizes;
  };
  const int64_t half = points / 2 + 1;
  const double n = static_cast<double>(points);
  const std::string what = std::to_string(length) + " to " + std::to_string(points);
  Tensor<T> re = random<T>(with(length), layout, 3), im = random<T>(with(length), layout, 4);
  std::vector<T> a(static_cast<size_t>(product(with(points))), T(7)), b = a;
  const std::vector<Memory> in = {memory_of(re.memory, dtype_of<T>()), memory_of(im.memory, dtype_of<T>())};
  const std::vector<Memory> memories = {in[0], in[1], memory_of(a, dtype_of<T>()), memory_of(b, dtype_of<T>())};
  for (const double inverse : {0.0, 1.0}) {
    check_as_on_cpu(OpCode::dft, build_call({re.as_operand(), im.as_operand()}, {operand(a, with(points)), operand(b, with(points))}, {n, inverse, 1 / n}), memories, 1e-6, 0, what);
  }
  check_as_on_cpu(OpCode::irdft, build_call({re.as_operand(), im.as_operand()}, {operand(a, with(points))}, {n, 1 / n, 0.5}), {in[0], in[1], memories[2]}, 1e-6, 0, what);
  // Two more than there are end in zeros.
  std::vector<T> c(static_cast<size_t>(product(with(half + 2))), T(7)), d = c;
  check_as_on_cpu(OpCode::rdft, build_call({re.as_operand()}, {operand(c, with(half + 2)), operand(d, with(half + 2))}, {n, 1, 2}),
                  {in[0], memory_of(c, dtype_of<T>()), memory_of(d, dtype_of<T>())}, 1e-6, 0, what);
}

TEST_THAT("rows that a block takes are transformed as on the CPU") {
  for (int64_t points = 1; points <= 30; ++points) {
    check<float>({3}, points, points, points % 2 == 0 ? Arrangement::contiguous : Arrangement::transposed);
    check<double>({2, 2}, points, points, Arrangement::reversed_dimensions_with_gap);
  }
  for (const int64_t points : {37, 64, 97, 143, 768, 1001, 1536}) check<float>({300 / points + 2}, points, points, Arrangement::every_second);
}

TEST_THAT("rows that are too long for a block are transformed as on the CPU") {
  for (const int64_t points : {1537, 769, 2048, 4290}) check<float>({3}, points, points, Arrangement::transposed);
  check<double>({2}, 3003, 3003, Arrangement::contiguous);
  check<float>({3}, 1 << 20, 2039, Arrangement::broadcast_rows);
}

TEST_THAT("input is cut or filled with zeros, and may have no rows") {
  for (const auto& [length, points] : {std::pair<int64_t, int64_t>{6, 4}, {4, 6}, {5, 17}, {17, 5}, {1, 8}, {64, 63}, {2, 1700}}) {
    check<float>({3}, length, points, Arrangement::contiguous);
    check<double>({3}, length, points, Arrangement::transposed);
  }
  check<float>({0}, 8, 8, Arrangement::contiguous);
  check<float>({}, 12, 12, Arrangement::contiguous);
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
