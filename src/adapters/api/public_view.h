// PublicView: what the world may see of a snapshot, reckoned once and shared by /status and the page. Pure values; any
// thread. Internal services, evidence and targets never get past here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/api/words.h"
#include "base/time.h"
#include "core/model/incident.h"
#include "core/model/snapshot.h"
#include "core/model/uptime.h"
#include "core/model/verdict.h"
#include "core/rules/rollup.h"

namespace allclear::api {

struct PageLink {
  std::string text;
  std::string url;  // shown only when http, https, mailto or relative
};

struct PageSettings {
  std::string name = "Status";
  std::string url;
  std::vector<PageLink> links;
  milliseconds publish_interval{30'000};
  milliseconds outage{300'000};  // a day is down from an outage of this length
  Language language = Language::english;
};

inline constexpr int shown_days = 90;
inline constexpr std::chrono::days recent_span{14};
inline constexpr std::chrono::days past_span{90};
inline constexpr std::size_t most_past = 500;  // incidents: of the history and with pages of their own
inline constexpr std::chrono::days announced_span{60};
inline constexpr std::size_t most_recent = 100;  // incidents: a service that flaps makes no endless page

// Small, since there are ninety of them for each service.
struct DayView {
  using Span = std::chrono::duration<std::uint32_t>;  // s
  std::chrono::sys_days day;
  Span down{0};
  Span degraded{0};
  Span maintenance{0};
  std::int16_t uptime_ten_thousandths = -1;  // cut, never rounded up; -1: nothing known
  ShownState state = ShownState::unknown;

  std::optional<double> uptime() const;
};

// The p95 of the latency of successful checks by half hours, oldest first; the last is of the newest whole one.
using LatencyTrend = std::vector<std::optional<microseconds>>;
using LatencyTrends = std::unordered_map<std::string, LatencyTrend>;  // by service
inline constexpr std::size_t trend_length = 48;

enum class Activity : std::uint8_t { active, paused };

struct ServiceView {
  ServiceId id;
  std::string name;
  std::string group;
  Activity activity = Activity::active;
  ShownState state = ShownState::unknown;
  Reason reason = Reason::no_data;
  std::optional<WallTime> since;
  std::optional<WallTime> last_checked_at;
  std::optional<microseconds> latency;  // of the slowest check's last result
  UptimeWindows uptime;
  LatencyTrend trend;         // empty: not known
  std::vector<DayView> days;  // always shown_days of them, ascending, the last is today
};

struct MaintenanceView {
  MaintenanceId id;
  std::string title;
  std::vector<ServiceId> services;  // public ones only, at least one
  WallTime starts_at;
  WallTime ends_at;
  bool under_way = false;
};

enum class Freshness : std::uint8_t { fresh, stale };

struct PublicView {
  PageSettings page;
  Rollup rollup;  // unknown while stale
  Rollup last_known;
  Freshness freshness = Freshness::fresh;
  WallTime rendered_at{};
  WallTime updated_at{};  // of the data, not of the rendering
  std::uint64_t seq = 0;
  std::vector<ServiceView> services;  // in the catalogue's order
  std::vector<Incident> open;         // newest first
  std::vector<Incident> recent;       // resolved within recent_span, newest first, at most most_recent
  std::vector<Incident> past;         // resolved within past_span, newest first, at most most_past
  std::vector<MaintenanceView> maintenances;  // under way or the next of each within announced_span, soonest first

  const ServiceView* find(const ServiceId& id) const;
  const Incident* find_incident(std::string_view id) const;  // among open and past
};

// `past`: incidents of the last past_span or more; others are left out.
PublicView make_public_view(const Snapshot& snapshot, const std::vector<ServiceDays>& days,
                            const std::vector<Incident>& past, PageSettings page, std::uint64_t seq, WallTime now,
                            const LatencyTrends& trends = {});

// What visitors may know of an incident: services that are shown. nullopt: nothing. What a check says of an internal service
// stays with it; what a person wrote about several is told of those that are shown.
std::optional<Incident> public_part(const Incident& incident, const std::function<bool(const ServiceId&)>& is_shown);

// Cut to four digits, so that 0.99999 never reads as 1.
double truncate_ratio(double ratio);

}  // namespace allclear::api
