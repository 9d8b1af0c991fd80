// A cuDNN without a card: it convolves as the descriptors say at the call, on the stream of the fake driver. So a stride, a padding or a
// group that is wrong shows as wrong numbers; sizes that do not belong together, too little workspace and a call before a stream is set are
// refused. Beside the algorithm that is to be taken it offers others, and these write NaN: by Fourier's transform, with sums in any order,
// with more workspace than there is.
//
// Sums are made in double precision and rounded once, so its bits are not those of our own kernels.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "cuda/kernels/convolution_parameters.h"
#include "cuda/libraries/cudnn.h"
#include "test/cuda/fake_libraries.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using namespace nabla::cuda::cudnn;
using nabla::cuda::Convolved;

constexpr Status kNotInitialized = 1001, kBadParameter = 2000, kNotSupported = 3000, kExecutionFailed = 5000;
constexpr int kAny = 0;
constexpr size_t kTooMuch = size_t{1} << 40;

struct FakeTensor {
  int type = -1, images = 0, channels = 0, rows = 0, columns = 0;

  size_t count() const { return static_cast<size_t>(images) * static_cast<size_t>(channels) * static_cast<size_t>(rows) * static_cast<size_t>(columns); }
};

struct FakeFilter {
  int type = -1, maps = 0, channels = 0, rows = 0, columns = 0;

  size_t count() const { return static_cast<size_t>(maps) * static_cast<size_t>(channels) * static_cast<size_t>(rows) * static_cast<size_t>(columns); }
};

struct FakeConvolution {
  int padding[2] = {}, stride[2] = {}, dilation[2] = {};
  int mode = -1, type = -1, groups = 1, math = kDefaultMath;
};

struct FakeHandle {
  void* stream = nullptr;
};

/** What is convolved, whichever of the three is computed. */
struct Shape {
  FakeTensor image, map;
  FakeFilter weight;
  FakeConvolution how;
};

int calls = 0;

Shape shape_of(const void* image, const void* map, const void* weight, const void* how) {
  return {*static_cast<const FakeTensor*>(image), *static_cast<const FakeTensor*>(map), *static_cast<const FakeFilter*>(weight),
          *static_cast<const FakeConvolution*>(how)};
}

bool fits(const Shape& s) {
  const auto along = [&](int axis, int image, int map, int taps) {
    const FakeConvolution& h = s.how;
    return h.stride[axis] > 0 && h.dilation[axis] > 0 && h.padding[axis] >= 0 &&
           map == (image + 2 * h.padding[axis] - h.dilation[axis] * (taps - 1) - 1) / h.stride[axis] + 1;
  };
  const bool types = (s.image.type == kFloat32 || s.image.type == kFloat64) && s.map.type == s.image.type && s.weight.type == s.image.type &&
                     s.how.type == s.image.type;
  return types && s.how.mode == kCrossCorrelation && s.how.groups > 0 && s.image.images == s.map.images && s.image.count() > 0 && s.map.count() > 0 &&
         s.weight.count() > 0 && s.image.channels == s.weight.channels * s.how.groups && s.map.channels == s.weight.maps && s.weight.maps % s.how.groups == 0 &&
         along(0, s.image.rows, s.map.rows, s.weight.rows) && along(1, s.image.columns, s.map.columns, s.weight.columns);
}

size_t result_count(Convolved result, const Shape& s) {
  return result == Convolved::Map ? s.map.count() : result == Convolved::Image ? s.image.count() : s.weight.count();
}

int algorithm_to_take(Convolved result) { return result == Convolved::Map ? 1 : result == Convolved::Image ? kDataOfSums : kWeightOfSums; }

double rounded(float value, int math) {
  if (math == kExactMath || !std::isfinite(value)) return value;
  // To eleven bits, to the nearest; of two to the even one.
  const auto bits = std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>((bits + 0xfff + (bits >> 13 & 1)) & ~uint32_t{0x1fff});
}

double read(const void* data, int type, size_t at, int math) {
  return type == kFloat64 ? static_cast<const double*>(data)[at] : rounded(static_cast<const float*>(data)[at], math);
}

