// Kernels as one CUDA graph: the driver is asked once for all of them, and what changes from run to run (where a batch
// lies, a learning rate) is written into the nodes that it concerns. What a library starts by itself is captured from a stream and is
// a graph of its own, which one node holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cuda/card.h"

namespace nabla::cuda {

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
  explicit Graph(Card& card) : card_(card) {}
  bool add(const Launch& launch, const std::vector<GraphNode>& before, std::string& why);

  Card& card_;
  GraphHandle graph_ = nullptr;
  GraphExec exec_ = nullptr;
  std::vector<GraphNode> nodes_;
};

}  // namespace nabla::cuda
