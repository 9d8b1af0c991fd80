// What fused kernels call for an op that is more than an instruction or two: the functions of the elementwise kernels, each on one
// element, so that a chain has the bits of its calls one by one. nvcc makes PTX of them, from which a fused kernel takes those it
// needs (library.h); the ordinary compiler makes what the fake driver calls in their place.
//
// All take two numbers (the op's first two attributes) and one or two elements. Bytes travel as whole numbers of 32 bits.
#include "cuda/fused/function_names.h"
#include "cuda/kernels/elementwise_functions.cuh"
#include "cuda/kernels/elementwise_table.h"
#include "cuda/kernels/normal_pair.cuh"

#if defined(__CUDACC__)
#define NABLA_FUNCTION(name, Result, ...) extern "C" __device__ Result name(__VA_ARGS__)
#else
#define NABLA_FUNCTION(name, Result, ...)                                                                     \
  static Result name(__VA_ARGS__);                                                                            \
  static const ::nabla::fused::HostFunction function_##name(#name, reinterpret_cast<void*>(&name));           \
  static Result name(__VA_ARGS__)
#endif

namespace nabla::cuda {

/** How an element travels. */
template <class T>
using Passed = std::conditional_t<std::is_same_v<T, u8>, int32_t, T>;

#define NABLA_ONE_ELEMENT(op, Function, type)                                                        \
  NABLA_FUNCTION(nabla_##op##_##type, Passed<type>, double first, double second, Passed<type> x) {       \
    const double attributes[] = {first, second};                                                     \
    return Function::of(attributes, static_cast<type>(x));                                           \
  }
#define NABLA_TWO_ELEMENTS(op, Function, type)                                                                    \
  NABLA_FUNCTION(nabla_##op##_##type, Passed<type>, double first, double second, Passed<type> x, Passed<type> y) {      \
    const double attributes[] = {first, second};                                                                  \
    return Function::of(attributes, static_cast<type>(x), static_cast<type>(y));                                  \
  }
#define NABLA_TEST_OF_TWO(op, Function, type)                                                                  \
  NABLA_FUNCTION(nabla_##op##_##type, int32_t, double first, double second, Passed<type> x, Passed<type> y) {      \
    const double attributes[] = {first, second};                                                               \
    return Function::of(attributes, static_cast<type>(x), static_cast<type>(y));                               \
  }

NABLA_UNARY_OPS(NABLA_ONE_ELEMENT)
NABLA_BINARY_OPS(NABLA_TWO_ELEMENTS)
NABLA_COMPARISON_OPS(NABLA_TEST_OF_TWO)

// Two words of the random stream, mean and deviation: either number of the pair.
NABLA_FUNCTION(nabla_normalFirst_f32, float, double mean, double deviation, int32_t a, int32_t b) {
  return NormalPair::of_words(static_cast<uint32_t>(a), static_cast<uint32_t>(b)).first<float>(mean, deviation);
}
NABLA_FUNCTION(nabla_normalSecond_f32, float, double mean, double deviation, int32_t a, int32_t b) {
  return NormalPair::of_words(static_cast<uint32_t>(a), static_cast<uint32_t>(b)).second<float>(mean, deviation);
}

}  // namespace nabla::cuda
