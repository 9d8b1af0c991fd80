#include "binding/environment.h"

#include <utility>

#include "core/thread_pool.h"

namespace nabla::binding {

Environment* Environment::attach(napi_env env) {
  auto* environment = new Environment;
  environment->finalized_.reserve(4096);
  if (napi_set_instance_data(env, environment, detach, nullptr) != napi_ok) {
    delete environment;
    return nullptr;
  }
  return environment;
}

napi_value Environment::wrap(napi_env env, std::unique_ptr<Owner> owner) {
  napi_value external = nullptr;
  if (napi_create_external(env, owner.get(), finalize_owner, nullptr, &external) != napi_ok) return nullptr;
  ++owners_alive_;
  owner.release();  // from here the finalizer answers for it
  return external;
}

napi_value Environment::own(napi_env env, Handle handle) {
  auto owner = std::make_unique<Owner>();
  owner->environment = this;
  owner->storages.push_back(storages.reference(handle));
  return wrap(env, std::move(owner));
}

napi_value Environment::open_batch(napi_env env, int kind) {
  if (kind < 0 || kind >= kBatchKindCount) return nullptr;
  auto owner = std::make_unique<Owner>();
  owner->environment = this;
  owner->storages.reserve(kBatchKinds[kind].size);
  Owner* batch = owner.get();
  napi_value external = wrap(env, std::move(owner));
  if (external != nullptr) batches_[kind] = batch;
  return external;
}

void Environment::add_to_batch(Handle handle) {
  Owner* batch = batches_[batch_kind(storages.bytes(handle))];
  if (batch != nullptr) batch->storages.push_back(storages.reference(handle));
}

void Environment::release_listed() {
  const int count = static_cast<int>(frame[word::kReleaseCount]);
  for (int i = 0; i < count; ++i) {
    const auto handle = static_cast<Handle>(frame[word::kFirstRelease + i]);
    if (storages.alive(handle)) storages.release(storages.reference(handle));
  }
  frame[word::kReleaseCount] = 0;
}

napi_value Environment::probe(napi_env env, int32_t number) {
  auto owner = std::make_unique<Owner>();
  owner->environment = this;
  owner->probe = number;
  return wrap(env, std::move(owner));
}

std::vector<int32_t> Environment::take_dead_probes() {
  release_waiting();
  return std::exchange(dead_probes_, {});
}

void Environment::drain() {
  for (Owner* owner : finalized_) {
    for (const StorageReference& storage : owner->storages) storages.release(storage);
    if (owner->probe >= 0) dead_probes_.push_back(owner->probe);
    for (Owner*& batch : batches_) {
      if (owner == batch) batch = nullptr;
    }
    delete owner;
  }
  finalized_.clear();
}

// Runs inside the collector: no call into JavaScript, no work beyond the push.
void Environment::finalize_owner(node_api_basic_env, void* data, void*) {
  auto* owner = static_cast<Owner*>(data);
  Environment* environment = owner->environment;
  --environment->owners_alive_;
  environment->finalized_.push_back(owner);
  if (environment->detached_ && environment->owners_alive_ == 0) {
    environment->drain();
    delete environment;
  }
}

// At the end of an environment Node finalizes the externals that are left in an order of its own, some after this.
void Environment::detach(node_api_basic_env, void* data, void*) {
  auto* environment = static_cast<Environment*>(data);
  set_interrupt_flag(nullptr);
  environment->detached_ = true;
  if (environment->owners_alive_ == 0) {
    environment->drain();
    delete environment;
  }
}

}  // namespace nabla::binding
