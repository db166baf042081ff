#include "core/rules/compare_paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paged_incident.h"

namespace allclear::compare_paging_test {
namespace {

using std::chrono::minutes;
using test::paged_incident;
using test::wall_s;
using testing::ElementsAre;

Paging of(std::vector<PagedIncident> incidents) { return {std::move(incidents), {}}; }

PagingComparison compare(std::vector<PagedIncident> did, std::vector<PagedIncident> would, WallTime seen_from = {}) {
  return compare_paging(of(std::move(did)), of(std::move(would)), seen_from);
}

TEST(ComparePaging, EqualOnesAreTheSameInAnyOrder) {
  const auto a = paged_incident("a", 0, 100);
  const auto b = paged_incident("b", 0, 100);
  const auto later = paged_incident("a", 500, std::nullopt);
  const PagingComparison found = compare({b, later, a}, {a, b, later});
  EXPECT_EQ(found.same, 3u);
  EXPECT_TRUE(found.differences.empty());
}

TEST(ComparePaging, IncidentsAreEqualWhenAllOfThemIs) {
  const PagedIncident one = paged_incident("a", 0, 100);
  EXPECT_EQ(one, paged_incident("a", 0, 100));
  std::vector<PagedIncident> others(8, one);
  others[0].service = ServiceId("b");
  others[1].began += seconds(1);
  others[2].ended.reset();
  others[3].worst = Verdict::degraded;
  others[4].severity = Severity::minor;
  others[5].reason = Reason::refused;
  others[6].flapped = true;
  others[7].told.clear();
  for (std::size_t i = 0; i < others.size(); ++i) EXPECT_FALSE(one == others[i]) << "part " << i;
}

TEST(ComparePaging, ServicesThatOneSideAloneHasStandBetweenTheOthers) {
  const auto of_service = [](const char* name) { return paged_incident(name, 0, 100); };
  const PagingComparison found =
      compare({of_service("a"), of_service("c")}, {of_service("b"), of_service("c"), of_service("d")});
  EXPECT_EQ(found.same, 1u);
  ASSERT_EQ(found.differences.size(), 3u);
  EXPECT_EQ(found.differences[0].did, of_service("a"));
  EXPECT_EQ(found.differences[1].would, of_service("b"));
  EXPECT_EQ(found.differences[2].would, of_service("d"));
}

TEST(ComparePaging, EveryAspectHasAName) {
  for (const auto& [aspect, name] : {std::pair{PagingAspect::beginning, "start"},
                                     {PagingAspect::end, "end"},
                                     {PagingAspect::verdict, "verdict"},
                                     {PagingAspect::severity, "severity"},
                                     {PagingAspect::channels, "channels"}})
    EXPECT_EQ(to_string(aspect), name);
}

TEST(ComparePaging, WhatHasNoCounterpartStandsAlone) {
  const auto old = paged_incident("a", 0, 100);
  const auto fresh = paged_incident("a", 200, 300);
  const auto other = paged_incident("b", 50, 60);
  const PagingComparison found = compare({old}, {fresh, other});
  ASSERT_EQ(found.differences.size(), 3u);
  EXPECT_EQ(found.same, 0u);
  EXPECT_EQ(found.differences[0].did, old);
  EXPECT_FALSE(found.differences[0].would);
  EXPECT_EQ(found.differences[1].would, other) << "by their beginning, not by service";
  EXPECT_FALSE(found.differences[1].did);
  EXPECT_EQ(found.differences[2].would, fresh);
}

TEST(ComparePaging, OverlappingOnesSayInWhatTheyDiffer) {
  const auto did = paged_incident("a", 0, 1'000);
  auto would = paged_incident("a", 400, 2'000);
  would.severity = Severity::minor;
  would.worst = Verdict::degraded;
  would.told.clear();
  const PagingComparison found = compare({did}, {would});
  ASSERT_EQ(found.differences.size(), 1u);
  EXPECT_THAT(found.differences[0].aspects,
              ElementsAre(PagingAspect::beginning, PagingAspect::end, PagingAspect::verdict, PagingAspect::severity,
                          PagingAspect::channels));
}

TEST(ComparePaging, UpToAMinuteIsTheSameTime) {
  EXPECT_EQ(compare({paged_incident("a", 0, 1'000)}, {paged_incident("a", 60, 940)}).same, 1u);
  const auto found = compare({paged_incident("a", 0, 1'000)}, {paged_incident("a", 61, 1'000)});
  ASSERT_EQ(found.differences.size(), 1u);
  EXPECT_THAT(found.differences[0].aspects, ElementsAre(PagingAspect::beginning));
}

TEST(ComparePaging, OneThatGoesOnEndsElsewhere) {
  const auto found = compare({paged_incident("a", 0, 1'000)}, {paged_incident("a", 0, std::nullopt)});
  ASSERT_EQ(found.differences.size(), 1u);
  EXPECT_THAT(found.differences[0].aspects, ElementsAre(PagingAspect::end));
}

TEST(ComparePaging, WhatBeganBeforeAnythingWasSeenBeganThen) {
  const auto did = paged_incident("a", -5'000, 1'000);
  const auto would = paged_incident("a", 0, 1'000);
  EXPECT_EQ(compare({did}, {would}, wall_s(0)).same, 1u);
  EXPECT_EQ(compare({did}, {would}, wall_s(-5'000)).same, 0u);
}

TEST(ComparePaging, OneThatFallsApartMeetsTheFirstOfItsParts) {
  const auto found =
      compare({paged_incident("a", 0, 1'000)}, {paged_incident("a", 0, 300), paged_incident("a", 500, 1'000)});
  ASSERT_EQ(found.differences.size(), 2u);
  EXPECT_THAT(found.differences[0].aspects, ElementsAre(PagingAspect::end));
  EXPECT_FALSE(found.differences[1].did);
}

TEST(ComparePaging, OneThatEndsWhenTheNextBeginsIsNotThatOne) {
  const auto found =
      compare({paged_incident("a", 0, 100), paged_incident("a", 100, 200)}, {paged_incident("a", 100, 200)});
  EXPECT_EQ(found.same, 1u);
  ASSERT_EQ(found.differences.size(), 1u);
  EXPECT_EQ(found.differences[0].did, paged_incident("a", 0, 100));
  EXPECT_EQ(compare({paged_incident("a", 0, 0)}, {paged_incident("a", 0, 0)}).same, 1u) << "of no length at all";
}

TEST(ComparePaging, AnIncidentTellsWhoHeardOfIt) {
  Incident stored;
  stored.service = ServiceId("a");
  stored.opened_at = wall_s(5);
  stored.told = {{ChannelId("pager"), wall_s(6)}, {ChannelId("ops"), wall_s(5)}};
  stored.grouped = {ChannelId("chat"), ChannelId("ops")};
  EXPECT_THAT(paged(stored).told, ElementsAre(ChannelId("chat"), ChannelId("ops"), ChannelId("pager")));
  EXPECT_FALSE(paged(stored).flapped);
  stored.timeline.push_back({1, wall_s(5), IncidentStep::flapping_started, IncidentState::investigating, "", "", ""});
  EXPECT_TRUE(paged(stored).flapped);
}

TEST(ComparePaging, CountsAreOfServicesThatSomebodyWasToldOf) {
  auto silent = paged_incident("b", 0, 100);
  silent.told.clear();
  Paging paging = of({paged_incident("a", 0, 100), paged_incident("a", 200, 300), silent});
  paging.alerts[ChannelId("ops")] = {{IncidentStep::opened, 2}, {IncidentStep::resolved, 2}};
  paging.alerts[ChannelId("pager")] = {{IncidentStep::opened, 1}};
  EXPECT_EQ(paging.services_told(), 1u);
  EXPECT_EQ(paging.alert_count(), 5u);
}

}  // namespace
}  // namespace allclear::compare_paging_test
