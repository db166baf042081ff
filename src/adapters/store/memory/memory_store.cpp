#include "adapters/store/memory/memory_store.h"

#include <algorithm>
#include <tuple>

#include "adapters/store/codec/alert_page.h"
#include "adapters/store/codec/history_page.h"
#include "adapters/store/codec/incident_codec.h"
#include "adapters/store/codec/series_builder.h"
#include "adapters/store/codec/state_codec.h"
#include "core/rules/delivery.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear::store {
namespace {

bool is_pending(const Alert& alert) { return alert.state == AlertState::owed || alert.state == AlertState::sending; }
bool older(const Alert& left, const Alert& right) { return is_older(position_of(left), position_of(right)); }

}  // namespace

Result<StoredState> MemoryStore::load() {
  const std::lock_guard lock(mutex_);
  StoredState stored;
  for (const auto& [key, record] : checks_) {
    if (!record.state && !record.last) continue;
    StoredCheck check{key, record.state.value_or(CheckState{})};
    if (record.last) fill_last(check.state, *record.last);
    check.archived = record.archived;
    stored.checks.push_back(std::move(check));
  }
  for (const auto& [id, record] : services_) {
    if (record.state) stored.services.push_back(*record.state);
  }
  const WallTime reach = last_running_.value_or(WallTime{}) - std::chrono::hours(24);
  for (const IncidentId& id : incident_order_) {
    const Incident& incident = incidents_.at(id);
    if (incident.open()) {
      stored.open_incidents.push_back(incident);
    } else if (*incident.resolved_at >= reach) {
      stored.recent_incidents.push_back(incident);
    }
  }
  for (const auto& [id, plan] : plans_) stored.planned.push_back(plan);
  stored.deliveries = last_deliveries(reach);
  stored.last_start = last_start_;
  stored.page_seq = page_seq_;
  return stored;
}

std::vector<StoredDeliveries> MemoryStore::last_deliveries(WallTime from) const {
  std::map<ChannelId, StoredDeliveries> by_channel;
  for (const auto& [id, alert] : alerts_) {
    const auto tries = tries_.find(id);
    if (tries == tries_.end() || tries->second.back().at < from) continue;
    const AlertTry& last = tries->second.back();
    StoredDeliveries& one = by_channel[alert.channel];
    one.channel = alert.channel;
    if (alert.state == AlertState::sent && last.outcome == DeliveryOutcome::sent && alert.created_at >= from) {
      one.sent_at = std::max(one.sent_at.value_or(last.at), last.at);
    } else if (alert.state == AlertState::dead && last.outcome == DeliveryOutcome::rejected &&
               last.at >= one.rejected_at.value_or(last.at)) {
      one.rejected_at = last.at;
      one.answer = last.answer;
    }
  }
  std::vector<StoredDeliveries> all;
  for (auto& [channel, one] : by_channel) {
    if (one.sent_at || one.rejected_at) all.push_back(std::move(one));
  }
  return all;
}

// Judged against the state after the earlier decisions of the same batch.
std::set<ServiceId> MemoryStore::conflicts(std::span<const Decision> decisions) const {
  std::set<ServiceId> found;
  std::map<CheckKey, std::uint64_t> versions;
  std::map<ServiceId, IncidentId> open;
  for (const auto& [id, incident] : incidents_) {
    if (incident.open() && is_automatic_incident(incident)) open[incident.service] = id;
  }
  for (const Decision& decision : decisions) {
    if (decision.key && decision.state) {
      const auto record = checks_.find(*decision.key);
      const bool has_row = record != checks_.end() && record->second.state;
      const std::uint64_t stored = has_row ? record->second.state->version : 0;
      const auto [version, fresh] = versions.try_emplace(*decision.key, stored);
      if (version->second + 1 != decision.state->version) found.insert(decision.service);
      version->second = decision.state->version;
    }
    if (!decision.incident || !is_automatic_incident(*decision.incident)) continue;
    const auto now_open = open.find(decision.incident->service);
    if (!decision.incident->open()) {
      if (now_open != open.end() && now_open->second == decision.incident->id) open.erase(now_open);
    } else if (now_open != open.end() && now_open->second != decision.incident->id) {
      found.insert(decision.service);
    } else {
      open[decision.incident->service] = decision.incident->id;
    }
  }
  return found;
}

