#include "binding/card.h"

#include <napi.h>
#include <unistd.h>

#include "core/op_codes.h"
#include "cuda/call.h"
#include "cuda/card.h"
#include "cuda/card_memory.h"
#include "cuda/fused/operations.h"
#include "cuda/libraries/convolutions.h"
#include "cuda/libraries/management.h"
#include "cuda/libraries/matrix_products.h"
#include "cuda/program.h"
#include "cuda/range_check.h"
#include "cuda/transfer.h"

namespace nabla::binding {

Status run_on_card(int32_t op, const DecodedCall& decoded) {
  // A tensor lies on the card, or JavaScript has opened it: it is there.
  cuda::Card* card = cuda::Card::open();
  if (card == nullptr) return Status::DeviceFailed;
  switch (cuda::run(static_cast<OpCode>(op), {decoded.call, decoded.immediates, *card, decoded.precision})) {
    case cuda::Outcome::Done: return Status::Ok;
    case cuda::Outcome::NotImplemented: return Status::NotImplemented;
    case cuda::Outcome::OutOfMemory: return Status::OutOfMemory;
    case cuda::Outcome::Failed: return Status::DeviceFailed;
  }
  return Status::DeviceFailed;
}

bool violated_on_card() {
  cuda::Card* card = cuda::Card::open();
  return card != nullptr && cuda::RangeChecks::of(*card).violated();
}

bool write_to_card(void* device, const void* host, size_t bytes) { return cuda::upload(*cuda::Card::open(), device, host, bytes); }
bool read_from_card(void* host, const void* device, size_t bytes) { return cuda::download(*cuda::Card::open(), host, device, bytes); }

bool bind_to_device(Program& program) {
  if (program.device() == Device::Cpu) return true;
  cuda::Card* card = cuda::Card::open();
  if (card != nullptr) program.set_runner(std::make_unique<cuda::CardProgram>(*card));
  return card != nullptr;
}

napi_value report_of(napi_env env, const Program& program) {
  if (program.runner() == nullptr) return Napi::Env(env).Undefined();
  // A runner is the card's: no other device has one.
  const auto& runner = static_cast<const cuda::CardProgram&>(*program.runner());
  const cuda::ProgramReport report = runner.report(program);
  auto result = Napi::Object::New(env);
  result.Set("graphs", report.graphs);
  result.Set("graphKernels", report.graph_kernels);
  result.Set("longestChain", report.longest_chain);
  result.Set("otherKernels", report.other_kernels);
  result.Set("fusedKernels", report.fused_kernels);
  const auto list = [env](const std::vector<std::string>& texts) {
    auto array = Napi::Array::New(env, texts.size());
    for (uint32_t i = 0; i < texts.size(); ++i) array.Set(i, Napi::String::New(env, texts[i]));
    return array;
  };
  result.Set("kernels", list(report.kernels));
  result.Set("alone", list(report.alone));
  result.Set("refusal", report.refusal);
  result.Set("failure", runner.failure());
  return result;
}

std::string card_failure() {
  cuda::Card* card = cuda::Card::open();
  return card == nullptr ? cuda::Card::why_not() : card->failure();
}

size_t cached_on_card() {
  cuda::Card* card = cuda::Card::open();
  return card == nullptr ? 0 : cuda::CardMemory::of(*card).cached_bytes();
}

namespace {

Environment& environment_of(const Napi::CallbackInfo& info) { return *static_cast<Environment*>(info.Data()); }

// openCard(): makes room for tensors on the card; undefined, or why there is none.
Napi::Value open_card(const Napi::CallbackInfo& info) {
  cuda::Card* card = cuda::Card::open();
  if (card == nullptr) return Napi::String::New(info.Env(), cuda::Card::why_not());
  cuda::CardMemory& memory = cuda::CardMemory::of(*card);
  if (!memory.setting_error().empty()) return Napi::String::New(info.Env(), memory.setting_error());
  StorageTable& storages = environment_of(info).storages;
  if (!storages.attached(Device::Cuda)) storages.attach(Device::Cuda, memory);
  return info.Env().Undefined();
}

Napi::Object about_library(napi_env env, const char* name, const cuda::LibraryState& state) {
  constexpr const char* kStates[] = {"not asked for", "in use", "missing", "failed"};
  auto result = Napi::Object::New(env);
  result.Set("name", name);
  result.Set("state", kStates[static_cast<size_t>(state.kind)]);
  result.Set("details", state.details);
  return result;
}

Napi::Object about_process(Napi::Env env, const cuda::CardProcess& process) {
  auto result = Napi::Object::New(env);
  result.Set("pid", process.pid);
  result.Set("name", process.name);
  result.Set("own", process.pid == static_cast<unsigned>(getpid()));
  if (process.bytes) result.Set("bytes", static_cast<double>(*process.bytes));
  return result;
}

// cardInfo(): what is known of the open card and its memory.
Napi::Value card_info(const Napi::CallbackInfo& info) {
  cuda::Card* card = cuda::Card::open();
  if (card == nullptr) return info.Env().Undefined();
  Environment& environment = environment_of(info);
  environment.release_waiting();
  cuda::CardMemory& memory = cuda::CardMemory::of(*card);
  const cuda::CardInfo& about = card->info();
  auto result = Napi::Object::New(info.Env());
  result.Set("name", about.name);
  result.Set("computeCapability", std::to_string(about.compute_major) + "." + std::to_string(about.compute_minor));
  result.Set("multiprocessors", about.multiprocessors);
  result.Set("driverVersion", about.driver_version);
  result.Set("totalBytes", static_cast<double>(about.total_bytes));
  result.Set("freeBytes", static_cast<double>(card->free_bytes()));
  result.Set("limitBytes", static_cast<double>(memory.limit()));
  result.Set("reservedBytes", static_cast<double>(memory.reserved_bytes()));
  result.Set("cachedBytes", static_cast<double>(memory.cached_bytes()));
  result.Set("tensors", static_cast<double>(environment.storages.live_count(Device::Cuda)));
  result.Set("bytes", static_cast<double>(environment.storages.live_bytes(Device::Cuda)));
  auto libraries = Napi::Array::New(info.Env());
  libraries.Set(uint32_t{0}, about_library(info.Env(), "cuBLASLt", cuda::MatrixLibrary::state()));
  libraries.Set(uint32_t{1}, about_library(info.Env(), "cuDNN", cuda::ConvolutionLibrary::state()));
  result.Set("libraries", libraries);
  if (const auto processes = cuda::processes_on(about.bus)) {
    auto list = Napi::Array::New(info.Env(), processes->size());
    for (uint32_t i = 0; i < processes->size(); ++i) list.Set(i, about_process(info.Env(), (*processes)[i]));
    result.Set("processes", list);
  }
  result.Set("failure", card->failure());
  return result;
}

// copyBetween(to, toByte, from, fromByte, bytes): copies from a storage on one device into one on another; false when it failed.
Napi::Value copy_between(const Napi::CallbackInfo& info) {
  StorageTable& storages = environment_of(info).storages;
  const Handle to = info[0].As<Napi::Number>().Int32Value(), from = info[2].As<Napi::Number>().Int32Value();
  const auto to_byte = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value());
  const auto from_byte = static_cast<size_t>(info[3].As<Napi::Number>().Int64Value());
  const auto bytes = static_cast<size_t>(info[4].As<Napi::Number>().Int64Value());
  if (!storages.alive(to) || !storages.alive(from) || to_byte + bytes > storages.bytes(to) || from_byte + bytes > storages.bytes(from)) {
    Napi::RangeError::New(info.Env(), "outside the tensor's memory").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  char* target = static_cast<char*>(storages.data(to)) + to_byte;
  const char* source = static_cast<const char*>(storages.data(from)) + from_byte;
  const bool copied = device_of(to) == Device::Cuda ? write_to_card(target, source, bytes) : read_from_card(target, source, bytes);
  environment_of(info).frame[word::kViolated] = violated_on_card();
  return Napi::Boolean::New(info.Env(), copied);
}

// cardOps(): the names of the ops that have kernels of the card's own.
Napi::Value card_ops(const Napi::CallbackInfo& info) {
  auto names = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (int op = 0; op < kOpCount; ++op) {
    bool found = false;
    for (int dtype = 0; dtype < kDTypeCount; ++dtype) {
      found |= cuda::launcher_for(static_cast<OpCode>(op), static_cast<DType>(dtype)) != nullptr;
    }
    if (found) names.Set(count++, Napi::String::New(info.Env(), kOpNames[op]));
  }
  return names;
}

// canFuse(op, first dtype, output's dtype): whether a fused kernel may hold such a call.
Napi::Value can_fuse(const Napi::CallbackInfo& info) {
  const int32_t op = info[0].As<Napi::Number>().Int32Value();
  const auto dtype = [&](size_t i) { return static_cast<DType>(info[i].As<Napi::Number>().Int32Value()); };
  return Napi::Boolean::New(info.Env(), op >= 0 && op < kOpCount && cuda::can_fuse(kOpNames[op], dtype(1), dtype(2)));
}

// checkNumber(name): the number of a kind of check.
Napi::Value check_number(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), cuda::RangeChecks::number_of(info[0].As<Napi::String>().Utf8Value()));
}

