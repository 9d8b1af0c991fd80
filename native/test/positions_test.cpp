// The bits of an elementwise result depend on its element alone: a call on a slice, at any offset and of any length, gives
// the slice of the call on all. Compiled programs, which run kernels piece by piece, rely on it.
#include <cstring>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

constexpr int64_t kCount = 2113;

/** Numbers of many sizes, among which those for which kernels have paths of their own. */
template <class T>
std::vector<T> mixed(uint32_t seed) {
  Numbers numbers(seed);
  std::vector<T> values(kCount);
  for (T& value : values) value = static_cast<T>(numbers.next() * std::exp2(numbers.next() * 8));
  constexpr T kInf = std::numeric_limits<T>::infinity();
  const T special[] = {0, T(-0.0), kInf, -kInf, std::numeric_limits<T>::quiet_NaN(), T(1e30), T(-1e30),
                       std::numeric_limits<T>::denorm_min(), T(5e6), T(-5e6), 88, -104, 1, -1};
  for (size_t i = 0; i < 140; ++i) values[(i * 37) % values.size()] = special[i % 14];
  return values;
}

template <class T>
void check_positions(OpCode op, int inputs, std::vector<double> attributes = {}) {
  std::vector<std::vector<T>> own;
  for (int i = 0; i < inputs; ++i) own.push_back(mixed<T>(static_cast<uint32_t>(i) + 5));
  for (Isa isa : supported_isas()) {
    std::vector<T> whole(kCount), sliced(kCount);
    const auto call = [&](std::vector<T>& result, int64_t begin, int64_t length) {
      std::vector<Operand> operands;
      for (std::vector<T>& input : own) operands.push_back(operand(input, {length}, {1}, begin));
      CHECK(run(isa, op, build_call(operands, {operand(result, {length}, {1}, begin)}, attributes)));
    };
    call(whole, 0, kCount);
    const int64_t lengths[] = {1, 3, 17, 64, 100, 7, 333, 16, 31};
    int64_t begin = 0;
    for (int i = 0; begin < kCount; ++i) {
      const int64_t length = std::min(lengths[i % 9], kCount - begin);
      call(sliced, begin, length);
      begin += length;
    }
    // Of two NaN that meet, which one's bits come out is the compiler's choice: any NaN is as good as another.
    int64_t wrong = 0;
    for (size_t i = 0; i < kCount; ++i) {
      const bool both_nan = std::isnan(whole[i]) && std::isnan(sliced[i]);
      wrong += !both_nan && std::memcmp(&whole[i], &sliced[i], sizeof(T)) != 0;
    }
    CHECK_MESSAGE(wrong == 0, std::string(kOpNames[static_cast<int>(op)]) + " float" + std::to_string(sizeof(T) * 8) + " " + isa_name(isa));
  }
}

void check_both(OpCode op, int inputs, std::vector<double> attributes = {}) {
  check_positions<float>(op, inputs, attributes);
  check_positions<double>(op, inputs, attributes);
}

TEST_THAT("the bits of a function of one operand do not depend on where its element stands") {
  for (OpCode op : {OpCode::exp, OpCode::log, OpCode::log1p, OpCode::expm1, OpCode::sqrt, OpCode::rsqrt, OpCode::reciprocal, OpCode::sin,
                    OpCode::cos, OpCode::tanh, OpCode::sigmoid, OpCode::relu, OpCode::neg, OpCode::abs, OpCode::sign, OpCode::square,
                    OpCode::floor, OpCode::ceil, OpCode::round, OpCode::erf, OpCode::softsign, OpCode::hardSigmoid}) {
    check_both(op, 1);
  }
  check_both(OpCode::clamp, 1, {-1, 2});
  check_both(OpCode::gelu, 1, {0});
  check_both(OpCode::gelu, 1, {1});
  check_both(OpCode::leakyRelu, 1, {0.1});
  check_both(OpCode::elu, 1, {0.7});
  check_both(OpCode::softplus, 1, {1, 20});
}

TEST_THAT("the bits of a function of two operands do not depend on where its elements stand") {
  for (OpCode op : {OpCode::add, OpCode::sub, OpCode::mul, OpCode::div, OpCode::pow, OpCode::maximum, OpCode::minimum, OpCode::reluBackward,
                    OpCode::sigmoidBackward, OpCode::tanhBackward, OpCode::softsignBackward, OpCode::hardSigmoidBackward}) {
    check_both(op, 2);
  }
  check_both(OpCode::geluBackward, 2, {0});
  check_both(OpCode::geluBackward, 2, {1});
  check_both(OpCode::leakyReluBackward, 2, {0.1});
  check_both(OpCode::eluBackward, 2, {0.7});
  check_both(OpCode::softplusBackward, 2, {1, 20});
  check_both(OpCode::mseLossBackward, 3, {0.5});
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
