#include "adapters/api/page.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/assets.h"
#include "adapters/api/document.h"
#include "adapters/api/html.h"
#include "adapters/api/status_json.h"
#include "base/json.h"
#include "tests/support/sample_world.h"

namespace allclear::api {
namespace {

using test::SampleWorld;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const SampleWorld& world, PageSettings settings = {"Example Cloud", {}, {}},
                    WallTime now = test::sample_now()) {
  return render_page(make_public_view(world.snapshot, world.days, world.recent, std::move(settings), 1, now));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

TEST(Page, TellsTheStateInWordsWithCountsAndAbsoluteTime) {
  const std::string page = page_of(test::make_world(20));
  EXPECT_THAT(page, HasSubstr("<h1 data-is=\"Partial outage\">Partial outage</h1>"));
  EXPECT_THAT(page, HasSubstr("1 down, 1 degraded, 18 operational"));
  EXPECT_THAT(page, HasSubstr("Data as of <time datetime=\"2026-11-20T09:00:12Z\">20 Nov 2026, 09:00:12 UTC</time>"));
  EXPECT_THAT(page, HasSubstr("Down for 18 min"));
  EXPECT_THAT(page, HasSubstr("99.93% 90-day uptime"));
  EXPECT_THAT(page, HasSubstr("over 10 minutes old? Treat it as out of date"));
  EXPECT_THAT(page, HasSubstr("Did not answer in time since"));
}

TEST(Page, AReopenedIncidentLastedWithoutTheCalmBetween) {
  SampleWorld world = test::make_world(3);
  world.recent[2].calm = std::chrono::minutes(9);
  Incident going_on = *world.snapshot.services[2].open_incident;
  going_on.calm = std::chrono::minutes(11);
  world.snapshot.services.edit(2).open_incident = std::make_shared<const Incident>(going_on);
  const PublicView view = make_public_view(world.snapshot, world.days, world.recent, {}, 1, world.now);
  const std::string page = render_page(view);
  EXPECT_THAT(page, HasSubstr("Resolved after 4 min \u00b7 began "));
  EXPECT_THAT(page, HasSubstr("for 7 min"));
  EXPECT_THAT(render_incident_page(view, world.recent[2]), HasSubstr("<dd>4 min</dd>"));
  EXPECT_THAT(render_incident_page(view, going_on), HasSubstr("<dd>7 min so far</dd>"));
  Json recent = (*parse_json(render_status(view, 0)))["recent_incidents"];
  EXPECT_THAT(recent.dump(), HasSubstr("\"duration_s\":240"));
}

std::string open_section(const std::string& page) {
  const auto at = page.find("id=\"open\"");
  return page.substr(at, page.find("</section>", at) - at);
}

TEST(Page, AResolvedIncidentIsToldInThePast) {
  SampleWorld world = test::make_world(3);
  const std::string page = page_of(world);
  const std::string past = page.substr(page.find("id=\"recent\""));
  EXPECT_THAT(past, HasSubstr(">Service 2 was down</a></h3><p class=\"sub\">Resolved after 13 min \u00b7 began "));
  EXPECT_THAT(past, HasSubstr("Service 1 was degraded"));
  EXPECT_THAT(past, Not(HasSubstr(" is down")));
  EXPECT_THAT(open_section(page), HasSubstr("Service 2 is down"));
  EXPECT_EQ((*parse_json(render_status(make_public_view(world.snapshot, world.days, world.recent, {}, 1, world.now),
                                       0)))["recent_incidents"][0]["title"],
            "Service 0 is down");
}

TEST(Page, ACardNamesItsServiceOnce) {
  SampleWorld world =
      test::make_world({{.id = "shop", .name = "Shop", .verdict = Verdict::down, .reason = Reason::timeout}});
  auto incident = std::make_shared<Incident>(*world.snapshot.services[0].open_incident);
  incident->timeline.back().body = "Shop is down: did not answer in time";
  world.snapshot.services.edit(0).open_incident = incident;
  const std::string section = open_section(page_of(world));
  EXPECT_EQ(count(section, "Shop"), 1U) << section;
  EXPECT_THAT(section, HasSubstr("</time> Down: did not answer in time</li>"));
  EXPECT_THAT(section, HasSubstr("Investigating \u00b7 for 18 min, since <time"));

  incident->title = "Card payments fail";
  EXPECT_THAT(open_section(page_of(world)), HasSubstr(" \u00b7 affects Shop</p>"));
}

TEST(Page, ACardNamesTheServicesThatFailWithIt) {
  SampleWorld world =
      test::make_world({{.id = "db", .name = "Database", .verdict = Verdict::down, .reason = Reason::timeout},
                        {.id = "app", .name = "App & Co", .verdict = Verdict::down, .reason = Reason::timeout},
                        {.id = "vault", .name = "Vault", .verdict = Verdict::down, .reason = Reason::timeout}});
  auto incident = std::make_shared<Incident>(*world.snapshot.services[0].open_incident);
  incident->affects = {ServiceId("app"), ServiceId("vault")};
  world.snapshot.services.edit(0).open_incident = incident;
  auto internal = std::make_shared<Service>(*world.snapshot.services[2].service);
  internal->visibility = Visibility::internal;
  world.snapshot.services.edit(2).service = internal;
  EXPECT_THAT(open_section(page_of(world)), HasSubstr(" \u00b7 affects App &amp; Co</p>"));
}

TEST(Page, OpenIncidentsStandWorstFirstThenNewest) {
  SampleWorld world = test::make_world({{.id = "a", .name = "A", .verdict = Verdict::degraded, .reason = Reason::slow},
                                        {.id = "b", .name = "B", .verdict = Verdict::down, .reason = Reason::timeout},
                                        {.id = "c", .name = "C", .verdict = Verdict::down, .reason = Reason::timeout}});
  auto incident = std::make_shared<Incident>(*world.snapshot.services[2].open_incident);
  incident->opened_at += std::chrono::minutes(5);
  world.snapshot.services.edit(2).open_incident = incident;
  const std::string section = open_section(page_of(world));
  EXPECT_LT(section.find("C is down"), section.find("B is down"));
  EXPECT_LT(section.find("B is down"), section.find("A is degraded"));
}

TEST(Page, TellsSecondsBelowAMinute) {
  const SampleWorld world =
      test::make_world({{.id = "a", .name = "A", .verdict = Verdict::down, .reason = Reason::timeout}});
  const std::string page = page_of(world, {}, test::sample_now() - std::chrono::minutes(18) + seconds(31));
  EXPECT_THAT(page, HasSubstr("Down for 31 s"));
  EXPECT_THAT(page, Not(HasSubstr("under a minute")));
}

TEST(Page, AShortOutageIsNotCalledDegraded) {
  SampleWorld world = test::make_calm_world(1);
  DayRow& today = world.days.at(0).days.back();
  today.times.up -= seconds(31);
  today.times.down = today.times.longest_down = seconds(31);
  const std::string page = page_of(world);
  EXPECT_THAT(page, HasSubstr("1 with a short outage\""));
  EXPECT_THAT(page, HasSubstr("short outage, down 31 s</td>"));
  EXPECT_THAT(page, Not(HasSubstr("1 degraded")));
}

TEST(Page, TellsWhatIsWorkedOnAndWhen) {
  SampleWorld world = test::make_world(6);
  EXPECT_THAT(page_of(world), Not(HasSubstr("Maintenance</h2>")));
  test::add_maintenance(world, "DB upgrade", std::chrono::hours(24), std::chrono::hours(1), {ServiceId("service-0")});
  test::add_maintenance(world, "Patches", -std::chrono::minutes(1), std::chrono::minutes(5),
                        {ServiceId("service-0"), ServiceId("service-1"), ServiceId("service-2"), ServiceId("service-3"),
                         ServiceId("service-4"), ServiceId("service-5")});
  const std::string page = page_of(world);
  EXPECT_THAT(page, HasSubstr("Maintenance</h2>"));
  EXPECT_THAT(page, HasSubstr("DB upgrade</span></h3><p class=\"sub\"><time class=\"l\" datetime=\"2026-11-21T09:00:12Z\">21 Nov 2026, 09:00 UTC"
                              "</time>, for 1 h \u00b7 Service 0</p>"));
  EXPECT_THAT(page, HasSubstr("Patches</span></h3><p class=\"sub\">Under way until <time class=\"l\" datetime=\"2026-11-20T09:04:12Z\">20 Nov "
                              "2026, 09:04 UTC</time> \u00b7 Service 0, Service 1, Service 2, Service 3, Service 4 and 1 more"));
}

TEST(Page, FoldsOnlyGroupsInWhichNothingIsWrong) {
  const std::string page = page_of(test::make_world(20));
  EXPECT_EQ(count(page, "<details class=\"group bad\" open>"), 1U);
  EXPECT_EQ(count(page, "<details class=\"group\">"), 3U);
}

TEST(Page, SaysThatNothingIsPublishedYet) {
  const std::string page = page_of(test::make_calm_world(0));
  EXPECT_THAT(page, HasSubstr(">No services published yet</h1>"));
  EXPECT_THAT(page, Not(HasSubstr("banner up")));
}

TEST(Page, IsGreyWhileStale) {
  const std::string page = page_of(test::make_calm_world(2), {}, test::sample_now() + std::chrono::hours(1));
  EXPECT_THAT(page, HasSubstr("class=\"banner unknown\""));
  EXPECT_THAT(page, HasSubstr("Last known 1 h ago: All systems operational"));
  EXPECT_EQ(count(page, "st up"), 0U);
  EXPECT_EQ(count(page, "Last known: Operational"), 2U);
}

TEST(Page, S17_EscapesHostileText) {
  PageSettings settings{
      "</title><script>", {}, {{"<i>x", "https://example.com/\"onclick=\"x"}, {"bad", "javascript:alert(1)"}}};
  const std::string page = page_of(test::make_hostile_world(), settings);
  EXPECT_EQ(count(page, "<script"), 1U);  // the page's own
  EXPECT_EQ(count(page, "<b>"), 0U);
  EXPECT_EQ(count(page, "<i>"), 0U);
  EXPECT_EQ(count(page, "</title>"), 1U);
  EXPECT_THAT(page, Not(HasSubstr("javascript:")));
  EXPECT_THAT(page, Not(HasSubstr("\"onclick")));
  EXPECT_THAT(page, Not(HasSubstr("Hidden service")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

TEST(Page, S9_NeedsNothingThatItsPolicyForbids) {
  const std::string page = page_of(test::make_world(20));
  for (const char* forbidden :
       {"<script>", "<script type", "<style", " style=", " onload", " onclick", "<iframe", "<form", "http-equiv"}) {
    EXPECT_EQ(count(page, forbidden), 0U) << forbidden;
  }
  EXPECT_EQ(count(page, "<script"), 1U);
  EXPECT_THAT(page, HasSubstr("<script src=\"" + std::string(asset_path("page.js").substr(1)) + "\"></script>"));
  EXPECT_EQ(count(page, "href=\"data:image/svg+xml,"), 1U);  // the icon costs no request
}

TEST(Page, UsesEveryIdOnce) {
  for (const SampleWorld& world :
       {test::make_world(20), test::make_hostile_world(), test::make_world({{"services"}, {"open"}, {"i-up"}})}) {
    const std::string page = page_of(world);
    std::set<std::string> ids;
    for (auto at = page.find(" id=\""); at != std::string::npos; at = page.find(" id=\"", at + 1)) {
      const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
      EXPECT_TRUE(ids.insert(id).second) << id;
    }
    EXPECT_GE(ids.size(), 8U);
  }
}

TEST(Page, S23_ShowsNoEvidenceAndNoTargets) { EXPECT_THAT(page_of(test::make_world(20)), Not(HasSubstr("secret"))); }

TEST(Page, FitsItsBudget) {
  const auto size = [](const std::string& text) { return compress(Encoding::gzip, text, Effort::quick).size(); };
  std::size_t css = 0;
  for (const Asset& asset : assets()) css += is_public(asset) ? size(std::string(asset.bytes)) : 0;
  EXPECT_LE(size(page_of(test::make_world(20))) + css, 15U * 1024);
  EXPECT_LE(size(page_of(test::make_world(100))) + css, 30U * 1024);
  EXPECT_LE(size(page_of(test::make_world(1000))) + css, 150U * 1024);
}

TEST(SafeLink, KeepsOnlyWhatCannotRun) {
  for (const char* good :
       {"https://example.com", "HTTP://x", "mailto:a@example.com", "blog/", "/x", "#top", "a/b:c", "?x=:"}) {
    EXPECT_EQ(safe_link(good), good);
  }
  for (const char* bad :
       {"javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x", "//evil.example", " javascript:x"}) {
    EXPECT_EQ(safe_link(bad), "") << bad;
  }
}

}  // namespace
}  // namespace allclear::api
