// What `cuda_bench` measures, at sizes that load a card and at small ones that a processor can do as well.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/cuda/workload.h"

namespace nabla::bench {

/** How a row's calls are started. */
enum class Manner { OneByOne, Program, Chain };

struct Row {
  std::string name, work;
  Manner manner;
  /** How often one run does the work. */
  int repeats;
  /** Read and written, or multiplications and additions, of doing the work once; 0 where they are not what counts. */
  double bytes, operations;
  /** Between card and CPU, as a part of a tensor's largest number. */
  double tolerance;
  std::function<void(Workload&)> plan;
};

std::vector<Row> rows(bool small);

}  // namespace nabla::bench
