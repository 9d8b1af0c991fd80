// Convolutions by cuDNN against the CPU's: by the fake one, which computes what it is asked for, or by the machine's own with
// NABLA_TEST_CARD=1. The last tests have it refuse and fail.
#define NABLA_LIBRARIES_OF_TEST NABLA_FAKE_CUDA_LIBRARIES
#include <dlfcn.h>

#include <array>

#include "cuda/libraries/convolutions.h"
#include "cuda/on_card.h"
#include "cuda/rounded_factors.h"

namespace nabla::test {
namespace {

bool own_card() { return std::getenv("NABLA_TEST_CARD") != nullptr; }

/** How many convolutions the fake library has been asked for. */
int convolutions() {
  static const auto count = [] {
    void* library = dlopen(NABLA_FAKE_CUDA_LIBRARIES "/libcudnn.so.9", RTLD_NOW);
    return reinterpret_cast<int (*)()>(library == nullptr ? nullptr : dlsym(library, "nabla_fake_convolutions"));
  }();
  return count == nullptr ? 0 : count();
}

/** Checks that so many convolutions of what was run since `before` were the library's. */
void check_count(int before, int expected, const std::string& what) {
  if (!own_card()) CHECK_MESSAGE(convolutions() - before == expected, what + ": " + std::to_string(convolutions() - before) + " were the library's");
}

struct Shape {
  int64_t images, groups, channels, maps, height, width, kernel_rows, kernel_columns;
  /** Stride, padding and dilation, rows and columns each. */
  std::array<int64_t, 6> windows;
  /** What the map lacks of the size that its image gives it. */
  int64_t lacking = 0;
};

/** Tensors of a convolution, and calls of the three ways; sizes are numbers of elements. */
template <class T>
struct Tensors {
  Sizes image_sizes, map_sizes, weight_sizes;
  std::vector<T> image, map, weight, map_bias, image_bias;
  std::vector<double> attributes;

  explicit Tensors(const Shape& s) {
    const auto& [stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x] = s.windows;
    const int64_t rows = (s.height + 2 * padding_y - dilation_y * (s.kernel_rows - 1) - 1) / stride_y + 1 - s.lacking;
    const int64_t columns = (s.width + 2 * padding_x - dilation_x * (s.kernel_columns - 1) - 1) / stride_x + 1;
    image_sizes = {s.images, s.groups * s.channels, s.height, s.width};
    map_sizes = {s.images, s.groups * s.maps, rows, columns};
    weight_sizes = {s.groups * s.maps, s.channels, s.kernel_rows, s.kernel_columns};
    image = Numbers(2).many<T>(product(image_sizes), 1);
    map = Numbers(3).many<T>(product(map_sizes), 1);
    weight = Numbers(4).many<T>(product(weight_sizes), 1);
    map_bias = Numbers(5).many<T>(map_sizes[1], 1);
    image_bias = Numbers(6).many<T>(image_sizes[1], 1);
    attributes.assign(s.windows.begin(), s.windows.end());
    attributes.push_back(static_cast<double>(s.groups));
  }

  Operand x() { return operand(image, image_sizes); }
  Operand y() { return operand(map, map_sizes); }
  Operand w() { return operand(weight, weight_sizes); }
  std::vector<Memory> memories() {
    const DType t = dtype_of<T>();
    return {memory_of(image, t), memory_of(map, t), memory_of(weight, t), memory_of(map_bias, t), memory_of(image_bias, t)};
  }

