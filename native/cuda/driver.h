// The part of NVIDIA's driver interface that the CUDA backend uses, found when it runs: nothing here is linked, so one build
// serves machines with and without a card, and it is compiled without NVIDIA's headers. Types and constants have the values
// of cuda.h, which are part of the driver's binary interface and do not change.
//
// Looking symbols up in a library that may be missing is CuPy's and LLVM's way of offering CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace nabla::cuda {

using Result = int;
using DeviceNumber = int;
using DeviceAddress = unsigned long long;
using Context = void*;
using Module = void*;
using Function = void*;
using Stream = void*;
using Event = void*;
using GraphHandle = void*;
using GraphNode = void*;
using GraphExec = void*;

namespace result {
inline constexpr Result kSuccess = 0;
inline constexpr Result kOutOfMemory = 2;
inline constexpr Result kNotReady = 600;
}  // namespace result

namespace attribute {
inline constexpr int kMultiprocessors = 16;
inline constexpr int kComputeMajor = 75;
inline constexpr int kComputeMinor = 76;
}  // namespace attribute

/** An event that is only waited for: no time is taken. */
inline constexpr unsigned kEventWithoutTime = 2;
/** Pinned memory that the card's kernels reach too. */
inline constexpr unsigned kPinnedOnDevice = 2;
/** A stream that does not wait for the default one. */
inline constexpr unsigned kStreamNonBlocking = 1;
/** While a stream is captured, the thread may do what is no part of the graph: a library may load its kernels. */
inline constexpr int kCaptureRelaxed = 2;

/** A kernel and how it is started, as a node of a graph: CUDA_KERNEL_NODE_PARAMS_v2. */
struct KernelNode {
  Function function = nullptr;
  unsigned grid_x = 1, grid_y = 1, grid_z = 1, threads_x = 1, threads_y = 1, threads_z = 1, shared_bytes = 0;
  void** parameters = nullptr;
  void** extra = nullptr;
  void* kernel = nullptr;
  Context context = nullptr;
};

// name here, name in the library, parameters
#define NABLA_DRIVER_FUNCTIONS(X)                                                                                            \
  X(init, "cuInit", (unsigned))                                                                                              \
  X(driver_version, "cuDriverGetVersion", (int*))                                                                            \
  X(error_name, "cuGetErrorName", (Result, const char**))                                                                    \
  X(error_text, "cuGetErrorString", (Result, const char**))                                                                  \
  X(device_count, "cuDeviceGetCount", (int*))                                                                                \
  X(device_get, "cuDeviceGet", (DeviceNumber*, int))                                                                         \
  X(device_name, "cuDeviceGetName", (char*, int, DeviceNumber))                                                              \
  X(device_bus, "cuDeviceGetPCIBusId", (char*, int, DeviceNumber))                                                           \
  X(device_attribute, "cuDeviceGetAttribute", (int*, int, DeviceNumber))                                                     \
  X(context_retain, "cuDevicePrimaryCtxRetain", (Context*, DeviceNumber))                                                    \
  X(context_set_current, "cuCtxSetCurrent", (Context))                                                                       \
  X(memory_info, "cuMemGetInfo_v2", (size_t*, size_t*))                                                                      \
  X(memory_allocate, "cuMemAlloc_v2", (DeviceAddress*, size_t))                                                              \
  X(memory_free, "cuMemFree_v2", (DeviceAddress))                                                                            \
  X(pinned_allocate, "cuMemHostAlloc", (void**, size_t, unsigned))                                                           \
  X(pinned_on_device, "cuMemHostGetDevicePointer_v2", (DeviceAddress*, void*, unsigned))                                     \
  X(copy_to_device, "cuMemcpyHtoDAsync_v2", (DeviceAddress, const void*, size_t, Stream))                                    \
  X(copy_to_host, "cuMemcpyDtoHAsync_v2", (void*, DeviceAddress, size_t, Stream))                                            \
  X(copy_on_device, "cuMemcpyDtoDAsync_v2", (DeviceAddress, DeviceAddress, size_t, Stream))                                  \
  X(stream_create, "cuStreamCreate", (Stream*, unsigned))                                                                    \
  X(stream_synchronize, "cuStreamSynchronize", (Stream))                                                                     \
  X(capture_begin, "cuStreamBeginCapture_v2", (Stream, int))                                                                  \
  X(capture_end, "cuStreamEndCapture", (Stream, GraphHandle*))                                                               \
  X(event_create, "cuEventCreate", (Event*, unsigned))                                                                       \
  X(event_record, "cuEventRecord", (Event, Stream))                                                                          \
  X(event_synchronize, "cuEventSynchronize", (Event))                                                                        \
  X(module_load, "cuModuleLoadData", (Module*, const void*))                                                                 \
  X(module_function, "cuModuleGetFunction", (Function*, Module, const char*))                                                \
  X(launch, "cuLaunchKernel",                                                                                                \
    (Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Stream, void**, void**))                \
  X(graph_create, "cuGraphCreate", (GraphHandle*, unsigned))                                                                 \
  X(graph_add_kernel, "cuGraphAddKernelNode_v2", (GraphNode*, GraphHandle, const GraphNode*, size_t, const KernelNode*))     \
  X(graph_add_child, "cuGraphAddChildGraphNode", (GraphNode*, GraphHandle, const GraphNode*, size_t, GraphHandle))          \
  X(graph_instantiate, "cuGraphInstantiateWithFlags", (GraphExec*, GraphHandle, unsigned long long))                         \
  X(graph_destroy, "cuGraphDestroy", (GraphHandle))                                                                          \
  X(graph_set_kernel, "cuGraphExecKernelNodeSetParams_v2", (GraphExec, GraphNode, const KernelNode*))                        \
  X(graph_set_child, "cuGraphExecChildGraphNodeSetParams", (GraphExec, GraphNode, GraphHandle))                              \
  X(graph_launch, "cuGraphLaunch", (GraphExec, Stream))                                                                      \
  X(graph_exec_destroy, "cuGraphExecDestroy", (GraphExec))

/** The functions of a loaded driver. */
struct Driver {
#define NABLA_DRIVER_MEMBER(name, symbol, parameters) Result(*name) parameters = nullptr;
  NABLA_DRIVER_FUNCTIONS(NABLA_DRIVER_MEMBER)
#undef NABLA_DRIVER_MEMBER

  /** An error as the driver names and explains it: "CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)". */
  std::string describe(Result result) const;
};

/**
 * Loads the driver's library: the one that NABLA_CUDA_LIBRARY names, or the system's.
 * @return false when it is not there or lacks a function; `why` then says so in a sentence.
 */
bool load_driver(Driver& driver, std::string& why);

}  // namespace nabla::cuda
