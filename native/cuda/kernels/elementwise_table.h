// The one table of elementwise ops: from it come the kernels (elementwise_*.cu) and what the host calls (cuda/elementwise.cpp).
// X(op, function, type): the op of src/tensor/ops, the struct of elementwise_functions.cuh, and the type of its first input.
#pragma once

#include <cstdint>

namespace nabla::cuda {
using f32 = float;
using f64 = double;
using i32 = int32_t;
using u8 = uint8_t;
}  // namespace nabla::cuda

#define NABLA_FLOATS(X, op, Function) X(op, Function, f32) X(op, Function, f64)
#define NABLA_SIGNED(X, op, Function) NABLA_FLOATS(X, op, Function) X(op, Function, i32)
#define NABLA_NUMBERS(X, op, Function) NABLA_SIGNED(X, op, Function) X(op, Function, u8)

// One input, and an output of its type.
#define NABLA_UNARY_OPS(X)                          \
  NABLA_FLOATS(X, exp, Exp)                         \
  NABLA_FLOATS(X, log, Log)                         \
  NABLA_FLOATS(X, log1p, Log1p)                     \
  NABLA_FLOATS(X, expm1, Expm1)                     \
  NABLA_FLOATS(X, sqrt, Sqrt)                       \
  NABLA_FLOATS(X, rsqrt, Rsqrt)                     \
  NABLA_FLOATS(X, reciprocal, Reciprocal)           \
  NABLA_FLOATS(X, sin, Sin)                         \
  NABLA_FLOATS(X, cos, Cos)                         \
  NABLA_FLOATS(X, tanh, Tanh)                       \
  NABLA_FLOATS(X, sigmoid, Sigmoid)                 \
  NABLA_FLOATS(X, erf, Erf)                         \
  NABLA_FLOATS(X, gelu, Gelu)                       \
  NABLA_FLOATS(X, leakyRelu, LeakyRelu)             \
  NABLA_FLOATS(X, elu, Elu)                         \
  NABLA_FLOATS(X, softplus, Softplus)               \
  NABLA_FLOATS(X, softsign, Softsign)               \
  NABLA_FLOATS(X, hardSigmoid, HardSigmoid)         \
  NABLA_SIGNED(X, neg, Negative)                    \
  NABLA_NUMBERS(X, abs, Absolute)                   \
  NABLA_NUMBERS(X, sign, Sign)                      \
  NABLA_NUMBERS(X, square, Square)                  \
  NABLA_NUMBERS(X, relu, Relu)                      \
  NABLA_NUMBERS(X, floor, Floor)                    \
  NABLA_NUMBERS(X, ceil, Ceil)                      \
  NABLA_NUMBERS(X, round, Round)                    \
  NABLA_NUMBERS(X, clamp, Clamp)

// Two inputs and an output of one type.
#define NABLA_BINARY_OPS(X)                                  \
  NABLA_NUMBERS(X, add, Add)                                 \
  NABLA_NUMBERS(X, sub, Subtract)                            \
  NABLA_NUMBERS(X, mul, Multiply)                            \
  NABLA_FLOATS(X, div, Divide)                               \
  NABLA_SIGNED(X, pow, Power)                                \
  NABLA_NUMBERS(X, maximum, Maximum)                         \
  NABLA_NUMBERS(X, minimum, Minimum)                         \
  NABLA_NUMBERS(X, floorDivide, FloorDivide)                 \
  NABLA_NUMBERS(X, remainder, Remainder)                     \
  NABLA_NUMBERS(X, fmod, Fmod)                               \
  NABLA_FLOATS(X, reluBackward, ReluBackward)                \
  NABLA_FLOATS(X, sigmoidBackward, SigmoidBackward)          \
  NABLA_FLOATS(X, tanhBackward, TanhBackward)                \
  NABLA_FLOATS(X, geluBackward, GeluBackward)                \
  NABLA_FLOATS(X, leakyReluBackward, LeakyReluBackward)      \
  NABLA_FLOATS(X, eluBackward, EluBackward)                  \
  NABLA_FLOATS(X, softplusBackward, SoftplusBackward)        \
  NABLA_FLOATS(X, softsignBackward, SoftsignBackward)        \
  NABLA_FLOATS(X, hardSigmoidBackward, HardSigmoidBackward)

// One byte, 0 or 1, out of inputs of one type. Bool inputs use the kernels of u8.
#define NABLA_COMPARISON_OPS(X)                \
  NABLA_NUMBERS(X, eq, Equal)                  \
  NABLA_NUMBERS(X, ne, NotEqual)               \
  NABLA_NUMBERS(X, lt, Less)                   \
  NABLA_NUMBERS(X, le, LessOrEqual)            \
  NABLA_NUMBERS(X, gt, Greater)                \
  NABLA_NUMBERS(X, ge, GreaterOrEqual)         \
  NABLA_NUMBERS(X, logicalAnd, BothTrue)       \
  NABLA_NUMBERS(X, logicalOr, EitherTrue)

// From any type to any other: the rows are copy_<from>_<to>; "flag" is a byte that is 0 or 1.
#define NABLA_COPIES(X)                                                        \
  X(f32, f32) X(f32, f64) X(f32, i32) X(f32, u8) X(f32, flag)                  \
  X(f64, f32) X(f64, f64) X(f64, i32) X(f64, u8) X(f64, flag)                  \
  X(i32, f32) X(i32, f64) X(i32, i32) X(i32, u8) X(i32, flag)                  \
  X(u8, f32) X(u8, f64) X(u8, i32) X(u8, u8) X(u8, flag)
