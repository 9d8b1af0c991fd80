// What one JavaScript environment (the main thread or a worker) owns on the native side: its storages, the owners through
// which the collector releases them, and the frame in which calls cross.
//
// An owner is a `napi_external` that the JavaScript tensor holds. Its finalizer is a basic one (it runs inside the
// collector, also in a synchronous loop, where default finalizers never run) and therefore does nothing but push the owner
// on a queue; the next call drains it. Making an external costs 230 ns, so small tensors share an owner: those of up to one
// cache line in batches of 16, those of up to 1 KB in batches of 8. What one long-lived tensor can keep alive beside itself is
// 15 neighbours of 64 bytes, or 7 of 1 KB.
#pragma once

#include <node_api.h>

#include <memory>
#include <vector>

#include "binding/frame.h"
#include "core/storage_table.h"

namespace nabla::binding {

/** Storages of up to `bytes` share an owner, `size` of them. */
struct BatchKind {
  size_t bytes;
  int size;
};
inline constexpr BatchKind kBatchKinds[] = {{64, 16}, {1024, 8}};
inline constexpr int kBatchKindCount = 2;

/** The kind of batch that a storage of so many bytes belongs to; kBatchKindCount when it has an owner to itself. */
inline int batch_kind(size_t bytes) { return bytes <= kBatchKinds[0].bytes ? 0 : bytes <= kBatchKinds[1].bytes ? 1 : kBatchKindCount; }

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
  /** A new external that will own the storages of this kind of batch made from now on. */
  napi_value open_batch(napi_env env, int kind);
  /** Puts a small storage under the owner of the open batch of its kind. */
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
  Owner* batches_[kBatchKindCount] = {};
  int64_t owners_alive_ = 0;
  bool detached_ = false;
};

}  // namespace nabla::binding
