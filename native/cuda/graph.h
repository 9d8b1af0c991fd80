// Kernels as one CUDA graph: the driver is asked once for all of them, and what changes from run to run (where a batch
// lies, a learning rate) is written into the nodes that it concerns. What a library starts by itself is captured from a stream and is
// a graph of its own, which one node holds. The last few are kept: batches and results lie in few places by turns, and what was captured
// for a place does for it again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cuda/card.h"

namespace nabla::cuda {

class Captured;

class Graph {
 public:
  /**
   * A graph of these kernels; null when the driver makes none, and `why` says so.
   * @param after for each kernel those before it for which it waits.
   */
  static std::unique_ptr<Graph> make(Card& card, const std::vector<Launch>& launches, const std::vector<std::vector<size_t>>& after, std::string& why);
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  /** One that still runs ends first: the driver sees to that. */
  ~Graph();

  /** Puts another launch in the place of one, for the runs that follow. */
  bool set(size_t node, const Launch& launch, std::string& why);
  bool launch(std::string& why);

 private:
  explicit Graph(Card& card);
  /** What a library does for a launch of a node; null where it cannot be captured. */
  const Captured* captured(size_t node, const Launch& launch, std::string& why);
  bool add(const Launch& launch, const std::vector<GraphNode>& before, std::string& why);

  Card& card_;
  GraphHandle graph_ = nullptr;
  GraphExec exec_ = nullptr;
  std::vector<GraphNode> nodes_;
  /** Of each node the calls that were captured last. */
  std::vector<std::vector<std::unique_ptr<Captured>>> captured_;
};

}  // namespace nabla::cuda