void write(void* data, int type, const std::vector<double>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (type == kFloat64) static_cast<double*>(data)[i] = values[i];
    else static_cast<float*>(data)[i] = static_cast<float>(values[i]);
  }
}

/** Every product of a pixel, a tap and a place of the map, added to what the one that is computed has there. */
std::vector<double> convolved(Convolved result, const Shape& s, const void* image, const void* map, const void* weight) {
  std::vector<double> sums(result_count(result, s));
  const auto at = [](const auto& of, int outer, int channel, int row, int column) {
    return ((static_cast<size_t>(outer) * static_cast<size_t>(of.channels) + static_cast<size_t>(channel)) * static_cast<size_t>(of.rows) + static_cast<size_t>(row)) *
               static_cast<size_t>(of.columns) + static_cast<size_t>(column);
  };
  const int maps = s.weight.maps / s.how.groups, type = s.image.type, math = s.how.math;
  for (int n = 0; n < s.image.images; ++n) {
    for (int m = 0; m < s.weight.maps; ++m) {
      for (int y = 0; y < s.map.rows; ++y) {
        for (int x = 0; x < s.map.columns; ++x) {
          for (int c = 0; c < s.weight.channels; ++c) {
            for (int r = 0; r < s.weight.rows; ++r) {
              for (int q = 0; q < s.weight.columns; ++q) {
                const int row = y * s.how.stride[0] - s.how.padding[0] + r * s.how.dilation[0];
                const int column = x * s.how.stride[1] - s.how.padding[1] + q * s.how.dilation[1];
                if (row < 0 || row >= s.image.rows || column < 0 || column >= s.image.columns) continue;
                const size_t pixel = at(s.image, n, m / maps * s.weight.channels + c, row, column), place = at(s.map, n, m, y, x), tap = at(s.weight, m, c, r, q);
                if (result == Convolved::Map) sums[place] += read(image, type, pixel, math) * read(weight, type, tap, math);
                else if (result == Convolved::Image) sums[pixel] += read(map, type, place, math) * read(weight, type, tap, math);
                else sums[tap] += read(image, type, pixel, math) * read(map, type, place, math);
              }
            }
          }
        }
      }
    }
  }
  return sums;
}

bool number_is(const void* number, int type, double expected) {
  return expected == (type == kFloat64 ? *static_cast<const double*>(number) : static_cast<double>(*static_cast<const float*>(number)));
}

size_t workspace_of(Convolved result, int algorithm, const Shape& s) {
  if (result == Convolved::Map && algorithm == 2) return kTooMuch;
  return algorithm == algorithm_to_take(result) ? result_count(result, s) * sizeof(double) : 0;
}

Status algorithms(Convolved result, const Shape& s, int wanted, int* count, Performance* found) {
  *count = 0;
  if (!fits(s)) return kBadParameter;
  if (nabla::fake::call_fails("cudnnGetConvolutionAlgorithm")) return kNotSupported;
  const auto offer = [&](int algorithm, int determinism, Status status = kSuccess) {
    if (*count == wanted) return;
    // Without tensor cores, an algorithm's math type is called the default one.
    found[(*count)++] = {algorithm, status, -1, workspace_of(result, algorithm, s), determinism, s.how.math == kExactMath ? kDefaultMath : kTensorMath, {}};
  };
  switch (result) {
    case Convolved::Map:
      offer(4, kDeterministic);
      offer(2, kDeterministic);
      offer(0, kAny);
      offer(3, kDeterministic, kNotSupported);
      break;
    case Convolved::Image:
      offer(0, kAny);
      offer(2, kDeterministic);
      break;
    case Convolved::Weight:
      offer(3, kAny);
      offer(5, kDeterministic);
      break;
  }
  offer(algorithm_to_take(result), kDeterministic);
  return kSuccess;
}

Status workspace(Convolved result, const Shape& s, int algorithm, size_t* bytes) {
  *bytes = workspace_of(result, algorithm, s);
  return fits(s) ? kSuccess : kBadParameter;
}