Result<void, CommitError> MemoryStore::commit(std::span<const Decision> decisions) {
  const std::lock_guard lock(mutex_);
  const std::set<ServiceId> found = conflicts(decisions);
  if (!found.empty()) {
    return tl::make_unexpected(
        CommitError{CommitFault::conflict, {found.begin(), found.end()}, "stored by another writer meanwhile"});
  }
  for (const Decision& decision : decisions) {
    if (!decision.result) continue;
    const WallTime at = decision.result->at;
    if (last_running_ && tells_of_set_clock(at, *last_running_)) note_running(at);
    last_running_ = std::max(last_running_.value_or(at), at);  // a batch may span what would count as an absence
  }
  for (const Decision& decision : decisions) apply(decision);
  return {};
}

void MemoryStore::apply(const Decision& decision) {
  if (decision.key && decision.state) checks_[*decision.key].state = *decision.state;
  if (decision.key && decision.result) add_result(*decision.key, *decision.result);
  ServiceRecord& service = services_[decision.service];
  if (decision.service_state) service.state = *decision.service_state;
  if (decision.transition) {
    const WallTime at = entry_time(decision.transition->at, last_running_, service.patience);
    enter_state(service.timeline, at, to_shown(decision.transition->to, decision.transition->maintenance));
  }
  if (decision.incident) {
    const bool fresh = incidents_.insert_or_assign(decision.incident->id, *decision.incident).second;
    if (fresh) incident_order_.push_back(decision.incident->id);
  }
  for (const Alert& alert : decision.alerts) alerts_.try_emplace(alert.id, alert);
  if (!decision.plan) return;
  plans_.erase(decision.plan->maintenance->id);
  if (!decision.plan->dropped) plans_.emplace(decision.plan->maintenance->id, decision.plan->maintenance);
}

void MemoryStore::add_result(const CheckKey& key, const CheckResult& result) {
  CheckRecord& record = checks_[key];
  record.last = result;
  const auto place = std::upper_bound(record.results.begin(), record.results.end(), result.at,
                                      [](WallTime at, const CheckResult& other) { return at < other.at; });
  record.results.insert(place, result);
  DayCount& count = services_[key.service].counts[day_of(result.at)];
  ++count.results;
  if (result.verdict == Verdict::up || result.verdict == Verdict::degraded) count.latencies.add(result.latency);
}

void MemoryStore::note_running(WallTime now) {
  std::optional<WallTime> first_known;
  for (const auto& [id, record] : services_) {
    if (record.timeline.empty()) continue;
    first_known = std::min(first_known.value_or(record.timeline.front().from), record.timeline.front().from);
  }
  if (!is_believed(now, last_running_, first_known, absences_)) return;
  if (last_running_ && *last_running_ - now > leap) {
    std::erase_if(absences_, [&](const Absence& absence) { return absence.from >= now; });
    for (Absence& absence : absences_) absence.to = std::min(absence.to, now);
  }
  if (last_running_ && now - *last_running_ > least_absence) absences_.push_back({*last_running_, now});
  last_running_ = now;
}

Result<void> MemoryStore::put_catalogue(const Catalogue& catalogue, WallTime now) {
  const std::lock_guard lock(mutex_);
  note_running(now);
  std::set<ServiceId> named;
  for (auto& [key, record] : checks_) record.archived = true;
  for (const auto& service : catalogue.services) {
    named.insert(service->id);
    for (const auto& check : service->checks) {
      for (const LocationId& location : check->locations->ids) {
        const auto known = checks_.find({service->id, check->id, location});
        if (known != checks_.end()) known->second.archived = false;
      }
    }
    ServiceRecord& record = services_[service->id];
    record.patience = patience_of(*service);
    if (record.archived && record.state)
      enter_state(record.timeline, *last_running_, to_shown(record.state->verdict, record.state->maintenance));
    record.archived = false;
  }
  for (auto& [id, record] : services_) {
    if (named.contains(id) || record.archived) continue;
    record.archived = true;
    enter_state(record.timeline, *last_running_, ShownState::unknown);
  }
  return {};
}