  /** Both ways, with and without a bias, and the weight's; each by the library or none. */
  void check(bool by_library, const std::string& what) {
    card();
    const auto run = [&](OpCode op, const OpCall& call, const char* which) {
      const int before = convolutions();
      // What was computed last is what this one takes, so numbers grow; they begin anew here.
      const std::vector<T> image_before = image, map_before = map, weight_before = weight;
      check_as_on_cpu(op, call, memories(), 2e-5, 0, what + ", " + which);
      std::copy(image_before.begin(), image_before.end(), image.begin());
      std::copy(map_before.begin(), map_before.end(), map.begin());
      std::copy(weight_before.begin(), weight_before.end(), weight.begin());
      check_count(before, by_library ? 1 : 0, what + ", " + which);
    };
    run(OpCode::conv2d, build_call({x(), w()}, {y()}, attributes), "forward");
    run(OpCode::conv2d, build_call({x(), w(), operand(map_bias, {map_sizes[1]})}, {y()}, attributes), "forward with a bias");
    run(OpCode::convTranspose2d, build_call({y(), w()}, {x()}, attributes), "transposed");
    run(OpCode::convTranspose2d, build_call({y(), w(), operand(image_bias, {image_sizes[1]})}, {x()}, attributes), "transposed with a bias");
    run(OpCode::conv2dWeight, build_call({x(), y()}, {w()}, attributes), "the weight's");
  }
};

constexpr Shape kPlain{3, 1, 4, 12, 9, 8, 3, 3, {1, 1, 1, 1, 1, 1}};

template <class T>
void check_shapes(const std::string& type) {
  Tensors<T>(kPlain).check(true, type + " of 3 x 3");
  Tensors<T>({2, 3, 4, 8, 19, 17, 3, 2, {2, 3, 1, 0, 1, 1}}).check(true, type + " in groups, with strides");
  Tensors<T>({2, 1, 9, 8, 16, 17, 3, 4, {1, 2, 2, 3, 2, 3}}).check(true, type + " dilated");
  Tensors<T>({4, 24, 1, 1, 13, 12, 3, 3, {1, 1, 1, 1, 1, 1}}).check(true, type + ", a channel each");
  Tensors<T>({5, 1, 16, 20, 5, 6, 1, 1, {1, 1, 0, 0, 1, 1}}).check(true, type + " of 1 x 1");
}

TEST_THAT("the library convolves all three ways, with strides, padding, dilation, groups and a bias") {
  check_shapes<float>("float32");
  check_shapes<double>("float64");
}

TEST_THAT("tiny convolutions, a map that its image does not give, and memory that is not aligned are our kernels'") {
  Tensors<float>({1, 1, 1, 2, 6, 6, 3, 3, {1, 1, 0, 0, 1, 1}}).check(false, "a tiny one");
  Tensors<float>({3, 1, 4, 12, 12, 12, 3, 3, {1, 1, 0, 0, 2, 2}, 1}).check(false, "a smaller map");
  Tensors<float> t(kPlain);
  card();
  const int before = convolutions();
  Operand off = t.x();
  t.image.resize(t.image.size() + 1);
  off.data = t.image.data() + 1;
  check_as_on_cpu(OpCode::conv2d, build_call({off, t.w()}, {t.y()}, t.attributes), t.memories(), 2e-5, 0, "not aligned");
  check_count(before, 0, "not aligned");
}

TEST_THAT("factors are rounded to TF32 by the library and to bfloat16 by our kernels") {
  Tensors<float> t({2, 2, 6, 8, 12, 11, 3, 3, {1, 1, 1, 1, 1, 1}});
  card();
  for (Precision precision : {Precision::High, Precision::Medium}) {
    const std::string name = name_of(precision);
    const int before = convolutions();
    check_rounded(OpCode::conv2d, build_call({t.x(), t.w(), operand(t.map_bias, {t.map_sizes[1]})}, {t.y()}, t.attributes), precision, {&t.image, &t.weight}, t.map,
                  name + ", forward", {memory_of(t.map_bias, DType::Float32)});
    t.map = Numbers(3).many<float>(product(t.map_sizes), 1);
    check_rounded(OpCode::convTranspose2d, build_call({t.y(), t.w()}, {t.x()}, t.attributes), precision, {&t.map, &t.weight}, t.image, name + ", transposed");
    t.image = Numbers(2).many<float>(product(t.image_sizes), 1);
    check_rounded(OpCode::conv2dWeight, build_call({t.x(), t.y()}, {t.w()}, t.attributes), precision, {&t.image, &t.map}, t.weight, name + ", the weight's");
    check_count(before, precision == Precision::High ? 3 : 0, name);
  }
}

TEST_THAT("what it has no algorithm for is our kernels', and it stays in use") {
  if (own_card()) return;
  Tensors<float> t({3, 1, 5, 11, 9, 8, 3, 3, {1, 1, 1, 1, 1, 1}});
  const int before = convolutions();
  // It is asked once.
  for (const char* setting : {"fail=cudnnGetConvolutionAlgorithm:1", ""}) {
    setenv("NABLA_FAKE_CUDA", setting, 1);
    check_as_on_cpu(OpCode::conv2d, build_call({t.x(), t.w()}, {t.y()}, t.attributes), t.memories(), 2e-5, 0, "no algorithm");
  }
  check_count(before, 0, "no algorithm");
  CHECK(cuda::ConvolutionLibrary::state().kind == cuda::LibraryState::Kind::InUse);
  Tensors<float>(kPlain).check(true, "a known one");
}

TEST_THAT("the library says what it is, and after a failure our kernels go on") {
  CHECK(cuda::ConvolutionLibrary::state().kind == cuda::LibraryState::Kind::InUse);
  if (own_card()) return;
  CHECK(cuda::ConvolutionLibrary::state().details == "libcudnn.so.9 9.28.0");
  setenv("NABLA_FAKE_CUDA", "fail=cudnnAddTensor:1", 1);
  Tensors<float> t(kPlain);
  // The convolution is done, and its bias is what fails: our kernel does all of it again.
  check_as_on_cpu(OpCode::conv2d, build_call({t.x(), t.w(), operand(t.map_bias, {t.map_sizes[1]})}, {t.y()}, t.attributes), t.memories(), 2e-5, 0, "failing");
  CHECK(cuda::ConvolutionLibrary::state().kind == cuda::LibraryState::Kind::Failed);
  CHECK(cuda::ConvolutionLibrary::state().details == "cudnnAddTensor: CUDNN_STATUS_EXECUTION_FAILED");
  CHECK(!card().failed());
  Tensors<float>(kPlain).check(false, "after a failure");
  Tensors<double>(kPlain).check(false, "after a failure");
}

}  // namespace
}  // namespace nabla::test

TEST_MAIN
