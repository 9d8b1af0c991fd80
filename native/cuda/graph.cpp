#include "cuda/graph.h"

namespace nabla::cuda {
namespace {

/** A launch as the driver's graphs take it; `argument` must live as long as the result. */
KernelNode node_of(const Launch& launch, void** argument) {
  *argument = const_cast<char*>(launch.parameters.data());
  KernelNode node;
  node.function = launch.function;
  node.grid_x = launch.grid.x;
  node.grid_y = launch.grid.y;
  node.grid_z = launch.grid.z;
  node.threads_x = launch.threads;
  node.parameters = argument;
  return node;
}

bool well(Card& card, Result result, const char* what, std::string& why) {
  if (result == result::kSuccess) return true;
  why = std::string("the driver does not ") + what + ": " + card.driver().describe(result);
  return false;
}

}  // namespace

std::unique_ptr<Graph> Graph::make(Card& card, const std::vector<Launch>& launches, std::string& why) {
  card.use();
  const Driver& driver = card.driver();
  std::unique_ptr<Graph> made(new Graph(card));
  if (!well(card, driver.graph_create(&made->graph_, 0), "make a graph", why)) return nullptr;
  for (const Launch& launch : launches) {
    void* argument = nullptr;
    const KernelNode node = node_of(launch, &argument);
    const GraphNode before = made->nodes_.empty() ? nullptr : made->nodes_.back();
    GraphNode added = nullptr;
    if (!well(card, driver.graph_add_kernel(&added, made->graph_, &before, made->nodes_.empty() ? 0 : 1, &node), "put a kernel into a graph", why)) {
      return nullptr;
    }
    made->nodes_.push_back(added);
  }
  return well(card, driver.graph_instantiate(&made->exec_, made->graph_, 0), "make a graph ready", why) ? std::move(made) : nullptr;
}

Graph::~Graph() {
  card_.use();
  // What these return is of no use any more.
  if (exec_ != nullptr) card_.driver().graph_exec_destroy(exec_);
  if (graph_ != nullptr) card_.driver().graph_destroy(graph_);
}

bool Graph::set(size_t node, const Launch& launch, std::string& why) {
  void* argument = nullptr;
  const KernelNode changed = node_of(launch, &argument);
  return well(card_, card_.driver().graph_set_kernel(exec_, nodes_[node], &changed), "change a kernel of a graph", why);
}

bool Graph::launch(std::string& why) { return well(card_, card_.driver().graph_launch(exec_, card_.stream()), "start a graph", why); }

}  // namespace nabla::cuda