Status run(Convolved result, const char* name, void* handle, const Shape& s, int algorithm, const void* alpha, const void* beta, void* room, size_t bytes,
           const void* image, const void* map, const void* weight, void* to) {
  void* const stream = static_cast<FakeHandle*>(handle)->stream;
  if (nabla::fake::call_fails(name)) {
    // What a library does in its need may spoil a capture.
    nabla::fake::of_driver<int (*)(void*)>("cuStreamSynchronize")(stream);
    return kExecutionFailed;
  }
  const int type = s.image.type;
  const size_t used = workspace_of(result, algorithm, s);
  if (!fits(s) || stream == nullptr || !number_is(alpha, type, 1) || !number_is(beta, type, 0) || to == nullptr) return kBadParameter;
  if (bytes < used || (used > 0 && room == nullptr)) return kBadParameter;
  ++calls;
  nabla::fake::put(stream, [=] {
    if (used > 0) std::memset(room, 0xff, used);
    if (algorithm == algorithm_to_take(result)) write(to, type, convolved(result, s, image, map, weight));
    else write(to, type, std::vector<double>(result_count(result, s), std::numeric_limits<double>::quiet_NaN()));
  });
  return kSuccess;
}

template <class T>
Status make(void** made) {
  *made = new T;
  return kSuccess;
}

template <class T>
Status destroy(void* made) {
  delete static_cast<T*>(made);
  return kSuccess;
}

}  // namespace

/** How many convolutions were put into streams, for tests. */
EXPORT int nabla_fake_convolutions() { return calls; }

EXPORT Status cudnnCreate(void** handle) { return nabla::fake::call_fails("cudnnCreate") ? kNotInitialized : make<FakeHandle>(handle); }
EXPORT size_t cudnnGetVersion() { return 92800; }
EXPORT const char* cudnnGetErrorString(Status status) {
  return status == kNotInitialized ? "CUDNN_STATUS_NOT_INITIALIZED" : status == kExecutionFailed ? "CUDNN_STATUS_EXECUTION_FAILED" : "CUDNN_STATUS_BAD_PARAM";
}
EXPORT Status cudnnSetStream(void* handle, void* stream) {
  static_cast<FakeHandle*>(handle)->stream = stream;
  return kSuccess;
}

EXPORT Status cudnnCreateTensorDescriptor(void** tensor) { return make<FakeTensor>(tensor); }
EXPORT Status cudnnDestroyTensorDescriptor(void* tensor) { return destroy<FakeTensor>(tensor); }
EXPORT Status cudnnSetTensor4dDescriptor(void* tensor, int format, int type, int images, int channels, int rows, int columns) {
  *static_cast<FakeTensor*>(tensor) = {type, images, channels, rows, columns};
  return format == kByChannels ? kSuccess : kBadParameter;
}

EXPORT Status cudnnCreateFilterDescriptor(void** filter) { return make<FakeFilter>(filter); }
EXPORT Status cudnnDestroyFilterDescriptor(void* filter) { return destroy<FakeFilter>(filter); }
EXPORT Status cudnnSetFilter4dDescriptor(void* filter, int type, int format, int maps, int channels, int rows, int columns) {
  *static_cast<FakeFilter*>(filter) = {type, maps, channels, rows, columns};
  return format == kByChannels ? kSuccess : kBadParameter;
}

EXPORT Status cudnnCreateConvolutionDescriptor(void** convolution) { return make<FakeConvolution>(convolution); }
EXPORT Status cudnnDestroyConvolutionDescriptor(void* convolution) { return destroy<FakeConvolution>(convolution); }
EXPORT Status cudnnSetConvolution2dDescriptor(void* convolution, int padding_rows, int padding_columns, int stride_rows, int stride_columns, int dilation_rows,
                                              int dilation_columns, int mode, int type) {
  *static_cast<FakeConvolution*>(convolution) = {{padding_rows, padding_columns}, {stride_rows, stride_columns}, {dilation_rows, dilation_columns}, mode, type};
  return kSuccess;
}
EXPORT Status cudnnSetConvolutionGroupCount(void* convolution, int groups) {
  static_cast<FakeConvolution*>(convolution)->groups = groups;
  return kSuccess;
}
EXPORT Status cudnnSetConvolutionMathType(void* convolution, int math) {
  static_cast<FakeConvolution*>(convolution)->math = math;
  return kSuccess;
}

