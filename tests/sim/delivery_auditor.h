// DeliveryAuditor: hears what arrives at the channels and holds it against what was committed and what the ledger says.
// Knows nothing of how alerts are claimed and tried. One thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/model/decision.h"
#include "core/ports/store.h"
#include "tests/sim/findings.h"

namespace allclear::sim {

struct DeliveryCounts {
  std::size_t arrived = 0;
  std::size_t again = 0;  // with the same key
  std::size_t dead = 0;
  std::size_t in_stead = 0;  // arrived at a fallback
  std::size_t replayed = 0;
  std::size_t left_out = 0;
};

using DriverNumber = int;

class DeliveryAuditor {
 public:
  DeliveryAuditor(Queries& ledger, Findings& findings) : ledger_(ledger), findings_(findings) {}

  void committed(const Decision& decision);
  void try_begins(const Alert& alert, DriverNumber driver, milliseconds now);
  void arrived(const Alert& alert);
  void try_ends(const AlertId& alert, DriverNumber driver);
  // The driver heard that it was sent, or refused for good, and stored that.
  void settled(const AlertId& alert, DeliveryOutcome outcome);
  // The driver did not try it, since its channel refused the opening, and stored that.
  void left_out(const Alert& alert);
  void replayed(const AlertId& alert) { replayed_.insert(alert), ++counts_.replayed; }
  // What it was about to store is lost.
  void driver_died(DriverNumber driver);
  // A lease may end before its time then, and each driver notes it at its own next look, as soon as the store works.
  void clock_jumped(milliseconds now) { jumped_at_ = now; }
  // The ledger says of every alert what happened to it.
  void compare();
  // `well_since`: from when on this alert's channel and everything on the way to it worked; none: it does not.
  template <class WellSince>
  void expect_nothing_waits(milliseconds now, const WellSince& well_since) {
    for (const Alert& alert : waiting(now)) {
      const milliseconds since = std::max(well_since(alert).value_or(now), waits_since_.at(alert.id));
      if (now - since > patience) complain_of(alert, "waits although its channel is well");
    }
  }

  const DeliveryCounts& counts() const { return counts_; }

 private:
  using Way = std::pair<IncidentId, ChannelId>;
  struct Try {
    DriverNumber driver = 0;
    milliseconds since{0};
  };
  // Backoff, a lease that nobody settled, and what waits behind another step.
  static constexpr milliseconds patience = std::chrono::minutes(4);

  void complain_of(const Alert& alert, const char* what);
  void judge_end(const Alert& alert);
  // Of the steps that came before it since the incident began, or began again.
  template <class Holds>
  bool any_before(const Alert& alert, const Holds& holds) const;
  bool ended_elsewhere(const Alert& alert, std::uint32_t since) const;
  void compare(const Alert& stored);
  // First in their way, with the time since when they wait kept in waits_since_.
  std::vector<Alert> waiting(milliseconds now);

  Queries& ledger_;
  Findings& findings_;
  DeliveryCounts counts_;
  std::map<AlertId, Alert> owed_;
  std::map<Way, std::set<std::uint32_t>> raised_;  // ordinals of the steps that told of something worse
  std::map<IncidentId, std::map<std::uint32_t, IncidentState>> steps_;
  std::map<Way, std::uint32_t> newest_;   // ordinal that arrived
  std::map<Way, std::uint32_t> told_of_;  // ordinal that arrived last; 0: that was an end
  std::set<AlertId> arrived_;
  std::set<AlertId> sent_;
  std::set<AlertId> dead_;
  std::set<AlertId> left_out_;
  std::set<AlertId> replayed_;
  std::map<AlertId, milliseconds> waits_since_;
  std::multimap<AlertId, Try> tries_;
  std::set<AlertId>
      tried_twice_;  // at once, since a lease ended before its time, or by a driver that died and its successor
  std::optional<milliseconds> jumped_at_;
};

}  // namespace allclear::sim
