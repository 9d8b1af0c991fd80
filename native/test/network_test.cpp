// Softmax, cross-entropy and SGD against their formulas in long double.
#include <algorithm>
#include <cstring>
#include <limits>

#include "check.h"
#include "layouts.h"

namespace nabla::test {
namespace {

template <class T>
double tolerance() {
  return sizeof(T) == 4 ? 1e-6 : 1e-14;
}

template <class T>
void check_softmax(Isa isa, const Sizes& sizes, int dim, Arrangement from, Arrangement to) {
  Numbers numbers(31);
  Tensor<T> a = arrange<T>(sizes, from), soft = arrange<T>(sizes, to, T(7)), logarithm = arrange<T>(sizes, to, T(7));
  for (T& value : a.memory) value = static_cast<T>(numbers.next() * 20);
  const std::vector<double> attributes{static_cast<double>(dim)};
  CHECK(run(isa, OpCode::softmax, build_call({a.as_operand()}, {soft.as_operand()}, attributes)));
  CHECK(run(isa, OpCode::logSoftmax, build_call({a.as_operand()}, {logarithm.as_operand()}, attributes)));
  int64_t inner = 1, outer = 1;
  for (size_t d = 0; d < sizes.size(); ++d) (static_cast<int>(d) < dim ? outer : inner) *= static_cast<int>(d) == dim ? 1 : sizes[d];
  const int64_t size = sizes[static_cast<size_t>(dim)];
  double worst = 0;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      long double sum = 0;
      for (int64_t j = 0; j < size; ++j) sum += std::exp(static_cast<long double>(a[(o * size + j) * inner + i]));
      for (int64_t j = 0; j < size; ++j) {
        const int64_t at = (o * size + j) * inner + i;
        const long double exact = static_cast<long double>(a[at]) - std::log(sum);
        worst = std::max(worst, std::fabs(static_cast<double>(std::exp(exact) - static_cast<long double>(soft[at]))));
        worst = std::max(worst, std::fabs(static_cast<double>(exact - static_cast<long double>(logarithm[at]))) / 20);
      }
    }
  }
  CHECK_MESSAGE(worst <= tolerance<T>(), describe(isa, sizes, from) + " dim " + std::to_string(dim) + " error " + std::to_string(worst));
}

TEST_THAT("softmax and logSoftmax along any dimension of any layout follow their formulas") {
  for (Isa isa : supported_isas()) {
    for (const Sizes& sizes : {Sizes{10}, Sizes{1}, Sizes{64}, Sizes{5, 10}, Sizes{33, 17}, Sizes{3, 4, 35}, Sizes{70, 2}}) {
      for (int dim = 0; dim < static_cast<int>(sizes.size()); ++dim) {
        for (Arrangement from : kArrangements) {
          for (Arrangement to : {Arrangement::contiguous, Arrangement::transposed}) {
            check_softmax<float>(isa, sizes, dim, from, to);
            check_softmax<double>(isa, sizes, dim, from, to);
          }
        }
      }
    }
    check_softmax<float>(isa, {4000, 100}, 1, Arrangement::contiguous, Arrangement::contiguous);
  }
}

TEST_THAT("softmax of huge scores is finite, of NaN is NaN, and -infinity gets probability 0") {
  const float inf = std::numeric_limits<float>::infinity();
  for (Isa isa : supported_isas()) {
    std::vector<float> x = {1e30f, 1e30f, -1e30f, -inf}, y(4);
    CHECK(run(isa, OpCode::softmax, build_call({operand(x, {4})}, {operand(y, {4})}, {0})));
    CHECK(y[0] == 0.5f && y[1] == 0.5f && y[2] == 0 && y[3] == 0);
    x[2] = std::numeric_limits<float>::quiet_NaN();
    CHECK(run(isa, OpCode::softmax, build_call({operand(x, {4})}, {operand(y, {4})}, {0})));
    for (float value : y) CHECK(std::isnan(value));
  }
}

