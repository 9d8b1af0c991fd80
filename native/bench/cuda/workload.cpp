#include "bench/cuda/workload.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "test/build_call.h"
#include "cpu/kernel_table.h"
#include "cuda/card_memory.h"
#include "cuda/program.h"
#include "cuda/transfer.h"

namespace nabla::bench {
namespace {

/** Beyond so many numbers the same ones come again: making them takes the process longer than the card works on them. */
constexpr int64_t kDifferent = 1 << 20;

int64_t product(const Sizes& sizes) { return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>()); }

template <class T>
std::vector<char> bytes_of(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const char*>(values.data());
  return {first, first + values.size() * sizeof(T)};
}

/** Slots of a program's words, as program/build.cpp reads them. */
enum Slot { kCaptured = 0, kImmediate = 3, kBuffer = 4 };
enum Step { kCall = 0, kTiles = 2 };

}  // namespace

int64_t View::count() const { return product(sizes); }

Workload::Workload(cuda::Card& card, bool on_cpu) : card_(card), on_cpu_(on_cpu) { storages_.attach(Device::Cuda, cuda::CardMemory::of(card)); }

Workload::~Workload() {
  program_.reset();
  for (const Tensor& tensor : tensors_) {
    if (tensor.handle != kNoHandle) storages_.release(storages_.reference(tensor.handle));
  }
}

View Workload::add(DType dtype, const Sizes& sizes, const std::vector<char>& pattern, bool passing) {
  Tensor& tensor = tensors_.emplace_back();
  tensor.dtype = dtype;
  tensor.count = product(sizes);
  tensor.passing = passing;
  const size_t bytes = static_cast<size_t>(tensor.count) * byte_size(dtype);
  tensor.handle = storages_.allocate(bytes, Device::Cuda);
  if (tensor.handle == kNoHandle) {
    lack_ = "the card has no room for " + std::to_string(bytes >> 20) + " MiB more";
  } else {
    auto* at = static_cast<char*>(storages_.data(tensor.handle));
    for (size_t done = 0; done < bytes; done += pattern.size()) {
      if (!cuda::upload(card_, at + done, pattern.data(), std::min(pattern.size(), bytes - done))) lack_ = card_.failure();
    }
  }
  if (on_cpu_) tensor.beginning = tensor.host = pattern;
  return {static_cast<int>(tensors_.size()) - 1, 0, sizes, test::row_major(sizes), 0};
}

View Workload::numbers(const Sizes& sizes, double scale) {
  const int64_t different = std::min(product(sizes), kDifferent);
  return add(DType::Float32, sizes, bytes_of(test::Numbers(++seed_).many<float>(different, scale)), false);
}

View Workload::passing(const Sizes& sizes) {
  return add(DType::Float32, sizes, std::vector<char>(static_cast<size_t>(std::min(product(sizes), kDifferent)) * 4), true);
}

View Workload::labels(int64_t count, int64_t classes) {
  std::vector<int32_t> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) values[static_cast<size_t>(i)] = static_cast<int32_t>((7 * i + i / 8) % classes);
  return add(DType::Int32, {count}, bytes_of(values), false);
}

void Workload::resolve(const Planned& planned, ResolvedCall& resolved, bool on_card) const {
  resolved.op = static_cast<int32_t>(planned.op);
  resolved.precision = planned.precision;
  OpCall& call = resolved.call;
  call = {};
  call.input_count = static_cast<int32_t>(planned.inputs.size());
  call.output_count = static_cast<int32_t>(planned.outputs.size());
  call.attribute_count = static_cast<int32_t>(planned.attributes.size());
  std::copy(planned.attributes.begin(), planned.attributes.end(), call.attributes);
  std::vector<View> views = planned.inputs;
  views.insert(views.end(), planned.outputs.begin(), planned.outputs.end());
  for (size_t i = 0; i < views.size(); ++i) {
    const View& view = views[i];
    if (view.tensor < 0) {
      resolved.numbers[i].float32 = static_cast<float>(view.number);
      call.operands[i] = test::operand(&resolved.numbers[i], DType::Float32, view.sizes, view.strides);
      resolved.immediates |= 1u << i;
      continue;
    }
    const Tensor& tensor = tensors_[static_cast<size_t>(view.tensor)];
    char* data = on_card ? static_cast<char*>(storages_.data(tensor.handle)) : const_cast<char*>(tensor.host.data());
    call.operands[i] = test::operand(data + view.offset * static_cast<int64_t>(byte_size(tensor.dtype)), tensor.dtype, view.sizes, view.strides);
  }
}

void Workload::call(OpCode op, const std::vector<View>& inputs, const std::vector<View>& outputs, const std::vector<double>& attributes, Precision precision) {
  if (!lack_.empty()) return;
  auto planned = std::make_unique<Planned>();
  planned->op = op;
  planned->inputs = inputs;
  planned->outputs = outputs;
  planned->attributes = attributes;
  planned->precision = precision;
  resolve(*planned, planned->card, true);
  resolve(*planned, planned->cpu, false);
  calls_.push_back(std::move(planned));
}

