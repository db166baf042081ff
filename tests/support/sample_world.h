// SampleWorld: a snapshot with stored days and incidents as a running monitor would have them, for tests of the API and the
// page and for the serving benchmark. Values; deterministic.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/model/snapshot.h"
#include "core/model/uptime.h"

namespace allclear::test {

struct SampleWorld {
  WallTime now;
  Snapshot snapshot;
  std::vector<ServiceDays> days;
  std::vector<Incident> recent;
};

struct SampleService {
  std::string id = "website";
  std::string name = "Website";
  std::string group = "Public";
  Verdict verdict = Verdict::up;
  Reason reason = Reason::ok;
  Visibility visibility = Visibility::open;
  bool enabled = true;
  int bad_days = 2;  // among the last 90
};

// 2026-11-20T09:00:12Z.
WallTime sample_now();
SampleWorld make_world(const std::vector<SampleService>& services);
// `count` services in groups of five, all up but one degraded and one down when there are at least two.
SampleWorld make_world(std::size_t count);
// All up.
SampleWorld make_calm_world(std::size_t count);
// Names of 128 characters, markup and right-to-left text.
SampleWorld make_hostile_world();

// Work from some time after the sample's now on, for services of the world.
void add_maintenance(SampleWorld& world, std::string title, milliseconds ahead, milliseconds lasts,
                     std::vector<ServiceId> services);

Incident sample_incident(const SampleService& service, WallTime opened_at);

}  // namespace allclear::test
