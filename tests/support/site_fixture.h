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