// checkRange(): starts the comparison of the operand in the frame, a tensor of the card, with a range; attributes: the check, low, high, whether
// NaN is outside.
void check_range(const Napi::CallbackInfo& info) {
  Environment& environment = environment_of(info);
  environment.release_waiting();
  DecodedCall decoded;
  Status status = decode(environment.frame, environment.storages, decoded);
  cuda::Card* card = cuda::Card::open();
  if (status == Status::Ok && violated_on_card()) status = Status::ViolatedBefore;
  if (status == Status::Ok) {
    const double* attributes = decoded.call.attributes;
    const cuda::ElementRange range{attributes[1], attributes[2], static_cast<int32_t>(attributes[0]), attributes[3] != 0};
    if (card == nullptr || !cuda::RangeChecks::of(*card).start(decoded.call.operands[0], range)) {
      status = card_failure().empty() ? Status::OutOfMemory : Status::DeviceFailed;
    }
  }
  environment.frame[word::kStatus] = static_cast<double>(status);
}

// settleChecks(): waits for the checks on the card that were started since the last time; whether one has found something.
Napi::Value settle_checks(const Napi::CallbackInfo& info) {
  cuda::RangeChecks* checks = cuda::RangeChecks::existing();
  return Napi::Boolean::New(info.Env(), checks != nullptr && checks->settle());
}

