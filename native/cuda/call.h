// One call of one op on the card. The record is the CPU's (core/op_call.h); its operands point into the card's memory, but for
// plain numbers, which lie in the process's and are marked: they travel in a kernel's parameters.
#pragma once

#include <cstdint>

#include "core/op_call.h"
#include "core/precision.h"
#include "cuda/card.h"

namespace nabla {
enum class OpCode : int32_t;
}

namespace nabla::cuda {

struct Call {
  const OpCall& op;
  /** Bit i is set where operand i is a plain number. */
  uint32_t numbers;
  Card& card;
  /** How exact products have to be; what comes of it, precision.h says. */
  Precision precision = Precision::Highest;

  bool is_number(int operand) const { return (numbers >> operand & 1) != 0; }
};

/** The value of a plain number, whatever its type. */
inline double number_value(const Operand& operand) {
  switch (operand.dtype) {
    case DType::Float32: return *operand.as<float>();
    case DType::Float64: return *operand.as<double>();
    case DType::Int32: return *operand.as<int32_t>();
    case DType::UInt8:
    case DType::Bool: return *operand.as<uint8_t>();
  }
  return 0;
}

/**
 * Starts the kernels of an op, or does nothing and returns false: where the layout or a number is one that it has no
 * kernel for, the CPU answers.
 */
using Launcher = bool (*)(const Call&);

/** The launcher of an op, or null where it has none for the type of its first operand. */
Launcher launcher_for(OpCode op, DType dtype);

enum class Outcome { Done, NotImplemented, OutOfMemory, Failed };

/** Runs a call on the card: by its own kernels, or by the CPU's on a copy (see host_call.h). */
Outcome run(OpCode op, const Call& call);

}  // namespace nabla::cuda
