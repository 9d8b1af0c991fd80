// Work for the card and, where it is small, for the CPU beside it: tensors that both hold with the same numbers, and calls on them.
// The calls are started one by one, or as a compiled program, which is a CUDA graph.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/op_codes.h"
#include "core/precision.h"
#include "core/storage_table.h"
#include "cuda/call.h"
#include "cuda/card.h"
#include "program/call.h"
#include "program/program.h"

namespace nabla::bench {

using Sizes = std::vector<int64_t>;

/** What an operand of a call sees: a window on a tensor, or a plain number. */
struct View {
  /** Which tensor of the workload, or -1. */
  int tensor = -1;
  double number = 0;
  Sizes sizes, strides;
  /** Of the first element, counted in elements. */
  int64_t offset = 0;

  int64_t count() const;
};

/** A plain number in the place of a tensor; 0 is written for one that is left out. */
inline View plain(double number) { return {-1, number, {}, {}, 0}; }

class Workload {
 public:
  /** @param on_cpu whether the CPU can do the work too: its tensors are then held in the process's memory as well. */
  Workload(cuda::Card& card, bool on_cpu);
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  ~Workload();

  /** A tensor of float32 numbers from -scale to scale; of zeros where none is given. */
  View numbers(const Sizes& sizes, double scale = 0);
  /** A tensor that only passes on what one call makes: chained calls keep it out of memory. */
  View passing(const Sizes& sizes);
  /** Classes from 0 to classes - 1, int32. */
  View labels(int64_t count, int64_t classes);

  void call(OpCode op, const std::vector<View>& inputs, const std::vector<View>& outputs, const std::vector<double>& attributes = {},
            Precision precision = Precision::Highest);

  /** Starts every call by its kernels; false, and why, where there is no room or an op has none. */
  bool start(std::string& why);
  /**
   * Makes the calls one program; `chained` has them be one kernel, which elementwise calls of one shape can be. False, and why, where
   * that cannot be.
   */
  bool make_program(bool chained, std::string& why);
  bool run_program(std::string& why);
  /** Waits for the card. */
  bool finish(std::string& why);

  void run_on_cpu();
  /** The first tensor that is not on the card what it is on the CPU, within a tolerance as a part of its largest number; empty where all are. */
  std::string disagreement(double tolerance);
  /** Puts all numbers on the card that were there in the beginning. */
  bool begin_again(std::string& why);

  /** Why there is no room for the workload; empty where there is. */
  const std::string& lack() const { return lack_; }

 private:
  struct Tensor {
    DType dtype = DType::Float32;
    int64_t count = 0;
    bool passing = false;
    Handle handle = kNoHandle;
    /** As both begin, and as the CPU has it; empty where only the card does the work. */
    std::vector<char> beginning, host;
  };
  struct Planned {
    OpCode op;
    std::vector<View> inputs, outputs;
    std::vector<double> attributes;
    Precision precision;
    // On the card and on the CPU: operands that are numbers point into the record itself.
    ResolvedCall card, cpu;
  };

  View add(DType dtype, const Sizes& sizes, const std::vector<char>& pattern, bool passing);
  void resolve(const Planned& planned, ResolvedCall& resolved, bool on_card) const;
  void write_operand(std::vector<double>& words, const View& view, bool chained) const;

  cuda::Card& card_;
  bool on_cpu_;
  StorageTable storages_;
  std::vector<Tensor> tensors_;
  std::vector<std::unique_ptr<Planned>> calls_;
  std::unique_ptr<Program> program_;
  std::string lack_;
  uint32_t seed_ = 1;
};

}  // namespace nabla::bench
