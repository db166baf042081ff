// World: the services of one simulation and how their targets, jobs and our own network behave, all from the seed.
// Values.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model/service.h"
#include "tests/sim/random.h"

namespace allclear::sim {

// How long the troubled part is; in long simulations intervals, spells and outages are as many times longer.
struct Scale {
  milliseconds chaos{0};
  int stretch = 1;

  milliseconds times(milliseconds time) const { return time * stretch; }
};

struct Span {
  milliseconds from{0};
  milliseconds to{0};

  bool holds(milliseconds at) const { return from <= at && at < to; }
};

// What a probe would see.
struct Seen {
  Verdict verdict = Verdict::up;
  Reason reason = Reason::ok;
};

// How a target, or whoever pings, behaves from some moment (since the simulation's start) on.
struct Spell {
  milliseconds from{0};
  Seen seen;
};
// starting: says when it begins, too, and ends in time. stuck: says that it begins and no more.
enum class JobMood : std::uint8_t { punctual, starting, silent, failing, stuck };
struct JobSpell {
  milliseconds from{0};
  JobMood mood = JobMood::punctual;
};

// A window each day in a zone whose clocks change about then. When it is was reckoned from the change itself, without
// the rules of zones.
struct DailyWindow {
  std::shared_ptr<const Maintenance> maintenance;
  WallTime change;
  milliseconds into{0};   // from the change to the day's window
  milliseconds shift{0};  // by so much the clocks went forward

  std::optional<bool> under_way(WallTime at) const;  // none: too far from the change to tell
};

class World {
 public:
  // The first service is steady: its target never fails, so nobody may ever hear of it. The second has no parents.
  World(Random& random, const Scale& scale);

  Seen see(const CheckKey& key, milliseconds since_start) const;
  JobMood mood(const ServiceId& job, milliseconds since_start) const;
  bool uplink_is_out(milliseconds since_start) const;
  // The targets of the service itself were fine all the time.
  bool was_well(const ServiceId& service, const Span& span) const;
  // From now on everything is up but these services, and nothing else is out.
  void calm(std::set<ServiceId> down);

  const Service& service(const ServiceId& id) const;
  const std::vector<Service>& services() const { return services_; }
  const ServiceId& steady() const { return services_.front().id; }
  const std::vector<ServiceId>& jobs() const { return jobs_; }  // services that wait for pings
  const std::vector<Span>& uplink_outages() const { return uplink_outages_; }
  const ChannelPolicies& channels() const { return channels_; }
  const ChannelPolicy& policy(const ChannelId& channel) const;
  const GroupingPolicy& grouping() const { return grouping_; }
  // A service without parents and, when there is one, its only child that has no other.
  std::vector<ServiceId> family() const;
  WallTime begins_at() const { return begins_at_; }
  milliseconds longest_interval() const;

  // From now on no window is configured.
  void end_maintenance();
  bool under_maintenance(const ServiceId& service, WallTime at) const;
  // The config with some services missing or switched off.
  std::shared_ptr<const Catalogue> catalogue(const std::set<ServiceId>& missing, const std::set<ServiceId>& off) const;

 private:
  // world_services.cpp
  void add_service(Random& random, int number);
  void add_job(Random& random, int number);
  void add_anchors(Random& random);
  void draw_dependencies(Random& random);
  void draw_channels(Random& random);
  // world.cpp
  void draw_outages(Random& random, bool storms);
  void add_maintenance(Random& random);
  void add_daily_window(Random& random);
  std::vector<ServiceId> some_services(Random& random) const;

  Scale scale_;
  std::vector<Service> services_;
  std::vector<ServiceId> jobs_;
  bool has_anchors_ = false;
  ChannelPolicies channels_;
  GroupingPolicy grouping_;
  std::vector<std::shared_ptr<const Maintenance>> maintenances_;
  std::optional<DailyWindow> daily_window_;
  WallTime begins_at_;
  std::map<CheckKey, std::vector<Spell>> spells_;
  std::map<ServiceId, std::vector<JobSpell>> moods_;
  std::vector<Span> uplink_outages_;
  std::vector<Span> storms_;  // nearly all targets fail at once, each by its own
  bool calm_ = false;
  std::set<ServiceId> down_when_calm_;
  Reason reason_when_calm_ = Reason::refused;
};

}  // namespace allclear::sim
