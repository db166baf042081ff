#include "tests/support/sample_world.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace allclear::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::shared_ptr<const Service> make_service(const SampleService& sample) {
  auto target = std::make_shared<HttpTarget>();
  target->url = {Scheme::https, 443, "secret-internal-host.example.com", "/"};
  auto check = std::make_shared<Check>();
  check->service = ServiceId(sample.id);
  check->id = CheckId(sample.id);
  check->target = *target;
  auto service = std::make_shared<Service>();
  service->id = ServiceId(sample.id);
  service->name = sample.name;
  service->group = sample.group;
  service->visibility = sample.visibility;
  service->enabled = sample.enabled;
  service->checks.push_back(check);
  return service;
}

CheckState make_state(const SampleService& sample, std::size_t index) {
  CheckState state;
  state.verdict = sample.verdict;
  state.reason = sample.reason;
  state.since = sample_now() - minutes(18);
  if (sample.verdict == Verdict::unknown) return state;
  state.last_at = sample_now() - seconds(4 + index % 30);
  state.last_verdict = sample.verdict;
  state.last_reason = sample.reason;
  state.last_latency = microseconds(80'000 + 7'300 * (index % 20));
  PhaseTimings timings;
  timings.dns = microseconds(1'200);
  timings.first_byte = microseconds(70'000);
  state.last_phases = LastPhases(timings);
  state.last_status_code = sample.verdict == Verdict::down ? 503 : 200;
  state.certificate_expiry = sample_now() + hours(24 * 40);
  return state;
}

ServiceDays make_days(const SampleService& sample, std::size_t index) {
  ServiceDays entry;
  entry.service = ServiceId(sample.id);
  const auto today = day_of(sample_now());
  for (int i = 89; i >= 0; --i) {
    DayRow row;
    row.day = today - std::chrono::days(i);
    const milliseconds length = i == 0 ? sample_now() - WallTime(today) : milliseconds(hours(24));
    const auto turn = static_cast<int>((static_cast<std::size_t>(i) * 7 + index * 13) % 90);
    if (turn < sample.bad_days) {
      const milliseconds down = minutes(turn % 2 == 0 ? 12 : 2);
      row.times.down = row.times.longest_down = down;
    } else if (turn == 50 && index % 3 == 0) {
      row.times.maintenance = length;
    }
    row.times.up = length - row.times.down - row.times.maintenance;
    if (index % 5 == 4 && i > 80) row.times = {.unknown = length};
    row.results = 1440;
    entry.days.push_back(row);
  }
  entry.uptime = {1.0, 0.99995, 0.9997, 0.99937};
  return entry;
}

}  // namespace

WallTime sample_now() { return *parse_rfc3339("2026-11-20T09:00:12Z"); }

Incident sample_incident(const SampleService& service, WallTime opened_at) {
  Incident incident;
  incident.id = IncidentId(
      fmt::format("{:013}{:013}", opened_at.time_since_epoch().count(), stable_hash(service.id) % 10'000'000'000'000));
  incident.service = ServiceId(service.id);
  incident.title = service.name + (service.verdict == Verdict::degraded ? " is degraded" : " is down");
  incident.worst = service.verdict == Verdict::degraded ? Verdict::degraded : Verdict::down;
  incident.severity = service.verdict == Verdict::degraded ? Severity::minor : Severity::major;
  incident.reason = service.reason == Reason::ok ? Reason::timeout : service.reason;
  incident.cause = CheckId(service.id);
  incident.opened_at = opened_at;
  incident.timeline.push_back({1, opened_at + seconds(10), IncidentStep::opened, IncidentState::investigating,
                               "The check failed twice in a row.", "raw secret evidence", ""});
  return incident;
}

SampleWorld make_world(const std::vector<SampleService>& services) {
  SampleWorld world;
  world.now = sample_now();
  world.snapshot.at = world.now;
  world.snapshot.version = 1;
  world.snapshot.monitor.scheduler_progress = true;
  world.snapshot.monitor.store_progress = true;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const SampleService& sample = services[i];
    ServiceSnapshot entry;
    entry.service = make_service(sample);
    const CheckState state = make_state(sample, i);
    entry.state = {ServiceId(sample.id), sample.verdict, sample.reason, false, state.since};
    entry.checks.push_back({{ServiceId(sample.id), CheckId(sample.id), local_location()}, state});
    const bool troubled = sample.verdict == Verdict::down || sample.verdict == Verdict::degraded;
    if (troubled && sample.enabled)
      entry.open_incident = std::make_shared<const Incident>(sample_incident(sample, state.since));
    world.snapshot.services.push_back(entry);
    if (sample.verdict != Verdict::unknown) world.days.push_back(make_days(sample, i));
  }
  return world;
}

