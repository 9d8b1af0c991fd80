// Graphs of the fake driver: nodes that are kernels with parameters of their own, run where the graph is started in an order that
// their edges allow, another one each time, so that a missing edge shows. What is started runs with the parameters of that moment,
// as on a card. What a library puts into a captured stream is a graph, too, that a node may hold.
#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "cuda/driver.h"
#include "test/cuda/fake_driver.h"

namespace {

using nabla::cuda::KernelNode;
using nabla::fake::can_start;
using nabla::fake::kInvalidValue;
using nabla::fake::kSuccess;
using nabla::fake::Result;
using nabla::fake::start;

constexpr Result kOutOfMemory = 2;

struct Node {
  /** In place of a kernel: what was captured, or the nodes of a graph inside this one. */
  std::vector<std::function<void()>> pieces;
  nabla::fake::FakeFunction kernel;
  unsigned x = 0, y = 0, z = 0, threads = 0;
  std::vector<char> parameters;
  std::vector<const Node*> after;
  /** Its place in the graph. */
  size_t index = 0;

  void run() const {
    for (const auto& piece : pieces) piece();
    if (pieces.empty()) kernel.run(parameters.data(), {x, y, z}, threads);
  }
};

struct FakeGraph {
  std::vector<std::unique_ptr<Node>> nodes;

  /** Adds a node behind others; returns its name. */
  void* add(std::unique_ptr<Node> node, void* const* dependencies, size_t count) {
    for (size_t i = 0; i < count; ++i) node->after.push_back(static_cast<Node*>(dependencies[i]));
    node->index = nodes.size();
    nodes.push_back(std::move(node));
    return nodes.back().get();
  }
};

struct FakeExec {
  std::vector<Node> nodes;
  /** Nodes of the graph it was made from, by which the caller names its own. */
  std::vector<const Node*> names;
};

/** An order that the edges allow, at random; one with fewer nodes where they go in a circle. */
std::vector<size_t> some_order(const std::vector<Node>& nodes) {
  static std::minstd_rand random;
  std::vector<size_t> order, ready, waits_for(nodes.size());
  std::vector<std::vector<size_t>> followers(nodes.size());
  for (const Node& node : nodes) {
    waits_for[node.index] = node.after.size();
    for (const Node* before : node.after) followers[before->index].push_back(node.index);
    if (node.after.empty()) ready.push_back(node.index);
  }
  while (!ready.empty()) {
    // Of two chains the last one to be added goes first as a rule: halfway through both is what seldom shows a missing edge.
    const size_t at = random() % 4 != 0 ? ready.size() - 1 : random() % ready.size();
    const size_t next = ready[at];
    ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(at));
    order.push_back(next);
    for (const size_t follower : followers[next]) {
      if (--waits_for[follower] == 0) ready.push_back(follower);
    }
  }
  return order;
}

bool fill(Node& node, const KernelNode& given) {
  if (!can_start(given.grid_x, given.grid_y, given.grid_z, given.threads_x, given.threads_y, given.threads_z)) return false;
  node.kernel = *static_cast<nabla::fake::FakeFunction*>(given.function);
  node.x = given.grid_x;
  node.y = given.grid_y;
  node.z = given.grid_z;
  node.threads = given.threads_x;
  const auto* bytes = static_cast<const char*>(given.parameters[0]);
  node.parameters.assign(bytes, bytes + node.kernel.parameter_bytes);
  return true;
}

/** What the nodes of a captured graph do, in their order. */
std::vector<std::function<void()>> pieces_of(const FakeGraph& graph) {
  std::vector<std::function<void()>> pieces;
  for (const auto& node : graph.nodes) pieces.push_back([copy = *node] { copy.run(); });
  return pieces;
}

}  // namespace

EXPORT Result cuGraphCreate(void** graph, unsigned) {
  GUARD("cuGraphCreate", kOutOfMemory)
  *graph = new FakeGraph;
  return kSuccess;
}

EXPORT Result cuGraphAddKernelNode_v2(void** added, void* graph, void* const* dependencies, size_t count, const KernelNode* given) {
  GUARD("cuGraphAddKernelNode_v2", kOutOfMemory)
  auto node = std::make_unique<Node>();
  if (!fill(*node, *given)) return kInvalidValue;
  *added = static_cast<FakeGraph*>(graph)->add(std::move(node), dependencies, count);
  return kSuccess;
}

