#include "runtime/history_replay.h"

#include <algorithm>
#include <utility>

#include "core/rules/decide.h"
#include "core/rules/incident_lifecycle.h"
#include "core/rules/rejudge.h"

namespace allclear::runtime {
namespace {

constexpr milliseconds shortest_silence = std::chrono::minutes(5);  // as a store reckons a monitor's absence
constexpr milliseconds longest_flight = std::chrono::hours(1);      // no timeout is longer
constexpr milliseconds retry_slack = seconds(5);
constexpr std::uint64_t commits_at_once = 64;
constexpr MonotonicTime clock_start{std::chrono::hours(1)};

bool is_heartbeat(const Check& check) { return std::holds_alternative<HeartbeatTarget>(check.target); }

// A heartbeat's latency is how long its job took, and its time is when it told so.
WallTime landing_time(const Check& check, const CheckResult& result) {
  if (is_heartbeat(check)) return result.at;
  const auto took = std::chrono::floor<milliseconds>(result.latency);
  return result.at + std::clamp(took, milliseconds(0), longest_flight);
}

StoredState stored_at(const ReplayPlan& plan) {
  StoredState stored;
  stored.last_start = plan.begin;  // nothing is due: the results come by themselves
  for (const auto& service : plan.catalogue->services) {
    if (std::find(plan.known.begin(), plan.known.end(), service->id) == plan.known.end()) continue;
    ServiceState state;
    state.service = service->id;
    state.since = plan.begin;
    stored.services.push_back(std::move(state));
  }
  return stored;
}

}  // namespace

HistoryReplay::HistoryReplay(ReplayPlan plan) : plan_(std::move(plan)), engine_(EngineLimits{}), now_(plan_.begin) {
  know_checks();
  send(Started{plan_.catalogue, stored_at(plan_), Pace::single_pass});
}

void HistoryReplay::know_checks() {
  milliseconds shortest = milliseconds::max();
  for (const auto& service : plan_.catalogue->services) {
    named_.insert(service->id);
    for (const auto& check : service->checks) {
      for (const LocationId& location : check->locations->ids)
        checks_.emplace(CheckKey{service->id, check->id, location}, KnownCheck{check, false, std::nullopt});
      if (service->enabled && check->enabled) shortest = std::min(shortest, check->interval);
    }
  }
  silence_ = shortest == milliseconds::max() ? shortest_silence : std::max(shortest_silence, 2 * shortest);
}

void HistoryReplay::take(const CheckKey& key, const CheckResult& stored) {
  if (!facts_.first_at) facts_.first_at = stored.at;
  const auto found = checks_.find(key);
  if (found == checks_.end()) {
    const bool gone = !named_.contains(key.service) && counts(key.service);
    if (gone && stored.at >= plan_.from) facts_.unnamed.insert(key.service);
    return;
  }
  land_until(stored.at);
  CheckResult result = rejudge(*found->second.check, stored);
  count(*found, stored, result);
  const WallTime at = landing_time(*found->second.check, result);
  landings_.push({at, ++landed_, &*found, std::move(result)});
}

void HistoryReplay::count(Checks::value_type& check, const CheckResult& stored, const CheckResult& result) {
  auto& [key, known] = check;
  known.has_results = true;
  const auto retry_at = std::exchange(known.retry_at, std::nullopt);
  if (stored.at < plan_.from || !counts(key.service)) return;
  ++facts_.results;
  if (result.verdict != stored.verdict || result.reason != stored.reason) ++facts_.judged_otherwise;
  const bool answered = result.verdict == Verdict::up || result.verdict == Verdict::degraded;
  if (answered && !is_heartbeat(*known.check) && result.latency > known.check->timeout) ++facts_.slower_than_timeout;
  const bool was_watched = retry_at && stored.at - *retry_at < silence_;
  if (was_watched && stored.at > *retry_at + std::max<milliseconds>(retry_slack, known.check->confirm.retry))
    ++facts_.missing_retries;
}

void HistoryReplay::finish() {
  land_until(WallTime::max());
  if (plan_.to - now_ <= silence_) advance(plan_.to);  // else nobody watched until then
  for (const auto& [id, incident] : incidents_) paging_.incidents.push_back(incident);
  for (const auto& service : plan_.catalogue->services) {
    for (const auto& check : service->checks) {
      for (const LocationId& location : check->locations->ids) {
        if (!counts(service->id)) continue;
        CheckKey key{service->id, check->id, location};
        if (!checks_.at(key).has_results) facts_.without_results.push_back(std::move(key));
      }
    }
  }
}

// No result that is still to come can land before `time`.
void HistoryReplay::land_until(WallTime time) {
  while (!landings_.empty() && landings_.top().at <= time) {
    const Landing landing = landings_.top();
    landings_.pop();
    land(landing);
  }
}

void HistoryReplay::land(const Landing& landing) {
  auto& [key, known] = *landing.check;
  advance(landing.at);
  send(Observed{key, landing.result, 0});
  if (is_heartbeat(*known.check)) return;
  const auto state = engine_.state_of(key);
  if (!state || !pending(*state)) return;
  known.retry_at = landing.at + std::min<milliseconds>(known.check->confirm.retry, known.check->interval);
}

// What falls due on the way is done in its time; while the monitor was off nothing was.
void HistoryReplay::advance(WallTime to) {
  if (to - now_ > silence_) now_ = to;
  while (true) {
    const bool more = next_acknowledged_ < plan_.acknowledged.size();
    const WallTime asked = more ? plan_.acknowledged[next_acknowledged_].at : WallTime::max();
    const WallTime next = std::min(wake_, asked);
    if (next > to || next == WallTime::max()) break;
    now_ = std::max(now_, next);
    if (asked <= wake_) {
      acknowledge();
    } else {
      wake_ = WallTime::max();
      send(Due{});
    }
  }
  now_ = std::max(now_, to);
}

void HistoryReplay::acknowledge() {
  const Acknowledged& done = plan_.acknowledged[next_acknowledged_++];
  for (const ServiceSnapshot& service : engine_.services()) {
    if (service.service->id != done.service || !service.open_incident) continue;
    const IncidentId open = service.open_incident->id;
    return send(Operated{{Acknowledge{open}, done.who}, 0});
  }
}

void HistoryReplay::send(const Event& event) {
  std::vector<Event> answers;
  commands_.clear();
  engine_.on(event, now(), commands_);
  for (const Command& command : commands_) carry_out(command, answers);
  for (const Event& answer : answers) send(answer);
}

void HistoryReplay::carry_out(const Command& command, std::vector<Event>& answers) {
  if (const auto* commit = std::get_if<Commit>(&command)) {
    for (const Decision& decision : commit->decisions) keep(decision);
    if (++unconfirmed_ < commits_at_once) return;
    unconfirmed_ = 0;
    answers.emplace_back(Committed{commit->seq});
  } else if (const auto* probe = std::get_if<StartProbe>(&command)) {
    answers.emplace_back(Abandoned{probe->key});  // what it would have seen nobody knows
  } else if (const auto* wake = std::get_if<WakeAt>(&command)) {
    wake_ = plan_.begin + std::chrono::ceil<milliseconds>(wake->at - clock_start);
  }
}

void HistoryReplay::keep(const Decision& decision) {
  for (const Alert& alert : decision.alerts) {
    if (alert.created_at >= plan_.from && counts(alert.service)) ++paging_.alerts[alert.channel][alert.step];
  }
  if (!decision.incident || !is_automatic_incident(*decision.incident) || !counts(decision.incident->service)) return;
  if (decision.incident->resolved_at && *decision.incident->resolved_at < plan_.from)
    incidents_.erase(decision.incident->id);
  else
    incidents_.insert_or_assign(decision.incident->id, paged(*decision.incident));
}

Instant HistoryReplay::now() const { return {now_, clock_start + (now_ - plan_.begin)}; }

}  // namespace allclear::runtime