Result<void> MemoryStore::put_last_start(WallTime at) {
  const std::lock_guard lock(mutex_);
  last_start_ = at;
  return {};
}

Result<void> MemoryStore::put_page_seq(std::uint64_t seq) {
  const std::lock_guard lock(mutex_);
  page_seq_ = seq;
  return {};
}

Result<void> MemoryStore::upkeep(WallTime now) {
  const std::lock_guard lock(mutex_);
  note_running(now);
  return {};
}

bool MemoryStore::waits_for_earlier(const Alert& alert) const {
  return std::any_of(alerts_.begin(), alerts_.end(), [&](const auto& entry) {
    const Alert& other = entry.second;
    return is_pending(other) && other.incident == alert.incident && other.channel == alert.channel &&
           other.ordinal < alert.ordinal;
  });
}

AlertWay MemoryStore::way_of(const Alert& alert) const {
  AlertWay way;
  const auto incident = incidents_.find(alert.incident);
  if (incident != incidents_.end()) note_life(incident->second, way);
  for (const auto& [id, other] : alerts_) {
    if (other.incident == alert.incident && other.channel == alert.channel) way.alerts.push_back(other);
  }
  std::sort(way.alerts.begin(), way.alerts.end(), [](const Alert& a, const Alert& b) { return a.ordinal < b.ordinal; });
  return way;
}

void MemoryStore::leave_to_recovery(WallTime now) {
  std::vector<Alert*> stale;
  for (auto& [id, alert] : alerts_) {
    if (alert.state == AlertState::owed && alert.created_at <= now - stale_news) stale.push_back(&alert);
  }
  std::sort(stale.begin(), stale.end(), [](const Alert* a, const Alert* b) { return a->ordinal < b->ordinal; });
  for (Alert* alert : stale) {
    if (!recovery_may_tell(*alert, way_of(*alert))) continue;
    alert->state = AlertState::sent;
    alert->last_answer = told_by_recovery;
  }
}

Result<std::vector<Alert>> MemoryStore::claim(WallTime now, milliseconds lease, std::size_t limit,
                                              const std::vector<ChannelId>& busy) {
  const std::lock_guard lock(mutex_);
  leave_to_recovery(now);
  std::vector<Alert> ready;
  for (const auto& [id, alert] : alerts_) {
    const bool passed_over = std::find(busy.begin(), busy.end(), alert.channel) != busy.end();
    const bool untried = alert.state == AlertState::owed && alert.tries == 0;
    const milliseconds longest = alert.state == AlertState::sending ? longest_lease : longest_wait;
    const bool due = alert.due_at <= now || alert.due_at > now + longest || (untried && alert.created_at > now);
    if (is_pending(alert) && !passed_over && due && !waits_for_earlier(alert)) ready.push_back(alert);
  }
  std::sort(ready.begin(), ready.end(), older);
  if (ready.size() > limit) ready.resize(limit);
  for (Alert& alert : ready) {
    alert.state = AlertState::sending;
    alert.due_at = now + lease;
    alerts_[alert.id] = alert;
    alert.moot = is_moot(alert, way_of(alert));
  }
  return ready;
}

Result<void> MemoryStore::settle(const AlertId& id, const Delivery& delivery, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto entry = alerts_.find(id);
  if (entry == alerts_.end()) return failure("no alert " + id.value());
  Alert& alert = entry->second;
  if (alert.state == AlertState::sent) return {};
  alert.last_answer = delivery.answer;
  if (!delivery.moot) note_try(alert, delivery, now);
  switch (delivery.outcome) {
    case DeliveryOutcome::sent: alert.state = AlertState::sent; break;
    case DeliveryOutcome::rejected:
      alert.state = AlertState::dead;
      // Its opening may have been replayed since it was claimed.
      if (delivery.moot && !is_moot(alert, way_of(alert))) {
        alert.state = AlertState::owed;
        alert.due_at = now;
      }
      break;
    case DeliveryOutcome::retry_after:
      alert.state = AlertState::owed;
      alert.due_at = now + delivery.retry_after;
      break;
  }
  if (delivery.fallback) hand_over(alert, delivery, now);
  return {};
}

