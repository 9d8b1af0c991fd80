// Copies between the process's memory and the card's. A card reads pinned memory by itself, at full speed and while the
// caller goes on; ordinary memory it does not. So what goes up is copied into a ring of pinned memory first, and the call returns as
// soon as the last piece lies there. The ring holds the batches of several steps: a loop that sends one in each step is that
// far ahead of the card before it has to wait. What comes down is waited for.
#pragma once

#include <cstddef>

#include "cuda/card.h"

namespace nabla::cuda {

/** Copies to the card, behind everything started before. False when the card has failed. */
bool upload(Card& card, void* device, const void* host, size_t bytes);

/** Waits for everything started before, and copies from the card. */
bool download(Card& card, void* host, const void* device, size_t bytes);

/** Copies on the card. */
bool copy_on_card(Card& card, void* target, const void* source, size_t bytes);

}  // namespace nabla::cuda
