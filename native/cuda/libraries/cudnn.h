// The part of cuDNN's interface that the CUDA backend uses, found when it runs: convolutions by descriptors, which version 9 keeps beside
// its graphs of operations. Types and constants have the values of version 9's headers; a test holds them to these.
#pragma once

#include <cstddef>
#include <string>

#include "cuda/driver.h"

namespace nabla::cuda::cudnn {

using Status = int;
using Handle = void*;
using Tensor = void*;
using Filter = void*;
using Convolution = void*;

inline constexpr Status kSuccess = 0;

/** Types of elements: cudnnDataType_t. */
inline constexpr int kFloat32 = 0, kFloat64 = 1;

/** Images one after the other, each by its channels. */
inline constexpr int kByChannels = 0;

/** The window as it lies, not turned round. */
inline constexpr int kCrossCorrelation = 1;

/**
 * How exact products are: cudnnMathType_t. From compute capability 8.0 on all but the last may round factors of float32 to TF32.
 */
inline constexpr int kDefaultMath = 0, kTensorMath = 1, kExactMath = 3;

/** Whether an algorithm repeats to the last bit: cudnnDeterminism_t. */
inline constexpr int kDeterministic = 1;

/** Algorithms that add up products as they are; the others go by Fourier's or Winograd's transforms. */
inline constexpr int kLastForwardOfSums = 3, kDataOfSums = 1, kWeightOfSums = 1;

/** What is said of an algorithm; the three ways have a struct each, all alike. */
struct Performance {
  int algorithm;
  Status status;
  float milliseconds;
  size_t workspace_bytes;
  int determinism;
  int math;
  int reserved[3];
};

// name here, result, name in the library, parameters
#define NABLA_CUDNN_FUNCTIONS(X)                                                                                                     \
  X(create, Status, "cudnnCreate", (Handle*))                                                                                        \
  X(version, size_t, "cudnnGetVersion", ())                                                                                          \
  X(status_name, const char*, "cudnnGetErrorString", (Status))                                                                       \
  X(set_stream, Status, "cudnnSetStream", (Handle, Stream))                                                                          \
  X(tensor_create, Status, "cudnnCreateTensorDescriptor", (Tensor*))                                                                 \
  X(tensor_set, Status, "cudnnSetTensor4dDescriptor", (Tensor, int, int, int, int, int, int))                                        \
  X(tensor_destroy, Status, "cudnnDestroyTensorDescriptor", (Tensor))                                                                \
  X(filter_create, Status, "cudnnCreateFilterDescriptor", (Filter*))                                                                 \
  X(filter_set, Status, "cudnnSetFilter4dDescriptor", (Filter, int, int, int, int, int, int))                                        \
  X(filter_destroy, Status, "cudnnDestroyFilterDescriptor", (Filter))                                                                \
  X(convolution_create, Status, "cudnnCreateConvolutionDescriptor", (Convolution*))                                                  \
  X(convolution_set, Status, "cudnnSetConvolution2dDescriptor", (Convolution, int, int, int, int, int, int, int, int))               \
  X(convolution_set_groups, Status, "cudnnSetConvolutionGroupCount", (Convolution, int))                                             \
  X(convolution_set_math, Status, "cudnnSetConvolutionMathType", (Convolution, int))                                                 \
  X(convolution_destroy, Status, "cudnnDestroyConvolutionDescriptor", (Convolution))                                                 \
  X(forward_algorithms, Status, "cudnnGetConvolutionForwardAlgorithm_v7",                                                            \
    (Handle, Tensor, Filter, Convolution, Tensor, int, int*, Performance*))                                                          \
  X(data_algorithms, Status, "cudnnGetConvolutionBackwardDataAlgorithm_v7",                                                          \
    (Handle, Filter, Tensor, Convolution, Tensor, int, int*, Performance*))                                                          \
  X(weight_algorithms, Status, "cudnnGetConvolutionBackwardFilterAlgorithm_v7",                                                      \
    (Handle, Tensor, Tensor, Convolution, Filter, int, int*, Performance*))                                                          \
  X(forward_workspace, Status, "cudnnGetConvolutionForwardWorkspaceSize", (Handle, Tensor, Filter, Convolution, Tensor, int, size_t*)) \
  X(data_workspace, Status, "cudnnGetConvolutionBackwardDataWorkspaceSize",                                                          \
    (Handle, Filter, Tensor, Convolution, Tensor, int, size_t*))                                                                     \
  X(weight_workspace, Status, "cudnnGetConvolutionBackwardFilterWorkspaceSize",                                                      \
    (Handle, Tensor, Tensor, Convolution, Filter, int, size_t*))                                                                     \
  X(forward, Status, "cudnnConvolutionForward",                                                                                      \
    (Handle, const void*, Tensor, const void*, Filter, const void*, Convolution, int, void*, size_t, const void*, Tensor, void*))    \
  X(data, Status, "cudnnConvolutionBackwardData",                                                                                    \
    (Handle, const void*, Filter, const void*, Tensor, const void*, Convolution, int, void*, size_t, const void*, Tensor, void*))    \
  X(weight, Status, "cudnnConvolutionBackwardFilter",                                                                                \
    (Handle, const void*, Tensor, const void*, Tensor, const void*, Convolution, int, void*, size_t, const void*, Filter, void*))    \
  X(add, Status, "cudnnAddTensor", (Handle, const void*, Tensor, const void*, const void*, Tensor, void*))

/** The functions of a loaded library. */
struct Library {
#define NABLA_CUDNN_MEMBER(name, result, symbol, parameters) result(*name) parameters = nullptr;
  NABLA_CUDNN_FUNCTIONS(NABLA_CUDNN_MEMBER)
#undef NABLA_CUDNN_MEMBER
};

/**
 * Loads cuDNN 9, where it is and starts.
 * @param details its file and version, or why there is none.
 * @return false where there is none.
 */
bool load(Library& library, Handle& handle, std::string& details);

}  // namespace nabla::cuda::cudnn
