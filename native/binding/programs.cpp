#include "binding/programs.h"

#include <memory>

#include "binding/card.h"
#include "program/program.h"

namespace nabla::binding {
namespace {

/** The words shared with src/compile/program.ts: how a run ended, then what it is given, then handles of its results. */
namespace exchange {
constexpr int kStatus = 0;
constexpr int kCheck = 1;
constexpr int kSmallest = 2;
constexpr int kLargest = 3;
constexpr int kPressure = 4;
constexpr int kFirst = 8;
}  // namespace exchange

struct BoundProgram {
  std::unique_ptr<Program> program;
  /** Memory of a typed array that lives as long as the object that holds this program. */
  double* words;
  std::vector<Handle> results;
};

struct Doubles {
  double* data = nullptr;
  size_t count = 0;
};

bool doubles(napi_env env, napi_value value, Doubles& result) {
  napi_typedarray_type type;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &result.count, &data, nullptr, nullptr) != napi_ok) return false;
  result.data = static_cast<double*>(data);
  return type == napi_float64_array;
}

// Basic finalizers: they run inside the collector and call nothing of JavaScript's.
void finalize_program(node_api_basic_env, void* data, void*) { delete static_cast<BoundProgram*>(data); }

// buildProgram(words, exchange): the program as an external, or undefined when the words do not make one.
napi_value build_program(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value arguments[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, arguments, nullptr, &data);
  auto& environment = *static_cast<Environment*>(data);
  Doubles words, shared;
  if (!doubles(env, arguments[0], words) || !doubles(env, arguments[1], shared)) {
    napi_throw_type_error(env, nullptr, "buildProgram takes two Float64Arrays");
    return nullptr;
  }
  auto bound = std::make_unique<BoundProgram>();
  bound->program = Program::build(words.data, words.count, environment.storages);
  if (bound->program == nullptr) return nullptr;
  if (!bind_to_device(*bound->program)) return nullptr;
  const Program& program = *bound->program;
  const int needed = exchange::kFirst + 2 * program.argument_count() + program.number_count() + program.result_count();
  if (shared.count < static_cast<size_t>(needed)) {
    napi_throw_range_error(env, nullptr, "buildProgram: the exchange is too small");
    return nullptr;
  }
  bound->words = shared.data;
  bound->results.resize(static_cast<size_t>(program.result_count()));
  napi_value external = nullptr;
  if (napi_create_external(env, bound.get(), finalize_program, nullptr, &external) != napi_ok) return nullptr;
  bound.release();  // from here the finalizer answers for it
  return external;
}

/** Undefined, one owner, or an array with one entry a result; what is small enough goes to the open batch. */
napi_value owners_of(napi_env env, Environment& environment, const std::vector<Handle>& results) {
  napi_value owners = nullptr;
  if (results.size() > 1) napi_create_array_with_length(env, results.size(), &owners);
  for (size_t i = 0; i < results.size(); ++i) {
    if (batch_kind(environment.storages.bytes(results[i])) < kBatchKindCount) {
      environment.add_to_batch(results[i]);
      continue;
    }
    napi_value owner = environment.own(env, results[i]);
    if (results.size() == 1) return owner;
    napi_set_element(env, owners, static_cast<uint32_t>(i), owner);
  }
  return owners;
}

// runProgram(program): runs it on what lies in its exchange; returns what owns the results.
napi_value run_program(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  auto& environment = *static_cast<Environment*>(data);
  void* external = nullptr;
  if (napi_get_value_external(env, argument, &external) != napi_ok) {
    napi_throw_type_error(env, nullptr, "runProgram takes a program");
    return nullptr;
  }
  auto& bound = *static_cast<BoundProgram*>(external);
  environment.release_waiting();

  Program& program = *bound.program;
  double* words = bound.words;
  const double* arguments = words + exchange::kFirst;
  const double* numbers = arguments + 2 * program.argument_count();
  const ProgramOutcome outcome = program.run(environment.storages, {arguments, numbers}, bound.results.data());
  words[exchange::kStatus] = static_cast<double>(outcome.status);
  words[exchange::kCheck] = outcome.check;
  words[exchange::kSmallest] = static_cast<double>(outcome.smallest);
  words[exchange::kLargest] = static_cast<double>(outcome.largest);
  words[exchange::kPressure] = static_cast<double>(environment.storages.pressure());
  // A card that has failed gives no memory any more.
  if (outcome.status == ProgramStatus::OutOfMemory && program.device() == Device::Cuda && !card_failure().empty()) {
    words[exchange::kStatus] = static_cast<double>(ProgramStatus::DeviceFailed);
  }
  if (outcome.status != ProgramStatus::Ok) return nullptr;
  double* results = words + exchange::kFirst + 2 * program.argument_count() + program.number_count();
  for (size_t i = 0; i < bound.results.size(); ++i) results[i] = bound.results[i];
  return owners_of(env, environment, bound.results);
}

// programOnCard(program): how a program runs on a card, once it has; undefined on the CPU.
napi_value program_on_card(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1;
  void* external = nullptr;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (napi_get_value_external(env, argument, &external) != napi_ok) {
    napi_throw_type_error(env, nullptr, "programOnCard takes a program");
    return nullptr;
  }
  return report_of(env, *static_cast<BoundProgram*>(external)->program);
}

// probe(number): an object without any use but that `deadProbes` names its number once the collector has taken it.
napi_value probe(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  int32_t number = 0;
  napi_get_value_int32(env, argument, &number);
  return static_cast<Environment*>(data)->probe(env, number);
}

// deadProbes(): the numbers of those the collector has taken since the last call.
napi_value dead_probes(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  const std::vector<int32_t> dead = static_cast<Environment*>(data)->take_dead_probes();
  napi_value list = nullptr;
  napi_create_array_with_length(env, dead.size(), &list);
  for (size_t i = 0; i < dead.size(); ++i) {
    napi_value number = nullptr;
    napi_create_int32(env, dead[i], &number);
    napi_set_element(env, list, static_cast<uint32_t>(i), number);
  }
  return list;
}

}  // namespace

void define_programs(napi_env env, napi_value exports, Environment* environment) {
  const auto define = [&](const char* name, napi_callback callback) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, environment, &function);
    napi_set_named_property(env, exports, name, function);
  };
  define("buildProgram", build_program);
  define("runProgram", run_program);
  define("programOnCard", program_on_card);
  define("probe", probe);
  define("deadProbes", dead_probes);
}

}  // namespace nabla::binding
