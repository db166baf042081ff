// The site's files as Api answers them, and the incidents that only the store still has.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/site.h"
#include "tests/support/api_fixture.h"
#include "tests/support/site_fixture.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using test::ApiUnderTest;
using test::head_of;
using test::SampleWorld;
using test::site_view;
using testing::HasSubstr;
using testing::Not;

TEST(SiteServing, TheServerAnswersTheSameBytes) {
  const SampleWorld world = test::full_world();
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

TEST(SiteServing, FilesAreTaggedPackedAndRevalidated) {
  const SampleWorld world = test::full_world();
  ApiUnderTest api(world);
  const std::string incident =
      "/incidents/" + std::string(world.snapshot.services[2].open_incident->id.value()) + ".html";
  for (const std::string& path :
       {std::string("/history.html"), incident, std::string("/feed.atom"), std::string("/feed.rss"),
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

TEST(SiteServing, FilesAreMadeAnewAfterTheNextPublication) {
  ApiUnderTest api(test::make_calm_world(2));
  EXPECT_THAT(*api.get("/badge.svg").body, HasSubstr("All systems operational"));
  const SampleWorld worse = test::full_world();
  api.pages.put(render(site_view(worse), {}));
  EXPECT_THAT(*api.get("/badge.svg").body, HasSubstr("Partial outage"));
  EXPECT_EQ(api.get("/badge/service-19.svg").status, 200);
}

TEST(SiteServing, ManyFilesAreAnsweredThoughNotAllAreKept) {
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

TEST(SiteServing, AnIncidentOlderThanTheViewHasItsPage) {
  ApiUnderTest api(test::make_hostile_world());
  Incident old = test::sample_incident({"long", "W"}, test::sample_now() - hours(24 * 200));
  old.resolved_at = old.opened_at + hours(1);
  old.state = IncidentState::resolved;
  old.affects = {ServiceId("hidden"), ServiceId("words")};
  Incident internal = test::sample_incident({"hidden", "Hidden service"}, test::sample_now() - hours(24 * 200));
  Incident gone = test::sample_incident({"gone", "Gone"}, test::sample_now() - hours(24 * 200));
  api.queries.stored = {old, internal, gone};
  const auto path_of = [](const Incident& incident) {
    return "/incidents/" + std::string(incident.id.value()) + ".html";
  };
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

TEST(SiteServing, AMissingIncidentIsToldToPeople) {
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

TEST(SiteServing, AStoreThatCannotBeReadHasNotLostAnIncident) {
  ApiUnderTest api(test::make_world(6));
  api.queries.broken = true;
  const auto answer = api.get("/incidents/old.html");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(*answer.body, Not(HasSubstr("secret")));
  const auto& open = api.pages.current()->view->open;
  EXPECT_EQ(api.get("/incidents/" + std::string(open.at(0).id.value()) + ".html").status, 200) << "it is in the view";
  EXPECT_EQ(api.get("/badge/x.svg").status, 404);
}

TEST(SiteServing, BadgesOfInternalServicesDoNotExist) {
  ApiUnderTest api(test::make_hostile_world());
  for (const char* path : {"/badge/hidden.svg", "/badge/hidden.json", "/badge/x.svg"})
    EXPECT_EQ(api.get(path).status, 404) << path;
  EXPECT_EQ(api.get("/badge/markup.svg").status, 200);
}

}  // namespace
}  // namespace allclear::api
