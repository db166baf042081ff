// SnapshotBuilder: makes the immutable present from the engine, copying only what changed. Engine's thread.
#pragma once

#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/model/snapshot.h"

namespace allclear::runtime {

class SnapshotBuilder {
 public:
  // All services anew: after start and reload.
  void rebuild(const Engine& engine);
  void refresh(const Engine& engine, const std::vector<std::size_t>& changed);
  std::shared_ptr<const Snapshot> build(WallTime at, MonitorFacts facts);

 private:
  std::vector<std::shared_ptr<const ServiceSnapshot>> services_;
  std::uint64_t version_ = 0;
};

}  // namespace allclear::runtime