bool Workload::start(std::string& why) {
  for (const auto& planned : calls_) {
    const cuda::Call call{planned->card.call, planned->card.immediates, card_, planned->precision};
    const cuda::Launcher launcher = cuda::launcher_for(planned->op, planned->card.call.operands[0].dtype);
    if (launcher == nullptr || !launcher(call)) {
      why = card_.failed() ? card_.failure() : std::string(kOpNames[static_cast<size_t>(planned->op)]) + " has no kernel for this";
      return false;
    }
  }
  return true;
}

void Workload::write_operand(std::vector<double>& words, const View& view, bool chained) const {
  const auto kind = view.tensor < 0 ? kImmediate : chained && tensors_[static_cast<size_t>(view.tensor)].passing ? kBuffer : kCaptured;
  const DType dtype = view.tensor < 0 ? DType::Float32 : tensors_[static_cast<size_t>(view.tensor)].dtype;
  int slot = std::max(view.tensor, 0);
  if (kind == kBuffer) {
    slot = static_cast<int>(std::count_if(tensors_.begin(), tensors_.begin() + view.tensor, [](const Tensor& each) { return each.passing; }));
  }
  words.insert(words.end(), {static_cast<double>(kind), static_cast<double>(slot), static_cast<double>(static_cast<int>(dtype)),
                             kind == kImmediate ? view.number : static_cast<double>(view.offset)});
  if (chained) {
    words.push_back(view.tensor < 0 ? 0 : 1);
    return;
  }
  words.push_back(static_cast<double>(view.sizes.size()));
  words.insert(words.end(), view.sizes.begin(), view.sizes.end());
  words.insert(words.end(), view.strides.begin(), view.strides.end());
}

bool Workload::make_program(bool chained, std::string& why) {
  if (!lack_.empty()) {
    why = lack_;
    return false;
  }
  // No arguments and no numbers: all that a call takes is captured, and stays.
  std::vector<double> words = {0, 0, static_cast<double>(tensors_.size())};
  for (const Tensor& tensor : tensors_) words.push_back(tensor.handle);
  const auto count = static_cast<double>(calls_.size());
  words.insert(words.end(), {0, chained ? 0 : count, 0, chained ? 1.0 : 0, chained ? 1 : count});
  if (chained) {
    const auto buffers = static_cast<double>(std::count_if(tensors_.begin(), tensors_.end(), [](const Tensor& each) { return each.passing; }));
    words.insert(words.end(), {kTiles, 1, static_cast<double>(calls_.front()->outputs.front().count()), buffers, count});
  }
  for (const auto& planned : calls_) {
    if (!chained) words.push_back(kCall);
    words.insert(words.end(), {static_cast<double>(static_cast<int>(planned->op)), static_cast<double>(planned->inputs.size()),
                               static_cast<double>(planned->outputs.size()), static_cast<double>(planned->attributes.size()),
                               static_cast<double>(static_cast<int>(planned->precision))});
    for (const auto* list : {&planned->inputs, &planned->outputs}) {
      for (const View& view : *list) write_operand(words, view, chained);
    }
    words.insert(words.end(), planned->attributes.begin(), planned->attributes.end());
    words.push_back(0);
  }
  program_ = Program::build(words.data(), words.size(), storages_);
  if (program_ == nullptr) {
    why = "these calls make no program";
    return false;
  }
  program_->set_runner(std::make_unique<cuda::CardProgram>(card_));
  return true;
}

bool Workload::run_program(std::string& why) {
  const ProgramOutcome outcome = program_->run(storages_, {nullptr, nullptr}, nullptr);
  if (outcome.status == ProgramStatus::Ok) return true;
  const auto& runner = static_cast<const cuda::CardProgram&>(*program_->runner());
  why = card_.failed() ? card_.failure() : !runner.failure().empty() ? runner.failure() : "the program ended with status " + std::to_string(static_cast<int>(outcome.status));
  return false;
}

bool Workload::finish(std::string& why) {
  if (card_.synchronize()) return true;
  why = card_.failure();
  return false;
}

void Workload::run_on_cpu() {
  for (const auto& planned : calls_) kernel_for(planned->op, planned->cpu.call.operands[0].dtype)(planned->cpu.call);
}

bool Workload::begin_again(std::string& why) {
  for (Tensor& tensor : tensors_) {
    tensor.host.assign(tensor.beginning.begin(), tensor.beginning.end());
    if (!cuda::upload(card_, storages_.data(tensor.handle), tensor.beginning.data(), tensor.beginning.size())) {
      why = card_.failure();
      return false;
    }
  }
  return true;
}

std::string Workload::disagreement(double tolerance) {
  for (size_t t = 0; t < tensors_.size(); ++t) {
    const Tensor& tensor = tensors_[t];
    if (tensor.passing || tensor.dtype != DType::Float32) continue;
    std::vector<float> there(static_cast<size_t>(tensor.count)), here(there.size());
    std::memcpy(here.data(), tensor.host.data(), tensor.host.size());
    if (!cuda::download(card_, there.data(), storages_.data(tensor.handle), tensor.host.size())) return card_.failure();
    float largest = 0;
    for (float value : here) largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < here.size(); ++i) {
      if (std::abs(there[i] - here[i]) <= tolerance * static_cast<double>(largest)) continue;
      return "tensor " + std::to_string(t) + " at " + std::to_string(i) + " is " + std::to_string(there[i]) + " on the card and " + std::to_string(here[i]) + " on the CPU";
    }
  }
  return "";
}

}  // namespace nabla::bench