EXPORT Result cuGraphAddChildGraphNode(void** added, void* graph, void* const* dependencies, size_t count, void* child) {
  GUARD("cuGraphAddChildGraphNode", kOutOfMemory)
  auto node = std::make_unique<Node>();
  // The driver copies the child.
  node->pieces = pieces_of(*static_cast<FakeGraph*>(child));
  if (node->pieces.empty()) return kInvalidValue;
  *added = static_cast<FakeGraph*>(graph)->add(std::move(node), dependencies, count);
  return kSuccess;
}

EXPORT Result cuStreamBeginCapture_v2(void* stream, int mode) {
  GUARD("cuStreamBeginCapture_v2", kInvalidValue)
  return mode >= 0 && mode <= 2 && nabla::fake::begin_capture(stream) ? kSuccess : kInvalidValue;
}

EXPORT Result cuStreamEndCapture(void* stream, void** graph) {
  GUARD("cuStreamEndCapture", kInvalidValue)
  const auto capture = nabla::fake::end_capture(stream);
  *graph = nullptr;
  if (capture == nullptr) return kInvalidValue;
  if (capture->spoilt) return nabla::fake::kCaptureInvalidated;
  auto made = std::make_unique<FakeGraph>();
  void* before = nullptr;
  for (const auto& piece : capture->work) {
    auto node = std::make_unique<Node>();
    node->pieces.push_back(piece);
    before = made->add(std::move(node), &before, made->nodes.empty() ? 0 : 1);
  }
  *graph = made.release();
  return kSuccess;
}

EXPORT Result cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long) {
  GUARD("cuGraphInstantiateWithFlags", kOutOfMemory)
  auto made = std::make_unique<FakeExec>();
  for (const auto& node : static_cast<FakeGraph*>(graph)->nodes) {
    made->nodes.push_back(*node);
    made->names.push_back(node.get());
  }
  if (some_order(made->nodes).size() != made->nodes.size()) return kInvalidValue;
  *exec = made.release();
  return kSuccess;
}

EXPORT Result cuGraphExecKernelNodeSetParams_v2(void* exec, void* node, const KernelNode* given) {
  GUARD("cuGraphExecKernelNodeSetParams_v2", kInvalidValue)
  auto& own = *static_cast<FakeExec*>(exec);
  const auto found = std::find(own.names.begin(), own.names.end(), node);
  // A node stays what it is: a kernel is not put in the place of a graph.
  return found != own.names.end() && (*found)->pieces.empty() && fill(own.nodes[static_cast<size_t>(found - own.names.begin())], *given) ? kSuccess : kInvalidValue;
}

EXPORT Result cuGraphExecChildGraphNodeSetParams(void* exec, void* node, void* child) {
  GUARD("cuGraphExecChildGraphNodeSetParams", kInvalidValue)
  auto& own = *static_cast<FakeExec*>(exec);
  const auto found = std::find(own.names.begin(), own.names.end(), node);
  if (found == own.names.end() || (*found)->pieces.empty()) return kInvalidValue;
  auto& pieces = own.nodes[static_cast<size_t>(found - own.names.begin())].pieces;
  auto changed = pieces_of(*static_cast<FakeGraph*>(child));
  // It must be the same graph but for its parameters.
  if (pieces.size() != changed.size()) return kInvalidValue;
  pieces = std::move(changed);
  return kSuccess;
}

EXPORT Result cuGraphLaunch(void* exec, void* stream) {
  GUARD("cuGraphLaunch", kOutOfMemory)
  const auto& own = *static_cast<FakeExec*>(exec);
  return start(stream, [nodes = own.nodes, order = some_order(own.nodes)]() mutable {
    for (size_t i : order) nodes[i].run();
  });
}

EXPORT Result cuGraphExecDestroy(void* exec) {
  const std::lock_guard guard(nabla::fake::mutex());
  delete static_cast<FakeExec*>(exec);
  return kSuccess;
}

EXPORT Result cuGraphDestroy(void* graph) {
  const std::lock_guard guard(nabla::fake::mutex());
  delete static_cast<FakeGraph*>(graph);
  return kSuccess;
}
