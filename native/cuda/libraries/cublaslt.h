// The part of cuBLASLt's interface that the CUDA backend uses, found when it runs. Types and constants have the values of
// cublasLt.h, cublas_api.h and library_types.h (CUDA 12 and 13 agree in them); a test holds them to NVIDIA's headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "cuda/driver.h"

namespace nabla::cuda::cublaslt {

using Status = int;
using Handle = void*;
using Operation = void*;
using Layout = void*;
using Preference = void*;

inline constexpr Status kSuccess = 0, kNotSupported = 15;

/** Types of elements: cudaDataType_t. */
inline constexpr int kFloat32 = 0, kFloat64 = 1, kBFloat16 = 14;

/** What the sums are made in: cublasComputeType_t. With TF32, factors of float32 lose 13 bits before they are multiplied. */
inline constexpr int kComputeFloat32 = 68, kComputeFloat64 = 70, kComputeTf32 = 77;

inline constexpr int32_t kAsItLies = 0, kTransposed = 1;

/** What is done to the sums: nothing, or a number added to each row. */
inline constexpr uint32_t kEpilogueNone = 1, kEpilogueBias = 4;

/** Where parts of a deep product are added up: in the workspace, by a kernel of its own. */
inline constexpr uint32_t kReductionInWorkspace = 2;

/** Attributes of an operation. */
inline constexpr int kTransposeA = 3, kTransposeB = 4, kEpilogue = 7, kBiasPointer = 8;
/** Attributes of a layout. */
inline constexpr int kBatchCount = 5, kBatchStride = 6;
/** Attributes of a preference. */
inline constexpr int kMostWorkspaceBytes = 1, kReductionSchemes = 3, kAlignmentOfA = 5, kAlignmentOfB = 6, kAlignmentOfC = 7, kAlignmentOfD = 8;

struct Algorithm {
  uint64_t data[8];
};

struct Heuristic {
  Algorithm algorithm;
  size_t workspace_bytes;
  Status state;
  float waves;
  int reserved[4];
};

// name here, result, name in the library, parameters
#define NABLA_CUBLASLT_FUNCTIONS(X)                                                                                               \
  X(create, Status, "cublasLtCreate", (Handle*))                                                                                  \
  X(destroy, Status, "cublasLtDestroy", (Handle))                                                                                 \
  X(version, size_t, "cublasLtGetVersion", ())                                                                                    \
  X(status_name, const char*, "cublasLtGetStatusName", (Status))                                                                  \
  X(operation_create, Status, "cublasLtMatmulDescCreate", (Operation*, int, int))                                                 \
  X(operation_set, Status, "cublasLtMatmulDescSetAttribute", (Operation, int, const void*, size_t))                               \
  X(operation_destroy, Status, "cublasLtMatmulDescDestroy", (Operation))                                                          \
  X(layout_create, Status, "cublasLtMatrixLayoutCreate", (Layout*, int, uint64_t, uint64_t, int64_t))                             \
  X(layout_set, Status, "cublasLtMatrixLayoutSetAttribute", (Layout, int, const void*, size_t))                                   \
  X(layout_destroy, Status, "cublasLtMatrixLayoutDestroy", (Layout))                                                              \
  X(preference_create, Status, "cublasLtMatmulPreferenceCreate", (Preference*))                                                   \
  X(preference_set, Status, "cublasLtMatmulPreferenceSetAttribute", (Preference, int, const void*, size_t))                       \
  X(preference_destroy, Status, "cublasLtMatmulPreferenceDestroy", (Preference))                                                  \
  X(heuristic, Status, "cublasLtMatmulAlgoGetHeuristic",                                                                          \
    (Handle, Operation, Layout, Layout, Layout, Layout, Preference, int, Heuristic*, int*))                                       \
  X(matmul, Status, "cublasLtMatmul",                                                                                             \
    (Handle, Operation, const void*, const void*, Layout, const void*, Layout, const void*, const void*, Layout, void*, Layout,   \
     const Algorithm*, void*, size_t, Stream))

/** The functions of a loaded library. */
struct Library {
#define NABLA_CUBLASLT_MEMBER(name, result, symbol, parameters) result(*name) parameters = nullptr;
  NABLA_CUBLASLT_FUNCTIONS(NABLA_CUBLASLT_MEMBER)
#undef NABLA_CUBLASLT_MEMBER
};

/**
 * Loads the newest cuBLASLt that starts.
 * @param details its file and version, or why there is none.
 * @return false where there is none.
 */
bool load(Library& library, Handle& handle, std::string& details);

}  // namespace nabla::cuda::cublaslt
