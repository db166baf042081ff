// /ready: whether scheduler and store make progress. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "core/model/snapshot.h"

namespace allclear::api {

struct Readiness {
  bool ready = false;
  bool scheduler = false;
  bool store = false;
  StoreOpening store_opening;
  bool log_replayed = false;
  bool config_ok = true;  // a bad reload keeps the old config running: told, but no reason to be unready
  std::string config_error;
  std::string config_version;
};

// Null: nothing was published yet, so not ready.
Readiness judge_readiness(const Snapshot* snapshot);

enum class Detail : std::uint8_t { brief, full };  // full also shows raw error texts: for operators
std::string render_readiness(const Readiness& readiness, Detail detail);

}  // namespace allclear::api
