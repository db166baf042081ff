#include "adapters/api/site.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/assets.h"
#include "adapters/api/html.h"
#include "adapters/api/page.h"
#include "base/json.h"
#include "tests/support/site_fixture.h"
#include "tests/support/xml.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using test::attributes_of;
using test::SampleWorld;
using test::site_view;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

LatencyTrends trends_of(const SampleWorld& world) {
  LatencyTrends trends;
  for (const auto& service : world.snapshot.services)
    trends[std::string(service.service->id.value())] = LatencyTrend(trend_length, microseconds(120'000));
  return trends;
}

std::vector<SampleWorld> telling_worlds() {
  return {test::full_world(), test::make_hostile_world(), test::make_calm_world(0), test::make_calm_world(130)};
}

// Every HTML page of the site, by path, and the one instead of an incident that there is not.
std::vector<std::pair<std::string, std::string>> html_pages(const PublicView& view) {
  std::vector<std::pair<std::string, std::string>> pages{{"incidents/none.html", render_missing_incident_page(view)}};
  for (const std::string& path : site_paths(view)) {
    if (path.ends_with(".html")) pages.emplace_back(path, render_site_file(view, path)->body);
  }
  return pages;
}

TEST(Site, EveryPathRendersInEveryLanguage) {
  for (const SampleWorld& world : telling_worlds()) {
    for (const Language language : test::every_language) {
      for (const auto age : {hours(0), hours(1)}) {
        const PublicView view = site_view(world, test::site_settings(language), world.now + age, trends_of(world));
        const auto paths = site_paths(view);
        EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), paths.size());
        for (const std::string& path : paths) {
          const auto file = render_site_file(view, path);
          ASSERT_TRUE(file) << path;
          EXPECT_FALSE(file->body.empty() || file->content_type.empty()) << path;
        }
      }
    }
  }
}

TEST(Site, FilesAreWhatTheirTypesSay) {
  const PublicView view = site_view(test::full_world());
  for (const std::string& path : site_paths(view)) {
    const auto file = *render_site_file(view, path);
    const bool is_json = file.content_type == "application/json";
    const bool is_html = file.content_type.starts_with("text/html");
    EXPECT_TRUE(is_json   ? parse_json(file.body).has_value()
                : is_html ? file.body.starts_with("<!doctype html>\n")
                          : test::parse_xml(file.body).has_value())
        << path;
  }
}

TEST(Site, WhatThePagesNameComesBeforeThem) {
  const auto paths = site_paths(site_view(test::full_world()));
  EXPECT_EQ(paths.back(), "index.html");
  EXPECT_EQ(paths.end()[-2], "history.html");
}

TEST(Site, UnknownPathsAreNoFiles) {
  const PublicView view = site_view(test::make_hostile_world());
  for (const char* path : {"",
                           "/",
                           "/index.html",
                           "index.htm",
                           "incidents/",
                           "incidents/.html",
                           "incidents/x.html",
                           "incidents/../index.html",
                           "badge/",
                           "badge/.svg",
                           "badge/x.svg",
                           "badge/x.json",
                           "badge/hidden.svg",
                           "badge/hidden.json",
                           "badge/markup",
                           "badge/markup.png",
                           "api/v2/",
                           "api/v2/summary",
                           "api/v2/subscribers.json",
                           "feed",
                           "a/"}) {
    EXPECT_FALSE(render_site_file(view, path)) << path;
  }
}

TEST(Site, EveryLinkLeadsToAFileOrAnAnchorOfOne) {
  for (const SampleWorld& world : telling_worlds()) {
    PageSettings page = test::site_settings();
    page.links.clear();
    const PublicView view = site_view(world, page, world.now, trends_of(world));
    const auto paths = site_paths(view);
    std::set<std::string> there(paths.begin(), paths.end());
    for (const Asset& asset : assets()) {
      if (is_public(asset)) there.insert(std::string(asset.path.substr(1)));
    }
    for (const auto& [path, html] : html_pages(view)) {
      const auto ids = attributes_of(html, "id");
      auto links = attributes_of(html, "href");
      for (const std::string& source : attributes_of(html, "src")) links.push_back(source);
      EXPECT_GE(links.size(), 8U) << path;
      const bool nested = path.starts_with("incidents/");
      for (const std::string& link : links) {
        if (link.starts_with("data:")) continue;
        if (link.starts_with("#")) {
          EXPECT_THAT(ids, Contains(link.substr(1))) << path;
          continue;
        }
        EXPECT_EQ(link.starts_with("../"), nested) << path << " " << link;
        EXPECT_TRUE(there.contains(nested ? link.substr(3) : link)) << path << " " << link;
      }
    }
  }
}

