// Graphs of the fake driver: nodes that are kernels with parameters of their own, run where the graph is started in an order that
// their edges allow (of those that are ready, the one added last first), so that a missing edge shows. What is started runs with
// the parameters of that moment, as on a card.
#include <algorithm>
#include <cstring>
#include <memory>
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
  nabla::fake::FakeFunction kernel;
  unsigned x, y, z, threads;
  std::vector<char> parameters;
  std::vector<const Node*> after;
  /** Its place in the graph. */
  size_t index;
};

struct FakeGraph {
  std::vector<std::unique_ptr<Node>> nodes;
};

struct FakeExec {
  std::vector<Node> nodes;
  /** Nodes of the graph it was made from, by which the caller names its own. */
  std::vector<const Node*> names;
  std::vector<size_t> order;
};

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

}  // namespace

EXPORT Result cuGraphCreate(void** graph, unsigned) {
  GUARD("cuGraphCreate", kOutOfMemory)
  *graph = new FakeGraph;
  return kSuccess;
}

EXPORT Result cuGraphAddKernelNode_v2(void** added, void* graph, void* const* dependencies, size_t count, const KernelNode* given) {
  GUARD("cuGraphAddKernelNode_v2", kOutOfMemory)
  auto& nodes = static_cast<FakeGraph*>(graph)->nodes;
  auto node = std::make_unique<Node>();
  if (!fill(*node, *given)) return kInvalidValue;
  for (size_t i = 0; i < count; ++i) node->after.push_back(static_cast<Node*>(dependencies[i]));
  node->index = nodes.size();
  *added = node.get();
  nodes.push_back(std::move(node));
  return kSuccess;
}

EXPORT Result cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long) {
  GUARD("cuGraphInstantiateWithFlags", kOutOfMemory)
  auto made = std::make_unique<FakeExec>();
  for (const auto& node : static_cast<FakeGraph*>(graph)->nodes) {
    made->nodes.push_back(*node);
    made->names.push_back(node.get());
  }
  std::vector<bool> done(made->nodes.size());
  while (made->order.size() < done.size()) {
    size_t next = done.size();
    for (size_t i = 0; i < done.size(); ++i) {
      const auto& after = made->nodes[i].after;
      if (!done[i] && std::all_of(after.begin(), after.end(), [&](const Node* node) { return done[node->index]; })) next = i;
    }
    if (next == done.size()) return kInvalidValue;
    done[next] = true;
    made->order.push_back(next);
  }
  *exec = made.release();
  return kSuccess;
}

EXPORT Result cuGraphExecKernelNodeSetParams_v2(void* exec, void* node, const KernelNode* given) {
  GUARD("cuGraphExecKernelNodeSetParams_v2", kInvalidValue)
  auto& own = *static_cast<FakeExec*>(exec);
  const auto found = std::find(own.names.begin(), own.names.end(), node);
  return found != own.names.end() && fill(own.nodes[static_cast<size_t>(found - own.names.begin())], *given) ? kSuccess : kInvalidValue;
}

EXPORT Result cuGraphLaunch(void* exec, void* stream) {
  GUARD("cuGraphLaunch", kOutOfMemory)
  const auto& own = *static_cast<FakeExec*>(exec);
  return start(stream, [nodes = own.nodes, order = own.order]() mutable {
    for (size_t i : order) nodes[i].kernel.run(nodes[i].parameters.data(), {nodes[i].x, nodes[i].y, nodes[i].z}, nodes[i].threads);
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
