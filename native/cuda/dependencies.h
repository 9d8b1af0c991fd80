// Which kernels of a graph have to wait for which. Two of them may run side by side when neither writes what the other reads or
// writes: the gradients of a layer's weight and of its input, say, or the two halves of a contrastive step. That is seen from the
// windows on memory of the calls that they belong to, temporaries that lie where others did before included.
//
// A call may start several kernels. Which of its windows one of them touches is seen from the addresses among its parameters, and
// that is all it can reach: a kernel takes one struct, and nothing on the card holds addresses.
#pragma once

#include <cstddef>
#include <vector>

#include "cuda/card.h"
#include "program/program.h"

namespace nabla::cuda {

/** Where memory comes from. An argument may be any other memory from outside, and other memory in the next run. */
enum class Origin { Program, Captured, Argument };

/** A stretch of memory from its first byte to behind its last. */
struct Window {
  const char* begin;
  const char* end;
  DType dtype;
  Origin origin;
  bool written;
};
using Windows = std::vector<Window>;

/** Adds what a call reads and writes. */
void add_windows(const ResolvedCall& call, Windows& windows);
/** The same for a chain that is one kernel. */
void add_windows(const TileGroup& group, Windows& windows);

/** The same for a comparison with a range. Comparisons keep their order: the first to find something is the one that is told. */
void add_windows(const PositionsCheck& check, Windows& windows);

/** For each kernel of a call those of its windows that it touches. */
std::vector<Windows> windows_of_kernels(const std::vector<Launch>& launches, const Windows& windows);

/** Whether neither of two writes what the other reads or writes. */
bool independent(const Windows& a, const Windows& b);

/** For each kernel those before it for which it has to wait, without those that another of these waits for. */
std::vector<std::vector<size_t>> dependencies(const std::vector<Windows>& kernels);

/** How many kernels follow one another where most of them do. */
int longest_chain(const std::vector<std::vector<size_t>>& after);

}  // namespace nabla::cuda
