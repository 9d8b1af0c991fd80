// What a launcher starts, noted instead of started: the way from a program's calls to the nodes of a graph. While a recording is
// alive, the kernels that its thread starts are put down here with their parameters, and the room that a launcher takes for the
// time of its kernels is kept, for a graph uses it again each time it runs.
//
// The driver can capture what goes to a stream, too. Noting it here leaves other threads and their streams out of it, tells
// which call each kernel belongs to, and costs a replay no round trip for what stays the same. The kernels of a library nobody else
// can name: of those the call is noted, and captured where the graph is made (graph.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cuda/card.h"
#include "cuda/card_memory.h"

namespace nabla::cuda {

/**
 * Memory for the kernels of one program, which has it as long as its graphs live. While it is not much each call has its own, so that their
 * kernels need not wait for one another; beyond that a call takes what one before it has given back.
 */
class Room {
 public:
  struct Block {
    void* memory;
    size_t capacity;
  };
  explicit Room(CardMemory& memory) : memory_(memory) {}
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  ~Room();

  /** A block of at least so many bytes; null memory when there is none. */
  Block take(size_t bytes);
  void give(const void* block);

 private:
  struct Kept {
    Block block;
    bool taken;
  };
  CardMemory& memory_;
  std::vector<Kept> blocks_;
  size_t total_ = 0;
};

class Recording {
 public:
  /** @param known blocks that the call had when it was noted before, in the order in which it took them: it gets the same again. */
  explicit Recording(Room& room, const std::vector<Room::Block>* known = nullptr);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording();

  /** The one of this thread, or null. */
  static Recording* current();

  void add(const char* name, Function function, Grid grid, unsigned threads, const void* parameters, size_t bytes);
  void add(const char* name, LibraryCall library, const void* parameters, size_t bytes);
  /** Says that a call cannot be put off; false, as what it was about to do has not been done. */
  bool refuse(const char* why);

  /** Room for the time of the call's kernels; null where there is none. */
  void* take(size_t bytes, size_t& capacity);
  void give(const void* block);
  /** What the call has taken, in order. */
  const std::vector<Room::Block>& taken() const { return taken_; }
  std::vector<Launch>& launches() { return launches_; }
  /** Why a call cannot be put off; empty when it can. */
  const std::string& refusal() const { return refusal_; }

 private:
  Room& room_;
  const std::vector<Room::Block>* known_;
  std::vector<Room::Block> taken_;
  std::vector<Launch> launches_;
  std::string refusal_;
};

}  // namespace nabla::cuda
