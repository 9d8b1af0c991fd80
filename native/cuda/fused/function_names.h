// The functions of fused kernels on the CPU, by name: the fake driver calls them where PTX does.
#pragma once

#if !defined(__CUDACC__)
namespace nabla::fused {

struct HostFunction {
  HostFunction(const char* name, void* function);
};

/** Null where there is no function of that name. */
void* find_function(const char* name);

}  // namespace nabla::fused
#endif
