// The functions that fused kernels call, as PTX that is part of this build (functions.cu). A kernel takes only those it needs: the
// driver compiles what it is given, and all of them would cost it a second.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace nabla::cuda {

/** The PTX of functions.cu that is part of this build: nothing where nvcc was not found. CMake writes it. */
extern const std::string_view kFusedFunctions;

/** That, or what the file holds that NABLA_CUDA_FUNCTIONS names. */
std::string_view fused_functions();

/** The directives that PTX begins with (version, target, size of addresses). */
std::string ptx_head();

/** The definitions of these functions and of all they use. The driver refuses a kernel that calls one the library does not have. */
std::string definitions_of(const std::set<std::string>& functions);

}  // namespace nabla::cuda