void MemoryStore::note_try(Alert& alert, const Delivery& delivery, WallTime now) {
  ++alert.tries;
  std::vector<AlertTry>& tries = tries_[alert.id];
  tries.push_back({alert.tries, now, delivery.outcome, delivery.answer});
  if (const auto outdated = outdated_try(alert.tries)) {
    std::erase_if(tries, [&](const AlertTry& one) { return one.number == *outdated; });
  }
}

// Also the later steps of the incident, which wait behind this one.
void MemoryStore::hand_over(const Alert& tried, const Delivery& delivery, WallTime now) {
  std::vector<Alert> steps;
  for (const auto& [id, alert] : alerts_) {
    const bool same_way = alert.incident == tried.incident && alert.channel == tried.channel;
    if (same_way && (is_pending(alert) || id == tried.id)) steps.push_back(alert);
  }
  std::sort(steps.begin(), steps.end(), [](const Alert& a, const Alert& b) { return a.ordinal < b.ordinal; });
  for (const Alert& step : steps) {
    const bool told_before = std::any_of(alerts_.begin(), alerts_.end(), [&](const auto& entry) {
      const Alert& other = entry.second;
      return other.incident == step.incident && other.channel == *delivery.fallback && other.ordinal < step.ordinal;
    });
    if (!goes_to_fallback(step, delivery, told_before)) continue;
    const Alert instead = in_stead(step, *delivery.fallback, now);
    alerts_.try_emplace(instead.id, instead);
  }
}

Result<void> MemoryStore::set_back(WallTime now, std::optional<milliseconds> by) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, alert] : alerts_) {
    if (!is_pending(alert) || alert.due_at <= now) continue;
    const auto tries = tries_.find(id);
    const WallTime last_at = tries == tries_.end() ? alert.created_at : tries->second.back().at;
    if (by)
      alert.due_at = std::max(now, alert.due_at - *by);
    else if (last_at > now && alert.state == AlertState::owed)
      alert.due_at = now;
  }
  return {};
}

Result<ReplayOutcome> MemoryStore::replay(const AlertId& id, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto entry = alerts_.find(id);
  if (entry == alerts_.end()) return ReplayOutcome::not_found;
  const Alert replayed = entry->second;
  if (replayed.state != AlertState::dead) return ReplayOutcome::not_dead;
  const AlertWay way = way_of(replayed);
  if (!may_replay(replayed, way)) return ReplayOutcome::began_again;
  std::vector<Alert> owed = following_replay(replayed, way);
  owed.push_back(replayed);
  for (const Alert& one : owed) {
    Alert& alert = alerts_.at(one.id);
    alert.state = AlertState::owed;
    alert.due_at = now;
    alert.replayed_at = now;
  }
  return ReplayOutcome::owed;
}

Result<HistoryPage> MemoryStore::history(const HistoryQuery& query) {
  if (has_bad_cursor(query)) return bad_cursor_page();
  auto range = history_range(query);
  if (!range) return tl::make_unexpected(range.error());
  const std::lock_guard lock(mutex_);
  std::vector<HistoryRow> candidates;
  for (const auto& [key, record] : checks_) {
    if (key.service != query.service || (query.check && key.check != *query.check)) continue;
    for (const CheckResult& result : record.results) {
      if (range->holds(result.at)) candidates.push_back({key, result});
    }
  }
  return cut_page(std::move(candidates), *range);
}

Result<void> MemoryStore::read(WallTime from, WallTime to, const TakeResult& take) {
  std::vector<HistoryRow> rows;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, record] : checks_) {
      for (const CheckResult& result : record.results) {
        if (from <= result.at && result.at < to) rows.push_back({key, result});
      }
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const HistoryRow& left, const HistoryRow& right) { return left.result.at < right.result.at; });
  for (const HistoryRow& row : rows) take(row.key, row.result);
  return {};
}

