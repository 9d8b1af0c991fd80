// What one JavaScript environment (the main thread or a worker) owns on the native side: its storages, the owners through
// which the collector releases them, and the frame in which calls cross.
//
// An owner is a `napi_external` that the JavaScript tensor holds. Its finalizer is a basic one (it runs inside the
// collector, also in a synchronous loop, where default finalizers never run) and therefore does nothing but push the owner
// on a queue; the next call drains it. Making an external costs 230 ns, so tensors of up to one cache line share an owner
// in batches of 16: what one long-lived scalar can keep alive is 15 neighbours of 64 bytes.
#pragma once

#include <node_api.h>

#include <memory>
#include <vector>

#include "binding/frame.h"
#include "core/storage_table.h"

namespace nabla::binding {

/** Storages of up to this many bytes share an owner. */
inline constexpr size_t kBatchedBytes = 64;
inline constexpr int kBatchSize = 16;

class Environment;

struct Owner {
  Environment* environment;
  std::vector<StorageReference> storages;
  /** Not negative for a probe, which owns nothing and only tells that it has been collected. */
  int32_t probe = -1;
};

class Environment {
 public:
  /** Makes the environment's state and ties it to the life of `env`. */
  static Environment* attach(napi_env env);

  StorageTable storages;

  /** Float64 words shared with JavaScript; see frame.h. */
  double* frame = nullptr;
  napi_ref frame_reference = nullptr;
  /** Keeps the memory of the interrupt flag alive while native loops read it. */
  napi_ref interrupt_flag_reference = nullptr;

  /** A new external that owns `handle`. */
  napi_value own(napi_env env, Handle handle);
  /** A new external that will own the small storages made from now on. */
  napi_value open_batch(napi_env env);
  /** Puts a small storage under the open batch's owner. */
  void add_to_batch(Handle handle);
  /** A new external that owns nothing; `take_dead_probes` gives its number once it has been collected. */
  napi_value probe(napi_env env, int32_t number);
  std::vector<int32_t> take_dead_probes();
  /**
   * Releases what the frame lists, and then everything whose owner the collector has found dead. In this order: a listed
   * storage may have a dead owner, whose claim has passed once the handle is given to another.
   */
  void release_waiting() {
    if (frame[word::kReleaseCount] != 0) release_listed();
    if (!finalized_.empty()) drain();
  }

 private:
  Environment() = default;
  static void finalize_owner(node_api_basic_env env, void* data, void* hint);
  static void detach(node_api_basic_env env, void* data, void* hint);
  napi_value wrap(napi_env env, std::unique_ptr<Owner> owner);
  void release_listed();
  void drain();

  std::vector<Owner*> finalized_;
  std::vector<int32_t> dead_probes_;
  Owner* batch_ = nullptr;
  int64_t owners_alive_ = 0;
  bool detached_ = false;
};

}  // namespace nabla::binding
