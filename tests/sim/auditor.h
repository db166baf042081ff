// Auditor: reads the stream of committed decisions and says which promise one of them breaks. Trusts nothing that the
// engine keeps in memory. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/model/decision.h"
#include "core/model/stored.h"
#include "tests/sim/findings.h"
#include "tests/sim/world.h"

namespace allclear::sim {

struct AuditCounts {
  std::size_t incidents = 0;
  std::size_t maintenances = 0;
  std::size_t held = 0;       // went down while a parent was down
  std::size_t flapping = 0;   // times that it began
  std::size_t reminders = 0;  // steps
  std::size_t groups = 0;     // that were told
  std::size_t blind = 0;      // times
};

class Auditor {
 public:
  Auditor(const World& world, Findings& findings) : world_(world), findings_(findings) {}

  // In the order in which they became durable.
  void committed(const Decision& decision);
  void end_of_transaction();
  // What was decided about these and waited to be stored is void and judged again, behind what their groups and children
  // said meanwhile.
  void conflict(const std::vector<ServiceId>& services) {
    judged_again_ = 3;
    dropped_.insert(services.begin(), services.end());
  }
  // The config switched these off (or left them out): their checks may be judged afresh.
  void paused(const ServiceId& service) { may_start_afresh_.insert(service); }
  // Somebody was told that the incident counts as looked after.
  // Unless it came back meanwhile: `reopened` is how often it had when that was asked.
  void acknowledged(const IncidentId& incident, std::uint32_t reopened);
  // Our own network is gone since `at`; these were well till then, so that what fails now is not theirs.
  void cut_off(std::set<ServiceId> services, WallTime at) { cut_off_ = std::move(services), cut_off_at_ = at; }
  void connected() { cut_off_.clear(); }
  // The config has no windows any more; what was decided before may still come.
  void no_more_maintenance() { judges_maintenance_ = false; }
  // What the store says now must be what the log replays to.
  void compare(const StoredState& stored);

  const AuditCounts& counts() const { return counts_; }
  std::size_t alerts_owed() const { return alerts_.size(); }
  // Of the checks of the service, by the log alone.
  std::size_t known_checks(const ServiceId& service) const;

 private:
  using AlertPlace = std::tuple<IncidentId, std::uint32_t, ChannelId>;

  void complain(std::string what) { findings_.add(std::move(what)); }
  void judge_result(const Decision& decision);
  bool replays(const Decision& decision, const CheckState& before);
  void judge_transition(const Decision& decision);

  // auditor_incidents.cpp
  void judge_incident(const Decision& decision);
  void judge_beginning(const Incident& incident);
  void judge_group(const Incident& group, const TimelineEntry& word);
  void judge_grouped(const Incident& incident);
  void judge_new_step(const Decision& decision, const TimelineEntry& step);
  void judge_raise(const Decision& decision, const TimelineEntry& step, const ChannelId& channel);
  void judge_end(const Decision& decision, const TimelineEntry& step, const ChannelId& channel);
  void judge_page(const Decision& decision, const TimelineEntry& step);
  void judge_alerts(const Decision& decision);
  void judge_late_alert(const Incident& incident, const Alert& alert);
  std::vector<ChannelId> channels_of(const Incident& incident) const;

  const World& world_;
  Findings& findings_;
  AuditCounts counts_;
  std::map<CheckKey, CheckState> checks_;  // replayed from the log alone
  std::map<CheckKey, CheckResult> last_results_;
  std::map<ServiceId, ServiceState> services_;
  std::map<ServiceId, Transition> last_transitions_;
  std::map<IncidentId, Incident> incidents_;
  std::map<AlertPlace, Alert> alerts_;
  std::set<std::pair<IncidentId, ChannelId>> told_;  // who knows of an incident that is not over for them
  std::set<IncidentId> acknowledged_;
  std::set<ServiceId> may_start_afresh_;
  std::map<IncidentId, std::uint32_t> newest_steps_;
  std::set<IncidentId> changed_;                           // in this transaction
  std::set<ServiceId> moved_;                              // in this transaction
  std::set<std::pair<ServiceId, ServiceId>> pages_below_;  // in this transaction: told of, and its parent that is down
  std::map<IncidentId, std::string> left_out_;             // in this transaction: by its group
  int judged_again_ = 0;                                   // transactions
  std::set<ServiceId> dropped_;                            // until then
  std::set<ServiceId> cut_off_;
  WallTime cut_off_at_{};
  bool judges_maintenance_ = true;
};

}  // namespace allclear::sim
