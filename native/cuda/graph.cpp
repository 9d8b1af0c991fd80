#include "cuda/graph.h"

#include <algorithm>
#include <mutex>

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

/** How many captures a node keeps. */
constexpr size_t kMostKept = 4;

}  // namespace

/** What a library puts into a stream for a launch, as a graph; null where it cannot be captured. */
class Captured {
 public:
  Captured(Card& card, const Launch& launch, std::string& why) : card_(card), library_(launch.library), parameters_(launch.parameters) {
    // Threads share the stream.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (!capture(launch, why)) capture(launch, why);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured() { drop(); }

  GraphHandle graph() const { return graph_; }
  bool is_of(const Launch& launch) const { return library_ == launch.library && parameters_ == launch.parameters; }

 private:
  /** False when the library fails, which may spoil the capture. */
  bool capture(const Launch& launch, std::string& why) {
    const Driver& driver = card_.driver();
    const Stream stream = card_.capture_stream();
    if (!well(card_, driver.capture_begin(stream, kCaptureRelaxed), "capture a stream", why)) return true;
    const bool called = launch.library(card_, stream, launch.parameters.data());
    const Result ended = driver.capture_end(stream, &graph_);
    if (called) well(card_, ended, "end a capture", why);
    else drop();
    return called;
  }

  void drop() {
    if (graph_ != nullptr) card_.driver().graph_destroy(graph_);
    graph_ = nullptr;
  }

  Card& card_;
  LibraryCall library_;
  std::vector<char> parameters_;
  GraphHandle graph_ = nullptr;
};

Graph::Graph(Card& card) : card_(card) {}

const Captured* Graph::captured(size_t node, const Launch& launch, std::string& why) {
  if (captured_.size() <= node) captured_.resize(node + 1);
  auto& kept = captured_[node];
  const auto known = std::find_if(kept.begin(), kept.end(), [&](const auto& each) { return each->is_of(launch); });
  if (known != kept.end()) {
    // The one used last is the last.
    std::rotate(known, known + 1, kept.end());
    return kept.back().get();
  }
  auto made = std::make_unique<Captured>(card_, launch, why);
  if (made->graph() == nullptr) return nullptr;
  if (kept.size() == kMostKept) kept.erase(kept.begin());
  kept.push_back(std::move(made));
  return kept.back().get();
}

std::unique_ptr<Graph> Graph::make(Card& card, const std::vector<Launch>& launches, const std::vector<std::vector<size_t>>& after, std::string& why) {
  card.use();
  const Driver& driver = card.driver();
  std::unique_ptr<Graph> made(new Graph(card));
  if (!well(card, driver.graph_create(&made->graph_, 0), "make a graph", why)) return nullptr;
  for (size_t i = 0; i < launches.size(); ++i) {
    std::vector<GraphNode> before;
    for (const size_t k : after[i]) before.push_back(made->nodes_[k]);
    if (!made->add(launches[i], before, why)) return nullptr;
  }
  return well(card, driver.graph_instantiate(&made->exec_, made->graph_, 0), "make a graph ready", why) ? std::move(made) : nullptr;
}

bool Graph::add(const Launch& launch, const std::vector<GraphNode>& before, std::string& why) {
  const Driver& driver = card_.driver();
  GraphNode added = nullptr;
  if (launch.library != nullptr) {
    const Captured* const child = captured(nodes_.size(), launch, why);
    if (child == nullptr) return false;
    if (!well(card_, driver.graph_add_child(&added, graph_, before.data(), before.size(), child->graph()), "put a graph into a graph", why)) return false;
  } else {
    void* argument = nullptr;
    const KernelNode node = node_of(launch, &argument);
    if (!well(card_, driver.graph_add_kernel(&added, graph_, before.data(), before.size(), &node), "put a kernel into a graph", why)) return false;
  }
  nodes_.push_back(added);
  return true;
}

Graph::~Graph() {
  card_.use();
  // What these return is of no use any more.
  if (exec_ != nullptr) card_.driver().graph_exec_destroy(exec_);
  if (graph_ != nullptr) card_.driver().graph_destroy(graph_);
}

bool Graph::set(size_t node, const Launch& launch, std::string& why) {
  if (launch.library != nullptr) {
    const Captured* const child = captured(node, launch, why);
    return child != nullptr && well(card_, card_.driver().graph_set_child(exec_, nodes_[node], child->graph()), "change a graph in a graph", why);
  }
  void* argument = nullptr;
  const KernelNode changed = node_of(launch, &argument);
  return well(card_, card_.driver().graph_set_kernel(exec_, nodes_[node], &changed), "change a kernel of a graph", why);
}

bool Graph::launch(std::string& why) { return well(card_, card_.driver().graph_launch(exec_, card_.stream()), "start a graph", why); }

}  // namespace nabla::cuda
