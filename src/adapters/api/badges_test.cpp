#include "adapters/api/badges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/site_fixture.h"
#include "tests/support/xml.h"

namespace allclear::api {
namespace {

using test::site_view;
using testing::HasSubstr;
using testing::Not;

struct Painted {
  std::string colour;
  std::string label;
  std::string message;
  std::string title;
};

Painted read_badge(const std::string& svg) {
  const auto root = test::parse_xml(svg);
  EXPECT_TRUE(root) << (root ? "" : root.error().message);
  if (!root) return {};
  const auto groups = root->all("g");
  EXPECT_EQ(groups.size(), 2U);
  const auto texts = groups.back()->all("text");
  EXPECT_EQ(texts.size(), 2U);
  EXPECT_EQ(root->attribute("aria-label"), root->child("title").text);
  return {groups.front()->children.at(1).attribute("fill"), texts.at(0)->text, texts.at(1)->text,
          root->child("title").text};
}

test::SampleWorld world_of(Verdict verdict, Reason reason) {
  return test::make_world({{.id = "shop", .name = "Shop", .verdict = verdict, .reason = reason}});
}

TEST(Badges, TellTheStateOfAServiceInColourAndWord) {
  for (const auto& [verdict, colour, word] : {std::tuple{Verdict::up, "#16805b", "Operational"},
                                              {Verdict::degraded, "#875300", "Degraded"},
                                              {Verdict::down, "#a80f24", "Down"},
                                              {Verdict::unknown, "#566072", "No data"}}) {
    const PublicView view = site_view(world_of(verdict, Reason::slow));
    const Painted badge = read_badge(render_badge(view, view.services.at(0)));
    EXPECT_EQ(badge.colour, colour);
    EXPECT_EQ(badge.label, "Shop");
    EXPECT_EQ(badge.message, word);
    EXPECT_EQ(badge.title, std::string("Shop: ") + word);
  }
}

TEST(Badges, TellMaintenanceAndPause) {
  auto world = world_of(Verdict::unknown, Reason::refused);
  world.snapshot.services.edit(0).state.maintenance = true;
  const PublicView view = site_view(world);
  EXPECT_EQ(read_badge(render_badge(view, view.services.at(0))).colour, "#2258c4");
  EXPECT_EQ(read_badge(render_badge(view, view.services.at(0))).message, "Under maintenance");
  const PublicView hostile = site_view(test::make_hostile_world());
  const Painted paused = read_badge(render_badge(hostile, *hostile.find(ServiceId("paused"))));
  EXPECT_EQ(paused.message, "Paused");
  EXPECT_EQ(paused.colour, "#566072");
}

TEST(Badges, OfThePageTellTheRollUp) {
  EXPECT_EQ(read_badge(render_badge(site_view(test::make_calm_world(3)))).title, "Example: All systems operational");
  EXPECT_EQ(read_badge(render_badge(site_view(test::make_world(6)))).title, "Example: Partial outage");
  EXPECT_EQ(read_badge(render_badge(site_view(test::make_calm_world(0)))).title, "Example: No data");
  PageSettings german = test::site_settings(Language::german);
  EXPECT_EQ(read_badge(render_badge(site_view(test::make_calm_world(3), german))).message, "Alle Systeme in Betrieb");
}

TEST(Badges, NeverTellWhatIsStale) {
  const auto now = test::sample_now() + std::chrono::hours(1);
  const PublicView view = site_view(test::make_calm_world(2), test::site_settings(), now);
  for (const std::string& svg : {render_badge(view), render_badge(view, view.services.at(0))}) {
    EXPECT_EQ(read_badge(svg).message, "No data");
    EXPECT_EQ(read_badge(svg).colour, "#566072");
  }
  const Json json = *parse_json(render_badge_json(view, view.services.at(0)));
  EXPECT_EQ(json["message"], "No data");
  EXPECT_EQ(json["color"], "#566072");
}

TEST(Badges, S17_HostileNamesAreText) {
  auto world = test::make_hostile_world();
  const PublicView view = site_view(world);
  const std::string svg = render_badge(view, *view.find(ServiceId("markup")));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_EQ(read_badge(svg).label, "<script>alert(1)</script>\" onload='x' & \u2026");
  for (const char* name : {"a\x01\x1F\x7F"
                           "b",
                           "not in XML: \uFFFE \uFFFF", "broken \xFF\xC3 UTF-8", "]]>", "\xED\xA0\x80", ""}) {
    test::set_name(world, 0, name);
    const PublicView changed = site_view(world);
    read_badge(render_badge(changed, changed.services.at(0)));
    EXPECT_TRUE(parse_json(render_badge_json(changed, changed.services.at(0)))) << name;
  }
}

TEST(Badges, LongNamesEndOnTheBorderOfACharacter) {
  auto world = test::make_calm_world(1);
  const auto label_of = [&](const std::string& name) {
    test::set_name(world, 0, name);
    const PublicView view = site_view(world);
    return read_badge(render_badge(view, view.services.at(0))).label;
  };
  EXPECT_EQ(label_of(std::string(40, 'W')), std::string(40, 'W'));
  EXPECT_EQ(label_of(std::string(41, 'W')), std::string(40, 'W') + "\u2026");
  std::string wide;
  for (int i = 0; i < 50; ++i) wide += "\u05d7";
  EXPECT_EQ(label_of(wide), wide.substr(0, 80) + "\u2026");
  EXPECT_EQ(label_of("x" + wide), "x" + wide.substr(0, 78) + "\u2026");
}

TEST(Badges, TheJsonIsAShieldsEndpoint) {
  const PublicView view = site_view(world_of(Verdict::down, Reason::timeout));
  EXPECT_EQ(
      *parse_json(render_badge_json(view, view.services.at(0))),
      Json::parse(
          R"({"schemaVersion":1,"label":"Shop","message":"Down","color":"#a80f24","isError":true,"cacheSeconds":60})"));
  const PublicView calm = site_view(test::make_calm_world(1));
  EXPECT_EQ((*parse_json(render_badge_json(calm, calm.services.at(0))))["isError"], false);
}

}  // namespace
}  // namespace allclear::api
