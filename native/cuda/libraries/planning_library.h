// What the libraries that compute have in common: each is loaded when it is first wanted, is asked once how it computes a shape, and
// is not asked for anything any more when a call of it has failed.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "cuda/card.h"
#include "cuda/libraries/find.h"

namespace nabla::cuda {

/** `Self` has `begin`, which loads the library, and for its plans `describe`, `choose` and `forget`. */
template <class Self, class Shape, class Plan>
class PlanningLibrary {
 public:
  PlanningLibrary(const PlanningLibrary&) = delete;
  PlanningLibrary& operator=(const PlanningLibrary&) = delete;

  /** The library, loaded with the first call; null where there is none, or where a call of it has failed. */
  static Self* find(Card& card) {
    card.use();
    static Self* const library = load();
    return shared_state().failed() ? nullptr : library;
  }

  /** What became of it; does not load it. */
  static LibraryState state() { return shared_state().get(); }

  /** How it computes a shape, with at most `most_workspace` bytes; null where it does not. Plans stay. */
  const Plan* plan(const Shape& shape, size_t most_workspace) {
    const std::lock_guard lock(mutex_);
    const auto [known, fresh] = plans_.try_emplace(shape);
    if (fresh) {
      auto& self = static_cast<Self&>(*this);
      auto made = std::make_unique<Plan>();
      if (self.describe(shape, *made) && self.choose(shape, most_workspace, *made)) known->second = std::move(made);
      else self.forget(*made);
    }
    return known->second.get();
  }

 protected:
  PlanningLibrary() = default;
  ~PlanningLibrary() = default;

  static bool failed() { return shared_state().failed(); }
  /** Notes that a call has failed, and why; false. */
  static bool fail(std::string why) {
    shared_state().set(LibraryState::Kind::Failed, std::move(why));
    return false;
  }

  // While a call is started the library's handle or the plan holds what is its alone: a stream, an address.
  std::mutex mutex_;

 private:
  static SharedLibraryState& shared_state() {
    static SharedLibraryState& state = *new SharedLibraryState;
    return state;
  }

  static Self* load() {
    std::unique_ptr<Self> made(new Self);
    std::string details;
    const bool loaded = made->begin(details);
    shared_state().set(loaded ? LibraryState::Kind::InUse : LibraryState::Kind::Missing, details);
    // Never destroyed: the driver may be gone before the process's last destructors.
    return loaded ? made.release() : nullptr;
  }

  std::map<Shape, std::unique_ptr<Plan>> plans_;
};

}  // namespace nabla::cuda
