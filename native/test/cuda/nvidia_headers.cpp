// Our declarations of NVIDIA's interfaces beside NVIDIA's own headers: nothing here is run, the compiler says what differs. No build
// needs it (the headers are hundreds of megabytes with their libraries); test/native/cuda-headers.long.test.ts compiles it.
#include <cublasLt.h>
#include <cuda.h>
#include <cudnn.h>

#include <cstddef>
#include <type_traits>

#include "cuda/driver.h"
#include "cuda/libraries/cublaslt.h"
#include "cuda/libraries/cudnn.h"

namespace {

using namespace nabla::cuda;

/** Parameters that cross in the same way: pointers are as long as each other, and numbers have their size and kind. */
template <class Ours, class Theirs>
constexpr bool crosses_alike() {
  if constexpr (std::is_pointer_v<Ours> || std::is_pointer_v<Theirs>) return std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>;
  else return sizeof(Ours) == sizeof(Theirs) && std::is_floating_point_v<Ours> == std::is_floating_point_v<Theirs>;
}

template <class Ours, class Theirs>
struct Same : std::false_type {};

template <class R, class... P, class S, class... Q>
  requires(sizeof...(P) == sizeof...(Q))
struct Same<R (*)(P...), S (*)(Q...)> : std::bool_constant<crosses_alike<R, S>() && (crosses_alike<P, Q>() && ...)> {};

#define NABLA_SAME_FUNCTION(ours, theirs) static_assert(Same<decltype(ours), decltype(&theirs)>::value, #theirs)
// By how much our values are wrong: for the test that sees this file fail.
#ifndef NABLA_WRONG_BY
#define NABLA_WRONG_BY 0
#endif
#define NABLA_SAME_VALUE(ours, theirs) static_assert(static_cast<long long>(ours) + NABLA_WRONG_BY == static_cast<long long>(theirs), #theirs)

namespace driver_values {
// cuda.h names some functions by macros of their newest version.
NABLA_SAME_FUNCTION(Driver::device_bus, cuDeviceGetPCIBusId);
NABLA_SAME_FUNCTION(Driver::launch, cuLaunchKernel);
NABLA_SAME_FUNCTION(Driver::graph_add_kernel, cuGraphAddKernelNode);
NABLA_SAME_FUNCTION(Driver::graph_add_child, cuGraphAddChildGraphNode);
NABLA_SAME_FUNCTION(Driver::graph_instantiate, cuGraphInstantiateWithFlags);
NABLA_SAME_FUNCTION(Driver::graph_set_kernel, cuGraphExecKernelNodeSetParams);
NABLA_SAME_FUNCTION(Driver::graph_set_child, cuGraphExecChildGraphNodeSetParams);
NABLA_SAME_FUNCTION(Driver::capture_begin, cuStreamBeginCapture);
NABLA_SAME_FUNCTION(Driver::capture_end, cuStreamEndCapture);
NABLA_SAME_VALUE(result::kOutOfMemory, CUDA_ERROR_OUT_OF_MEMORY);
NABLA_SAME_VALUE(result::kNotReady, CUDA_ERROR_NOT_READY);
NABLA_SAME_VALUE(attribute::kMultiprocessors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
NABLA_SAME_VALUE(attribute::kComputeMajor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
NABLA_SAME_VALUE(attribute::kComputeMinor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
NABLA_SAME_VALUE(kEventWithoutTime, CU_EVENT_DISABLE_TIMING);
NABLA_SAME_VALUE(kStreamNonBlocking, CU_STREAM_NON_BLOCKING);
NABLA_SAME_VALUE(kCaptureRelaxed, CU_STREAM_CAPTURE_MODE_RELAXED);
NABLA_SAME_VALUE(sizeof(KernelNode), sizeof(CUDA_KERNEL_NODE_PARAMS));
NABLA_SAME_VALUE(offsetof(KernelNode, parameters), offsetof(CUDA_KERNEL_NODE_PARAMS, kernelParams));
NABLA_SAME_VALUE(offsetof(KernelNode, context), offsetof(CUDA_KERNEL_NODE_PARAMS, ctx));
}  // namespace driver_values

namespace cublaslt_values {
using namespace nabla::cuda::cublaslt;
NABLA_SAME_FUNCTION(Library::create, cublasLtCreate);
NABLA_SAME_FUNCTION(Library::destroy, cublasLtDestroy);
NABLA_SAME_FUNCTION(Library::version, cublasLtGetVersion);
NABLA_SAME_FUNCTION(Library::status_name, cublasLtGetStatusName);
NABLA_SAME_FUNCTION(Library::operation_create, cublasLtMatmulDescCreate);
NABLA_SAME_FUNCTION(Library::operation_set, cublasLtMatmulDescSetAttribute);
NABLA_SAME_FUNCTION(Library::operation_destroy, cublasLtMatmulDescDestroy);
NABLA_SAME_FUNCTION(Library::layout_create, cublasLtMatrixLayoutCreate);
NABLA_SAME_FUNCTION(Library::layout_set, cublasLtMatrixLayoutSetAttribute);
NABLA_SAME_FUNCTION(Library::layout_destroy, cublasLtMatrixLayoutDestroy);
NABLA_SAME_FUNCTION(Library::preference_create, cublasLtMatmulPreferenceCreate);
NABLA_SAME_FUNCTION(Library::preference_set, cublasLtMatmulPreferenceSetAttribute);
NABLA_SAME_FUNCTION(Library::preference_destroy, cublasLtMatmulPreferenceDestroy);
NABLA_SAME_FUNCTION(Library::heuristic, cublasLtMatmulAlgoGetHeuristic);
NABLA_SAME_FUNCTION(Library::matmul, cublasLtMatmul);
NABLA_SAME_VALUE(kSuccess, CUBLAS_STATUS_SUCCESS);
NABLA_SAME_VALUE(kNotSupported, CUBLAS_STATUS_NOT_SUPPORTED);
NABLA_SAME_VALUE(kFloat32, CUDA_R_32F);
NABLA_SAME_VALUE(kFloat64, CUDA_R_64F);
NABLA_SAME_VALUE(kBFloat16, CUDA_R_16BF);
NABLA_SAME_VALUE(kComputeFloat32, CUBLAS_COMPUTE_32F);
NABLA_SAME_VALUE(kComputeFloat64, CUBLAS_COMPUTE_64F);
NABLA_SAME_VALUE(kComputeTf32, CUBLAS_COMPUTE_32F_FAST_TF32);
NABLA_SAME_VALUE(kAsItLies, CUBLAS_OP_N);
NABLA_SAME_VALUE(kTransposed, CUBLAS_OP_T);
NABLA_SAME_VALUE(kEpilogueNone, CUBLASLT_EPILOGUE_DEFAULT);
NABLA_SAME_VALUE(kEpilogueBias, CUBLASLT_EPILOGUE_BIAS);
NABLA_SAME_VALUE(kReductionInWorkspace, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
NABLA_SAME_VALUE(kTransposeA, CUBLASLT_MATMUL_DESC_TRANSA);
NABLA_SAME_VALUE(kTransposeB, CUBLASLT_MATMUL_DESC_TRANSB);
NABLA_SAME_VALUE(kEpilogue, CUBLASLT_MATMUL_DESC_EPILOGUE);
NABLA_SAME_VALUE(kBiasPointer, CUBLASLT_MATMUL_DESC_BIAS_POINTER);
NABLA_SAME_VALUE(kBatchCount, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT);
NABLA_SAME_VALUE(kBatchStride, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET);
NABLA_SAME_VALUE(kMostWorkspaceBytes, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
NABLA_SAME_VALUE(kReductionSchemes, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
NABLA_SAME_VALUE(kAlignmentOfA, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES);
NABLA_SAME_VALUE(kAlignmentOfB, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES);
NABLA_SAME_VALUE(kAlignmentOfC, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES);
NABLA_SAME_VALUE(kAlignmentOfD, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES);
NABLA_SAME_VALUE(sizeof(Algorithm), sizeof(cublasLtMatmulAlgo_t));
NABLA_SAME_VALUE(sizeof(Heuristic), sizeof(cublasLtMatmulHeuristicResult_t));
NABLA_SAME_VALUE(offsetof(Heuristic, workspace_bytes), offsetof(cublasLtMatmulHeuristicResult_t, workspaceSize));
NABLA_SAME_VALUE(offsetof(Heuristic, state), offsetof(cublasLtMatmulHeuristicResult_t, state));
NABLA_SAME_VALUE(sizeof(Operation), sizeof(cublasLtMatmulDesc_t));
}  // namespace cublaslt_values

namespace cudnn_values {
using namespace nabla::cuda::cudnn;
NABLA_SAME_FUNCTION(Library::create, cudnnCreate);
NABLA_SAME_FUNCTION(Library::version, cudnnGetVersion);
NABLA_SAME_FUNCTION(Library::status_name, cudnnGetErrorString);
NABLA_SAME_FUNCTION(Library::set_stream, cudnnSetStream);
NABLA_SAME_FUNCTION(Library::tensor_create, cudnnCreateTensorDescriptor);
NABLA_SAME_FUNCTION(Library::tensor_set, cudnnSetTensor4dDescriptor);
NABLA_SAME_FUNCTION(Library::tensor_destroy, cudnnDestroyTensorDescriptor);
NABLA_SAME_FUNCTION(Library::filter_create, cudnnCreateFilterDescriptor);
NABLA_SAME_FUNCTION(Library::filter_set, cudnnSetFilter4dDescriptor);
NABLA_SAME_FUNCTION(Library::filter_destroy, cudnnDestroyFilterDescriptor);
NABLA_SAME_FUNCTION(Library::convolution_create, cudnnCreateConvolutionDescriptor);
NABLA_SAME_FUNCTION(Library::convolution_set, cudnnSetConvolution2dDescriptor);
NABLA_SAME_FUNCTION(Library::convolution_set_groups, cudnnSetConvolutionGroupCount);
NABLA_SAME_FUNCTION(Library::convolution_set_math, cudnnSetConvolutionMathType);
NABLA_SAME_FUNCTION(Library::convolution_destroy, cudnnDestroyConvolutionDescriptor);
NABLA_SAME_FUNCTION(Library::forward_algorithms, cudnnGetConvolutionForwardAlgorithm_v7);
NABLA_SAME_FUNCTION(Library::data_algorithms, cudnnGetConvolutionBackwardDataAlgorithm_v7);
NABLA_SAME_FUNCTION(Library::weight_algorithms, cudnnGetConvolutionBackwardFilterAlgorithm_v7);
NABLA_SAME_FUNCTION(Library::forward_workspace, cudnnGetConvolutionForwardWorkspaceSize);
NABLA_SAME_FUNCTION(Library::data_workspace, cudnnGetConvolutionBackwardDataWorkspaceSize);
NABLA_SAME_FUNCTION(Library::weight_workspace, cudnnGetConvolutionBackwardFilterWorkspaceSize);
NABLA_SAME_FUNCTION(Library::forward, cudnnConvolutionForward);
NABLA_SAME_FUNCTION(Library::data, cudnnConvolutionBackwardData);
NABLA_SAME_FUNCTION(Library::weight, cudnnConvolutionBackwardFilter);
NABLA_SAME_FUNCTION(Library::add, cudnnAddTensor);
NABLA_SAME_VALUE(kSuccess, CUDNN_STATUS_SUCCESS);
NABLA_SAME_VALUE(kFloat32, CUDNN_DATA_FLOAT);
NABLA_SAME_VALUE(kFloat64, CUDNN_DATA_DOUBLE);
NABLA_SAME_VALUE(kByChannels, CUDNN_TENSOR_NCHW);
NABLA_SAME_VALUE(kCrossCorrelation, CUDNN_CROSS_CORRELATION);
NABLA_SAME_VALUE(kDefaultMath, CUDNN_DEFAULT_MATH);
NABLA_SAME_VALUE(kTensorMath, CUDNN_TENSOR_OP_MATH);
NABLA_SAME_VALUE(kExactMath, CUDNN_FMA_MATH);
NABLA_SAME_VALUE(kDeterministic, CUDNN_DETERMINISTIC);
NABLA_SAME_VALUE(kLastForwardOfSums, CUDNN_CONVOLUTION_FWD_ALGO_DIRECT);
NABLA_SAME_VALUE(kLastForwardOfSums + 1, CUDNN_CONVOLUTION_FWD_ALGO_FFT);
NABLA_SAME_VALUE(kDataOfSums, CUDNN_CONVOLUTION_BWD_DATA_ALGO_1);
NABLA_SAME_VALUE(kWeightOfSums, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1);

template <class Theirs>
constexpr bool is_performance() {
  return sizeof(Performance) == sizeof(Theirs) && offsetof(Performance, algorithm) == offsetof(Theirs, algo) && offsetof(Performance, status) == offsetof(Theirs, status) &&
         offsetof(Performance, workspace_bytes) == offsetof(Theirs, memory) && offsetof(Performance, determinism) == offsetof(Theirs, determinism) &&
         offsetof(Performance, math) == offsetof(Theirs, mathType);
}
static_assert(is_performance<cudnnConvolutionFwdAlgoPerf_t>() && is_performance<cudnnConvolutionBwdDataAlgoPerf_t>() &&
              is_performance<cudnnConvolutionBwdFilterAlgoPerf_t>());
}  // namespace cudnn_values

}  // namespace
