// Fused kernels as they are started: written when a program first needs them, loaded once a process, and given their parameters.
#pragma once

#include <string>

#include "cuda/card.h"
#include "program/tiles.h"

namespace nabla::cuda {

struct Fused {
  Function function = nullptr;
  /** True when it moves elements in packs where they lie so. */
  bool flat = false;
};

/** The kernel of a group; false when there is none, and `why` says so. */
bool load_fused(Card& card, const TileGroup& group, Fused& fused, std::string& why);

/** Starts it on what the group's operands are now (or notes it, while the thread records). */
void launch_fused(Card& card, const TileGroup& group, const Fused& fused);

}  // namespace nabla::cuda
