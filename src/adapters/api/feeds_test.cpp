#include "adapters/api/feeds.h"

#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/site_fixture.h"
#include "tests/support/xml.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::SampleWorld;
using test::site_view;
using test::XmlElement;
using testing::HasSubstr;
using testing::Not;

XmlElement read_feed(const std::string& xml) {
  auto root = test::parse_xml(xml);
  EXPECT_TRUE(root) << (root ? "" : root.error().message);
  return root.value_or(XmlElement{});
}

std::vector<const XmlElement*> items_of(const XmlElement& rss) { return rss.child("channel").all("item"); }

std::vector<std::string> texts_of(const std::vector<const XmlElement*>& entries, std::string_view child) {
  std::vector<std::string> texts;
  for (const XmlElement* entry : entries) texts.push_back(entry->child(child).text);
  return texts;
}

std::vector<std::string> atom_ids(const PublicView& view) {
  const XmlElement feed = read_feed(render_atom(view));
  return texts_of(feed.all("entry"), "id");
}

void resolve(Incident& incident, WallTime at) {
  incident.resolved_at = at;
  incident.state = IncidentState::resolved;
  incident.timeline.push_back({2, at, IncidentStep::resolved, IncidentState::resolved, "Recovered.", "", ""});
}

// `count` incidents of ten minutes each, one an hour.
SampleWorld busy_world(int count) {
  SampleWorld world = test::make_calm_world(1);
  for (int i = 1; i <= count; ++i) {
    world.recent.push_back(test::sample_incident({"service-0", "Service 0"}, world.now - hours(i)));
    resolve(world.recent.back(), world.recent.back().opened_at + minutes(10));
  }
  return world;
}

TEST(Feeds, AtomHasWhatRfc4287Asks) {
  SampleWorld world = test::make_world(6);
  test::add_maintenance(world, "DB upgrade", hours(24), hours(1), {ServiceId("service-0")});
  const XmlElement feed = read_feed(render_atom(site_view(world)));
  EXPECT_EQ(feed.name, "feed");
  EXPECT_EQ(feed.attribute("xmlns"), "http://www.w3.org/2005/Atom");
  EXPECT_EQ(feed.child("title").text, "Status of Example");
  EXPECT_EQ(feed.child("author").child("name").text, "Example");
  EXPECT_EQ(feed.all("link").at(0)->attribute("rel"), "self");
  EXPECT_EQ(feed.all("link").at(0)->attribute("href"), "https://status.example.com/feed.atom");
  EXPECT_EQ(feed.all("link").at(1)->attribute("href"), "https://status.example.com/index.html");
  const auto entries = feed.all("entry");
  ASSERT_EQ(entries.size(), 6U);  // two open, three past, one maintenance
  for (const XmlElement* entry : entries) {
    EXPECT_FALSE(entry->child("title").text.empty());
    EXPECT_TRUE(parse_rfc3339(entry->child("published").text));
    EXPECT_TRUE(parse_rfc3339(entry->child("updated").text));
    EXPECT_EQ(entry->child("content").attribute("type"), "html");
    EXPECT_THAT(entry->child("link").attribute("href"), testing::StartsWith("https://status.example.com/in"));
  }
  EXPECT_EQ(feed.child("updated").text, entries.front()->child("updated").text);
}

TEST(Feeds, RssHasWhatItsVersion2Asks) {
  const PublicView view = site_view(test::make_world(6));
  const XmlElement rss = read_feed(render_rss(view));
  EXPECT_EQ(rss.name, "rss");
  EXPECT_EQ(rss.attribute("version"), "2.0");
  const XmlElement& channel = rss.child("channel");
  for (const char* name : {"title", "link", "description", "lastBuildDate"})
    EXPECT_NE(channel.child(name).text, "") << name;
  EXPECT_EQ(channel.child("language").text, "en-GB");
  EXPECT_EQ(channel.child("atom:link").attribute("href"), "https://status.example.com/feed.rss");
  ASSERT_EQ(items_of(rss).size(), 5U);
  EXPECT_EQ(texts_of(items_of(rss), "guid"), atom_ids(view));
  const std::regex rfc822(
      "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} \\+0000");
  for (const XmlElement* item : items_of(rss)) {
    EXPECT_TRUE(std::regex_match(item->child("pubDate").text, rfc822)) << item->child("pubDate").text;
    EXPECT_EQ(item->child("guid").attribute("isPermaLink"), "false");
  }
  EXPECT_EQ(items_of(rss).front()->child("pubDate").text, "Fri, 20 Nov 2026 08:42:22 +0000");
}

