// Short ways to a PublicView and to what its files link to, for tests of the public site. Pure.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "adapters/api/public_view.h"
#include "tests/support/sample_world.h"

namespace allclear::test {

inline constexpr std::array<api::Language, 3> every_language{api::Language::english, api::Language::german,
                                                             api::Language::french};

inline api::PageSettings site_settings(api::Language language = api::Language::english) {
  api::PageSettings page{"Example", "https://status.example.com", {{"How & why", "blog/"}}};
  page.language = language;
  return page;
}

inline api::PublicView site_view(const SampleWorld& world, api::PageSettings page = site_settings(),
                                 WallTime now = sample_now(), const api::LatencyTrends& trends = {}) {
  return api::make_public_view(world.snapshot, world.days, world.recent, std::move(page), 1, now, trends);
}

inline void set_name(SampleWorld& world, std::size_t index, std::string name) {
  auto service = std::make_shared<Service>(*world.snapshot.services[index].service);
  service->name = std::move(name);
  world.snapshot.services.edit(index).service = service;
}

// Incidents open and over, one of them with much to tell, and maintenance under way and ahead.
inline SampleWorld full_world() {
  SampleWorld world = make_world(20);
  add_maintenance(world, "DB upgrade", std::chrono::hours(24), std::chrono::hours(1),
                  {ServiceId("service-0"), ServiceId("service-1")});
  add_maintenance(world, "Patches", -std::chrono::hours(1), std::chrono::hours(2), {ServiceId("service-3")});
  auto incident = std::make_shared<Incident>(*world.snapshot.services[2].open_incident);
  incident->affects = {ServiceId("service-4"), ServiceId("service-5")};
  incident->timeline.push_back({2, world.now, IncidentStep::updated, IncidentState::identified,
                                "Service 2 is degraded: slower than expected", "", ""});
  world.snapshot.services.edit(2).open_incident = incident;
  return world;
}

// What stands between ` name="` and the next quote, wherever it does.
inline std::vector<std::string> attributes_of(const std::string& html, const std::string& name) {
  const std::string begin = " " + name + "=\"";
  std::vector<std::string> values;
  for (auto at = html.find(begin); at != std::string::npos; at = html.find(begin, at + 1)) {
    const auto from = at + begin.size();
    values.push_back(html.substr(from, html.find('"', from) - from));
  }
  return values;
}

}  // namespace allclear::test
