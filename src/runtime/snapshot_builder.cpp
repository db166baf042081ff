#include "runtime/snapshot_builder.h"

#include <utility>

namespace allclear::runtime {
namespace {

std::shared_ptr<const ServiceSnapshot> copy_of(const LiveService& live) {
  auto copy = std::make_shared<ServiceSnapshot>();
  copy->service = live.service;
  copy->state = live.state;
  copy->open_incident = live.open_incident;
  copy->checks.reserve(live.keys.size());
  for (std::size_t i = 0; i < live.keys.size(); ++i) copy->checks.push_back({live.keys[i], live.states[i]});
  return copy;
}

}  // namespace

void SnapshotBuilder::rebuild(const Engine& engine) {
  services_.clear();
  services_.reserve(engine.service_count());
  for (std::size_t i = 0; i < engine.service_count(); ++i) services_.push_back(copy_of(engine.service(i)));
}

void SnapshotBuilder::refresh(const Engine& engine, const std::vector<std::size_t>& changed) {
  for (const std::size_t index : changed) {
    if (index < services_.size()) services_[index] = copy_of(engine.service(index));
  }
}

std::shared_ptr<const Snapshot> SnapshotBuilder::build(WallTime at, MonitorFacts facts) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->at = at;
  snapshot->version = ++version_;
  snapshot->services = services_;
  snapshot->monitor = std::move(facts);
  return snapshot;
}

}  // namespace allclear::runtime