TEST(Site, ThePagesOwnLinksLeadFromEveryFolderToTheSamePlace) {
  PageSettings page = test::site_settings();
  page.links = {{"relative", "blog/"},    {"with a colon", "wiki/a:b"},
                {"absolute", "/imprint"}, {"far", "https://example.com/x"},
                {"anchor", "#services"},  {"query", "?x=:"}};
  const PublicView view = site_view(test::full_world(), page);
  const auto index = attributes_of(render_page(view), "href");
  const auto incident = attributes_of(render_incident_page(view, view.open.at(0)), "href");
  for (const char* same : {"/imprint", "https://example.com/x"}) {
    EXPECT_THAT(index, Contains(same));
    EXPECT_THAT(incident, Contains(same));
  }
  for (const std::string relative : {"blog/", "wiki/a:b", "?x=:"}) {
    EXPECT_THAT(index, Contains(relative));
    EXPECT_THAT(incident, Contains("../" + relative));
  }
}

TEST(Site, S9_NoPageNeedsWhatThePolicyForbids) {
  for (const SampleWorld& world : telling_worlds()) {
    for (const auto& [path, html] : html_pages(site_view(world, test::site_settings(), world.now, trends_of(world)))) {
      for (const char* forbidden :
           {"<script>", "<style", " style=", " onload=\"", " onclick=\"", "javascript:", "<iframe", "<form"}) {
        EXPECT_THAT(html, Not(HasSubstr(forbidden))) << path;
      }
      const auto script = html.find("<script");
      EXPECT_EQ(html.find("<script", script + 1), std::string::npos) << path;
      EXPECT_EQ(attributes_of(html, "src").size(), 1U) << path;
    }
  }
}

TEST(Site, EveryIdStandsOnceOnAPage) {
  auto worlds = telling_worlds();
  worlds.push_back(test::make_world({{"services"}, {"open"}, {"i-up"}, {"h"}, {"main"}}));
  worlds.push_back(test::make_world({{.id = "shop", .verdict = Verdict::down, .reason = Reason::timeout}}));
  Incident ended = *worlds.back().snapshot.services[0].open_incident;  // in the store already, not yet in the snapshot
  ended.resolved_at = worlds.back().now;
  ended.state = IncidentState::resolved;
  worlds.back().recent = {ended};
  for (const SampleWorld& world : worlds) {
    for (const auto& [path, html] : html_pages(site_view(world, test::site_settings(), world.now, trends_of(world)))) {
      std::set<std::string> seen;
      for (const std::string& id : attributes_of(html, "id")) EXPECT_TRUE(seen.insert(id).second) << path << " " << id;
      EXPECT_GE(seen.size(), 7U) << path;
    }
  }
}

TEST(Site, PagesSayTheirLanguage) {
  for (const auto& [language, code] :
       {std::pair{Language::english, "en-GB"}, {Language::german, "de"}, {Language::french, "fr"}}) {
    for (const auto& [path, html] : html_pages(site_view(test::full_world(), test::site_settings(language)))) {
      EXPECT_THAT(html, HasSubstr(std::string("<html lang=\"") + code + "\"")) << path;
    }
  }
  const std::string german = render_page(site_view(test::full_world(), test::site_settings(Language::german)));
  EXPECT_THAT(german, HasSubstr("<h1 data-is=\"Teilausfall\">Teilausfall</h1>"));
  EXPECT_THAT(german, HasSubstr("Service 2 ist ausgefallen"));
}

TEST(Site, S23_NoFileShowsWhatIsInternal) {
  SampleWorld world = test::make_hostile_world();
  Incident incident = test::sample_incident({"hidden", "Hidden service"}, world.now - hours(5));
  incident.resolved_at = world.now - hours(4);
  world.recent = {incident};
  const PublicView view = site_view(world);
  for (const std::string& path : site_paths(view)) {
    const std::string body = render_site_file(view, path)->body;
    EXPECT_THAT(body, Not(HasSubstr("secret"))) << path;
    EXPECT_THAT(body, Not(HasSubstr("idden service"))) << path;
  }
  EXPECT_FALSE(render_site_file(view, "incidents/" + std::string(incident.id.value()) + ".html"));
}

}  // namespace
}  // namespace allclear::api
