// Compiled programs across the binding: build one, run it, and ask the collector what a traced function has kept.
#pragma once

#include <node_api.h>

#include "binding/environment.h"

namespace nabla::binding {

/** Adds `buildProgram`, `runProgram`, `programOnCard`, `probe` and `deadProbes` to the exports. */
void define_programs(napi_env env, napi_value exports, Environment* environment);

}  // namespace nabla::binding