// takeViolation(): what a check on the card has found, [check, smallest, largest, low, high]; undefined when none has.
Napi::Value take_violation(const Napi::CallbackInfo& info) {
  environment_of(info).frame[word::kViolated] = 0;
  cuda::Card* card = cuda::Card::open();
  cuda::Violation found;
  if (card == nullptr || !cuda::RangeChecks::of(*card).take(found)) return info.Env().Undefined();
  auto result = Napi::Array::New(info.Env(), 5);
  uint32_t count = 0;
  for (const double each : {static_cast<double>(found.check), found.smallest, found.largest, found.low, found.high}) result.Set(count++, each);
  return result;
}

// cardFailure(): what went wrong with the card; empty when nothing did.
Napi::Value failure(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), card_failure()); }

}  // namespace

void define_card(napi_env env, napi_value exports, Environment* environment) {
  Napi::Object object(env, exports);
  object.Set("openCard", Napi::Function::New<open_card>(env, "openCard", environment));
  object.Set("cardInfo", Napi::Function::New<card_info>(env, "cardInfo", environment));
  object.Set("copyBetween", Napi::Function::New<copy_between>(env, "copyBetween", environment));
  object.Set("cardOps", Napi::Function::New<card_ops>(env, "cardOps", environment));
  object.Set("canFuse", Napi::Function::New<can_fuse>(env, "canFuse", environment));
  object.Set("checkNumber", Napi::Function::New<check_number>(env, "checkNumber", environment));
  object.Set("checkRange", Napi::Function::New<check_range>(env, "checkRange", environment));
  object.Set("settleChecks", Napi::Function::New<settle_checks>(env, "settleChecks", environment));
  object.Set("takeViolation", Napi::Function::New<take_violation>(env, "takeViolation", environment));
  object.Set("cardFailure", Napi::Function::New<failure>(env, "cardFailure", environment));
}

}  // namespace nabla::binding
