// The Node-API surface: a handful of functions on integers and typed arrays. Ops all go through `run`, whose operands lie
// in the frame; shapes, dtypes and error texts are TypeScript's business, where the learner's stack trace is.
#include <napi.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "binding/card.h"
#include "binding/environment.h"
#include "binding/frame.h"
#include "binding/programs.h"
#include "core/cpu_features.h"
#include "core/op_codes.h"
#include "core/thread_pool.h"
#include "cpu/kernel_table.h"

namespace nabla::binding {
namespace {

napi_value throw_error(napi_env env, const char* message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

void give_up_fresh_outputs(Environment& environment, const DecodedCall& decoded) {
  for (int i = 0; i < decoded.fresh_count; ++i) {
    environment.storages.release(environment.storages.reference(decoded.fresh[i]));
  }
}

/** The owner of what a call has made: undefined (small ones), an external, or an array with one entry an output. */
napi_value owners_of(napi_env env, Environment& environment, const DecodedCall& decoded) {
  napi_value owners = nullptr;
  if (decoded.fresh_count > 1) napi_create_array_with_length(env, decoded.fresh_count, &owners);
  for (int i = 0; i < decoded.fresh_count; ++i) {
    const Handle handle = decoded.fresh[i];
    if (batch_kind(environment.storages.bytes(handle)) < kBatchKindCount) {
      environment.add_to_batch(handle);
      continue;
    }
    napi_value owner = environment.own(env, handle);
    if (decoded.fresh_count == 1) return owner;
    napi_set_element(env, owners, i, owner);
  }
  return owners;
}

Status run_on_cpu(int32_t op, const DecodedCall& decoded) {
  const Kernel kernel = kernel_for(static_cast<OpCode>(op), decoded.call.operands[0].dtype);
  if (kernel == nullptr) return Status::NotImplemented;
  kernel(decoded.call);
  return Status::Ok;
}

// run(opCode): runs the call that lies in the frame.
napi_value run(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  auto& environment = *static_cast<Environment*>(data);
  int32_t op = -1;
  napi_get_value_int32(env, argument, &op);
  environment.release_waiting();

  double* frame = environment.frame;
  DecodedCall decoded;
  Status status = decode(frame, environment.storages, decoded);
  if (status == Status::Ok && decoded.device == Device::Cuda && violated_on_card()) status = Status::ViolatedBefore;
  if (status == Status::Ok) {
    const bool known = op >= 0 && op < kOpCount;
    status = !known ? Status::NotImplemented : decoded.device == Device::Cpu ? run_on_cpu(op, decoded) : run_on_card(op, decoded);
    if (status == Status::Ok && interrupted()) status = Status::Interrupted;
  }
  // A card that has failed gives no memory any more.
  if (status == Status::OutOfMemory && decoded.device == Device::Cuda && !card_failure().empty()) status = Status::DeviceFailed;
  frame[word::kStatus] = static_cast<double>(status);
  frame[word::kPressure] = static_cast<double>(environment.storages.pressure());
  if (status != Status::Ok) {
    give_up_fresh_outputs(environment, decoded);
    return nullptr;
  }
  return frame[word::kOwnerless] != 0 ? nullptr : owners_of(env, environment, decoded);
}

// openBatch(kind): the owner of the next storages of this kind of batch.
napi_value open_batch(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  int32_t kind = -1;
  napi_get_value_int32(env, argument, &kind);
  return static_cast<Environment*>(data)->open_batch(env, kind);
}

// own(handle): the owner of a storage that has none yet; undefined for a small one, which joins the open batch.
napi_value own(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  auto& environment = *static_cast<Environment*>(data);
  int32_t handle = kNoHandle;
  napi_get_value_int32(env, argument, &handle);
  if (!environment.storages.alive(handle)) return throw_error(env, "the tensor's memory has been released");
  if (batch_kind(environment.storages.bytes(handle)) == kBatchKindCount) return environment.own(env, handle);
  environment.add_to_batch(handle);
  return nullptr;
}

// release(): gives back the memory of the storages that the frame lists, before the collector finds them dead.
napi_value release(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  static_cast<Environment*>(data)->release_waiting();
  return nullptr;
}

// item(handle, dtype, offset): one element as a number.
napi_value item(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value arguments[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, arguments, nullptr, &data);
  auto& environment = *static_cast<Environment*>(data);
  auto& storages = environment.storages;
  int32_t handle = kNoHandle;
  int32_t dtype = 0;
  int64_t offset = 0;
  napi_get_value_int32(env, arguments[0], &handle);
  napi_get_value_int32(env, arguments[1], &dtype);
  napi_get_value_int64(env, arguments[2], &offset);
  if (!storages.alive(handle)) return throw_error(env, "the tensor's memory has been released");
  const size_t bytes = byte_size(static_cast<DType>(dtype));
  const void* element = static_cast<const char*>(storages.data(handle)) + offset * static_cast<int64_t>(bytes);
  char fetched[8];
  if (device_of(handle) != Device::Cpu) {
    if (!read_from_card(fetched, element, bytes)) return throw_error(env, card_failure().c_str());
    element = fetched;
    environment.frame[word::kViolated] = violated_on_card();
  }
  double value = 0;
  switch (static_cast<DType>(dtype)) {
    case DType::Float32: value = *static_cast<const float*>(element); break;
    case DType::Float64: value = *static_cast<const double*>(element); break;
    case DType::Int32: value = *static_cast<const int32_t*>(element); break;
    case DType::UInt8:
    case DType::Bool: value = *static_cast<const uint8_t*>(element); break;
  }
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

template <class T>
bool all_below(const T* values, size_t count, uint32_t size) {
  uint32_t outside = 0;
  // Negative numbers are large ones without sign.
  for (size_t i = 0; i < count; ++i) outside |= static_cast<uint32_t>(static_cast<uint32_t>(values[i]) >= size);
  return outside == 0;
}

// allBelow(handle, dtype, offset, count, size): whether contiguous whole numbers of the CPU all lie in 0 to size - 1.
napi_value all_below(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value arguments[5];
  size_t argument_count = 5;
  napi_get_cb_info(env, info, &argument_count, arguments, nullptr, &data);
  auto& storages = static_cast<Environment*>(data)->storages;
  int32_t handle = kNoHandle, dtype = 0;
  int64_t offset = 0, count = 0;
  uint32_t size = 0;
  napi_get_value_int32(env, arguments[0], &handle);
  napi_get_value_int32(env, arguments[1], &dtype);
  napi_get_value_int64(env, arguments[2], &offset);
  napi_get_value_int64(env, arguments[3], &count);
  napi_get_value_uint32(env, arguments[4], &size);
  if (!storages.alive(handle)) return throw_error(env, "the tensor's memory has been released");
  const bool whole = static_cast<DType>(dtype) == DType::Int32;
  const void* first = static_cast<const char*>(storages.data(handle)) + offset * (whole ? 4 : 1);
  const bool below = whole ? all_below(static_cast<const int32_t*>(first), static_cast<size_t>(count), size)
                           : all_below(static_cast<const uint8_t*>(first), static_cast<size_t>(count), size);
  napi_value result = nullptr;
  napi_get_boolean(env, below, &result);
  return result;
}

// collected(full): a collection is over; releases what it found dead and starts the next budget.
napi_value collected(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  auto& environment = *static_cast<Environment*>(data);
  bool full = false;
  napi_get_value_bool(env, argument, &full);
  environment.release_waiting();
  environment.storages.collected(full);
  return nullptr;
}

Environment& environment_of(const Napi::CallbackInfo& info) { return *static_cast<Environment*>(info.Data()); }

struct Bytes {
  char* data;
  size_t count;
};

Bytes bytes_of(const Napi::Value& value) {
  const auto array = value.As<Napi::TypedArray>();
  return {static_cast<char*>(array.ArrayBuffer().Data()) + array.ByteOffset(), array.ByteLength()};
}

/** Checks that `count` bytes from `offset` lie inside a living storage and returns where they start, or null. */
char* window(const Napi::CallbackInfo& info, size_t count) {
  auto& storages = environment_of(info).storages;
  const Handle handle = info[0].As<Napi::Number>().Int32Value();
  const auto offset = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value());
  if (!storages.alive(handle) || offset + count > storages.bytes(handle)) {
    Napi::RangeError::New(info.Env(), "outside the tensor's memory").ThrowAsJavaScriptException();
    return nullptr;
  }
  return static_cast<char*>(storages.data(handle)) + offset;
}

Device device_of_argument(const Napi::CallbackInfo& info) { return device_of(info[0].As<Napi::Number>().Int32Value()); }

void throw_card_failure(const Napi::CallbackInfo& info) { Napi::Error::New(info.Env(), card_failure()).ThrowAsJavaScriptException(); }

// write(handle, byteOffset, typedArray): copies into a storage.
void write(const Napi::CallbackInfo& info) {
  const Bytes source = bytes_of(info[2]);
  char* target = window(info, source.count);
  // An empty typed array may have no memory at all, which memcpy does not take.
  if (target == nullptr || source.count == 0) return;
  if (device_of_argument(info) == Device::Cpu) std::memcpy(target, source.data, source.count);
  else if (!write_to_card(target, source.data, source.count)) throw_card_failure(info);
}

// read(handle, byteOffset, typedArray): copies out of a storage.
void read(const Napi::CallbackInfo& info) {
  const Bytes target = bytes_of(info[2]);
  const char* source = window(info, target.count);
  if (source == nullptr || target.count == 0) return;
  if (device_of_argument(info) == Device::Cpu) std::memcpy(target.data, source, target.count);
  else if (!read_from_card(target.data, source, target.count)) throw_card_failure(info);
  else environment_of(info).frame[word::kViolated] = violated_on_card();
}

// memory(device): what is alive there now, after releasing what the collector has found dead.
Napi::Value memory(const Napi::CallbackInfo& info) {
  Environment& environment = environment_of(info);
  environment.release_waiting();
  const Device device = info[0].As<Napi::Number>().Int32Value() == 0 ? Device::Cpu : Device::Cuda;
  auto result = Napi::Object::New(info.Env());
  result.Set("tensors", static_cast<double>(environment.storages.live_count(device)));
  result.Set("bytes", static_cast<double>(environment.storages.live_bytes(device)));
  result.Set("cachedBytes", static_cast<double>(device == Device::Cpu ? BlockPool::process().cached_bytes() : cached_on_card()));
  return result;
}

// storages(device): the handle and the bytes of each that is alive there, in turn.
Napi::Value storages(const Napi::CallbackInfo& info) {
  Environment& environment = environment_of(info);
  environment.release_waiting();
  const Device device = info[0].As<Napi::Number>().Int32Value() == 0 ? Device::Cpu : Device::Cuda;
  std::vector<double> all;
  environment.storages.each_alive(device, [&](Handle handle, size_t bytes) {
    all.push_back(handle);
    all.push_back(static_cast<double>(bytes));
  });
  auto result = Napi::Float64Array::New(info.Env(), all.size());
  std::copy(all.begin(), all.end(), result.Data());
  return result;
}

// setInterruptFlag(Int32Array | null): shared memory that long kernels read between pieces of work.
void set_flag(const Napi::CallbackInfo& info) {
  Environment& environment = environment_of(info);
  if (environment.interrupt_flag_reference != nullptr) {
    set_interrupt_flag(nullptr);
    napi_delete_reference(info.Env(), environment.interrupt_flag_reference);
    environment.interrupt_flag_reference = nullptr;
  }
  if (!info[0].IsTypedArray()) return;
  napi_typedarray_type type;
  size_t length = 0;
  void* flag = nullptr;
  napi_get_typedarray_info(info.Env(), info[0], &type, &length, &flag, nullptr, nullptr);
  if (type != napi_int32_array || length == 0) {
    Napi::TypeError::New(info.Env(), "the interrupt flag is an Int32Array").ThrowAsJavaScriptException();
    return;
  }
  napi_create_reference(info.Env(), info[0], 1, &environment.interrupt_flag_reference);
  set_interrupt_flag(static_cast<const volatile int32_t*>(flag));
}

// alive(handle): whether a storage has not been released.
Napi::Value alive(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), environment_of(info).storages.alive(info[0].As<Napi::Number>().Int32Value()));
}

// memoryLimit(bytes?): the most bytes that the process's storages may take.
Napi::Value memory_limit(const Napi::CallbackInfo& info) {
  auto& pool = BlockPool::process();
  if (info[0].IsNumber()) pool.set_limit(static_cast<size_t>(info[0].As<Napi::Number>().DoubleValue()));
  return Napi::Number::New(info.Env(), static_cast<double>(pool.limit()));
}

Napi::Value threads(const Napi::CallbackInfo& info) {
  if (info[0].IsNumber()) set_thread_count(info[0].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), thread_count());
}

