// A compiled program: the calls of one training step (or any other function), resolved once and run many times without
// going back to JavaScript. What changes from run to run is named by slots: the memory of arguments and results, numbers
// such as a learning rate or the position in a random stream. Everything else (kernels, shapes, where temporaries lie
// in the arena) is settled when the program is built.
//
// A flat list of calls with patched operands is what CUDA calls a graph and ggml a compute plan.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/op_call.h"
#include "core/storage_table.h"
#include "program/call.h"
#include "program/tiles.h"

namespace nabla {

/**
 * NotFused: a runner has no kernel for a group, and nothing has run; the program has to be built without groups. ViolatedBefore:
 * something that was started before has found elements outside of their range, and nothing has run.
 */
enum class ProgramStatus : int32_t {
  Ok = 0,
  Interrupted = 1,
  OutOfMemory = 2,
  InvalidHandle = 4,
  OutsideRange = 5,
  DeviceFailed = 6,
  NotFused = 7,
  ViolatedBefore = 8
};

/** A comparison of positions with their range, in the middle of the program. */
struct PositionsCheck {
  Operand positions;
  int64_t size;
  /** What a runner that only finds out later calls it. */
  int32_t number = 0;
  /** Whether they lie in an argument's memory, or in that of a captured storage that is not the arena. */
  bool argument = false, captured = false;
  /** True when a run may give it other memory than the one before. */
  bool varies = false;
};

/** True when all positions lie in their range; else what the smallest and largest are. They must lie in the process's memory. */
bool inside_range(const PositionsCheck& check, int64_t& smallest, int64_t& largest);

/** What a run ended with; a failed check says which it was and what it found. */
struct ProgramOutcome {
  ProgramStatus status = ProgramStatus::Ok;
  int32_t check = -1;
  int64_t smallest = 0, largest = 0;
};

/** What a run is given: one entry a slot. */
struct ProgramInputs {
  /** Storages of the arguments, and the position of their first element in it. */
  const double* arguments;
  /** Numbers that replace attributes of calls. */
  const double* numbers;
};

class Program;

/** Runs the steps of a program whose tensors lie on another device, once all that changes has been put in its place. */
class StepRunner {
 public:
  virtual ~StepRunner() = default;
  virtual ProgramOutcome run(const Program& program) = 0;
};

class Program {
 public:
  enum class StepKind : int32_t { Call = 0, Check = 1, Tiles = 2 };
  struct Step {
    StepKind kind;
    /** Among the calls, the checks or the groups. */
    int32_t index;
  };

  /**
   * Builds a program from the words that src/compile/encode.ts writes. Null when they do not make one (an op this build
   * does not know, a type an op has no kernel for, a storage that is gone).
   */
  static std::unique_ptr<Program> build(const double* words, size_t count, const StorageTable& storages);

  /**
   * Runs it. New storages for the results are taken from the table and their handles put into `results`; when the run does
   * not end well they have been given back.
   */
  ProgramOutcome run(StorageTable& storages, const ProgramInputs& inputs, Handle* results);

  int argument_count() const { return static_cast<int>(argument_count_); }
  int number_count() const { return static_cast<int>(number_count_); }
  int result_count() const { return static_cast<int>(result_bytes_.size()); }

  /** Where its tensors lie. On another device than the CPU it needs a runner. */
  Device device() const { return device_; }
  void set_runner(std::unique_ptr<StepRunner> runner) { runner_ = std::move(runner); }
  const StepRunner* runner() const { return runner_.get(); }

  const std::vector<Step>& steps() const { return steps_; }
  const ResolvedCall& call(const Step& step) const { return calls_[static_cast<size_t>(step.index)]; }
  bool has_checks() const { return !checks_.empty(); }
  const PositionsCheck& check(const Step& step) const { return checks_[static_cast<size_t>(step.index)]; }
  const TileGroup& group(const Step& step) const { return groups_[static_cast<size_t>(step.index)]; }

 private:
  struct ArgumentPatch {
    void** pointer;
    int32_t argument;
    int32_t item_bytes;
    /** In elements, from the argument's first one. */
    int64_t offset;
  };
  struct ResultPatch {
    void** pointer;
    int32_t result;
    int64_t byte_offset;
  };
  struct NumberPatch {
    double* attribute;
    int32_t number;
  };
  class Builder;

  void patch(const StorageTable& storages, const ProgramInputs& inputs, const Handle* results);
  ProgramOutcome run_steps();

  Device device_ = Device::Cpu;
  size_t argument_count_ = 0, number_count_ = 0;
  std::vector<StorageReference> captured_;
  std::vector<size_t> result_bytes_;
  std::vector<Step> steps_;
  // None of these grow once patches point into them.
  std::vector<ResolvedCall> calls_;
  std::vector<PositionsCheck> checks_;
  std::vector<TileGroup> groups_;
  std::vector<ArgumentPatch> argument_patches_;
  std::vector<ResultPatch> result_patches_;
  std::vector<NumberPatch> number_patches_;
  std::unique_ptr<StepRunner> runner_;
};

}  // namespace nabla
