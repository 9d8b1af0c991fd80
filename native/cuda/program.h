// A compiled program on the card. Its first run notes which kernels the calls start (recording.h); what follows one another
// becomes one graph, so that a training step is started once and not kernel by kernel. A call whose operands or numbers are
// others in each run is noted anew, and its nodes take the new parameters; all else stays as it is.
//
// What no graph takes is run by itself between two of them: an op that the CPU has to compute. Where the driver makes no graph, the
// same kernels are started one after the other. Positions are compared with their range by a kernel among the others, and what
// it finds is told by a later call (range_check.h).
//
// A group of elementwise calls is one kernel (fused/emit.h).
//
// Graphs of steps with fixed shapes are what PyTorch's `make_graphed_callables`, MLX and tinygrad gain most from with small models.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cuda/card.h"
#include "cuda/dependencies.h"
#include "cuda/fused/fused.h"
#include "cuda/graph.h"
#include "cuda/recording.h"
#include "program/program.h"

namespace nabla::cuda {

/** How a program runs on the card. */
struct ProgramReport {
  /** Graphs that one run starts, and the kernels in them. */
  int graphs = 0, graph_kernels = 0;
  /** Kernels that have to follow one another in these graphs; others run beside them. */
  int longest_chain = 0;
  /** Kernels that are started one by one. */
  int other_kernels = 0;
  /** Those among all of them that do a chain of calls. */
  int fused_kernels = 0;
  /** The names of all of them, in the order of the calls that they belong to. */
  std::vector<std::string> kernels;
  /** Calls that no graph takes, each with the reason. */
  std::vector<std::string> alone;
  /** Why the driver makes no graphs; empty when it does. */
  std::string refusal;
};

class CardProgram final : public StepRunner {
 public:
  explicit CardProgram(Card& card) : card_(card), room_(CardMemory::of(card)) {}

  ProgramOutcome run(const Program& program) override;

  /** Known once it has run. */
  ProgramReport report(const Program& program) const;
  /** Why the last run failed, where the card did not. */
  const std::string& failure() const { return failure_; }

 private:
  /** The kernels of one step. */
  struct StepRecord {
    /** Among those of its stretch. */
    size_t first = 0, count = 0;
    /** Steps whose work its kernel does too, those behind it; and whether it is one of these itself. */
    size_t followers = 0;
    bool follows = false;
    /** Not empty: it is no part of a graph. */
    std::string alone;
    /** Its kernels' room. */
    std::vector<Room::Block> room;
    /** The kernel of a group. */
    Fused fused;
  };
  /** Neighbouring steps whose kernels make a graph, or one step by itself. */
  struct Stretch {
    size_t first = 0, end = 0;
    bool alone = false;
    std::vector<Launch> launches;
    /** What each kernel reads and writes. */
    std::vector<Windows> windows;
    int longest_chain = 0;
    std::unique_ptr<Graph> graph;
  };

  /** Notes the kernels of all steps; false when a group has none (`failure_` says why). */
  bool record(const Program& program);
  void record_group(const TileGroup& group, const Fused& fused, std::vector<Launch>& launches);
  void make_graphs();
  /**
   * Notes the kernels of one call; false when it is one to run by itself, and `why` says so.
   * @param again whether it has been noted before: then it gets the room that it has.
   */
  bool record_call(const ResolvedCall& call, std::vector<Launch>& launches, std::vector<Room::Block>& room, bool again, std::string& why);
  void record_check(const PositionsCheck& check, std::vector<Launch>& launches);
  /** An optimiser's calls from a step on which one kernel does together: fewer than two where there are none. */
  std::vector<const ResolvedCall*> optimiser_calls(const Program& program, size_t first) const;
  /** Notes that kernel; false where it has none for their layouts. */
  bool record_together(const std::vector<const ResolvedCall*>& calls, std::vector<Launch>& launches);
  /** Puts the kernels of a step behind those of its stretch. */
  void add_to_stretch(const Program& program, size_t step, std::vector<Launch>& launches);
  /** Puts what this run has other than the last into the graphs; false when they have to be made again. */
  bool renew(const Program& program);
  bool renew_step(const Program& program, size_t step, Stretch& stretch);
  void start(Stretch& stretch);
  ProgramStatus run_alone(const ResolvedCall& resolved);

  Card& card_;
  // Outlives the graphs that use it.
  Room room_;
  bool recorded_ = false;
  /** Libraries that had failed when it was recorded. */
  int failed_libraries_ = 0;
  std::vector<StepRecord> records_;
  std::vector<Stretch> stretches_;
  std::string refusal_, failure_;
};

}  // namespace nabla::cuda
