#include "cuda/program.h"

#include <algorithm>

#include "core/op_codes.h"
#include "core/thread_pool.h"
#include "cuda/call.h"
#include "cuda/fused/fused.h"
#include "cuda/host_call.h"
#include "cuda/libraries/find.h"
#include "cuda/optimisers.h"
#include "cuda/range_check.h"

namespace nabla::cuda {
namespace {

Call on_card(const ResolvedCall& resolved, Card& card) { return {resolved.call, resolved.immediates, card, resolved.precision}; }

/** True when a graph that holds one of them need not be told of the other. */
bool same(const Launch& a, const Launch& b) {
  return a.function == b.function && a.library == b.library && a.threads == b.threads && a.grid.x == b.grid.x && a.grid.y == b.grid.y && a.grid.z == b.grid.z &&
         a.parameters == b.parameters;
}

}  // namespace

bool CardProgram::record_call(const ResolvedCall& resolved, std::vector<Launch>& launches, std::vector<Room::Block>& room, bool again, std::string& why) {
  const Launcher launcher = launcher_for(static_cast<OpCode>(resolved.op), resolved.call.operands[0].dtype);
  if (launcher == nullptr) {
    why = "the CPU computes it";
    return false;
  }
  Recording recording(room_, again ? &room : nullptr);
  const bool started = launcher(on_card(resolved, card_));
  if (!recording.refusal().empty()) why = recording.refusal();
  else if (!started) why = "the CPU computes it with these layouts";
  else launches = std::move(recording.launches());
  if (!again) room = recording.taken();
  return why.empty();
}

void CardProgram::record_group(const TileGroup& group, const Fused& fused, std::vector<Launch>& launches) {
  Recording recording(room_);
  launch_fused(card_, group, fused);
  launches = std::move(recording.launches());
}

void CardProgram::record_check(const PositionsCheck& check, std::vector<Launch>& launches) {
  Recording recording(room_);
  RangeChecks::of(card_).start(check.positions, {0, static_cast<double>(check.size - 1), check.number});
  launches = std::move(recording.launches());
}

std::vector<const ResolvedCall*> CardProgram::optimiser_calls(const Program& program, size_t first) const {
  std::vector<const ResolvedCall*> calls;
  Windows windows;
  for (size_t i = first; i < program.steps().size(); ++i) {
    const Program::Step& step = program.steps()[i];
    if (step.kind != Program::StepKind::Call || !records_[i].alone.empty() || !can_step_together(calls, program.call(step))) break;
    Windows own;
    add_windows(program.call(step), own);
    // The same parameter may be changed twice.
    if (!independent(windows, own)) break;
    windows.insert(windows.end(), own.begin(), own.end());
    calls.push_back(&program.call(step));
  }
  return calls;
}

bool CardProgram::record_together(const std::vector<const ResolvedCall*>& calls, std::vector<Launch>& launches) {
  Recording recording(room_);
  const bool started = step_together(card_, calls);
  launches = std::move(recording.launches());
  return started;
}

bool CardProgram::record(const Program& program) {
  const auto& steps = program.steps();
  failed_libraries_ = failed_libraries();
  stretches_.clear();
  records_.resize(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    StepRecord& record = records_[i];
    std::vector<Launch> launches;
    // What was found to be no part of a graph stays so.
    bool in_graph = record.alone.empty();
    record.followers = 0;
    record.follows = i > 0 && records_[i - 1].followers > 0;
    if (record.follows) {
      record.followers = records_[i - 1].followers - 1;
    } else if (const auto calls = optimiser_calls(program, i); calls.size() > 1 && record_together(calls, launches)) {
      record.followers = calls.size() - 1;
    } else if (steps[i].kind == Program::StepKind::Check) {
      record_check(program.check(steps[i]), launches);
    } else if (steps[i].kind == Program::StepKind::Tiles) {
      const TileGroup& group = program.group(steps[i]);
      if (record.fused.function == nullptr && !load_fused(card_, group, record.fused, failure_)) return false;
      record_group(group, record.fused, launches);
    } else if (in_graph) {
      in_graph = record_call(program.call(steps[i]), launches, record.room, false, record.alone);
    }
    if (stretches_.empty() || !in_graph || stretches_.back().alone) stretches_.push_back({i, i, !in_graph, {}, {}, 0, nullptr});
    add_to_stretch(program, i, launches);
  }
  recorded_ = true;
  make_graphs();
  return true;
}

void CardProgram::add_to_stretch(const Program& program, size_t index, std::vector<Launch>& launches) {
  const Program::Step& step = program.steps()[index];
  StepRecord& record = records_[index];
  Stretch& stretch = stretches_.back();
  stretch.end = index + 1;
  record.first = stretch.launches.size();
  record.count = launches.size();
  if (launches.empty()) return;
  Windows windows;
  if (step.kind == Program::StepKind::Tiles) add_windows(program.group(step), windows);
  else if (step.kind == Program::StepKind::Check) add_windows(program.check(step), windows);
  else add_windows(program.call(step), windows);
  for (size_t i = index + 1; i <= index + record.followers; ++i) add_windows(program.call(program.steps()[i]), windows);
  for (const auto& [memory, capacity] : record.room) {
    const auto* begin = static_cast<const char*>(memory);
    windows.push_back({begin, begin + capacity, DType::UInt8, Origin::Program, true});
  }
  for (Windows& each : windows_of_kernels(launches, windows)) stretch.windows.push_back(std::move(each));
  for (Launch& launch : launches) stretch.launches.push_back(std::move(launch));
}

void CardProgram::make_graphs() {
  for (Stretch& stretch : stretches_) {
    // A graph of one kernel saves nothing.
    if (stretch.launches.size() < 2 || !refusal_.empty()) continue;
    const auto after = dependencies(stretch.windows);
    stretch.longest_chain = longest_chain(after);
    stretch.graph = Graph::make(card_, stretch.launches, after, refusal_);
  }
}

bool CardProgram::renew(const Program& program) {
  for (Stretch& stretch : stretches_) {
    if (stretch.alone) continue;
    for (size_t i = stretch.first; i < stretch.end; ++i) {
      if (!renew_step(program, i, stretch)) return false;
    }
  }
  return true;
}

bool CardProgram::renew_step(const Program& program, size_t index, Stretch& stretch) {
  const Program::Step& step = program.steps()[index];
  StepRecord& record = records_[index];
  if (record.follows) return true;
  std::vector<Launch> launches;
  if (record.followers > 0) {
    // They lie where they did; other numbers may have parted them.
    std::vector<const ResolvedCall*> calls;
    for (size_t i = index; i <= index + record.followers; ++i) {
      const ResolvedCall& call = program.call(program.steps()[i]);
      if (!can_step_together(calls, call)) return false;
      calls.push_back(&call);
    }
    if (std::none_of(calls.begin(), calls.end(), [](const ResolvedCall* call) { return call->varies; })) return true;
    if (!record_together(calls, launches)) return false;
  } else if (step.kind == Program::StepKind::Check) {
    if (!program.check(step).varies) return true;
    record_check(program.check(step), launches);
  } else if (step.kind == Program::StepKind::Tiles) {
    const TileGroup& group = program.group(step);
    const bool varies = std::any_of(group.calls.begin(), group.calls.end(), [](const TileCall& call) { return call.resolved.varies; });
    if (!varies) return true;
    record_group(group, record.fused, launches);
  } else {
    if (!program.call(step).varies) return true;
    if (!record_call(program.call(step), launches, record.room, true, record.alone)) return false;
  }
  if (launches.size() != record.count) {
    record.alone = "its kernels are others from run to run";
    return false;
  }
  for (size_t k = 0; k < launches.size(); ++k) {
    Launch& known = stretch.launches[record.first + k];
    if (same(known, launches[k])) continue;
    known = std::move(launches[k]);
    if (stretch.graph != nullptr && !stretch.graph->set(record.first + k, known, refusal_)) stretch.graph = nullptr;
  }
  return true;
}

void CardProgram::start(Stretch& stretch) {
  if (stretch.graph != nullptr) {
    if (stretch.graph->launch(refusal_)) return;
    stretch.graph = nullptr;
  }
  for (const Launch& launch : stretch.launches) card_.start(launch);
}

ProgramStatus CardProgram::run_alone(const ResolvedCall& resolved) {
  switch (cuda::run(static_cast<OpCode>(resolved.op), on_card(resolved, card_))) {
    case Outcome::Done: return ProgramStatus::Ok;
    case Outcome::OutOfMemory: failure_ = std::string("there is no memory for what the CPU computes of ") + kOpNames[resolved.op]; break;
    case Outcome::NotImplemented: failure_ = std::string("there is no kernel for ") + kOpNames[resolved.op]; break;
    case Outcome::Failed: break;
  }
  return ProgramStatus::DeviceFailed;
}

ProgramOutcome CardProgram::run(const Program& program) {
  ProgramOutcome outcome;
  card_.use();
  RangeChecks& checks = RangeChecks::of(card_);
  if (checks.violated()) {
    outcome.status = ProgramStatus::ViolatedBefore;
    return outcome;
  }
  if (program.has_checks() && !checks.prepare()) {
    outcome.status = card_.failed() ? ProgramStatus::DeviceFailed : ProgramStatus::OutOfMemory;
    return outcome;
  }
  const bool as_recorded = recorded_ && failed_libraries_ == failed_libraries();
  if ((!as_recorded || !renew(program)) && !record(program)) {
    outcome.status = ProgramStatus::NotFused;
    return outcome;
  }
  for (Stretch& stretch : stretches_) {
    if (stretch.alone) outcome.status = run_alone(program.call(program.steps()[stretch.first]));
    else start(stretch);
    if (outcome.status == ProgramStatus::Ok && interrupted()) outcome.status = ProgramStatus::Interrupted;
    if (outcome.status != ProgramStatus::Ok) return outcome;
  }
  if (card_.failed()) outcome.status = ProgramStatus::DeviceFailed;
  return outcome;
}

ProgramReport CardProgram::report(const Program& program) const {
  ProgramReport report;
  report.refusal = refusal_;
  for (const Stretch& stretch : stretches_) {
    const auto kernels = static_cast<int>(stretch.launches.size());
    for (const Launch& launch : stretch.launches) report.kernels.emplace_back(launch.name);
    if (stretch.graph != nullptr) {
      ++report.graphs;
      report.graph_kernels += kernels;
      report.longest_chain += stretch.longest_chain;
    } else {
      report.other_kernels += kernels;
    }
  }
  for (size_t i = 0; i < records_.size(); ++i) {
    const Program::Step& step = program.steps()[i];
    if (step.kind == Program::StepKind::Tiles) ++report.fused_kernels;
    if (records_[i].alone.empty()) continue;
    report.alone.push_back(std::string(kOpNames[program.call(step).op]) + ": " + records_[i].alone);
  }
  return report;
}

}  // namespace nabla::cuda
