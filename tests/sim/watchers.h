// Watchers: what must go on as time passes, seen from outside: checks start, pings count, storms stay quiet. Virtual time
// since the start, which stands still while the machine sleeps. One thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "core/model/decision.h"
#include "core/model/operation.h"
#include "core/model/service.h"
#include "tests/sim/findings.h"

namespace allclear::sim {

// No check may stop.
class ProgressWatcher {
 public:
  explicit ProgressWatcher(Findings& findings) : findings_(findings) {}

  // What is to be checked from now on. Those that were before go on waiting.
  void expect(const Catalogue& catalogue, milliseconds now);
  // The process is new, or the machine slept: all wait from now on.
  void begin_anew(milliseconds now);
  void nobody_works() { waits_.clear(); }
  void started(const CheckKey& key, milliseconds now);
  void look(milliseconds now);

 private:
  struct Wait {
    milliseconds since{0};
    milliseconds patience{0};
  };

  Findings& findings_;
  std::map<CheckKey, Wait> waits_;
};

// A job that pinged in time is never missed, one that stays away is, soon after its time.
class JobWatcher {
 public:
  explicit JobWatcher(Findings& findings) : findings_(findings) {}

  void expect(const Service& job);
  void pinged(const ServiceId& job, PingKind kind, milliseconds now);
  // The monitor says that the job is missed, or that it cannot know. exact: now; else some time ago.
  enum class When : std::uint8_t { now, before };
  void judged(const ServiceId& job, const CheckResult& result, When when, milliseconds now);
  // It is not known whether the last ping was kept.
  void unsure(const ServiceId& job);
  void paused(const ServiceId& job) { unsure(job); }
  void restarted(milliseconds now);
  void slept(milliseconds now);
  void clock_jumped(milliseconds now);
  // `standing`: as the monitor shows it.
  void look(const ServiceId& job, Verdict standing, milliseconds now);
  std::size_t missed() const { return missed_; }

 private:
  struct Job {
    milliseconds interval{0};
    milliseconds grace{0};
    std::optional<milliseconds> not_before;  // it may be missed from here on
    std::optional<milliseconds> not_after;   // it must be
    bool clock_was_set = false;              // since the last ping
    bool was_away = false;                   // the monitor, since then: the first run that begins has its time whole
  };

  Findings& findings_;
  std::map<ServiceId, Job> jobs_;
  std::size_t missed_ = 0;
};

// Of what begins at once only so much is told one by one (R17).
class StormWatcher {
 public:
  StormWatcher(const GroupingPolicy& policy, Findings& findings) : policy_(policy), findings_(findings) {}

  // As it leaves the engine. What was decided before and had to wait is not judged.
  void emitted(const Decision& decision, milliseconds now, WallTime wall);
  void restarted() { begun_.clear(); }

 private:
  const GroupingPolicy policy_;
  Findings& findings_;
  std::set<AlertId> seen_;
  std::map<ChannelId, std::deque<milliseconds>> begun_;
};

// A channel that waits for somebody to take care hears of it in time when nobody does.
class EscalationWatcher {
 public:
  explicit EscalationWatcher(Findings& findings) : findings_(findings) {}

  // As it stands; `channels` are those of its service.
  void look(const Incident& open, const std::vector<ChannelId>& channels, const ChannelPolicies& policies,
            milliseconds now);
  // The clock was set, the process is new, the config was read: the time may count from here.
  void begin_anew() { since_.clear(); }
  // Nobody is told now.
  void pause(const IncidentId& incident);

 private:
  using Wait = std::tuple<IncidentId, ChannelId, std::uint32_t>;

  Findings& findings_;
  std::map<Wait, milliseconds> since_;
};

}  // namespace allclear::sim