SampleWorld make_world(std::size_t count) {
  std::vector<SampleService> services;
  const char* groups[] = {"Payments", "Website", "Platform", "Internal tools"};
  for (std::size_t i = 0; i < count; ++i) {
    SampleService service;
    service.id = fmt::format("service-{}", i);
    service.name = fmt::format("Service {}", i);
    service.group = groups[i / 5 % 4];
    service.bad_days = static_cast<int>(i % 4);
    if (count > 1 && i == 1) service.verdict = Verdict::degraded, service.reason = Reason::slow;
    if (count > 1 && i == 2) service.verdict = Verdict::down, service.reason = Reason::timeout;
    services.push_back(service);
  }
  SampleWorld world = make_world(services);
  for (std::size_t i = 0; i < count && i < 3; ++i) {
    Incident incident = sample_incident(services[i], world.now - hours(30 + 50 * i));
    incident.resolved_at = incident.opened_at + minutes(7 + 3 * i);
    incident.state = IncidentState::resolved;
    incident.timeline.push_back(
        {2, *incident.resolved_at, IncidentStep::resolved, IncidentState::resolved, "Recovered.", "", ""});
    world.recent.push_back(incident);
  }
  return world;
}

SampleWorld make_calm_world(std::size_t count) {
  std::vector<SampleService> services;
  for (std::size_t i = 0; i < count; ++i) {
    services.push_back({fmt::format("service-{}", i), fmt::format("Service {}", i), "Public", Verdict::up, Reason::ok,
                        Visibility::open, true, static_cast<int>(i % 3)});
  }
  return make_world(services);
}

void add_maintenance(SampleWorld& world, std::string title, milliseconds ahead, milliseconds lasts,
                     std::vector<ServiceId> services) {
  Maintenance maintenance;
  maintenance.id = MaintenanceId("m" + std::to_string(world.snapshot.maintenances.size()));
  maintenance.title = std::move(title);
  maintenance.zone = std::make_shared<const ZoneRules>();
  maintenance.start = LocalTime(std::chrono::floor<seconds>(world.now + ahead).time_since_epoch());
  maintenance.lasts = lasts;
  maintenance.services = std::move(services);
  world.snapshot.maintenances.push_back(std::make_shared<const Maintenance>(std::move(maintenance)));
}

SampleWorld make_hostile_world() {
  const std::string markup = "<script>alert(1)</script>\" onload='x' & </title>";
  SampleWorld world =
      make_world({{"markup", markup, "<b>group</b>", Verdict::down, Reason::refused},
                  {"long", std::string(128, 'W'), "Public", Verdict::degraded, Reason::slow},
                  {"words",
                   "A service whose name is as long as a name may be and that wraps over several lines on a narrow "
                   "telephone screen, see",
                   "Public"},
                  {"rtl", "\u0627\u0644\u0645\u062a\u062c\u0631 \u05d7\u05e0\u05d5\u05ea", "Public", Verdict::unknown,
                   Reason::no_data},
                  {"paused", "Paused service", "", Verdict::up, Reason::ok, Visibility::open, false},
                  {"hidden", "Hidden service", "Public", Verdict::down, Reason::timeout, Visibility::internal}});
  add_maintenance(world, markup, std::chrono::hours(2), std::chrono::hours(1), {ServiceId("markup")});
  return world;
}

}  // namespace allclear::test
