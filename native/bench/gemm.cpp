// matmul against the processor's peak of fused multiply-adds, measured in alternation: gemm [isa] [threads] [part of a name]
//
// The shapes are squares, and the products of a training step: a layer's result x w^T, its gradients dy w and dy^T x.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "../test/build_call.h"
#include "multiply_add_peak.h"
#include "timing.h"

using namespace nabla;
using namespace nabla::test;
using namespace nabla::bench;

namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

/** Numbers that begin at a cache line, as a tensor's memory does. */
template <class T>
std::unique_ptr<T[], Free> aligned_numbers(int64_t count, Numbers& numbers) {
  const size_t bytes = (static_cast<size_t>(count) * sizeof(T) + 63) / 64 * 64;
  std::unique_ptr<T[], Free> memory(static_cast<T*>(std::aligned_alloc(64, bytes)));
  for (int64_t i = 0; i < count; ++i) memory[i] = static_cast<T>(numbers.next());
  return memory;
}

struct Bench {
  Isa isa;
  std::string part;

  /** One product; `layout` is two letters, for A and B: n as it is, t transposed in memory. */
  template <class T = float>
  void row(const char* name, int64_t m, int64_t n, int64_t k, const char* layout = "nn") const {
    if (std::string(name).find(part) == std::string::npos) return;
    Numbers numbers(1);
    const auto a = aligned_numbers<T>(m * k, numbers), b = aligned_numbers<T>(k * n, numbers), c = aligned_numbers<T>(m * n, numbers);
    const OpCall call =
        build_call({operand(a.get(), dtype_of<T>(), {m, k}, layout[0] == 't' ? Sizes{1, m} : Sizes{k, 1}),
                    operand(b.get(), dtype_of<T>(), {k, n}, layout[1] == 't' ? Sizes{1, k} : Sizes{n, 1})},
                   {operand(c.get(), dtype_of<T>(), {m, n}, {n, 1})});
    const Kernel kernel = kernel_table(isa).get(OpCode::matmul, dtype_of<T>());
    std::vector<double> seconds, ratios;
    for (int round = 0; round < 9; ++round) {
      const double peak = peak_gflops(isa, thread_count()) / (sizeof(T) / 4);
      seconds.push_back(seconds_per_call([&] { kernel(call); }, 0.01));
      ratios.push_back(peak > 0 ? flops(m, n, k) / seconds.back() / 1e9 / peak : 0);
    }
    std::printf("%-26s %4ld x %4ld x %4ld %s %s  median %9.2f us  best %9.2f us  %6.1f GFLOP/s  %3.0f %% of peak (median)\n", name,
                long(m), long(n), long(k), layout, sizeof(T) == 4 ? "f32" : "f64", median(seconds) * 1e6, smallest(seconds) * 1e6,
                flops(m, n, k) / smallest(seconds) / 1e9, 100 * median(ratios));
  }

  static double flops(int64_t m, int64_t n, int64_t k) { return 2.0 * static_cast<double>(m * n * k); }
};

}  // namespace

int main(int argc, char** argv) {
  const IsaChoice choice = choose_isa(argc > 1 ? argv[1] : nullptr);
  if (!choice.error.empty()) std::fprintf(stderr, "%s\n", choice.error.c_str());
  if (argc > 2) set_thread_count(std::atoi(argv[2]));
  std::printf("%s, %d threads, peak %.0f GFLOP/s (float32)\n", isa_name(choice.isa), thread_count(),
              peak_gflops(choice.isa, thread_count()));
  const Bench bench{choice.isa, argc > 3 ? argv[3] : ""};
  for (int64_t size : {16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048}) bench.row("square", size, size, size);
  for (const char* layout : {"nt", "tn", "tt"}) {
    for (int64_t size : {64, 128, 512}) bench.row("square transposed", size, size, size, layout);
  }
  for (int64_t batch : {32, 64, 128}) {
    bench.row("linear 784-128 forward", batch, 128, 784, "nt");
    bench.row("linear 784-128 weights", 128, 784, batch, "tn");
    bench.row("linear 784-128 inputs", batch, 784, 128, "nn");
    bench.row("linear 128-10 forward", batch, 10, 128, "nt");
    bench.row("linear 128-10 weights", 10, 128, batch, "tn");
    bench.row("linear 128-10 inputs", batch, 128, 10, "nn");
  }
  bench.row("recurrent 100 forward", 1, 100, 100, "nt");
  bench.row("recurrent 128 forward", 32, 512, 128, "nt");
  bench.row("recurrent 128 weights", 512, 128, 32, "tn");
  bench.row("recurrent 128 inputs", 32, 128, 512, "nn");
  bench.row("one feature", 100, 1, 2, "nt");
  bench.row("few features", 200, 3, 2, "nt");
  bench.row("few features weights", 3, 2, 200, "tn");
  bench.row("matrix by vector", 1024, 1, 1024);
  bench.row("vector by matrix", 1, 1024, 1024);
  bench.row("vector by transposed", 1, 1024, 1024, "nt");
  for (int64_t size : {64, 512, 1024}) bench.row<double>("square", size, size, size);
}
