#include "adapters/api/public_view.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "adapters/api/service_standing.h"
#include "core/rules/incident_by_hand.h"
#include "core/rules/maintenance.h"
#include "core/rules/uptime.h"

namespace allclear::api {
namespace {

constexpr milliseconds least_stale{600'000};
constexpr int stale_intervals = 5;

milliseconds sum_of(const StateTimes& times) {
  return times.up + times.degraded + times.down + times.maintenance + times.unknown;
}

// How long the day could have been known. A service's first day begins with its first result, not at midnight.
milliseconds known_span(const DayRow& row, std::chrono::sys_days first_day, WallTime now) {
  const milliseconds elapsed = row.day == day_of(now) ? now - WallTime(row.day) : milliseconds(std::chrono::days(1));
  return row.day == first_day ? std::min(elapsed, sum_of(row.times)) : elapsed;
}

std::vector<DayView> day_views(const ServiceDays* stored, const PageSettings& page, WallTime now) {
  const auto today = day_of(now);
  const auto first = today - std::chrono::days(shown_days - 1);
  std::vector<DayView> views;
  views.reserve(shown_days);
  for (int i = 0; i < shown_days; ++i) views.push_back({.day = first + std::chrono::days(i)});
  if (stored == nullptr) return views;
  for (const DayRow& row : stored->days) {
    if (row.day < first || row.day > today) continue;
    DayView& view = views[static_cast<std::size_t>((row.day - first).count())];
    view.state = day_state(row.times, known_span(row, stored->days.front().day, now), page.outage);
    view.down = std::chrono::duration_cast<DayView::Span>(row.times.down);
    view.degraded = std::chrono::duration_cast<DayView::Span>(row.times.degraded);
    view.maintenance = std::chrono::duration_cast<DayView::Span>(row.times.maintenance);
    if (const auto ratio = uptime_ratio(row.times)) {
      view.uptime_ten_thousandths = static_cast<std::int16_t>(std::lround(truncate_ratio(*ratio) * 10'000));
    }
  }
  return views;
}

ServiceView service_view(const ServiceSnapshot& snapshot, const ServiceDays* stored, const LatencyTrends& trends,
                         const PageSettings& page, WallTime now) {
  const Service& service = *snapshot.service;
  ServiceView view;
  view.id = service.id;
  view.name = service.name;
  view.group = service.group;
  view.activity = service.enabled ? Activity::active : Activity::paused;
  const ServiceStanding standing = standing_of(snapshot);
  view.state = standing.state;
  view.reason = standing.reason;
  view.since = standing.since;
  view.last_checked_at = standing.checked_at;
  view.latency = standing.latency;
  if (stored != nullptr) view.uptime = stored->uptime;
  view.days = day_views(stored, page, now);
  if (const auto trend = trends.find(std::string(service.id.value())); trend != trends.end())
    view.trend = trend->second;
  return view;
}

// Only of what visitors see: an incident of internal services colours nothing.
Rollup roll_up_view(const PublicView& view) {
  std::vector<ShownState> states;
  for (const ServiceView& service : view.services) {
    if (service.activity == Activity::active) states.push_back(service.state);
  }
  std::optional<Severity> worst_by_hand;
  for (const Incident& incident : view.open) {
    if (is_incident_by_hand(incident))
      worst_by_hand = std::max(worst_by_hand.value_or(incident.severity), incident.severity);
  }
  return roll_up(states, worst_by_hand);
}

void sort_newest_first(std::vector<Incident>& incidents) {
  std::sort(incidents.begin(), incidents.end(), [](const Incident& a, const Incident& b) {
    return a.opened_at != b.opened_at ? a.opened_at > b.opened_at : a.id > b.id;
  });
}

std::vector<MaintenanceView> maintenance_views(const Snapshot& snapshot, const std::unordered_set<std::string>& shown,
                                               WallTime now) {
  std::vector<MaintenanceView> views;
  for (const auto& maintenance : snapshot.maintenances) {
    const auto window = window_at_or_after(*maintenance, now);
    if (!window || window->starts_at > now + announced_span) continue;
    MaintenanceView view{maintenance->id,   maintenance->title, {},
                         window->starts_at, window->ends_at,    under_way(*window, now)};
    for (const ServiceId& service : maintenance->services) {
      if (shown.contains(service.value())) view.services.push_back(service);
    }
    if (!view.services.empty()) views.push_back(std::move(view));
  }
  std::stable_sort(views.begin(), views.end(),
                   [](const MaintenanceView& a, const MaintenanceView& b) { return a.starts_at < b.starts_at; });
  return views;
}

using IsShown = std::function<bool(const ServiceId&)>;

void add_open_incidents(PublicView& view, const Snapshot& snapshot, const IsShown& is_shown) {
  const auto add = [&](const Incident& incident) {
    if (auto part = public_part(incident, is_shown)) view.open.push_back(std::move(*part));
  };
  for (const auto& service : snapshot.services) {
    if (service.open_incident) add(*service.open_incident);
  }
  for (const auto& incident : snapshot.by_hand) add(*incident);
  sort_newest_first(view.open);
}

void add_past_incidents(PublicView& view, const std::vector<Incident>& past, const IsShown& is_shown) {
  std::unordered_set<std::string> open;
  for (const Incident& incident : view.open) open.insert(incident.id.value());
  for (const Incident& incident : past) {
    if (open.contains(incident.id.value())) continue;  // it ended after the snapshot was made: the next one tells
    if (!incident.resolved_at || *incident.resolved_at <= view.rendered_at - past_span) continue;
    if (auto part = public_part(incident, is_shown)) view.past.push_back(std::move(*part));
  }
  sort_newest_first(view.past);
  if (view.past.size() > most_past) view.past.resize(most_past);
  for (const Incident& incident : view.past) {
    if (*incident.resolved_at > view.rendered_at - recent_span && view.recent.size() < most_recent)
      view.recent.push_back(incident);
  }
}

}  // namespace

std::optional<double> DayView::uptime() const {
  if (uptime_ten_thousandths < 0) return std::nullopt;
  return uptime_ten_thousandths / 10'000.0;
}

const ServiceView* PublicView::find(const ServiceId& id) const {
  const auto found =
      std::find_if(services.begin(), services.end(), [&](const ServiceView& service) { return service.id == id; });
  return found == services.end() ? nullptr : &*found;
}

std::optional<Incident> public_part(const Incident& incident, const std::function<bool(const ServiceId&)>& is_shown) {
  Incident part = incident;
  std::erase_if(part.affects, [&](const ServiceId& service) { return !is_shown(service); });
  if (is_shown(part.service)) return part;
  if (!is_incident_by_hand(part) || part.affects.empty()) return std::nullopt;
  part.service = part.affects.front();
  part.affects.erase(part.affects.begin());
  return part;
}

const Incident* PublicView::find_incident(std::string_view id) const {
  for (const auto* list : {&open, &past}) {
    const auto found =
        std::find_if(list->begin(), list->end(), [&](const Incident& each) { return each.id.value() == id; });
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

PublicView make_public_view(const Snapshot& snapshot, const std::vector<ServiceDays>& days,
                            const std::vector<Incident>& past, PageSettings page, std::uint64_t seq, WallTime now,
                            const LatencyTrends& trends) {
  PublicView view;
  view.rendered_at = now;
  view.updated_at = std::min(now, snapshot.at);
  view.seq = seq;
  std::unordered_map<std::string, const ServiceDays*> stored;
  for (const ServiceDays& entry : days) stored.emplace(entry.service.value(), &entry);
  std::unordered_set<std::string> shown;
  for (const auto& service : snapshot.services) {
    if (service.service->visibility == Visibility::internal) continue;
    const auto entry = stored.find(service.service->id.value());
    view.services.push_back(service_view(service, entry == stored.end() ? nullptr : entry->second, trends, page, now));
    shown.insert(service.service->id.value());
  }
  const auto is_shown = [&](const ServiceId& service) { return shown.contains(service.value()); };
  add_open_incidents(view, snapshot, is_shown);
  add_past_incidents(view, past, is_shown);
  view.maintenances = maintenance_views(snapshot, shown, now);
  view.last_known = roll_up_view(view);
  view.rollup = view.last_known;
  if (now - snapshot.at > std::max(least_stale, stale_intervals * page.publish_interval)) {
    view.freshness = Freshness::stale;
    view.rollup.indicator = Indicator::unknown;
    view.rollup.description =
        "Last known " + describe_duration(now - snapshot.at) + " ago: " + view.last_known.description;
  }
  view.page = std::move(page);
  return view;
}

double truncate_ratio(double ratio) {
  // The small nudge undoes binary fractions such as 0.9986 * 10000 = 9985.999…
  return std::floor(std::clamp(ratio, 0.0, 1.0) * 10'000 + 1e-7) / 10'000;
}

}  // namespace allclear::api
