#include "adapters/api/page.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/assets.h"
#include "adapters/api/document.h"
#include "adapters/api/html.h"
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
  EXPECT_THAT(page, HasSubstr("<h1>Partial outage</h1>"));
  EXPECT_THAT(page, HasSubstr("1 down, 1 degraded, 18 operational"));
  EXPECT_THAT(page, HasSubstr("20 Nov 2026, 09:00 UTC"));
  EXPECT_THAT(page, HasSubstr("Down for 18 min"));
  EXPECT_THAT(page, HasSubstr("99.93% 90-day uptime"));
  EXPECT_THAT(page, HasSubstr("over 10 minutes old? Treat it as out of date"));
  EXPECT_THAT(page, HasSubstr("Did not answer in time since"));
}

TEST(Page, FoldsOnlyGroupsInWhichNothingIsWrong) {
  const std::string page = page_of(test::make_world(20));
  EXPECT_EQ(count(page, "<details class=\"group\" open>"), 1U);
  EXPECT_EQ(count(page, "<details class=\"group\">"), 3U);
}

TEST(Page, SaysThatNothingIsPublishedYet) {
  const std::string page = page_of(test::make_calm_world(0));
  EXPECT_THAT(page, HasSubstr("<h1>No services published yet</h1>"));
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
  EXPECT_EQ(count(page, "<script"), 0U);
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
       {"<script", "<style", " style=", " onload", " onclick", "<iframe", "<form", "http-equiv"}) {
    EXPECT_EQ(count(page, forbidden), 0U) << forbidden;
  }
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
  for (const Asset& asset : assets()) css += size(std::string(asset.bytes));
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