EXPORT Status cudnnGetConvolutionForwardAlgorithm_v7(void*, void* image, void* weight, void* how, void* map, int wanted, int* count, Performance* found) {
  return algorithms(Convolved::Map, shape_of(image, map, weight, how), wanted, count, found);
}
EXPORT Status cudnnGetConvolutionBackwardDataAlgorithm_v7(void*, void* weight, void* map, void* how, void* image, int wanted, int* count, Performance* found) {
  return algorithms(Convolved::Image, shape_of(image, map, weight, how), wanted, count, found);
}
EXPORT Status cudnnGetConvolutionBackwardFilterAlgorithm_v7(void*, void* image, void* map, void* how, void* weight, int wanted, int* count, Performance* found) {
  return algorithms(Convolved::Weight, shape_of(image, map, weight, how), wanted, count, found);
}

EXPORT Status cudnnGetConvolutionForwardWorkspaceSize(void*, void* image, void* weight, void* how, void* map, int algorithm, size_t* bytes) {
  return workspace(Convolved::Map, shape_of(image, map, weight, how), algorithm, bytes);
}
EXPORT Status cudnnGetConvolutionBackwardDataWorkspaceSize(void*, void* weight, void* map, void* how, void* image, int algorithm, size_t* bytes) {
  return workspace(Convolved::Image, shape_of(image, map, weight, how), algorithm, bytes);
}
EXPORT Status cudnnGetConvolutionBackwardFilterWorkspaceSize(void*, void* image, void* map, void* how, void* weight, int algorithm, size_t* bytes) {
  return workspace(Convolved::Weight, shape_of(image, map, weight, how), algorithm, bytes);
}

EXPORT Status cudnnConvolutionForward(void* handle, const void* alpha, void* image, const void* x, void* weight, const void* w, void* how, int algorithm, void* room,
                                      size_t bytes, const void* beta, void* map, void* to) {
  return run(Convolved::Map, "cudnnConvolutionForward", handle, shape_of(image, map, weight, how), algorithm, alpha, beta, room, bytes, x, to, w, to);
}
EXPORT Status cudnnConvolutionBackwardData(void* handle, const void* alpha, void* weight, const void* w, void* map, const void* y, void* how, int algorithm, void* room,
                                           size_t bytes, const void* beta, void* image, void* to) {
  return run(Convolved::Image, "cudnnConvolutionBackwardData", handle, shape_of(image, map, weight, how), algorithm, alpha, beta, room, bytes, to, y, w, to);
}
EXPORT Status cudnnConvolutionBackwardFilter(void* handle, const void* alpha, void* image, const void* x, void* map, const void* y, void* how, int algorithm,
                                             void* room, size_t bytes, const void* beta, void* weight, void* to) {
  return run(Convolved::Weight, "cudnnConvolutionBackwardFilter", handle, shape_of(image, map, weight, how), algorithm, alpha, beta, room, bytes, x, y, to, to);
}

EXPORT Status cudnnAddTensor(void* handle, const void* alpha, void* bias, const void* numbers, const void* beta, void* sums, void* to) {
  void* const stream = static_cast<FakeHandle*>(handle)->stream;
  if (nabla::fake::call_fails("cudnnAddTensor")) return kExecutionFailed;
  const FakeTensor b = *static_cast<FakeTensor*>(bias), s = *static_cast<FakeTensor*>(sums);
  const bool a_number_each = b.images == 1 && b.channels == s.channels && b.rows == 1 && b.columns == 1 && b.type == s.type;
  if (!a_number_each || stream == nullptr || numbers == nullptr || !number_is(alpha, s.type, 1) || !number_is(beta, s.type, 1)) return kBadParameter;
  nabla::fake::put(stream, [=] {
    const size_t plane = static_cast<size_t>(s.rows) * static_cast<size_t>(s.columns);
    std::vector<double> values(s.count());
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = read(to, s.type, i, kExactMath) + read(numbers, s.type, i / plane % static_cast<size_t>(s.channels), kExactMath);
    }
    write(to, s.type, values);
  });
  return kSuccess;
}