TEST(Feeds, IdsAreIrisAndEachStandsOnce) {
  SampleWorld world = test::make_world(6);
  test::add_maintenance(world, "DB upgrade", hours(24), hours(1), {ServiceId("service-0")});
  const PublicView view = site_view(world);
  auto ids = atom_ids(view);
  ids.push_back(read_feed(render_atom(view)).child("id").text);
  const std::regex tag_uri("tag:allclear\\.dev,2026:[A-Za-z0-9:._~-]+");  // RFC 4151
  for (const std::string& id : ids) EXPECT_TRUE(std::regex_match(id, tag_uri)) << id;
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
}

TEST(Feeds, AnIncidentKeepsItsIdWhenItIsResolved) {
  SampleWorld world =
      test::make_world({{.id = "shop", .name = "Shop", .verdict = Verdict::down, .reason = Reason::timeout}});
  const auto open = atom_ids(site_view(world));
  const XmlElement before = read_feed(render_atom(site_view(world)));
  Incident incident = *world.snapshot.services[0].open_incident;
  resolve(incident, world.now + minutes(1));
  world.snapshot.services.edit(0).open_incident = nullptr;
  world.recent = {incident};
  world.snapshot.at = world.now + minutes(2);
  const PublicView view = site_view(world, test::site_settings(), world.snapshot.at);
  EXPECT_EQ(atom_ids(view), open);
  const XmlElement after = read_feed(render_atom(view));
  EXPECT_EQ(after.child("entry").child("published").text, before.child("entry").child("published").text);
  EXPECT_GT(after.child("entry").child("updated").text, before.child("entry").child("updated").text);
  EXPECT_EQ(before.child("entry").child("title").text, "Shop is down");
  EXPECT_EQ(after.child("entry").child("title").text, "Shop was down");
}

// The store is read after the snapshot was made: an incident may be open in one and over in the other.
TEST(Feeds, AnIncidentThatEndsWhileThePageIsMadeStandsOnce) {
  SampleWorld world =
      test::make_world({{.id = "shop", .name = "Shop", .verdict = Verdict::down, .reason = Reason::timeout}});
  Incident ended = *world.snapshot.services[0].open_incident;
  resolve(ended, world.now);
  world.recent = {ended};
  EXPECT_EQ(atom_ids(site_view(world)).size(), 1U);
}

TEST(Feeds, StayAsTheyAreWhenNothingIsNew) {
  for (SampleWorld world : {test::make_world(6), test::make_calm_world(2)}) {
    test::add_maintenance(world, "DB upgrade", hours(24), hours(1), {ServiceId("service-0")});
    const PublicView first = site_view(world);
    const WallTime later = world.now + hours(24) + minutes(30);  // the maintenance is under way
    world.snapshot.at = later;
    const PublicView second = site_view(world, test::site_settings(), later);
    EXPECT_EQ(render_atom(first), render_atom(second));
    EXPECT_EQ(render_rss(first), render_rss(second));
  }
}

TEST(Feeds, TheNewestFiftyStandNewestFirst) {
  const XmlElement feed = read_feed(render_atom(site_view(busy_world(70))));
  const auto times = texts_of(feed.all("entry"), "updated");
  ASSERT_EQ(times.size(), 50U);
  EXPECT_TRUE(std::is_sorted(times.rbegin(), times.rend()));
  EXPECT_EQ(times.front(), "2026-11-20T08:10:12Z");
}

TEST(Feeds, TheEndOfALongIncidentIsToldThoughManyBeganAfterIt) {
  SampleWorld world = busy_world(70);
  world.recent.push_back(test::sample_incident({"service-0", "Service 0"}, world.now - hours(24 * 80)));
  resolve(world.recent.back(), world.now - minutes(1));
  const XmlElement feed = read_feed(render_atom(site_view(world)));
  const auto entries = feed.all("entry");
  ASSERT_EQ(entries.size(), 50U);
  EXPECT_THAT(entries.front()->child("id").text, HasSubstr(world.recent.back().id.value()));
}

