// The compiled kernels that are part of this build: one fat binary for each file of cuda/kernels, or none where nvcc was not
// found. CMake writes images.cpp.
#pragma once

#include <span>

namespace nabla::cuda {

/** The CUDA version whose driver the images need at least (its major number counts), 13000 for 13.0. */
extern const int kKernelVersion;

std::span<const void* const> images();

}  // namespace nabla::cuda
