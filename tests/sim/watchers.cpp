#include "tests/sim/watchers.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/routing.h"

namespace allclear::sim {
namespace {

// A lost probe keeps its check and its place for half a minute beyond its timeout; others may stand in line before it.
constexpr milliseconds lost_after{30'000};
constexpr milliseconds longest_line{180'000};
// Until the anchors have said that it is not our own network.
constexpr milliseconds late_at_most{20'000};

}  // namespace

void ProgressWatcher::expect(const Catalogue& catalogue, milliseconds now) {
  std::map<CheckKey, Wait> waits;
  for (const auto& service : catalogue.services) {
    for (const auto& check : service->checks) {
      if (!service->enabled || std::holds_alternative<HeartbeatTarget>(check->target)) continue;
      const CheckKey key{service->id, check->id, local_location()};
      const auto before = waits_.find(key);
      const milliseconds patience = 2 * check->interval + check->timeout + lost_after + longest_line;
      waits[key] = {before == waits_.end() ? now : before->second.since, patience};
    }
  }
  waits_ = std::move(waits);
}

void ProgressWatcher::begin_anew(milliseconds now) {
  for (auto& [key, wait] : waits_) wait.since = now;
}

void ProgressWatcher::started(const CheckKey& key, milliseconds now) {
  if (const auto found = waits_.find(key); found != waits_.end()) found->second.since = now;
}

void ProgressWatcher::look(milliseconds now) {
  for (auto& [key, wait] : waits_) {
    if (now - wait.since <= wait.patience) continue;
    findings_.add(fmt::format("{}/{} was not checked for {} s", key.service.value(), key.check.value(),
                              (now - wait.since).count() / 1000));
    wait.since = now;
  }
}

void JobWatcher::expect(const Service& job) {
  const Check& check = *job.checks[0];
  jobs_[job.id] = {check.interval, std::get<HeartbeatTarget>(check.target).grace, {}, {}, false, false};
}

void JobWatcher::pinged(const ServiceId& id, PingKind kind, milliseconds now) {
  Job& job = jobs_.at(id);
  switch (kind) {
    case PingKind::success:
    case PingKind::fail:
      job.not_before = job.not_after = now + job.interval + job.grace;
      job.clock_was_set = job.was_away = false;
      break;
    case PingKind::start:
      if (job.not_before) job.not_before = std::min(*job.not_before, now + job.grace);
      if (!job.not_after) break;
      job.not_after =
          job.was_away ? std::max(*job.not_after, now + job.grace) : std::min(*job.not_after, now + job.grace);
      job.was_away = false;
      break;
    case PingKind::log: break;
  }
}

void JobWatcher::judged(const ServiceId& id, const CheckResult& result, When when, milliseconds now) {
  Job& job = jobs_.at(id);
  const bool missed = result.reason == Reason::missed;
  if (!missed && result.verdict != Verdict::unknown) return;  // a ping
  if (missed && when == When::now) {
    ++missed_;
    if (job.not_before && now < *job.not_before) findings_.add(id.value() + ": missed although it pinged in time");
  }
  job.not_before.reset();
  job.not_after = now + job.interval + job.grace;
}

void JobWatcher::unsure(const ServiceId& id) {
  jobs_.at(id).not_before.reset();
  jobs_.at(id).not_after.reset();
}

// Its grace begins anew when it would be over; by a clock that was set meanwhile that may look so.
void JobWatcher::restarted(milliseconds now) {
  for (auto& [id, job] : jobs_) {
    job.was_away = true;
    if (job.not_before && job.clock_was_set) job.not_before = std::min(*job.not_before, now + job.grace);
    const milliseconds longest = job.clock_was_set ? job.interval + job.grace : job.grace;
    if (job.not_after) job.not_after = std::max(*job.not_after, now + longest);
  }
}

void JobWatcher::slept(milliseconds now) {
  for (auto& [id, job] : jobs_) {
    if (job.not_before) job.not_before = std::min(*job.not_before, now + job.grace);
  }
  restarted(now);
}

void JobWatcher::clock_jumped(milliseconds now) {
  for (auto& [id, job] : jobs_) {
    job.clock_was_set = true;
    if (job.not_after) job.not_after = std::max(*job.not_after, now + job.interval + job.grace);
  }
}

void JobWatcher::look(const ServiceId& id, Verdict standing, milliseconds now) {
  Job& job = jobs_.at(id);
  if (!job.not_after || now <= *job.not_after + late_at_most || standing != Verdict::up) return;
  findings_.add(
      fmt::format("{}: up although no ping came, {} s late", id.value(), (now - *job.not_after).count() / 1000));
  job.not_after.reset();
}

void EscalationWatcher::look(const Incident& open, const std::vector<ChannelId>& channels,
                             const ChannelPolicies& policies, milliseconds now) {
  if (!open.announced || open.acknowledged_at || open.timeline.empty()) return;
  for (const ChannelId& channel : channels) {
    const auto policy = policies.find(channel);
    const auto told = [&](const Told& one) { return one.channel == channel; };
    const bool waits = policy != policies.end() && policy->second.after > milliseconds(0) &&
                       policy->second.only_verdicts.empty() && policy->second.only_severities.empty() &&
                       std::none_of(open.told.begin(), open.told.end(), told);
    if (!waits) continue;
    const auto since = since_.emplace(Wait{open.id, channel, open.reopened}, now).first;
    if (now - since->second <= policy->second.after + late_at_most) continue;
    findings_.add(fmt::format("{}: {} is not told although nobody takes care", open.service.value(), channel.value()));
    since->second = now;
  }
}

void EscalationWatcher::pause(const IncidentId& incident) {
  std::erase_if(since_, [&](const auto& entry) { return std::get<IncidentId>(entry.first) == incident; });
}

void StormWatcher::emitted(const Decision& decision, milliseconds now, WallTime wall) {
  if (decision.service == monitor_service()) return;
  for (const Alert& alert : decision.alerts) {
    if (!tells_of_worse(alert.step) || alert.created_at != wall || !seen_.insert(alert.id).second) continue;
    std::deque<milliseconds>& begun = begun_[alert.channel];
    while (!begun.empty() && begun.front() + policy_.within <= now) begun.pop_front();
    begun.push_back(now);
    if (begun.size() > static_cast<std::size_t>(policy_.threshold))
      findings_.add(alert.channel.value() + ": more single messages in a storm than the threshold");
  }
}

}  // namespace allclear::sim
