// The card as the binding sees it: calls and copies on it, and what JavaScript asks of it.
#pragma once

#include <node_api.h>

#include <string>

#include "binding/environment.h"
#include "binding/frame.h"
#include "program/program.h"

namespace nabla::binding {

/** Runs a call whose tensors lie on the card. */
Status run_on_card(int32_t op, const DecodedCall& decoded);

bool write_to_card(void* device, const void* host, size_t bytes);
bool read_from_card(void* host, const void* device, size_t bytes);

/** Whether a check on the card has found elements outside of their range, and nobody has been told. */
bool violated_on_card();

/** Bytes on the card that wait for their next use. */
size_t cached_on_card();

/** Gives a program the runner of the device on which its tensors lie; false when that is not there. */
bool bind_to_device(Program& program);

/** How a program runs on the card; undefined for one of the CPU. */
napi_value report_of(napi_env env, const Program& program);

/** Why the last of these failed, in a sentence. */
std::string card_failure();

/** openCard, cardInfo, copyBetween, cardOps, canFuse, cardFailure, checkRange, checkNumber, settleChecks and takeViolation. */
void define_card(napi_env env, napi_value exports, Environment* environment);

}  // namespace nabla::binding
