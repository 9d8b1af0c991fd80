#include "binding/frame.h"

namespace nabla::binding {
namespace {

void* immediate(Scalar& scalar, DType dtype, double value) {
  switch (dtype) {
    case DType::Float32: scalar.float32 = static_cast<float>(value); break;
    case DType::Float64: scalar.float64 = value; break;
    case DType::Int32: scalar.int32 = static_cast<int32_t>(value); break;
    case DType::UInt8: scalar.uint8 = static_cast<uint8_t>(value); break;
    case DType::Bool: scalar.uint8 = value != 0; break;
  }
  return &scalar;
}

void read_geometry(const double* words, Operand& operand) {
  operand.dtype = static_cast<DType>(static_cast<int32_t>(words[word::kDType]));
  operand.rank = static_cast<int32_t>(words[word::kRank]);
  for (int d = 0; d < operand.rank; ++d) {
    operand.sizes[d] = static_cast<int64_t>(words[word::kSizes + d]);
    operand.strides[d] = static_cast<int64_t>(words[word::kStrides + d]);
  }
}

/** The device that the tensors of a call share; the frame's where there is none. */
Status find_device(const double* frame, int operands, Device& device) {
  device = static_cast<Device>(static_cast<int32_t>(frame[word::kDevice]));
  bool found = false;
  for (int i = 0; i < operands; ++i) {
    const auto handle = static_cast<Handle>(frame[word::kFirstOperand + i * word::kOperandWords + word::kHandle]);
    if (handle < 0) continue;
    if (found && device_of(handle) != device) return Status::DifferentDevices;
    device = device_of(handle);
    found = true;
  }
  return Status::Ok;
}

}  // namespace

Status decode(double* frame, StorageTable& storages, DecodedCall& decoded) {
  OpCall& call = decoded.call;
  call.input_count = static_cast<int32_t>(frame[word::kInputCount]);
  call.output_count = static_cast<int32_t>(frame[word::kOutputCount]);
  call.attribute_count = static_cast<int32_t>(frame[word::kAttributeCount]);
  decoded.precision = static_cast<Precision>(static_cast<int32_t>(frame[word::kPrecision]));
  const int operands = call.input_count + call.output_count;
  const Status status = find_device(frame, operands, decoded.device);
  if (status != Status::Ok) return status;
  frame[word::kRanOn] = static_cast<double>(decoded.device);
  for (int i = 0; i < operands; ++i) {
    double* words = frame + word::kFirstOperand + i * word::kOperandWords;
    Operand& operand = call.operands[i];
    read_geometry(words, operand);
    Handle handle = static_cast<Handle>(words[word::kHandle]);
    if (handle == kImmediate) {
      operand.data = immediate(decoded.scalars[i], operand.dtype, words[word::kOffset]);
      decoded.immediates |= 1u << i;
      continue;
    }
    if (handle == kAllocate) {
      handle = storages.allocate(static_cast<size_t>(operand.count()) * byte_size(operand.dtype), decoded.device);
      if (handle == kNoHandle) return Status::OutOfMemory;
      decoded.fresh[decoded.fresh_count++] = handle;
      words[word::kHandle] = handle;
    } else if (!storages.alive(handle)) {
      return Status::InvalidHandle;
    }
    const auto offset = static_cast<int64_t>(words[word::kOffset]);
    operand.data = static_cast<char*>(storages.data(handle)) + offset * static_cast<int64_t>(byte_size(operand.dtype));
  }
  for (int i = 0; i < call.attribute_count; ++i) call.attributes[i] = frame[word::kFirstAttribute + i];
  return Status::Ok;
}

}  // namespace nabla::binding
