#include "adapters/api/site.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/assets.h"
#include "adapters/api/html.h"
#include "adapters/api/page.h"
#include "base/json.h"
#include "tests/support/api_fixture.h"
#include "tests/support/site_fixture.h"
#include "tests/support/xml.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using test::ApiUnderTest;
using test::attributes_of;
using test::head_of;
using test::SampleWorld;
using test::site_view;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

SampleWorld full_world() {
  SampleWorld world = test::make_world(20);
  test::add_maintenance(world, "DB upgrade", hours(24), hours(1), {ServiceId("service-0"), ServiceId("service-1")});
  test::add_maintenance(world, "Patches", -hours(1), hours(2), {ServiceId("service-3")});
  auto incident = std::make_shared<Incident>(*world.snapshot.services[2].open_incident);
  incident->affects = {ServiceId("service-4"), ServiceId("service-5")};
  incident->timeline.push_back(
      {2, world.now, IncidentStep::updated, IncidentState::identified, "Service 2 is degraded: slower than expected", "", ""});
  world.snapshot.services.edit(2).open_incident = incident;
  return world;
}

LatencyTrends trends_of(const SampleWorld& world) {
  LatencyTrends trends;
  for (const auto& service : world.snapshot.services)
    trends[std::string(service.service->id.value())] = LatencyTrend(trend_length, microseconds(120'000));
  return trends;
}

std::vector<SampleWorld> telling_worlds() {
  return {full_world(), test::make_hostile_world(), test::make_calm_world(0), test::make_calm_world(130)};
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
  const PublicView view = site_view(full_world());
  for (const std::string& path : site_paths(view)) {
    const auto file = *render_site_file(view, path);
    const bool is_json = file.content_type == "application/json";
    const bool is_html = file.content_type.starts_with("text/html");
    EXPECT_TRUE(is_json ? parse_json(file.body).has_value()
                        : is_html ? file.body.starts_with("<!doctype html>\n") : test::parse_xml(file.body).has_value())
        << path;
  }
}

TEST(Site, WhatThePagesNameComesBeforeThem) {
  const auto paths = site_paths(site_view(full_world()));
  EXPECT_EQ(paths.back(), "index.html");
  EXPECT_EQ(paths.end()[-2], "history.html");
}

TEST(Site, UnknownPathsAreNoFiles) {
  const PublicView view = site_view(test::make_hostile_world());
  for (const char* path :
       {"", "/", "/index.html", "index.htm", "incidents/", "incidents/.html", "incidents/x.html", "incidents/../index.html",
        "badge/", "badge/.svg", "badge/x.svg", "badge/x.json", "badge/hidden.svg", "badge/hidden.json", "badge/markup",
        "badge/markup.png", "api/v2/", "api/v2/summary", "api/v2/subscribers.json", "feed", "a/"}) {
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
    for (const Asset& asset : assets()) there.insert(std::string(asset.path.substr(1)));
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
  page.links = {{"relative", "blog/"}, {"with a colon", "wiki/a:b"}, {"absolute", "/imprint"}, {"far", "https://example.com/x"},
                {"anchor", "#services"}, {"query", "?x=:"}};
  const PublicView view = site_view(full_world(), page);
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
      for (const char* forbidden : {"<script>", "<style", " style=", " onload=\"", " onclick=\"", "javascript:", "<iframe", "<form"}) {
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
  for (const auto& [language, code] : {std::pair{Language::english, "en"}, {Language::german, "de"}, {Language::french, "fr"}}) {
    for (const auto& [path, html] : html_pages(site_view(full_world(), test::site_settings(language)))) {
      EXPECT_THAT(html, HasSubstr(std::string("<html lang=\"") + code + "\"")) << path;
    }
  }
  const std::string german = render_page(site_view(full_world(), test::site_settings(Language::german)));
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

TEST(Site, TheServerAnswersTheSameBytes) {
  const SampleWorld world = full_world();
  ApiUnderTest api(world);
  const PublicView view = *api.pages.current()->view;
  for (const std::string& path : site_paths(view)) {
    const auto answer = api.get("/" + path);
    const auto file = *render_site_file(view, path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(*answer.body, file.body) << path;
    EXPECT_THAT(head_of(answer), HasSubstr("Content-Type: " + std::string(file.content_type) + "\r\n")) << path;
  }
  EXPECT_EQ(*api.get("/").body, *api.get("/index.html").body);
  EXPECT_EQ(*api.get("/status").body, *api.get("/status.json").body);
}

std::string etag_of(const net::HttpResponse& answer) {
  const std::string head = head_of(answer);
  const auto at = head.find("ETag: ");
  return at == std::string::npos ? "" : head.substr(at + 6, head.find("\r\n", at) - at - 6);
}

TEST(Site, FilesAreTaggedPackedAndRevalidated) {
  const SampleWorld world = full_world();
  ApiUnderTest api(world);
  const std::string incident = "/incidents/" + std::string(world.snapshot.services[2].open_incident->id.value()) + ".html";
  for (const std::string& path : {std::string("/history.html"), incident, std::string("/feed.atom"), std::string("/feed.rss"),
                                  std::string("/status.json"), std::string("/api/v2/summary.json")}) {
    const auto plain = api.get(path);
    EXPECT_THAT(head_of(plain), HasSubstr("Cache-Control: no-cache\r\n")) << path;
    EXPECT_THAT(head_of(plain), HasSubstr("Vary: Accept-Encoding\r\n")) << path;
    EXPECT_THAT(head_of(plain), HasSubstr("Access-Control-Allow-Origin: *\r\n")) << path;
    std::set<std::string> tags{etag_of(plain)};
    for (const char* encoding : {"gzip", "br"}) {
      const auto packed = api.get(path, {{"Accept-Encoding", encoding}});
      EXPECT_THAT(head_of(packed), HasSubstr(std::string("Content-Encoding: ") + encoding + "\r\n")) << path;
      EXPECT_LT(packed.body->size(), plain.body->size()) << path;
      tags.insert(etag_of(packed));
      const auto unchanged = api.get(path, {{"Accept-Encoding", encoding}, {"If-None-Match", etag_of(packed)}});
      EXPECT_EQ(unchanged.status, 304) << path;
    }
    EXPECT_EQ(tags.size(), 3U) << path;
    EXPECT_EQ(api.get(path, {{"If-None-Match", etag_of(plain)}}).status, 304) << path;
    EXPECT_EQ(api.get(path, {{"If-None-Match", "\"other\""}}).status, 200) << path;
    EXPECT_EQ(api.ask("HEAD", path).status, 200) << path;
    EXPECT_EQ(api.ask("OPTIONS", path).status, 204) << path;
    EXPECT_EQ(api.ask("POST", path).status, 405) << path;
  }
}

TEST(Site, FilesAreMadeAnewAfterTheNextPublication) {
  ApiUnderTest api(test::make_calm_world(2));
  EXPECT_THAT(*api.get("/badge.svg").body, HasSubstr("All systems operational"));
  const SampleWorld worse = full_world();
  api.pages.put(render(site_view(worse), {}));
  EXPECT_THAT(*api.get("/badge.svg").body, HasSubstr("Partial outage"));
  EXPECT_EQ(api.get("/badge/service-19.svg").status, 200);
}

TEST(Site, ManyFilesAreAnsweredThoughNotAllAreKept) {
  const SampleWorld world = test::make_calm_world(200);
  ApiUnderTest api(world);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      const std::string id = "service-" + std::to_string(i);
      EXPECT_THAT(*api.get("/badge/" + id + ".svg").body, HasSubstr("Service " + std::to_string(i) + ":"));
      EXPECT_EQ(api.json("/badge/" + id + ".json")["label"], "Service " + std::to_string(i));
    }
  }
}

TEST(Site, AnIncidentOlderThanTheViewHasItsPage) {
  ApiUnderTest api(test::make_hostile_world());
  Incident old = test::sample_incident({"long", "W"}, test::sample_now() - hours(24 * 200));
  old.resolved_at = old.opened_at + hours(1);
  old.state = IncidentState::resolved;
  old.affects = {ServiceId("hidden"), ServiceId("words")};
  Incident internal = test::sample_incident({"hidden", "Hidden service"}, test::sample_now() - hours(24 * 200));
  Incident gone = test::sample_incident({"gone", "Gone"}, test::sample_now() - hours(24 * 200));
  api.queries.stored = {old, internal, gone};
  const auto path_of = [](const Incident& incident) { return "/incidents/" + std::string(incident.id.value()) + ".html"; };
  const auto answer = api.get(path_of(old));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(*answer.body, HasSubstr("The check failed twice in a row."));
  EXPECT_THAT(*answer.body, HasSubstr("A service whose name"));
  EXPECT_THAT(*answer.body, Not(HasSubstr(", hidden")));
  EXPECT_THAT(*answer.body, Not(HasSubstr("secret")));
  EXPECT_EQ(api.get(path_of(old), {{"If-None-Match", etag_of(answer)}}).status, 304);
  EXPECT_EQ(api.queries.incident_reads, 1) << "it is kept until the next publication";
  const auto none = api.get("/incidents/none.html");
  for (const Incident* hidden : {&internal, &gone}) {
    EXPECT_EQ(api.get(path_of(*hidden)).status, 404);
    EXPECT_EQ(*api.get(path_of(*hidden)).body, *none.body) << "as if it did not exist";
  }
}

TEST(Site, AMissingIncidentIsToldToPeople) {
  ApiUnderTest api(test::make_hostile_world());
  for (const char* path : {"/incidents/none.html", "/incidents/", "/incidents/.html", "/incidents/%3Cscript%3E.html"}) {
    const auto answer = api.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(head_of(answer), HasSubstr("Content-Type: text/html; charset=utf-8\r\n")) << path;
    EXPECT_THAT(head_of(answer), HasSubstr("Cache-Control: no-store\r\n")) << path;
    EXPECT_THAT(head_of(answer), HasSubstr("Content-Security-Policy: ")) << path;
    EXPECT_THAT(*answer.body, HasSubstr("There is no such incident.")) << path;
  }
  // From deeper folders its links would lead nowhere.
  const auto deeper = api.get("/incidents/a/b.html");
  EXPECT_EQ(deeper.status, 404);
  EXPECT_THAT(head_of(deeper), HasSubstr("Content-Type: application/problem+json"));
}

TEST(Site, BadgesOfInternalServicesDoNotExist) {
  ApiUnderTest api(test::make_hostile_world());
  for (const char* path : {"/badge/hidden.svg", "/badge/hidden.json", "/badge/x.svg"}) EXPECT_EQ(api.get(path).status, 404) << path;
  EXPECT_EQ(api.get("/badge/markup.svg").status, 200);
}

}  // namespace
}  // namespace allclear::api