void define_hot(napi_env env, napi_value exports, const char* name, napi_callback callback, Environment* environment) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, environment, &function);
  napi_set_named_property(env, exports, name, function);
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  Environment* environment = Environment::attach(env);
  if (environment == nullptr) {
    Napi::Error::New(env, "cannot attach the native runtime to this environment").ThrowAsJavaScriptException();
    return exports;
  }
  void* frame = nullptr;
  napi_value buffer = nullptr;
  napi_create_arraybuffer(env, word::kFrameWords * sizeof(double), &frame, &buffer);
  napi_create_reference(env, buffer, 1, &environment->frame_reference);
  environment->frame = static_cast<double*>(frame);
  exports.Set("frame", Napi::Value(env, buffer));

  define_hot(env, exports, "run", run, environment);
  define_hot(env, exports, "openBatch", open_batch, environment);
  define_hot(env, exports, "own", own, environment);
  define_hot(env, exports, "release", release, environment);
  define_hot(env, exports, "item", item, environment);
  define_hot(env, exports, "allBelow", all_below, environment);
  define_hot(env, exports, "collected", collected, environment);
  define_programs(env, exports, environment);
  define_card(env, exports, environment);
  exports.Set("write", Napi::Function::New<write>(env, "write", environment));
  exports.Set("read", Napi::Function::New<read>(env, "read", environment));
  exports.Set("memory", Napi::Function::New<memory>(env, "memory", environment));
  exports.Set("alive", Napi::Function::New<alive>(env, "alive", environment));
  exports.Set("storages", Napi::Function::New<storages>(env, "storages", environment));
  exports.Set("memoryLimit", Napi::Function::New<memory_limit>(env, "memoryLimit", environment));
  exports.Set("setInterruptFlag", Napi::Function::New<set_flag>(env, "setInterruptFlag", environment));
  exports.Set("threads", Napi::Function::New<threads>(env, "threads", environment));
  auto kinds = Napi::Array::New(env, kBatchKindCount);
  for (int i = 0; i < kBatchKindCount; ++i) {
    auto kind = Napi::Object::New(env);
    kind.Set("bytes", static_cast<double>(kBatchKinds[i].bytes));
    kind.Set("size", kBatchKinds[i].size);
    kinds.Set(static_cast<uint32_t>(i), kind);
  }
  exports.Set("batches", kinds);
  exports.Set("instructionSet", Napi::String::New(env, isa_name(isa_choice().isa)));
  exports.Set("settingError", Napi::String::New(env, isa_choice().error + thread_setting().error));
  auto ops = Napi::Array::New(env, kOpCount);
  for (int i = 0; i < kOpCount; ++i) ops.Set(static_cast<uint32_t>(i), Napi::String::New(env, kOpNames[i]));
  exports.Set("ops", ops);
  return exports;
}

}  // namespace
}  // namespace nabla::binding

static Napi::Object initialise_nabla(Napi::Env env, Napi::Object exports) {
  return nabla::binding::initialise(env, exports);
}

NODE_API_MODULE(nabla, initialise_nabla)
