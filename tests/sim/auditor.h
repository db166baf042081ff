// Auditor: reads the stream of committed decisions and says which promise one of them breaks. Trusts nothing that the
// engine keeps in memory.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/model/decision.h"
#include "core/model/stored.h"
#include "tests/sim/world.h"

namespace allclear::sim {

class Auditor {
 public:
  explicit Auditor(const World& world) : world_(world) {}

  // In the order in which they became durable.
  void committed(const Decision& decision);
  // The config switched these off (or left them out): their checks may be judged afresh.
  void paused(const ServiceId& service) { may_start_afresh_.insert(service); }
  // What the store says now must be what the log replays to.
  void compare(const StoredState& stored);
  void complain(std::string what) { violations_.push_back(std::move(what)); }

  const std::vector<std::string>& violations() const { return violations_; }
  std::size_t incidents_opened() const { return incidents_opened_; }
  std::size_t maintenances() const { return maintenances_; }
  std::size_t alerts_owed() const { return alerts_.size(); }

 private:
  using AlertPlace = std::tuple<IncidentId, std::uint32_t, ChannelId>;

  void judge_result(const Decision& decision);
  bool replays(const Decision& decision, const CheckState& before);
  void judge_transition(const Decision& decision);
  void judge_incident(const Decision& decision);
  void judge_new_step(const Decision& decision, const TimelineEntry& step);
  void judge_alerts(const Decision& decision);
  bool has_alert(const Decision& decision, std::uint32_t ordinal, const ChannelId& channel) const;

  const World& world_;
  std::vector<std::string> violations_;
  std::map<CheckKey, CheckState> checks_;  // replayed from the log alone
  std::map<ServiceId, ServiceState> services_;
  std::map<ServiceId, Transition> last_transitions_;
  std::map<IncidentId, Incident> incidents_;
  std::map<AlertPlace, Alert> alerts_;
  std::set<std::pair<IncidentId, ChannelId>> told_;  // who knows of an incident that is not over for them
  std::set<ServiceId> may_start_afresh_;
  std::size_t incidents_opened_ = 0;
  std::size_t maintenances_ = 0;
};

}  // namespace allclear::sim
