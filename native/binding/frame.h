// The frame: an array of doubles shared by JavaScript and native code in which the operands of one call cross. JavaScript
// writes numbers into a typed array (1 ns each) instead of building objects, and one native call reads them. A double
// holds every integer up to 2^53 exactly, so handles, sizes, strides and real attributes use one kind of word.
// The layout is mirrored in src/tensor/frame.ts.
#pragma once

#include <cstdint>

#include "core/op_call.h"
#include "core/precision.h"
#include "core/storage_table.h"

namespace nabla::binding {

enum class Status : int32_t {
  Ok = 0,
  Interrupted = 1,
  OutOfMemory = 2,
  NotImplemented = 3,
  InvalidHandle = 4,
  DifferentDevices = 5,
  DeviceFailed = 6,
  ViolatedBefore = 7,
};

namespace word {
inline constexpr int kInputCount = 0;
inline constexpr int kOutputCount = 1;
inline constexpr int kAttributeCount = 2;
inline constexpr int kStatus = 3;
inline constexpr int kPressure = 4;
/** 1 when the outputs of this call get no owner: the caller frees them. */
inline constexpr int kOwnerless = 5;
/** How many handles lie in the list of storages to release before anything else. */
inline constexpr int kReleaseCount = 6;
/** The device of a call that reads no tensor. */
inline constexpr int kDevice = 7;
/** Where a call has run. */
inline constexpr int kRanOn = 8;
/** 1 after something has been read that a check on the card has found elements outside of their range. */
inline constexpr int kViolated = 9;
/** How exact products of float32 have to be. */
inline constexpr int kPrecision = 10;
inline constexpr int kFirstOperand = 16;
inline constexpr int kOperandWords = 4 + 2 * kMaxRank;
inline constexpr int kFirstAttribute = kFirstOperand + kMaxOperands * kOperandWords;
inline constexpr int kFirstRelease = kFirstAttribute + kMaxAttributes;
inline constexpr int kMaxReleases = 64;
inline constexpr int kFrameWords = kFirstRelease + kMaxReleases;
// within an operand
inline constexpr int kHandle = 0;
inline constexpr int kDType = 1;
inline constexpr int kRank = 2;
/** Elements from the start of the storage to index (0, ..., 0); for an immediate scalar, its value. */
inline constexpr int kOffset = 3;
inline constexpr int kSizes = 4;
inline constexpr int kStrides = 4 + kMaxRank;
}  // namespace word

/** In place of an output's handle: allocate it. */
inline constexpr int kAllocate = -1;
/** In place of an input's handle: the operand is one number, written in its offset word. */
inline constexpr int kImmediate = -2;

/** One element of any dtype, for the immediate scalars of a call. */
union Scalar {
  float float32;
  double float64;
  int32_t int32;
  uint8_t uint8;
};

/** What `decode` needs to remember beside the call itself. */
struct DecodedCall {
  OpCall call;
  Scalar scalars[kMaxOperands];
  /** Handles of the outputs that were allocated for this call, in order. */
  Handle fresh[kMaxOperands];
  int32_t fresh_count = 0;
  /** Where it runs: where its tensors lie. */
  Device device = Device::Cpu;
  Precision precision = Precision::Highest;
  /** Bit i is set where operand i is one of the scalars. */
  uint32_t immediates = 0;
};

/** Reads a call from the frame, allocates its outputs where its tensors lie, and writes their handles back. */
Status decode(double* frame, StorageTable& storages, DecodedCall& decoded);

}  // namespace nabla::binding
