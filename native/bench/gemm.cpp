// matmul against the processor's peak of fused multiply-adds, measured in alternation: gemm [isa] [threads]
#include <cstdlib>
#include <cstring>

#include "../test/build_call.h"
#include "multiply_add_peak.h"
#include "timing.h"

using namespace nabla;
using namespace nabla::test;
using namespace nabla::bench;

namespace {

template <class T>
void row(const char* name, Isa isa, int64_t m, int64_t n, int64_t k, bool a_transposed, bool b_transposed) {
  Numbers numbers(1);
  std::vector<T> a = numbers.many<T>(m * k), b = numbers.many<T>(k * n), c(static_cast<size_t>(m * n));
  const OpCall call = build_call({operand(a, {m, k}, a_transposed ? Sizes{1, m} : Sizes{k, 1}),
                                  operand(b, {k, n}, b_transposed ? Sizes{1, k} : Sizes{n, 1})},
                                 {operand(c, {m, n})});
  const Kernel kernel = kernel_table(isa).get(OpCode::matmul, dtype_of<T>());
  std::vector<double> rates, ratios;
  for (int round = 0; round < 9; ++round) {
    const double peak = peak_gflops(isa, thread_count()) / (sizeof(T) / 4);
    const double rate = 2.0 * static_cast<double>(m * n * k) / seconds_per_call([&] { kernel(call); }, 0.01) / 1e9;
    rates.push_back(-rate);
    ratios.push_back(peak > 0 ? rate / peak : 0);
  }
  std::printf("%-32s %4ld x %4ld x %4ld  best %7.1f  median %7.1f GFLOP/s  %4.0f %% of peak (median)\n", name, long(m), long(n),
              long(k), -smallest(rates), -median(rates), 100 * median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
  const IsaChoice choice = choose_isa(argc > 1 ? argv[1] : nullptr);
  if (!choice.error.empty()) std::fprintf(stderr, "%s\n", choice.error.c_str());
  if (argc > 2) set_thread_count(std::atoi(argv[2]));
  std::printf("%s, %d threads, peak %.0f GFLOP/s (float32)\n", isa_name(choice.isa), thread_count(),
              peak_gflops(choice.isa, thread_count()));
  for (int64_t size : {16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048}) {
    row<float>("float32 square", choice.isa, size, size, size, false, false);
  }
  row<float>("float32 B transposed", choice.isa, 512, 512, 512, false, true);
  row<float>("float32 A transposed", choice.isa, 512, 512, 512, true, false);
  row<float>("float32 linear 784-128, forward", choice.isa, 64, 128, 784, false, true);
  row<float>("float32 linear 784-128, dX", choice.isa, 64, 784, 128, false, false);
  row<float>("float32 linear 784-128, dW", choice.isa, 128, 784, 64, true, false);
  row<float>("float32 784-10, forward", choice.isa, 128, 10, 784, false, true);
  row<float>("float32 matrix by vector", choice.isa, 1024, 1, 1024, false, false);
  row<float>("float32 vector by matrix", choice.isa, 1, 1024, 1024, false, false);
  row<double>("float64 square", choice.isa, 64, 64, 64, false, false);
  row<double>("float64 square", choice.isa, 512, 512, 512, false, false);
  row<double>("float64 square", choice.isa, 1024, 1024, 1024, false, false);
}