ServiceDays MemoryStore::days_of(const ServiceId& id, const ServiceRecord& record, std::chrono::sys_days first,
                                 WallTime now) const {
  std::vector<Absence> absences = absences_;
  if (last_running_ && now > *last_running_) absences.push_back({*last_running_, now});
  const Timeline timeline = with_absences(record.timeline, absences, record.patience);
  ServiceDays result{id, {}, {}};
  for (auto day = first; day <= day_of(now); day += std::chrono::days(1)) {
    const StateTimes times = times_within(timeline, day, std::min<WallTime>(day + std::chrono::days(1), now), now);
    const auto count = record.counts.find(day);
    if (!has_data(times, count == record.counts.end() ? 0 : count->second.results)) continue;
    DayRow row{day, times, 0, std::nullopt};
    if (count != record.counts.end()) {
      row.results = count->second.results;
      row.p95 = count->second.latencies.quantile(0.95);
    }
    result.days.push_back(row);
  }
  const WindowStarts starts(now);
  result.uptime = {uptime_ratio(times_within(timeline, starts.day, now, now)),
                   uptime_ratio(times_within(timeline, starts.week, now, now)),
                   uptime_ratio(times_within(timeline, starts.month, now, now)),
                   uptime_ratio(times_within(timeline, starts.quarter, now, now))};
  return result;
}

Result<std::vector<ServiceDays>> MemoryStore::days(std::chrono::sys_days first, WallTime now,
                                                   const ServiceFilter& wanted) {
  const std::lock_guard lock(mutex_);
  std::vector<ServiceDays> all;
  for (const auto& [id, record] : services_) {
    if (!record.archived && wanted(id.value())) all.push_back(days_of(id, record, first, now));
  }
  return all;
}

Result<std::vector<Series>> MemoryStore::series(const SeriesQuery& query) {
  if (auto refused = refuse_series(query)) return tl::make_unexpected(std::move(*refused));
  const std::lock_guard lock(mutex_);
  SeriesBuilder builder(query);
  CountedSeries counted(query);
  for (const auto& [key, record] : checks_) {
    if (key.service != query.service) continue;
    for (const CheckResult& result : record.results) {
      query.source == SeriesSource::results ? builder.add(key, result) : counted.add(result);
    }
  }
  return query.source == SeriesSource::results ? builder.finish() : counted.finish();
}

Result<std::vector<Incident>> MemoryStore::incidents(const std::optional<ServiceId>& service, WallTime from,
                                                     WallTime to, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Incident> found;
  for (const auto& [id, incident] : incidents_) {
    const bool wanted = !service || incident.service == *service;
    const bool ended_before = incident.resolved_at && *incident.resolved_at < from;
    if (wanted && incident.opened_at < to && !ended_before) found.push_back(incident);
  }
  std::sort(found.begin(), found.end(), [](const Incident& left, const Incident& right) {
    return std::tie(right.opened_at, right.id) < std::tie(left.opened_at, left.id);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

Result<std::optional<Incident>> MemoryStore::incident(const IncidentId& id) {
  const std::lock_guard lock(mutex_);
  const auto entry = incidents_.find(id);
  return entry == incidents_.end() ? std::nullopt : std::optional(entry->second);
}

AlertRecord MemoryStore::record_of(const Alert& alert) const {
  const auto tries = tries_.find(alert.id);
  return {alert, tries == tries_.end() ? std::vector<AlertTry>{} : tries->second};
}

Result<AlertPage> MemoryStore::alerts(const AlertQuery& query) {
  const auto range = alert_range(query);
  if (!range) return tl::make_unexpected(range.error());
  if (range->bad_cursor) return AlertPage{{}, "", true};
  const std::lock_guard lock(mutex_);
  std::vector<AlertRecord> found;
  for (const auto& [id, alert] : alerts_) {
    const bool follows = !range->after || is_older(position_of(alert), *range->after);
    if (follows && is_wanted(query, alert)) found.push_back(record_of(alert));
  }
  std::sort(found.begin(), found.end(),
            [](const AlertRecord& left, const AlertRecord& right) { return older(right.alert, left.alert); });
  return cut_alert_page(std::move(found), query.limit);
}

Result<std::optional<AlertRecord>> MemoryStore::alert(const AlertId& id) {
  const std::lock_guard lock(mutex_);
  const auto entry = alerts_.find(id);
  return entry == alerts_.end() ? std::nullopt : std::optional(record_of(entry->second));
}

}  // namespace allclear::store
