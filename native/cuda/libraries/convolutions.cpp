#include "cuda/libraries/convolutions.h"

namespace nabla::cuda {
namespace {

constexpr double kOneTwice = 1, kZeroTwice = 0;
constexpr float kOne = 1, kZero = 0;

/** More than a way has algorithms, each with every math type. */
constexpr int kMostAlgorithms = 32;

bool adds_up_products(Convolved result, int algorithm) {
  switch (result) {
    case Convolved::Map: return algorithm <= cudnn::kLastForwardOfSums;
    case Convolved::Image: return algorithm == cudnn::kDataOfSums;
    case Convolved::Weight: return algorithm == cudnn::kWeightOfSums;
  }
  return false;
}

}  // namespace

void ConvolutionLibrary::forget(ConvolutionPlan& plan) {
  for (cudnn::Tensor tensor : {plan.image, plan.map, plan.bias}) {
    if (tensor != nullptr) library_.tensor_destroy(tensor);
  }
  if (plan.weight != nullptr) library_.filter_destroy(plan.weight);
  if (plan.convolution != nullptr) library_.convolution_destroy(plan.convolution);
}

bool ConvolutionLibrary::describe(const ConvolutionShape& s, ConvolutionPlan& plan) {
  using namespace cudnn;
  const auto lay = [&](Tensor& tensor, int images, int channels, int rows, int columns) {
    return library_.tensor_create(&tensor) == kSuccess && library_.tensor_set(tensor, kByChannels, s.type, images, channels, rows, columns) == kSuccess;
  };
  const int channels = s.groups * s.channels, maps = s.groups * s.maps;
  return lay(plan.image, s.images, channels, s.image[0], s.image[1]) && lay(plan.map, s.images, maps, s.map[0], s.map[1]) &&
         (s.biased == 0 || lay(plan.bias, 1, s.result == Convolved::Image ? channels : maps, 1, 1)) &&
         library_.filter_create(&plan.weight) == kSuccess &&
         library_.filter_set(plan.weight, s.type, kByChannels, maps, s.channels, s.taps[0], s.taps[1]) == kSuccess &&
         library_.convolution_create(&plan.convolution) == kSuccess &&
         library_.convolution_set(plan.convolution, s.padding[0], s.padding[1], s.stride[0], s.stride[1], s.dilation[0], s.dilation[1],
                                  kCrossCorrelation, s.type) == kSuccess &&
         library_.convolution_set_groups(plan.convolution, s.groups) == kSuccess &&
         library_.convolution_set_math(plan.convolution, s.math) == kSuccess;
}

bool ConvolutionLibrary::workspace_of(Convolved result, ConvolutionPlan& plan) {
  size_t* const bytes = &plan.workspace_bytes;
  switch (result) {
    case Convolved::Map:
      return library_.forward_workspace(handle_, plan.image, plan.weight, plan.convolution, plan.map, plan.algorithm, bytes) == cudnn::kSuccess;
    case Convolved::Image:
      return library_.data_workspace(handle_, plan.weight, plan.map, plan.convolution, plan.image, plan.algorithm, bytes) == cudnn::kSuccess;
    case Convolved::Weight:
      return library_.weight_workspace(handle_, plan.image, plan.map, plan.convolution, plan.weight, plan.algorithm, bytes) == cudnn::kSuccess;
  }
  return false;
}

bool ConvolutionLibrary::choose(const ConvolutionShape& s, size_t most_workspace, ConvolutionPlan& plan) {
  using namespace cudnn;
  Performance found[kMostAlgorithms]{};
  int count = 0;
  Status status = kSuccess;
  switch (s.result) {
    case Convolved::Map:
      status = library_.forward_algorithms(handle_, plan.image, plan.weight, plan.convolution, plan.map, kMostAlgorithms, &count, found);
      break;
    case Convolved::Image:
      status = library_.data_algorithms(handle_, plan.weight, plan.map, plan.convolution, plan.image, kMostAlgorithms, &count, found);
      break;
    case Convolved::Weight:
      status = library_.weight_algorithms(handle_, plan.image, plan.map, plan.convolution, plan.weight, kMostAlgorithms, &count, found);
      break;
  }
  if (status != kSuccess) return false;
  // The one that it takes for the fastest comes first.
  for (int i = 0; i < count; ++i) {
    const Performance& each = found[i];
    if (each.status != kSuccess || each.determinism != kDeterministic || !adds_up_products(s.result, each.algorithm)) continue;
    // An exact one is asked for as such whatever the library calls it: its default may round.
    if (s.math == kExactMath && each.math != kExactMath && each.math != kDefaultMath) continue;
    if (s.math != kExactMath && library_.convolution_set_math(plan.convolution, each.math) != kSuccess) continue;
    plan.algorithm = each.algorithm;
    if (workspace_of(s.result, plan) && plan.workspace_bytes <= most_workspace) return true;
  }
  return false;
}

bool ConvolutionLibrary::convolve(const ConvolutionShape& s, const ConvolutionPlan& plan, const ConvolutionAddresses& at, Stream stream) {
  using namespace cudnn;
  const bool twice = s.type == kFloat64;
  const void* one = twice ? static_cast<const void*>(&kOneTwice) : &kOne;
  const void* zero = twice ? static_cast<const void*>(&kZeroTwice) : &kZero;
  const std::lock_guard lock(mutex_);
  if (failed()) return false;
  const char* call = "cudnnSetStream";
  Status status = library_.set_stream(handle_, stream);
  if (status == kSuccess) {
    switch (s.result) {
      case Convolved::Map:
        call = "cudnnConvolutionForward";
        status = library_.forward(handle_, one, plan.image, at.image, plan.weight, at.weight, plan.convolution, plan.algorithm, at.workspace,
                                  plan.workspace_bytes, zero, plan.map, at.to);
        break;
      case Convolved::Image:
        call = "cudnnConvolutionBackwardData";
        status = library_.data(handle_, one, plan.weight, at.weight, plan.map, at.map, plan.convolution, plan.algorithm, at.workspace,
                               plan.workspace_bytes, zero, plan.image, at.to);
        break;
      case Convolved::Weight:
        call = "cudnnConvolutionBackwardFilter";
        status = library_.weight(handle_, one, plan.image, at.image, plan.map, at.map, plan.convolution, plan.algorithm, at.workspace,
                                 plan.workspace_bytes, zero, plan.weight, at.to);
        break;
    }
  }
  if (status == kSuccess && s.biased != 0) {
    call = "cudnnAddTensor";
    status = library_.add(handle_, one, plan.bias, at.bias, one, s.result == Convolved::Image ? plan.image : plan.map, at.to);
  }
  if (status == kSuccess) return true;
  return fail(std::string(call) + ": " + library_.status_name(status));
}

}  // namespace nabla::cuda
