// sample_site FOLDER: sample worlds as public sites, one folder each, for the browser's tests and for looking at them.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "apps/allclear/site_folder.h"
#include "tests/support/sample_world.h"

namespace allclear {
namespace {

using test::SampleService;
using test::SampleWorld;

struct Site {
  std::string name;
  std::function<SampleWorld()> make;
  milliseconds later{0};  // than the sample's now it is rendered
  std::uint64_t seq = 4711;
  api::Language language = api::Language::english;
};

SampleWorld all_of(Verdict verdict, Reason reason) {
  std::vector<SampleService> services;
  for (int i = 0; i < 4; ++i) {
    services.push_back({.id = fmt::format("service-{}", i),
                        .name = fmt::format("Service {}", i),
                        .group = i < 2 ? "Shop" : "Back office",
                        .verdict = verdict,
                        .reason = reason});
  }
  return test::make_world(services);
}

SampleWorld worked_on() {
  SampleWorld world = test::make_calm_world(6);
  test::add_maintenance(world, "Database upgrade", -std::chrono::minutes(10), std::chrono::hours(1),
                        {ServiceId("service-0"), ServiceId("service-1")});
  test::add_maintenance(world, "New certificates", std::chrono::hours(30), std::chrono::minutes(15),
                        {ServiceId("service-3")});
  for (std::size_t i = 0; i < 2; ++i) world.snapshot.services.edit(i).state.maintenance = true;
  return world;
}

SampleWorld without_data() {
  SampleWorld world = all_of(Verdict::unknown, Reason::no_data);
  world.days.clear();
  world.recent.clear();
  return world;
}

// Twenty services, one of them down, one degraded, work ahead.
SampleWorld usual() {
  SampleWorld world = test::make_world(20);
  test::add_maintenance(world, "Database upgrade", std::chrono::hours(17), std::chrono::hours(1),
                        {ServiceId("service-3"), ServiceId("service-4")});
  return world;
}

// A minute on: what was down is up, and the next one is down.
SampleWorld usual_later() {
  SampleWorld world = usual();
  auto& recovered = world.snapshot.services.edit(2);
  Incident over = *recovered.open_incident;
  over.state = IncidentState::resolved;
  over.resolved_at = test::sample_now() + seconds(20);
  world.recent.insert(world.recent.begin(), over);
  recovered.open_incident = nullptr;
  recovered.state.verdict = Verdict::up;
  recovered.state.since = *over.resolved_at;
  auto& failing = world.snapshot.services.edit(7);
  failing.state.verdict = Verdict::down;
  failing.state.reason = Reason::refused;
  failing.state.since = test::sample_now() + seconds(30);
  failing.open_incident = std::make_shared<Incident>(test::sample_incident(
      {.id = "service-7", .name = "Service 7", .verdict = Verdict::down, .reason = Reason::refused},
      failing.state.since));
  world.snapshot.at += std::chrono::minutes(1);
  return world;
}

// What a company's page looks like on a day that is not its best: the picture of the README.
SampleWorld showcase() {
  const auto service = [](const char* id, const char* name, const char* group, int bad_days) {
    return SampleService{.id = id, .name = name, .group = group, .bad_days = bad_days};
  };
  SampleService checkout = service("checkout", "Checkout", "Payments", 2);
  checkout.verdict = Verdict::down;
  checkout.reason = Reason::timeout;
  SampleService search = service("search", "Search", "Website", 3);
  search.verdict = Verdict::degraded;
  search.reason = Reason::slow;
  SampleWorld world = test::make_world(
      {checkout, service("cards", "Card payments", "Payments", 1), service("invoices", "Invoices", "Payments", 0),
       service("site", "Shop", "Website", 1), search, service("images", "Images", "Website", 2),
       service("login", "Login", "Accounts", 0), service("mail", "Mail", "Accounts", 1)});
  Incident incident = *world.snapshot.services[0].open_incident;
  incident.state = IncidentState::identified;
  incident.timeline.push_back({2, test::sample_now() - std::chrono::minutes(4), IncidentStep::updated,
                               IncidentState::identified, "We found the cause and are rolling back release 412.", "",
                               "ada"});
  world.snapshot.services.edit(0).open_incident = std::make_shared<const Incident>(incident);
  test::add_maintenance(world, "Database upgrade", std::chrono::hours(17), std::chrono::hours(1), {ServiceId("mail")});
  return world;
}

std::vector<Site> sites() {
  using api::Language;
  const auto calm = [] { return test::make_calm_world(6); };
  return {
      {"operational", calm},
      {"degraded", [] { return all_of(Verdict::degraded, Reason::slow); }},
      {"usual", usual},
      {"usual-later", usual_later, std::chrono::minutes(1), 4712},
      {"usual-de", usual, milliseconds(0), 4711, Language::german},
      {"usual-fr", usual, milliseconds(0), 4711, Language::french},
      {"down", [] { return all_of(Verdict::down, Reason::timeout); }},
      {"maintenance", worked_on},
      {"unknown", without_data},
      {"showcase", showcase},
      {"empty", [] { return test::make_calm_world(0); }},
      {"stale", calm, std::chrono::minutes(47)},
      {"hostile", test::make_hostile_world},
      {"hundred", [] { return test::make_world(100); }},
      {"thousand", [] { return test::make_world(1'000); }},
  };
}

// A day's latency that swings, with a gap.
api::LatencyTrends trends_of(const SampleWorld& world) {
  api::LatencyTrends trends;
  std::size_t number = 0;
  for (const auto& service : world.snapshot.services) {
    api::LatencyTrend& trend = trends[std::string(service.service->id.value())];
    trend.resize(api::trend_length);
    const double base = 60'000 + 9'000.0 * static_cast<double>(++number % 9);
    for (std::size_t i = 0; i < trend.size(); ++i) {
      if (number % 4 == 3 && i > 20 && i < 25) continue;
      trend[i] =
          microseconds(static_cast<std::int64_t>(base * (1 + 0.3 * std::sin(static_cast<double>(i * number) / 5))));
    }
    if (service.state.verdict == Verdict::unknown) trend.clear();
  }
  return trends;
}

int write(const Site& site, const std::filesystem::path& folder) {
  const SampleWorld world = site.make();
  api::PageSettings page;
  page.name = "Example Cloud";
  page.url = "https://status.example.com";
  page.links = {{"How we built it", "blog/"}};
  page.language = site.language;
  const auto view = api::make_public_view(world.snapshot, world.days, world.recent, page, site.seq,
                                          test::sample_now() + site.later, trends_of(world));
  const auto written = app::write_site(view, folder / site.name);
  if (written) return 0;
  fmt::print(stderr, "sample_site: {}\n", written.error().message);
  return 1;
}

}  // namespace
}  // namespace allclear

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: sample_site FOLDER\n", stderr);
    return 64;
  }
  int status = 0;
  for (const auto& site : allclear::sites()) status |= allclear::write(site, argv[1]);
  return status;
}
