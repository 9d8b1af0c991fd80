// Elementwise ops, reductions and random numbers against the time it takes to move their bytes: elementwise [isa] [threads]
//
// The floor is memcpy of as many bytes as the op reads and writes, cut into pieces over the same threads.
#include <cstdlib>
#include <cstring>

#include "../test/build_call.h"
#include "core/thread_pool.h"
#include "timing.h"

using namespace nabla;
using namespace nabla::test;
using namespace nabla::bench;

namespace {

constexpr int64_t kMillion = 1 << 20;

/** Seconds to copy so many bytes in all: half of them read, half written. */
class Floor {
 public:
  explicit Floor(int64_t bytes) : half_(bytes / 2), from_(static_cast<size_t>(half_ + 1), 'x'), to_(from_) {}

  double seconds() {
    return seconds_per_call([&] {
      if (half_ < (1 << 18)) {
        std::memcpy(to_.data(), from_.data(), static_cast<size_t>(half_));
        return;
      }
      constexpr int64_t kPieces = 16;
      parallel_for(kPieces, [&](int64_t piece) {
        const int64_t begin = half_ * piece / kPieces, end = half_ * (piece + 1) / kPieces;
        std::memcpy(to_.data() + begin, from_.data() + begin, static_cast<size_t>(end - begin));
      });
    });
  }

 private:
  int64_t half_;
  std::vector<char> from_, to_;
};

void row(Isa isa, const char* name, OpCode op, const OpCall& call, int64_t bytes) {
  const Kernel kernel = kernel_table(isa).get(op, call.operands[0].dtype);
  Floor floor(bytes);
  std::vector<double> times, ratios;
  for (int round = 0; round < 9; ++round) {
    const double least = floor.seconds();
    times.push_back(seconds_per_call([&] { kernel(call); }));
    ratios.push_back(times.back() / least);
  }
  const double best = smallest(times), middle = median(times);
  if (best < 1e-6) std::printf("%-28s best %9.1f ns  median %9.1f ns\n", name, best * 1e9, middle * 1e9);
  else std::printf("%-28s best %9.1f us  median %9.1f us  %6.2f x memcpy (median)\n", name, best * 1e6, middle * 1e6, median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
  const IsaChoice choice = choose_isa(argc > 1 ? argv[1] : nullptr);
  if (!choice.error.empty()) std::fprintf(stderr, "%s\n", choice.error.c_str());
  if (argc > 2) set_thread_count(std::atoi(argv[2]));
  std::printf("%s, %d threads\n", isa_name(choice.isa), thread_count());

  Numbers numbers(1);
  for (int64_t count : {int64_t{4}, int64_t{1000}, kMillion}) {
    std::vector<float> a = numbers.many<float>(count), b = numbers.many<float>(count), c(static_cast<size_t>(count));
    std::vector<uint8_t> flag(static_cast<size_t>(count));
    const Operand x = operand(a, {count}), y = operand(b, {count}), z = operand(c, {count});
    std::printf("%ld floats\n", static_cast<long>(count));
    row(choice.isa, "add", OpCode::add, build_call({x, y}, {z}), 12 * count);
    row(choice.isa, "add a scalar", OpCode::add, build_call({x, operand(b, {count}, {0})}, {z}), 8 * count);
    row(choice.isa, "gt", OpCode::gt, build_call({x, y}, {flags(flag, {count})}), 9 * count);
    row(choice.isa, "relu", OpCode::relu, build_call({x}, {z}), 8 * count);
    row(choice.isa, "exp", OpCode::exp, build_call({x}, {z}), 8 * count);
    row(choice.isa, "log", OpCode::log, build_call({x}, {z}), 8 * count);
    row(choice.isa, "tanh", OpCode::tanh, build_call({x}, {z}), 8 * count);
    row(choice.isa, "sigmoid", OpCode::sigmoid, build_call({x}, {z}), 8 * count);
    row(choice.isa, "sin", OpCode::sin, build_call({x}, {z}), 8 * count);
    row(choice.isa, "sum", OpCode::sum, build_call({x}, {operand(c, {1})}, {1, 0}), 4 * count);
    row(choice.isa, "uniform", OpCode::uniform, build_call({}, {z}, {1, 0, 0, 0, 1}), 4 * count);
    row(choice.isa, "normal", OpCode::normal, build_call({}, {z}, {1, 0, 0, 0, 1}), 4 * count);
  }
  {
    std::vector<float> a = numbers.many<float>(kMillion), b = numbers.many<float>(kMillion), c(static_cast<size_t>(kMillion));
    std::vector<int32_t> labels(128, 3);
    const Operand matrix = operand(a, {1024, 1024}), result = operand(c, {1024, 1024});
    std::printf("matrices\n");
    row(choice.isa, "add a row, 1024 x 1024", OpCode::add, build_call({matrix, operand(b, {1024, 1024}, {0, 1})}, {result}), 8 * kMillion);
    row(choice.isa, "add a column, 1024 x 1024", OpCode::add, build_call({matrix, operand(b, {1024, 1024}, {1, 0})}, {result}), 8 * kMillion);
    row(choice.isa, "transposed copy, 1024 x 1024", OpCode::copy, build_call({operand(a, {1024, 1024}, {1, 1024})}, {result}), 8 * kMillion);
    row(choice.isa, "sum of rows, 1024 x 1024", OpCode::sum, build_call({matrix}, {operand(c, {1024, 1})}, {1, 1}), 4 * kMillion);
    row(choice.isa, "sum of columns, 1024 x 1024", OpCode::sum, build_call({matrix}, {operand(c, {1, 1024})}, {1, 0}), 4 * kMillion);
    row(choice.isa, "softmax, 1024 x 1024", OpCode::softmax, build_call({matrix}, {result}, {1}), 8 * kMillion);
    row(choice.isa, "add a row, 64 x 10", OpCode::add, build_call({operand(a, {64, 10}), operand(b, {64, 10}, {0, 1})}, {operand(c, {64, 10})}), 8 * 640);
    row(choice.isa, "sum of columns, 64 x 128", OpCode::sum, build_call({operand(a, {64, 128})}, {operand(c, {1, 128})}, {1, 0}), 4 * 64 * 128);
    row(choice.isa, "cross-entropy, 128 x 10", OpCode::crossEntropy,
        build_call({operand(a, {128, 10}), operand(labels, {128})}, {operand(c, {128})}), 4 * 1280);
    std::vector<float> parameter = numbers.many<float>(784 * 128);
    row(choice.isa, "SGD step, 784 x 128", OpCode::sgdStep, build_call({operand(a, {784 * 128})}, {operand(parameter, {784 * 128})}, {0, 0, 0, 0, 0, 0}),
        12 * 784 * 128);
  }
}
