// The card as the binding sees it: calls and copies on it, and what JavaScript asks of it.
#pragma once

#include <node_api.h>

#include <string>

#include "binding/environment.h"
#include "binding/frame.h"

namespace nabla::binding {

/** Runs a call whose tensors lie on the card. */
Status run_on_card(int32_t op, const DecodedCall& decoded);

bool write_to_card(void* device, const void* host, size_t bytes);
bool read_from_card(void* host, const void* device, size_t bytes);

/** Why the last of these failed, in a sentence. */
std::string card_failure();

/** openCard, cardInfo and copyBetween. */
void define_card(napi_env env, napi_value exports, Environment* environment);

}  // namespace nabla::binding
