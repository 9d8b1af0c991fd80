#include "program/program.h"

#include "core/thread_pool.h"

namespace nabla {

namespace {

/** Calls back with the byte offset of each element. */
template <class Body>
void for_each_element(const Operand& operand, Body&& body) {
  const int64_t count = operand.count();
  int64_t index[kMaxRank] = {};
  int64_t offset = 0;
  for (int64_t i = 0; i < count; ++i) {
    body(offset);
    for (int d = operand.rank - 1; d >= 0; --d) {
      offset += operand.strides[d];
      if (++index[d] < operand.sizes[d]) break;
      offset -= operand.strides[d] * operand.sizes[d];
      index[d] = 0;
    }
  }
}

void give_up(StorageTable& storages, const Handle* results, int count) {
  for (int i = 0; i < count; ++i) storages.release(storages.reference(results[i]));
}

}  // namespace

bool inside_range(const PositionsCheck& check, int64_t& smallest, int64_t& largest) {
  bool any = false;
  for_each_element(check.positions, [&](int64_t offset) {
    const int64_t position = check.positions.dtype == DType::Int32 ? check.positions.as<const int32_t>()[offset]
                                                                   : check.positions.as<const uint8_t>()[offset];
    if (!any || position < smallest) smallest = position;
    if (!any || position > largest) largest = position;
    any = true;
  });
  return !any || (smallest >= 0 && largest < check.size);
}

void Program::patch(const StorageTable& storages, const ProgramInputs& inputs, const Handle* results) {
  for (const ArgumentPatch& patch : argument_patches_) {
    const auto handle = static_cast<Handle>(inputs.arguments[2 * patch.argument]);
    const auto first = static_cast<int64_t>(inputs.arguments[2 * patch.argument + 1]);
    *patch.pointer = static_cast<char*>(storages.data(handle)) + (first + patch.offset) * patch.item_bytes;
  }
  for (const ResultPatch& patch : result_patches_) {
    *patch.pointer = static_cast<char*>(storages.data(results[patch.result])) + patch.byte_offset;
  }
  for (const NumberPatch& patch : number_patches_) *patch.attribute = inputs.numbers[patch.number];
}

ProgramOutcome Program::run_steps() {
  ProgramOutcome outcome;
  for (const Step& step : steps_) {
    switch (step.kind) {
      case StepKind::Call: {
        const ResolvedCall& resolved = calls_[static_cast<size_t>(step.index)];
        resolved.kernel(resolved.call);
        break;
      }
      case StepKind::Tiles:
        run_tiles(groups_[static_cast<size_t>(step.index)]);
        break;
      case StepKind::Check:
        if (!inside_range(checks_[static_cast<size_t>(step.index)], outcome.smallest, outcome.largest)) {
          outcome.status = ProgramStatus::OutsideRange;
          outcome.check = step.index;
          return outcome;
        }
        break;
    }
    if (interrupted()) {
      outcome.status = ProgramStatus::Interrupted;
      return outcome;
    }
  }
  return outcome;
}

ProgramOutcome Program::run(StorageTable& storages, const ProgramInputs& inputs, Handle* results) {
  ProgramOutcome outcome;
  outcome.status = ProgramStatus::InvalidHandle;
  if (device_ != Device::Cpu && runner_ == nullptr) return outcome;
  for (const StorageReference& captured : captured_) {
    if (!storages.alive(captured.handle) || storages.reference(captured.handle).generation != captured.generation) return outcome;
  }
  for (size_t i = 0; i < argument_count_; ++i) {
    const auto handle = static_cast<Handle>(inputs.arguments[2 * i]);
    if (!storages.alive(handle) || device_of(handle) != device_) return outcome;
  }
  for (int i = 0; i < result_count(); ++i) {
    results[i] = storages.allocate(result_bytes_[static_cast<size_t>(i)], device_);
    if (results[i] != kNoHandle) continue;
    give_up(storages, results, i);
    outcome.status = ProgramStatus::OutOfMemory;
    return outcome;
  }
  patch(storages, inputs, results);
  outcome = runner_ == nullptr ? run_steps() : runner_->run(*this);
  if (outcome.status != ProgramStatus::Ok) give_up(storages, results, result_count());
  return outcome;
}

}  // namespace nabla
