// Convolutions by cuDNN: by which algorithm it computes one of a certain shape is asked once and kept, so that the same convolution has
// the same bits each time, started by itself or in a graph.
//
// Only what repeats to the last bit is taken, and only what adds up products as they are: Fourier's and Winograd's transforms would carry
// a NaN, and the rounding of a large number, to places whose windows do not see it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "cuda/card.h"
#include "cuda/kernels/convolution_parameters.h"
#include "cuda/libraries/cudnn.h"
#include "cuda/libraries/planning_library.h"

namespace nabla::cuda {

/** A convolution; pairs are rows and columns, and all tensors lie without gaps. */
struct ConvolutionShape {
  Convolved result;
  /** The type of elements, and how exact products are (cudnn.h): kExactMath or kTensorMath. */
  int32_t type, math;
  int32_t images, groups;
  /** Of one group. */
  int32_t channels, maps;
  std::array<int32_t, 2> image, map, taps, stride, padding, dilation;
  /** Whether a number is added to each channel of the result. */
  int32_t biased;

  auto operator<=>(const ConvolutionShape&) const = default;
};

/** How the library computes a convolution. */
struct ConvolutionPlan {
  cudnn::Tensor image = nullptr, map = nullptr, bias = nullptr;
  cudnn::Filter weight = nullptr;
  cudnn::Convolution convolution = nullptr;
  int algorithm = 0;
  size_t workspace_bytes = 0;
};

struct ConvolutionAddresses {
  const void *image, *map, *weight, *bias;
  /** What is written: one of the first three. */
  void* to;
  void* workspace;
};

class ConvolutionLibrary : public PlanningLibrary<ConvolutionLibrary, ConvolutionShape, ConvolutionPlan> {
 public:
  /** Puts a convolution into a stream. False when the library fails: it is not asked again. */
  bool convolve(const ConvolutionShape& shape, const ConvolutionPlan& plan, const ConvolutionAddresses& at, Stream stream);

 private:
  friend class PlanningLibrary<ConvolutionLibrary, ConvolutionShape, ConvolutionPlan>;
  ConvolutionLibrary() = default;
  bool begin(std::string& details) { return cudnn::load(library_, handle_, details); }
  void forget(ConvolutionPlan& plan);
  bool describe(const ConvolutionShape& shape, ConvolutionPlan& plan);
  bool choose(const ConvolutionShape& shape, size_t most_workspace, ConvolutionPlan& plan);
  bool workspace_of(Convolved result, ConvolutionPlan& plan);

  cudnn::Library library_;
  cudnn::Handle handle_ = nullptr;
};

}  // namespace nabla::cuda