TEST(Feeds, MaintenanceAheadIsToldHoweverMuchFails) {
  SampleWorld world = busy_world(70);
  for (int i = 1; i <= 40; ++i) {
    test::add_maintenance(world, "Work " + std::to_string(i), hours(24 * i), hours(1), {ServiceId("service-0")});
  }
  const XmlElement feed = read_feed(render_atom(site_view(world)));
  const auto titles = texts_of(feed.all("entry"), "title");
  EXPECT_EQ(titles.size(), 50U);
  EXPECT_THAT(titles, testing::Contains("Maintenance: Work 1"));
  EXPECT_THAT(titles, Not(testing::Contains("Maintenance: Work 40")));
  EXPECT_THAT(titles, testing::Contains("Service 0 was down"));
}

TEST(Feeds, S17_HostileTextIsInert) {
  SampleWorld world = test::make_hostile_world();
  PageSettings page = test::site_settings();
  page.name = "</title><script>&\" \uFFFE]]>";
  const PublicView view = site_view(world, page);
  for (const std::string& xml : {render_atom(view), render_rss(view)}) {
    EXPECT_THAT(xml, Not(HasSubstr("<script")));
    EXPECT_THAT(xml, Not(HasSubstr("\uFFFE")));
    EXPECT_THAT(xml, Not(HasSubstr("Hidden service")));
    EXPECT_THAT(xml, Not(HasSubstr("secret")));
    read_feed(xml);
  }
  const XmlElement feed = read_feed(render_atom(view));
  EXPECT_EQ(feed.child("title").text, "Status of </title><script>&\" ]]>");
  for (const XmlElement* entry : feed.all("entry")) {
    EXPECT_THAT(entry->child("content").text, Not(HasSubstr("<script"))) << "it is HTML once more";
  }
}

TEST(Feeds, S17_AreXmlForAnyText) {
  for (const char* name : {"a\x01\x1F\x7F"
                           "b",
                           "not in XML: \uFFFE \uFFFF", "broken \xFF\xC3 UTF-8", "]]>", "\xED\xA0\x80", ""}) {
    SampleWorld world = test::make_hostile_world();
    test::set_name(world, 0, name);
    auto incident = std::make_shared<Incident>(*world.snapshot.services[0].open_incident);
    incident->title = name;
    incident->timeline.back().body = name + std::string("!");
    world.snapshot.services.edit(0).open_incident = incident;
    read_feed(render_atom(site_view(world)));
    read_feed(render_rss(site_view(world)));
  }
}

TEST(Feeds, LinksAreAbsoluteWhenThePageKnowsItsAddress) {
  for (const auto& [url, expected] : {std::pair{"https://status.example.com", "https://status.example.com/"},
                                      {"https://example.com/status/", "https://example.com/status/"},
                                      {"", ""}}) {
    PageSettings page = test::site_settings();
    page.url = url;
    const PublicView view = site_view(test::make_world(6), page);
    const XmlElement feed = read_feed(render_atom(view));
    const std::string path = "incidents/" + std::string(view.open.at(0).id.value()) + ".html";
    EXPECT_EQ(feed.all("entry").at(0)->child("link").attribute("href"), expected + path);
    EXPECT_EQ(feed.all("link").at(1)->attribute("href"), std::string(expected) + "index.html");
    const XmlElement rss = read_feed(render_rss(view));
    EXPECT_EQ(items_of(rss).at(0)->child("link").text, expected + path);
  }
}

TEST(Feeds, SpeakThePagesLanguage) {
  const PublicView view = site_view(test::make_world(6), test::site_settings(Language::german));
  const XmlElement feed = read_feed(render_atom(view));
  EXPECT_EQ(feed.attribute("xml:lang"), "de");
  EXPECT_EQ(feed.child("title").text, "Zustand von Example");
  EXPECT_THAT(feed.all("entry").at(0)->child("title").text, testing::EndsWith(" ist ausgefallen"));
  EXPECT_EQ(read_feed(render_rss(view)).child("channel").child("language").text, "de");
}

}  // namespace
}  // namespace allclear::api