template <class T>
void check_cross_entropy(Isa isa, int64_t rows, int64_t classes, Arrangement arrangement) {
  Numbers numbers(37);
  Tensor<T> scores = arrange<T>({rows, classes}, arrangement), gradient = arrange<T>({rows, classes}, Arrangement::contiguous);
  for (T& value : scores.memory) value = static_cast<T>(numbers.next() * 10);
  std::vector<int32_t> labels(static_cast<size_t>(rows));
  for (int32_t& label : labels) label = static_cast<int32_t>(numbers.below(classes));
  std::vector<T> losses(static_cast<size_t>(rows)), upstream = numbers.many<T>(rows);
  CHECK(run(isa, OpCode::crossEntropy, build_call({scores.as_operand(), operand(labels, {rows})}, {operand(losses, {rows})})));
  CHECK(run(isa, OpCode::crossEntropyBackward,
            build_call({scores.as_operand(), operand(labels, {rows}), operand(upstream, {rows})}, {gradient.as_operand()})));
  double worst = 0;
  for (int64_t i = 0; i < rows; ++i) {
    long double sum = 0;
    for (int64_t j = 0; j < classes; ++j) sum += std::exp(static_cast<long double>(scores[i * classes + j]));
    const int64_t label = labels[static_cast<size_t>(i)];
    const long double loss = std::log(sum) - static_cast<long double>(scores[i * classes + label]);
    worst = std::max(worst, std::fabs(static_cast<double>(loss - static_cast<long double>(losses[static_cast<size_t>(i)]))) / 20);
    for (int64_t j = 0; j < classes; ++j) {
      const long double probability = std::exp(static_cast<long double>(scores[i * classes + j])) / sum;
      const long double exact = (probability - (j == label ? 1 : 0)) * static_cast<long double>(upstream[static_cast<size_t>(i)]);
      worst = std::max(worst, std::fabs(static_cast<double>(exact - static_cast<long double>(gradient[i * classes + j]))));
    }
  }
  CHECK_MESSAGE(worst <= tolerance<T>(), describe(isa, {rows, classes}, arrangement) + " error " + std::to_string(worst));
}

TEST_THAT("cross-entropy and its gradient follow their formulas, for any number of classes and layout") {
  for (Isa isa : supported_isas()) {
    for (Arrangement arrangement : kArrangements) {
      for (int64_t classes : {1, 2, 10, 16, 33, 100}) {
        check_cross_entropy<float>(isa, 9, classes, arrangement);
        check_cross_entropy<double>(isa, 9, classes, arrangement);
      }
    }
    check_cross_entropy<float>(isa, 20000, 10, Arrangement::contiguous);
  }
}

TEST_THAT("a label outside the classes makes its row NaN and no other") {
  for (Isa isa : supported_isas()) {
    std::vector<float> scores(12, 1.0f), losses(4), upstream(4, 1.0f), gradient(12);
    std::vector<int32_t> labels = {0, 3, -1, 2};
    CHECK(run(isa, OpCode::crossEntropy, build_call({operand(scores, {4, 3}), operand(labels, {4})}, {operand(losses, {4})})));
    CHECK(std::isfinite(losses[0]) && std::isnan(losses[1]) && std::isnan(losses[2]) && std::isfinite(losses[3]));
    CHECK(run(isa, OpCode::crossEntropyBackward,
              build_call({operand(scores, {4, 3}), operand(labels, {4}), operand(upstream, {4})}, {operand(gradient, {4, 3})})));
    for (int64_t i = 0; i < 12; ++i) CHECK(std::isnan(gradient[static_cast<size_t>(i)]) == (i / 3 == 1 || i / 3 == 2));
  }
}

template <class T>
void check_sgd(Isa isa, T momentum, T dampening, T decay, bool nesterov, Arrangement arrangement) {
  Numbers numbers(41);
  const Sizes sizes{5, 37};
  Tensor<T> gradient = arrange<T>(sizes, arrangement), parameter = arrange<T>(sizes, Arrangement::contiguous), velocity = parameter;
  for (T& value : parameter.memory) value = static_cast<T>(numbers.next());
  Tensor<T> expected = parameter, expected_velocity = velocity;
  const T lr = T(0.1);
  for (int step = 0; step < 3; ++step) {
    for (T& value : gradient.memory) value = static_cast<T>(numbers.next());
    const std::vector<double> settings{0.1, double(step == 0), double(momentum), double(dampening), double(decay), double(nesterov)};
    std::vector<Operand> outputs{parameter.as_operand()};
    if (momentum != 0) outputs.push_back(velocity.as_operand());
    CHECK(run(isa, OpCode::sgdStep, build_call({gradient.as_operand()}, outputs, settings)));
    for (int64_t i = 0; i < parameter.count(); ++i) {
      T d = gradient[i] + decay * expected[i];
      if (momentum != 0) {
        expected_velocity[i] = step == 0 ? d : momentum * expected_velocity[i] + (1 - dampening) * d;
        d = nesterov ? d + momentum * expected_velocity[i] : expected_velocity[i];
      }
      expected[i] -= lr * d;
    }
  }
  double worst = 0;
  for (int64_t i = 0; i < parameter.count(); ++i) worst = std::max(worst, std::fabs(static_cast<double>(expected[i] - parameter[i])));
  CHECK_MESSAGE(worst <= tolerance<T>(), describe(isa, sizes, arrangement) + " error " + std::to_string(worst));
}

TEST_THAT("three steps of SGD with every option are those of PyTorch's formula, whatever the gradient's layout") {
  for (Isa isa : supported_isas()) {
    for (Arrangement arrangement : kArrangements) {
      check_sgd<float>(isa, 0, 0, 0, false, arrangement);
      check_sgd<float>(isa, 0.9f, 0, 0.01f, false, arrangement);
      check_sgd<double>(isa, 0.9, 0.3, 0, false, arrangement);
      check_sgd<double>(isa, 0.9, 0, 0.01, true, arrangement);
    }
  }
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
